"""Whether the instrument may still be answered: its standing, and objections to it.

What holds here: a stay bars the release until it is lifted; an instrument that was
quashed or taken back is over, so that nothing more is collected, sealed or released;
a pending objection bars the release, and one that was sustained bars it for every
scope from before the decision. Each is recorded with the paper that says so.
Source: docs/policy.md, section "When the instrument falls, or somebody objects".
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, ObjectionOutcome, Perm, Standing
from cases.exceptions import IllegalTransition, require_storable
from cases.models import (
    Case,
    CaseDocument,
    Objection,
    Organisation,
    StandingChange,
)

OVER = frozenset({Standing.QUASHED, Standing.WITHDRAWN})
# What a ruling can make of each standing; what is over stays over.
_NEXT = {
    Standing.IN_FORCE: frozenset({Standing.STAYED, *OVER}),
    Standing.STAYED: frozenset({Standing.IN_FORCE, *OVER}),
    Standing.QUASHED: frozenset[Standing](),
    Standing.WITHDRAWN: frozenset[Standing](),
}


def of(case: Case) -> Standing:
    """How the instrument stands now."""
    last = _last(case)
    return Standing(last.standing) if last else Standing.IN_FORCE


def _last(case: Case) -> StandingChange | None:
    # Off the rows, so that a list of cases can bring them along.
    changes = list(case.standing_changes.all())
    return changes[-1] if changes else None


def open_to(case: Case) -> frozenset[Standing]:
    """What a ruling could still make of it."""
    return _NEXT[of(case)]


def over(case: Case) -> str:
    """Why nothing more may be done for this instrument; "" while it may."""
    last = _last(case)
    if last is None or last.standing not in OVER:
        return ""
    was = (
        "was quashed"
        if last.standing == Standing.QUASHED
        else "was taken back by the requester"
    )
    return _(
        "The instrument %(was)s on %(day)s: nothing more is "
        "collected, sealed or handed over. An analyst, counsel or the "
        "release officer closes the request."
    ) % {"was": was, "day": last.dated_on.isoformat()}


def bars_release(case: Case) -> str:
    """Why the standing keeps a packet back; "" where it doesn't."""
    last = _last(case)
    if last is not None and last.standing == Standing.STAYED:
        return _(
            "The instrument was stayed on %(day)s. Counsel records it "
            "when the stay is lifted."
        ) % {"day": last.dated_on.isoformat()}
    return over(case)


def objection_bars(case: Case, submitted_at: datetime) -> str:
    """Why an objection keeps back what was submitted then; "" where none does."""
    pending = case.objections.pending().first()
    if pending is not None:
        return _(
            "The objection lodged on %(day)s is pending. Counsel "
            "records how it is decided."
        ) % {"day": pending.lodged_on.isoformat()}
    sustained = case.objections.filter(
        outcome=ObjectionOutcome.SUSTAINED, resolved_at__gte=submitted_at
    ).last()
    if sustained is None:
        return ""
    return _(
        "The objection lodged on %(day)s was sustained after this "
        "scope was prepared. The analyst takes the scope back and has "
        "counsel sign it anew, or counsel records that the instrument "
        "was quashed."
    ) % {"day": sustained.lodged_on.isoformat()}


@transaction.atomic
def record_ruling(
    case_id: int,
    *,
    actor: User,
    standing: str,
    dated_on: date,
    paper: CaseDocument,
    note: str = "",
    at: datetime | None = None,
) -> StandingChange:
    """Record a ruling, or a letter of the requester, that changes the standing.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case is closed, or this can't follow how it stands.
        ValidationError: an unknown standing, another case's paper, or a day before the
            instrument or the last change, or ahead.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.SIGN_OFF, case)
    return _change(case, actor, standing, dated_on, paper, note, at)


@transaction.atomic
def record_withdrawal(
    case_id: int,
    *,
    actor: User,
    dated_on: date,
    paper: CaseDocument,
    note: str = "",
    at: datetime | None = None,
) -> StandingChange:
    """Record that the requester took the instrument back.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case is closed, or the instrument is over already.
        ValidationError: another case's paper, or a day before the instrument, the last
            change, or ahead.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.WITHDRAW, case)
    return _change(case, actor, Standing.WITHDRAWN, dated_on, paper, note, at)


