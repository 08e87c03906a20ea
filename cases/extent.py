"""How far a request reaches: as asked, as narrowed, as produced, in one shape.

Pure. An extent is an entry for each requested item and target, in that order. The three
are never merged: what was asked stays what the paper says, what was narrowed says by
whom and why, and what was produced is frozen when it leaves. ``differences`` says in
sentences what became of one on its way to another; pages hand in their translation,
letters are English.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from cases.enums import ItemDecision, ObjectionGround

ASKED = "asked"
Words = Callable[[str], str]


@dataclass(frozen=True)
class Entry:
    """One requested item for one target.

    ``outcome`` is ``ASKED``, a value of ``ItemDecision`` or one of ``Disposition``;
    ``codes`` are the response codes of what was produced. The days are whole days of
    ``time_zone``, both included; None is open.
    """

    item: int
    target: int
    identifier: str
    category: str
    wording: str
    outcome: str
    first_day: date | None
    last_day: date | None
    time_zone: str
    ground: str = ""
    reason: str = ""
    codes: tuple[str, ...] = ()


Extent = tuple[Entry, ...]


def days(first: date | None, last: date | None, _: Words = str) -> str:
    """A window of whole days as a lawyer writes it: ``1 March to 30 June 2023``."""
    if first and last:
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            return _whole_years(first.year, last.year, _)
        start = _day(first, year=first.year != last.year)
        return _("%(start)s to %(end)s") % {"start": start, "end": _day(last)}
    if first:
        return _("from %(start)s") % {"start": _day(first)}
    return _("up to %(end)s") % {"end": _day(last)} if last else _("all days")


def _whole_years(first: int, last: int, _: Words) -> str:
    if first == last:
        return _("all of %(year)s") % {"year": first}
    return _("all of %(first)s to %(last)s") % {"first": first, "last": last}


def _day(day: date, *, year: bool = True) -> str:
    return f"{day.day} {day:%B %Y}" if year else f"{day.day} {day:%B}"


def differences(before: Extent, after: Extent, _: Words = str) -> tuple[str, ...]:
    """What became of one extent in another, each change a sentence; empty: nothing.

    Targets of an item of which the same is to be said are named together.
    """
    old = {(one.item, one.target): one for one in before}
    new = {(one.item, one.target): one for one in after}
    said: dict[tuple[int, str], list[int]] = {}
    for pair in sorted({*old, *new}):
        for words in _changes(old.get(pair), new.get(pair), _):
            said.setdefault((pair[0], words), []).append(pair[1])
    return tuple(
        f"{_where(item, targets, _)}: {words}"
        for (item, words), targets in said.items()
    )


def _where(item: int, targets: list[int], _: Words) -> str:
    last = targets[-1]
    if len(targets) == 1:
        return _("Item %(item)s, target %(last)s") % {"item": item, "last": last}
    others = ", ".join(str(one) for one in targets[:-1])
    named = {"item": item, "others": others, "last": last}
    return _("Item %(item)s, targets %(others)s and %(last)s") % named


def _changes(old: Entry | None, new: Entry | None, _: Words) -> Iterable[str]:
    if new is None:
        yield _("no longer part of it.") if old else ""
        return
    if old is None:
        yield f"{_('added')}: {_outcome(new, _)}{_why(new, _)}"
        return
    if old.identifier != new.identifier:
        named = {"new": new.identifier, "old": old.identifier}
        yield _("the target is now “%(new)s” (was: “%(old)s”).") % named
    if (old.category, old.wording) != (new.category, new.wording):
        yield _("asked for in other words or under another category.")
    moved = _days_moved(old, new, _)
    if _stands_for(old) != _stands_for(new):
        changed = _decided_anew(old, new, moved, _)
        yield f"{changed}{_why(new, _)}"
    elif moved:
        yield f"{moved}.{_why(new, _)}"
    elif old.outcome != ASKED and (old.ground, old.reason) != (new.ground, new.reason):
        yield f"{_('another reason is given')}.{_why(new, _)}"


def _stands_for(entry: Entry) -> str:
    """Asked for and to be produced are the same until something is taken away."""
    whole = entry.outcome in {ASKED, ItemDecision.PRODUCE}
    return ItemDecision.PRODUCE.value if whole else entry.outcome


def _decided_anew(old: Entry, new: Entry, moved: str, _: Words) -> str:
    both = {ItemDecision.PRODUCE.value, ItemDecision.NARROW.value}
    if {_stands_for(old), _stands_for(new)} <= both and moved:
        return f"{moved}."
    if old.outcome == ASKED:
        return _outcome(new, _)
    outcome = _outcome(new, _).rstrip(".")
    was = {"new": outcome, "old": _outcome(old, _).rstrip(".")}
    return _("now %(new)s (was: %(old)s).") % was


def _days_moved(old: Entry, new: Entry, _: Words) -> str:
    before, after = (old.first_day, old.last_day), (new.first_day, new.last_day)
    zones = old.time_zone != new.time_zone
    if (before == after and not zones) or not _goes_out(old) or not _goes_out(new):
        return ""
    named = {"new": days(*after, _), "old": days(*before, _)}
    if zones:
        named["new"] += f", {new.time_zone}"
        named["old"] += f", {old.time_zone}"
        return _("dates changed to %(new)s (was: %(old)s)") % named
    starts = (new.first_day or date.min) >= (old.first_day or date.min)
    ends = (new.last_day or date.max) <= (old.last_day or date.max)
    if starts and ends:
        return _("dates narrowed to %(new)s (was: %(old)s)") % named
    return _("dates changed to %(new)s (was: %(old)s)") % named


def _goes_out(entry: Entry) -> bool:
    return entry.outcome in {ASKED, ItemDecision.PRODUCE, ItemDecision.NARROW}


def _outcome(entry: Entry, _: Words) -> str:
    match entry.outcome:
        case ItemDecision.PRODUCE:
            return _("to be produced as asked.")
        case ItemDecision.NARROW:
            named = {"days": days(entry.first_day, entry.last_day, _)}
            return _("to be produced for %(days)s.") % named
        case ItemDecision.OBJECT:
            return _("objected to.")
        case _other if entry.outcome == ASKED:
            return _("asked for.")
        case _other:
            return _unproduced(_).get(entry.outcome, _("not produced."))


def _unproduced(_: Words) -> dict[str, str]:
    return {
        ItemDecision.NOT_COLLECTED: _("never recorded."),
        ItemDecision.NOT_RETAINED: _("no longer kept."),
        ItemDecision.HELD_BY_THIRD_PARTY: _("held elsewhere."),
        ItemDecision.NOT_NAMED: _("not named in the order."),
    }


def _why(entry: Entry, _: Words) -> str:
    found = ""
    if entry.ground:
        label = str(ObjectionGround(entry.ground).label)
        found += " " + _("Ground: %(ground)s.") % {"ground": label.lower()}
    if entry.reason:
        found += " " + _("Reason: %(reason)s") % {"reason": entry.reason}
    return found


def as_data(extent: Extent) -> list[dict[str, Any]]:
    """An extent as plain values, ready for canonical JSON."""
    return [
        asdict(one)
        | {
            "first_day": one.first_day.isoformat() if one.first_day else None,
            "last_day": one.last_day.isoformat() if one.last_day else None,
        }
        for one in extent
    ]


def from_data(data: Iterable[Mapping[str, Any]]) -> Extent:
    """The extent that ``as_data`` made these values of."""
    return tuple(
        Entry(
            **{
                **one,
                "first_day": _parsed(one["first_day"]),
                "last_day": _parsed(one["last_day"]),
                "codes": tuple(one["codes"]),
            }
        )
        for one in data
    )


def _parsed(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
