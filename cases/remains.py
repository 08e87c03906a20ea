"""What can still exist of a kind of record: how long it is kept, and since when.

Pure. The data map says both for each of its parts; whoever scopes, signs or orders a
window that reaches further back reads it in a sentence, and so does the packet. It
never bars: what isn't there is answered as not found, and with this beside it. Days are
counted in UTC, back from the reading.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

Words = Callable[[str], str]
Window = tuple[datetime | None, datetime | None]  # half-open; None is open


@dataclass(frozen=True)
class Kept:
    """How long records are kept, and in which time their source had this shape.

    ``days`` is 0 where there is no term of days. ``words`` is the retention as the map
    words it. Before ``since`` nothing was recorded; from ``until`` on, the column or
    table is no longer there in this shape. None is open; both are instants in UTC.
    """

    words: str = ""
    days: int = 0
    with_account: bool = False
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        """Whether anything is stated."""
        return self != Kept()


@dataclass(frozen=True)
class Keeping:
    """One part of the data map, by code and title, with what it states."""

    code: str
    title: str
    kept: Kept


def terms(keeping: Iterable[Keeping], _: Words = str) -> tuple[str, ...]:
    """How long each part's records are kept and since when, in sentences."""
    return tuple(
        _named(one, said, _) for one in keeping if (said := _term(one.kept, _))
    )


def flags(
    keeping: Iterable[Keeping], window: Window, at: datetime, _: Words = str
) -> tuple[str, ...]:
    """What of a window can't exist when it is read at ``at``, in sentences by part.

    Empty where all of it can. An open beginning reaches back further than anything.
    """
    return tuple(
        _named(one, said, _)
        for one in keeping
        for said in (_too_early(one.kept, window, at, _), _reshaped(one.kept, at, _))
        if said
    )


def _named(one: Keeping, said: str, _: Words) -> str:
    named = {"code": one.code, "title": one.title, "said": said}
    return _("Part %(code)s, %(title)s: %(said)s") % named


def _term(kept: Kept, _: Words) -> str:
    said = []
    if kept.days:
        said.append(_("Kept for %(days)s days.") % {"days": f"{kept.days:,}"})
    if kept.with_account:
        said.append(_("Kept while the account exists."))
    if kept.since:
        said.append(_("Recorded since %(day)s.") % {"day": _moment(kept.since)})
    return " ".join([*said, kept.words] if kept.words else said)


def _too_early(kept: Kept, window: Window, at: datetime, _: Words) -> str:
    oldest, is_term = _oldest(kept, at)
    since, until = window
    if oldest is None or (since is not None and since >= oldest):
        return ""
    named = {"oldest": _moment(oldest), "days": f"{kept.days:,}"}
    if until is not None and until <= oldest:
        named["window"] = _whole(since, until, _)
        words = (
            _(
                "Nothing of this window (%(window)s) can still exist: records are kept "
                "for %(days)s days, the oldest are of %(oldest)s."
            )
            if is_term
            else _(
                "Nothing of this window (%(window)s) exists: it is recorded only since "
                "%(oldest)s."
            )
        )
        return words % named
    named["window"] = (
        _("The window begins on %(start)s") % {"start": _moment(since)}
        if since is not None
        else _("The window has no beginning")
    )
    words = (
        _(
            "%(window)s, but nothing before %(oldest)s can still exist: records are "
            "kept for %(days)s days."
        )
        if is_term
        else _(
            "%(window)s, but nothing before %(oldest)s exists: it is recorded only "
            "since then."
        )
    )
    return words % named


def _whole(since: datetime | None, until: datetime, _: Words) -> str:
    if since is None:
        return _("up to %(end)s") % {"end": _moment(until)}
    ends = {"start": _moment(since), "end": _moment(until)}
    return _("%(start)s to %(end)s") % ends


def _oldest(kept: Kept, at: datetime) -> tuple[datetime | None, bool]:
    """The first instant of which a record can exist, and whether the term says so."""
    if not kept.days:
        return kept.since, False
    last = at.astimezone(UTC).date()
    day = last - timedelta(days=min(kept.days, (last - date.min).days))
    oldest = datetime.combine(day, time.min, tzinfo=UTC)
    if kept.since is not None and kept.since > oldest:
        return kept.since, False
    return oldest, True


def _reshaped(kept: Kept, at: datetime, _: Words) -> str:
    if kept.until is None or at < kept.until:
        return ""
    return _(
        "Since %(day)s the source no longer has the shape that the data map describes; "
        "what is asked of it may be missing."
    ) % {"day": _moment(kept.until)}


def _moment(at: datetime) -> str:
    """A day in UTC; with its time where that isn't its beginning."""
    at = at.astimezone(UTC)
    whole = at.time() == time.min
    return f"{at:%-d %B %Y}" if whole else f"{at:%-d %B %Y, %H:%M:%S} UTC"


def as_data(keeping: Iterable[Keeping]) -> list[dict[str, Any]]:
    """What each part states as plain values, ready for JSON."""
    return [
        {
            "code": one.code,
            "title": one.title,
            "words": one.kept.words,
            "days": one.kept.days,
            "with_account": one.kept.with_account,
            "since": one.kept.since.isoformat() if one.kept.since else None,
            "until": one.kept.until.isoformat() if one.kept.until else None,
        }
        for one in keeping
    ]


def from_data(data: Iterable[Mapping[str, Any]]) -> tuple[Keeping, ...]:
    """What ``as_data`` made these values of."""
    return tuple(
        Keeping(
            one["code"],
            one["title"],
            Kept(
                one["words"],
                one["days"],
                one["with_account"],
                _parsed(one["since"]),
                _parsed(one["until"]),
            ),
        )
        for one in data
    )


def _parsed(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
