"""Closing a request with its outcome, item by item, and taking it up again."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions, scope, workflow
from cases.enums import CaseStatus, Disposition, EventKind, Perm
from cases.exceptions import require_storable
from cases.models import Case, ScopeItem
from cases.models.note import Note

_PRODUCED = frozenset({Disposition.FULL, Disposition.PARTIAL})


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
        raise ValidationError({"reason": _("Say why the request is reopened.")})
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
