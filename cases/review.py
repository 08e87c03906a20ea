"""Review: what is proposed for each target and item, and off to counsel with it.

After counsel has the scope, ``revise`` takes it back to review. Submitting it again
raises its revision, so no earlier sign-off covers it, changed or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions, persons, scope, workflow
from cases.enums import (
    Act,
    CaseStatus,
    Disposition,
    EventKind,
    ItemDecision,
    Perm,
)
from cases.exceptions import (
    CaseError,
    IllegalTransition,
    InsufficientProcess,
    require_storable,
)
from cases.models import Case, Category, RequestedItem, ScopeItem, ScopeRevision, Target
from cases.models.note import Note
from cases.models.target import day_window

_PRODUCED = frozenset({Disposition.FULL, Disposition.PARTIAL})


@dataclass(frozen=True)
class Choice:
    """What the analyst proposes for one pair; days are whole days of the target's zone.

    An end that a narrowing leaves open is the paper's.
    """

    target_id: int
    item_id: int
    decision: str
    first_day: date | None = None
    last_day: date | None = None
    reason: str = ""


def start(case_id: int, *, actor: User, at: datetime | None = None) -> Case:
    """Begin the review of a case whose intake is complete.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: no paper, no target or no item yet, or not in this status.
    """
    return workflow.transition(
        case_id, "start_review", actor=actor, at=at or timezone.now()
    )


@transaction.atomic
def decide(
    case_id: int, *, actor: User, choices: Sequence[Choice], at: datetime | None = None
) -> list[ScopeItem]:
    """Record what is proposed for some pairs of target and item.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's profile keeps ``actor`` from preparing.
        IllegalTransition: the case isn't in review.
        InsufficientProcess: producing is proposed where the instrument doesn't reach.
        ValidationError: no choice at all, or one that lacks its reason or days, narrows
            nothing, or names another case's rows.
    """
    at = at or timezone.now()
    case = _in_review(case_id, actor)
    if not choices:
        raise ValidationError(_("Decide at least one item."))
    known = {row.code: row for row in Category.objects.current()}
    targets = {target.pk: target for target in case.targets.all()}
    items = {item.pk: item for item in case.items.all()}
    rows = []
    for choice in choices:
        if choice.target_id not in targets or choice.item_id not in items:
            raise ValidationError(_("The target or the item belongs to another case."))
        pair = targets[choice.target_id], items[choice.item_id]
        rows.append(_write_choice(case, pair, choice, known, actor, at))
    audit.record(
        case,
        EventKind.ITEM_DECIDED,
        actor=actor,
        at=at,
        data={"items": {str(row.pk): row.decision for row in rows}},
    )
    return rows


def _write_choice(
    case: Case,
    pair: tuple[Target, RequestedItem],
    choice: Choice,
    known: Mapping[str, Category],
    actor: User,
    at: datetime,
) -> ScopeItem:
    target, item = pair
    row = ScopeItem.objects.filter(target=target, item=item).first() or ScopeItem(
        target=target, item=item
    )
    row.decision, row.reason = choice.decision, choice.reason.strip()
    row.first_day, row.last_day = choice.first_day, choice.last_day
    if choice.decision == ItemDecision.NARROW and (choice.first_day or choice.last_day):
        row.first_day = choice.first_day or target.first_day
        row.last_day = choice.last_day or target.last_day
    row.decided_by, row.decided_at = actor, at
    if item.category_code not in known:
        words = _(
            "%(item)s: the data map in use no longer has this category. Object to it, "
            "or ask an administrator which map is meant to be in use."
        )
        raise CaseError(words % {"item": item})
    if refusal := scope.beyond_authority(case, item, row, dict(known)):
        raise InsufficientProcess(refusal)
    _check_row(target, row)
    row.save()
    return row


def _check_row(target: Target, row: ScopeItem) -> None:
    where = f"{row.item}, target {target.number}"
    require_storable(reason=row.reason)
    try:
        row.full_clean()
        day_window(row.first_day, row.last_day, target.time_zone)
    except ValidationError as error:
        raise ValidationError([f"{where}: {one}" for one in error.messages]) from error
    except OverflowError:
        words = _("%(where)s: leave an end without a day open.")
        raise ValidationError(words % {"where": where}) from None
    if refusal := scope.beyond_window(row):
        raise ValidationError(refusal)
    if row.decision == ItemDecision.NARROW and (row.first_day, row.last_day) == (
        target.first_day,
        target.last_day,
    ):
        words = _("%(where)s: these are the paper's own days; produce it.")
        raise ValidationError(words % {"where": where})


@transaction.atomic
def submit(case_id: int, *, actor: User, at: datetime | None = None) -> ScopeRevision:
    """Freeze the scope and put it before counsel.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's profile keeps ``actor`` from preparing.
        IllegalTransition: the case isn't in review.
        CaseError: something is undecided or beyond the instrument; it says what.
    """
    at = at or timezone.now()
    case = _in_review(case_id, actor)
    if found := scope.problems(case):
        raise CaseError(" ".join(found))
    revision = scope.freeze(case, prepared_by=actor, at=at)
    workflow.transition(case.pk, "submit_scope", actor=actor, at=at)
    audit.record(
        case,
        EventKind.SCOPE_SUBMITTED,
        actor=actor,
        at=at,
        data={
            "revision": revision.number,
            "scope": revision.digest,
            "map": revision.map_digest,
        },
    )
    return revision


@transaction.atomic
def revise(
    case_id: int, *, actor: User, reason: str, at: datetime | None = None
) -> Case:
    """Take the scope back to review; every earlier sign-off stops covering the case.

    The case moves to the next revision at once, so that even an unchanged scope no
    longer has the digest that was signed.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: there is no submitted scope to take back.
        ValidationError: no reason given.
    """
    if not reason.strip():
        raise ValidationError(_("Say why the scope is taken back."))
    require_storable(reason=reason)
    case = workflow.transition(
        case_id,
        "revise_scope",
        actor=actor,
        at=at or timezone.now(),
        reason=reason.strip(),
    )
    case.scope_revision = scope.next_revision(case)
    case.save(update_fields=["scope_revision"])
    return case


@transaction.atomic
def close(
    case_id: int,
    *,
    actor: User,
    disposition: str,
    outcomes: Mapping[int, str],
    note: str = "",
    at: datetime | None = None,
) -> Case:
    """Close a case with its outcome, and that of each scope item (by its id).

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case can't be closed from where it stands.
        ValidationError: an unknown outcome, a decided item without one, or production
            claimed where nothing was handed over.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.CLOSE, case)
    decided = {row.pk: row for row in scope.decisions(case)}
    if disposition not in Disposition.values:
        raise ValidationError(_("Say how the case ended."))
    if set(decided) != set(outcomes) or not set(outcomes.values()) <= set(
        Disposition.values
    ):
        raise ValidationError(_("Each item of the scope needs its outcome."))
    claimed = {disposition, *outcomes.values()} & _PRODUCED
    if claimed and not went_out(case):
        raise ValidationError(_("Nothing was handed over: it can't end as produced."))
    require_storable(closing_note=note)
    for pk, outcome in outcomes.items():
        decided[pk].disposition = outcome
        decided[pk].save(update_fields=["disposition"])
    case.disposition, case.closed_at, case.closing_note = disposition, at, note.strip()
    case.save(update_fields=["disposition", "closed_at", "closing_note"])
    fallen = case.status in workflow.CASE.steps["close_fallen"].sources
    step = "close_fallen" if fallen else "close"
    workflow.transition(case.pk, step, actor=actor, at=at)
    audit.record(
        case,
        EventKind.CASE_CLOSED,
        actor=actor,
        at=at,
        data={
            "outcome": disposition,
            "items": {str(pk): outcome for pk, outcome in outcomes.items()},
        },
    )
    case.refresh_from_db()
    return case