def _change(
    case: Case,
    actor: User,
    standing: str,
    dated_on: date,
    paper: CaseDocument,
    note: str,
    at: datetime,
) -> StandingChange:
    _require_open(case)
    if standing not in Standing.values:
        raise ValidationError({"standing": _("Say how the instrument stands now.")})
    before = _last(case)
    if Standing(standing) not in open_to(case):
        raise IllegalTransition(
            _("The instrument is “%(label)s”: this can't follow.")
            % {"label": of(case).label}
        )
    since = before.dated_on if before else case.issued_on
    _check_paper(case, paper, "paper")
    _check_day("dated_on", dated_on, since, at)
    require_storable(note=note)
    made = StandingChange.objects.create(
        case=case,
        standing=standing,
        dated_on=dated_on,
        paper=paper,
        note=note.strip(),
        recorded_by=actor,
        recorded_by_name=audit.name_of(actor),
        recorded_at=at,
    )
    audit.record(
        case,
        EventKind.STANDING_RECORDED,
        actor=actor,
        at=at,
        data={
            "from": before.standing if before else Standing.IN_FORCE.value,
            "to": made.standing,
            "dated_on": dated_on.isoformat(),
            "document": paper.pk,
        },
    )
    return made


@transaction.atomic
def lodge(
    case_id: int,
    *,
    actor: User,
    objector: str,
    lodged_on: date,
    forum: str,
    paper: CaseDocument,
    at: datetime | None = None,
) -> Objection:
    """Record an objection; nothing is released until it is decided.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case is closed, or the instrument is over.
        ValidationError: nobody who objects, no forum, another case's paper, or a day
            before the instrument or ahead.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.SIGN_OFF, case)
    _require_open(case)
    if refusal := over(case):
        raise IllegalTransition(refusal)
    _check_paper(case, paper, "paper")
    _check_day("lodged_on", lodged_on, case.issued_on, at)
    require_storable(forum=forum)
    made = Objection(
        case=case,
        objector=objector,
        lodged_on=lodged_on,
        forum=forum.strip(),
        paper=paper,
        lodged_by=actor,
        lodged_by_name=audit.name_of(actor),
        lodged_at=at,
    )
    made.full_clean()
    made.save()
    audit.record(
        case,
        EventKind.OBJECTION_LODGED,
        actor=actor,
        at=at,
        data={
            "objection": made.pk,
            "by": made.objector,
            "on": lodged_on.isoformat(),
            "document": paper.pk,
        },
    )
    return made


@transaction.atomic
def resolve(
    objection_id: int,
    *,
    actor: User,
    outcome: str,
    resolved_on: date,
    paper: CaseDocument,
    at: datetime | None = None,
) -> Objection:
    """Record how an objection was decided.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: it is decided already, or the case is closed.
        ValidationError: an unknown outcome, another case's paper, or a day before it
            was lodged or ahead.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(objections=objection_id)
    objection = Objection.objects.select_for_update().get(pk=objection_id)
    permissions.require(actor, Perm.SIGN_OFF, case)
    _require_open(case)
    if objection.outcome:
        raise IllegalTransition(
            _("How this objection was decided is recorded already.")
        )
    if outcome not in ObjectionOutcome.values:
        raise ValidationError({"outcome": _("Say how the objection was decided.")})
    _check_paper(case, paper, "paper")
    _check_day("resolved_on", resolved_on, objection.lodged_on, at)
    objection.outcome, objection.resolved_on = outcome, resolved_on
    objection.outcome_paper, objection.resolved_by = paper, actor
    objection.resolved_by_name, objection.resolved_at = audit.name_of(actor), at
    objection.full_clean()
    objection.save()
    audit.record(
        case,
        EventKind.OBJECTION_DECIDED,
        actor=actor,
        at=at,
        data={
            "objection": objection.pk,
            "outcome": outcome,
            "on": resolved_on.isoformat(),
            "document": paper.pk,
        },
    )
    return objection


def _require_open(case: Case) -> None:
    if case.closed_at:
        raise IllegalTransition(
            _("%(case)s is closed. Reopen it first.") % {"case": case}
        )


def _check_paper(case: Case, paper: CaseDocument, field: str) -> None:
    if paper.case_id != case.pk:
        raise ValidationError({field: _("This paper isn't on the request.")})


def _check_day(field: str, day: date, since: date, at: datetime) -> None:
    zone = ZoneInfo(Organisation.objects.get().time_zone)
    if day > at.astimezone(zone).date():
        raise ValidationError({field: _("This day lies ahead.")})
    if day < since:
        raise ValidationError(
            {field: _("That is before %(day)s.") % {"day": since.isoformat()}}
        )
