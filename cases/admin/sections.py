"""What the page of a case shows of it: facts, life, papers, scope, decisions, secrecy.

Nothing here decides anything: rows are read, put in order and given words.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases import naming, nondisclosure, permissions, remains, scope, signoff
from cases.admin import story, tags, trail
from cases.authority import Cell
from cases.enums import (
    Audience,
    CaseStatus,
    Disposition,
    ItemDecision,
    Perm,
    SignOffDecision,
)
from cases.extent import differences
from cases.models import (
    Case,
    Category,
    RequestedItem,
    ScopeItem,
    ScopeRevision,
    SignOff,
    Target,
)
from cases.models.target import day_window

_S = CaseStatus
_REACHED: dict[str, int] = {
    _S.RECEIVED: 0,
    _S.IN_REVIEW: 1,
    _S.AWAITING_SIGN_OFF: 2,
    _S.REFUSED: 2,
    _S.APPROVED: 3,
    _S.IN_PRODUCTION: 3,
    _S.RELEASED: 4,
    _S.CLOSED: 5,
}


@dataclass(frozen=True)
class Stage:
    """One stage of a case's life; ``state`` is done, now, stopped or todo."""

    label: str
    state: str


@dataclass(frozen=True)
class Line:
    """What is proposed for one target under one item."""

    target: Target
    row: ScopeItem | None
    days: str
    since: datetime | None
    until: datetime | None
    gone: tuple[str, ...]  # what of the window can't exist any more, in sentences

    @property
    def decision(self) -> str:
        """The decision; "" is: not decided yet."""
        return self.row.decision if self.row else ""

    @property
    def is_produced(self) -> bool:
        """Whether records of this target would go out under this item."""
        return bool(self.row and ItemDecision(self.row.decision).produces)


@dataclass(frozen=True)
class Block:
    """One requested item with its law, and a line per target."""

    item: RequestedItem
    category: Category | None
    cell: Cell | None
    kept: tuple[str, ...]  # how long the records are kept, part by part
    lines: list[Line]

    @property
    def is_whole(self) -> bool:
        """Whether every target is decided alike, with the same days and reason."""
        said = {
            (
                one.decision,
                one.days,
                (one.row.ground, one.row.reason) if one.row else "",
            )
            for one in self.lines
        }
        return len(said) == 1 and len(self.lines) > 1


def everything(case: Case, user: User) -> dict[str, Any]:
    """The page's sections of one case, for one person."""
    may_read_trail = permissions.allowed(user, Perm.READ_TRAIL, case)
    days, earlier = story.of(case) if may_read_trail else ([], 0)
    return {
        "life": life(case),
        "documents": list(case.documents.select_related("uploaded_by")),
        "facts": facts(case),
        "targets": judged(case),
        "blocks": blocks(case),
        "revisions": revisions(case),
        "conditions": conditions(case),
        "quorum": signoff.quorum(case)
        if case.status == CaseStatus.AWAITING_SIGN_OFF
        else None,
        "answers": answers(case),
        "may_read_trail": may_read_trail,
        "story": days,
        "earlier": earlier,
    }


def life(case: Case) -> list[Stage]:
    """The stages of the case's life, and where it stands in them."""
    labels = [
        _("Received"),
        _("In review"),
        _("Counsel"),
        _("Production"),
        _("Released"),
        _("Closed"),
    ]
    reached = _REACHED[case.status]
    produced = case.disposition in {Disposition.FULL, Disposition.PARTIAL}
    stages = []
    for place, label in enumerate(labels):
        state = "done" if place < reached else "now" if place == reached else "todo"
        if case.status == _S.REFUSED and place == reached:
            state = "stopped"
        if case.status == _S.CLOSED:
            skipped = not produced and place in {3, 4}
            state = "todo" if skipped else "done"
        stages.append(Stage(label, state))
    return stages


def facts(case: Case) -> list[tuple[str, Any]]:
    """The intake facts that the case states, with their names."""
    names = (
        "instrument",
        "jurisdiction",
        "agency",
        "agency_reference",
        "officer_name",
        "officer_email",
        "officer_phone",
        "issuing_authority",
        "issuer_kind",
        "issuing_court",
        "statute_cited",
        "treaty_reference",
        "emergency_grounds",
        "channel",
        "issued_on",
        "served_on",
        "received_at",
        "due_on",
    )
    found = []
    for name in names:
        shown = getattr(case, f"get_{name}_display", None)
        value = shown() if shown and getattr(case, name) else getattr(case, name)
        if isinstance(value, datetime):
            value = trail.moment(value)
        elif isinstance(value, date):
            value = date_format(value, "j F Y")
        if value:
            label = trail.label_of(name)
            found.append((label[:1].upper() + label[1:], value))
    return found


def targets(case: Case) -> list[tuple[Target, str]]:
    """The targets with their windows in words."""
    return [
        (one, days_words(one.first_day, one.last_day)) for one in case.targets.all()
    ]


@dataclass(frozen=True)
class Judged:
    """The two judgements on a target: whether the order names it, and what we have."""

    named: SafeString
    found: str


# What the last collection found of each target of a case, in words, by its id.
Found = Callable[[Case], Mapping[int, str]]
_found: list[Found] = []