def went_out(case: Case) -> bool:
    """Whether anything of this case was handed over, now or before a reopening."""
    if case.status == CaseStatus.RELEASED:
        return True
    return case.events.filter(kind=EventKind.PACKET_RELEASED).exists()


@transaction.atomic
def reopen(
    case_id: int, *, actor: User, reason: str, at: datetime | None = None
) -> Case:
    """Take a closed case back to review; what was handed over stays on record.

    The case moves to the next revision at once, as by ``revise``: another scope,
    another sign-off and another packet are needed, and its Bates numbers go on. How it
    had ended is kept in the event, and the closing note as a note of the desk: the
    trail has other readers.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case isn't closed.
        ValidationError: no reason given.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise ValidationError({"reason": "Say why the request is reopened."})
    require_storable(reason=reason)
    case = workflow.transition(
        case_id, "reopen", actor=actor, at=at, reason=reason.strip()
    )
    ended = {
        "reason": reason.strip(),
        "outcome": case.disposition,
        "closed_at": case.closed_at.isoformat() if case.closed_at else "",
        "note": _keep_closing_note(case, actor, at),
        "items": {str(row.pk): row.disposition for row in scope.decisions(case)},
    }
    ScopeItem.objects.filter(target__case=case).update(disposition="")
    case.disposition, case.closed_at, case.closing_note = "", None, ""
    case.scope_revision = scope.next_revision(case)
    case.save(
        update_fields=["disposition", "closed_at", "closing_note", "scope_revision"]
    )
    audit.record(case, EventKind.CASE_REOPENED, actor=actor, at=at, data=ended)
    return case


def _keep_closing_note(case: Case, actor: User, at: datetime) -> int | None:
    if not case.closing_note:
        return None
    kept = Note.objects.create(
        case=case,
        text=case.closing_note,
        written_by=actor,
        written_by_name=audit.name_of(actor),
        written_at=at,
    )
    return kept.pk


def _in_review(case_id: int, actor: User) -> Case:
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.REVIEW, case)
    persons.require_other(case, actor, Act.PREPARE)
    if case.status != CaseStatus.IN_REVIEW:
        raise IllegalTransition(
            _(
                "%(case)s is “%(status)s”, not in review. Where a scope was submitted, "
                "an analyst takes it back first."
            )
            % {"case": case, "status": case.get_status_display()}
        )
    return case