def register_found(found: Found) -> Found:
    """Say where what our data holds of a target is read; this app doesn't know."""
    _found.append(found)
    return found


def judged(case: Case) -> list[tuple[Target, str, Judged]]:
    """The targets with their windows, and both judgements on each."""
    known = {pk: words for found in _found for pk, words in found(case).items()}
    named = naming.judgements(case)
    return [
        (
            one,
            days,
            Judged(
                tags.naming_badge(named[one.pk]),
                known.get(one.pk) or _("Not looked up yet"),
            ),
        )
        for one, days in targets(case)
    ]


def blocks(case: Case) -> list[Block]:
    """The scope as it stands, item by item."""
    known = scope.categories(case)
    decided = {(row.target_id, row.item_id): row for row in scope.decisions(case)}
    named, at = list(case.targets.all()), timezone.now()
    found = []
    for item in case.items.all():
        category = known.get(item.category_code)
        cell = scope.authority_for(case, category.data_class) if category else None
        keeping = remains.from_data(category.keeping if category else ())
        lines = [
            _line(one, decided.get((one.pk, item.pk)), keeping, at) for one in named
        ]
        kept = remains.terms(keeping, _)
        found.append(Block(item, category, cell, kept, lines))
    return found


def _line(
    target: Target,
    row: ScopeItem | None,
    keeping: tuple[remains.Keeping, ...],
    at: datetime,
) -> Line:
    narrowed = row is not None and row.decision == ItemDecision.NARROW
    first, last = (
        (row.first_day, row.last_day)
        if row is not None and narrowed
        else (target.first_day, target.last_day)
    )
    since, until = day_window(first, last, target.time_zone)
    goes_out = row is None or ItemDecision(row.decision).produces
    gone = remains.flags(keeping, (since, until), at, _) if goes_out else ()
    return Line(target, row, days_words(first, last), since, until, gone)


def days_words(first: date | None, last: date | None) -> str:
    """A window of whole days in words; an open end says so."""
    if first is None and last is None:
        return _("All days: the paper names none")
    start = date_format(first, "j M Y") if first else _("the beginning")
    end = date_format(last, "j M Y") if last else _("the day of collection")
    return _("%(start)s to %(end)s") % {"start": start, "end": end}


def revisions(case: Case) -> list[tuple[ScopeRevision, list[SignOff]]]:
    """The submitted scopes, newest first, each with what counsel said to it."""
    said: dict[str, list[SignOff]] = {}
    for one in case.sign_offs.select_related("reply"):
        said.setdefault(one.scope_digest, []).append(one)
    return [
        (one, said.get(one.digest, [])) for one in case.revisions.order_by("-number")
    ]


def narrowed(case: Case) -> tuple[str, ...]:
    """What the scope as it stands takes away from what was asked, in sentences."""
    return differences(scope.asked(case), scope.proposed(case), _)


def since_last_decision(case: Case) -> tuple[SignOff, tuple[str, ...]] | None:
    """Counsel's last word on an earlier scope, and what changed since; None: none."""
    now = scope.digest(case)
    earlier = case.sign_offs.exclude(scope_digest=now)
    last = earlier.order_by("-decided_at", "-pk").first()
    if last is None:
        return None
    before = case.revisions.get(digest=last.scope_digest)
    changed = differences(scope.narrowed(before), scope.proposed(case), _)
    return last, (*_facts_changed(scope.frozen(before), scope.build(case)), *changed)


def _facts_changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What became of the paper's own facts; a name in place of each key."""
    named = {
        "instrument": _("The instrument was corrected."),
        "jurisdiction": _("The jurisdiction was corrected."),
        "issuer_kind": _("The kind of issuer was corrected."),
        "agency": _("The agency was corrected."),
        "agency_reference": _("The docket or reference was corrected."),
        "issued_on": _("The date of issue was corrected."),
        "served_on": _("The date of service was corrected."),
        "map": _("Another version of the data map is in use."),
    }
    return [words for key, words in named.items() if before[key] != after[key]]


def questions(case: Case) -> list[SignOff]:
    """Counsel's questions about the request and the desk's answers, in order."""
    asked = case.sign_offs.filter(decision=SignOffDecision.ASKED)
    return list(asked.select_related("reply"))


@dataclass(frozen=True)
class Conditions:
    """The conditions on the scope as it stands: unread ones, and the others."""

    unread: list[SignOff]
    read: list[SignOff]


def conditions(case: Case) -> Conditions:
    """Counsel's conditions on the scope as it stands."""
    now = scope.digest(case)
    found = case.sign_offs.filter(
        decision=SignOffDecision.CONDITIONAL, scope_digest=now
    )
    return Conditions(
        unread=list(found.filter(reply=None)),
        read=list(found.exclude(reply=None).select_related("reply")),
    )


def answers(case: Case) -> list[tuple[str, nondisclosure.Answer]]:
    """Who may learn of the request from us, and why not."""
    return [(str(one.label), nondisclosure.may_tell(case, one)) for one in Audience]


def citations(found: Iterable[Block]) -> list[str]:
    """The provisions that carry what would be produced, each once, in order."""
    seen: dict[str, None] = {}
    for block in found:
        if block.cell and any(line.is_produced for line in block.lines):
            seen[block.cell.citation] = None
    return [one for one in seen if one]
