"""Who may see a case: grants are given, changed and ended here, and each says why.

What holds here, and why:

* Nobody lets themselves in, nor a group they are in; superusers neither.
* A grant says what it is for, and outside counsel's says when it ends. It goes to
  people who could look at requests at all. Source: docs/policy.md, section "Who sees a
  request".
* A row is never overwritten: to change a reason or an end is to give another grant, and
  the one before is closed. So the trail, which keeps ids, stays readable.
* Whoever gives or ends one has just shown who they are.
* A restricted case is opened to persons alone, each of whom goes into the register of
  those who know; somebody who can let others in always stays.
"""

import logging
from datetime import datetime, timedelta

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import alerts, audit, exposure, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import FourEyesViolation, IllegalTransition, require_storable
from cases.models import Case, CaseGroupPerm, CaseUserPerm, Event
from cases.permissions import Grant
from cases.proof import Proof

logger = logging.getLogger(__name__)

# A page that is loaded again and again is one attempt in the trail.
_ATTEMPT = timedelta(hours=1)


@transaction.atomic
def give(
    case_id: int,
    *,
    to: User | Group,
    actor: User,
    reason: str,
    proof: Proof,
    ends_at: datetime | None = None,
    ground: str = "",
    at: datetime | None = None,
) -> Grant:
    """Let a person or a group see a case; one they have already is replaced.

    ``ground`` says why somebody may be told of a restricted case (``exposure.tell``).
    They are told that something waits, and see it once they have acknowledged it.

    Raises:
        PermissionDenied: ``actor`` may not say who sees this case.
        FourEyesViolation: ``to`` is ``actor``, or a group that ``actor`` is in.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        ValidationError: no reason; an end that isn't ahead; outside counsel without an
            end; nobody whom it would let look; a group on a restricted case; or exactly
            what is there already.
        IllegalTransition: nobody without an end would be left on a restricted case who
            can let others in.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.GRANT, case)
    _require_other(to, actor)
    proof.require(at)
    reason = reason.strip()
    require_storable(reason=reason)
    if refusals := _refusals(to, reason, ends_at, at):
        raise ValidationError(refusals)
    if case.is_restricted:
        _require_named(case, to, ends_at)
    before = _open_grant(case, to)
    if before and (before.reason, before.ends_at) == (reason, ends_at):
        raise ValidationError(_("This grant is there already, word for word."))
    grant = write(case, to, by=actor, reason=reason, ends_at=ends_at, at=at)
    audit.record(
        case,
        EventKind.GRANT_GIVEN,
        actor=actor,
        at=at,
        data={
            **_holder(grant),
            "until": ends_at.isoformat() if ends_at else None,
            "replaces": before.pk if before else None,
            "proof": proof.method,
        },
    )
    if (
        case.is_restricted
        and isinstance(to, User)
        and exposure.tell(case, to, ground=ground, by=actor, at=at)
    ):
        transaction.on_commit(lambda: alerts.something_waits([to]))
    return grant


@transaction.atomic
def end(
    grant: Grant, *, actor: User, proof: Proof, at: datetime | None = None
) -> Grant:
    """End a grant at once. The row stays, so that it can be read who saw what when.

    Raises:
        PermissionDenied: ``actor`` may not say who sees this case.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        IllegalTransition: it is over already, or another has taken its place; or
            nobody would be left on a restricted case who can let others in.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=grant.content_object_id)
    permissions.require(actor, Perm.GRANT, case)
    proof.require(at)
    grant.refresh_from_db()
    if is_over(grant, at):
        raise IllegalTransition(
            _("This grant is over already, or was changed meanwhile.")
        )
    if case.is_restricted and isinstance(grant, CaseUserPerm):
        _require_keeper(case, without=grant.user)
    close(grant, at)
    audit.record(
        case,
        EventKind.GRANT_ENDED,
        actor=actor,
        at=at,
        data={**_holder(grant), "proof": proof.method},
    )
    return grant


def write(
    case: Case,
    to: User | Group,
    *,
    by: User,
    reason: str,
    ends_at: datetime | None,
    at: datetime,
) -> Grant:
    """Write a grant's row and close the one before; whoever calls has asked who may.

    Its event is the caller's too, in the same transaction; the same goes for ``close``.
    """
    if before := _open_grant(case, to):
        close(before, at)
    grant = _row(case, to)
    grant.reason, grant.ends_at = reason, ends_at
    grant.given_by, grant.given_at = by, at
    grant.full_clean()
    grant.save()
    return grant


def is_over(grant: Grant, at: datetime) -> bool:
    """Whether it was ended or replaced, or its day has come."""
    return bool(grant.closed_at or (grant.ends_at and grant.ends_at <= at))


def close(grant: Grant, at: datetime) -> None:
    """End a grant's row now, if it hadn't ended before."""
    grant.closed_at = at
    grant.ends_at = min(grant.ends_at or at, at)
    grant.save(update_fields=["closed_at", "ends_at"])


def note_refusal(
    case_id: int, *, actor: User, page: str, at: datetime | None = None
) -> None:
    """Note that somebody who was let in once asked for a page, and got none.

    Once for a person, a case and an hour: a page that reloads itself leaves one entry.
    A stranger to the case leaves none here.
    """
    at = at or timezone.now()
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not permissions.was_let_in(actor, case):
        return
    attempts = Event.objects.filter(
        case=case, actor=actor, kind=EventKind.GRANT_REFUSED, at__gt=at - _ATTEMPT
    )
    if attempts.exists():
        return
    kind = EventKind.GRANT_REFUSED
    audit.record_reading(case, kind, actor=actor, at=at, data={"page": page})
    if case.is_restricted:  # its own trail tells; a log is read by others
        return
    logger.warning("No grant: user %s asked for %s of case %s", actor.pk, page, case.pk)


def _require_named(case: Case, to: User | Group, ends_at: datetime | None) -> None:
    if isinstance(to, Group):
        raise ValidationError(
            {"to": _("A restricted request is opened to persons, one by one.")}
        )
    if ends_at is not None:
        _require_keeper(case, without=to)


def _require_keeper(case: Case, without: User) -> None:
    """Let it pass where somebody else stays who can let others in, without an end."""
    lasting = CaseUserPerm.objects.filter(content_object=case, ends_at=None)
    keepers = permissions.who_may(Perm.GRANT, case).filter(
        pk__in=lasting.values("user")
    )
    if not keepers.exclude(pk=without.pk).exists():
        raise IllegalTransition(
            _(
                "Nobody else could let others in to this request: name somebody who "
                "can, and let them acknowledge it, first."
            )
        )


def _require_other(to: User | Group, actor: User) -> None:
    if to == actor:
        raise FourEyesViolation(
            _("You can't let yourself in: another counsel or an administrator has to.")
        )
    if isinstance(to, Group) and to.user_set.filter(pk=actor.pk).exists():
        raise FourEyesViolation(
            _(
                "You are in this group, so another counsel or an administrator "
                "has to let it in."
            )
        )


def _refusals(
    to: User | Group, reason: str, ends_at: datetime | None, at: datetime
) -> dict[str, str]:
    found = {}
    if not reason:
        found["reason"] = _("Say what the grant is for.")
    if ends_at is not None and ends_at <= at:
        found["ends_at"] = _("The end lies in the past.")
    if blind := _why_blind(to):
        found["to"] = blind
    elif isinstance(to, User) and ends_at is None and permissions.needs_an_end(to):
        found["ends_at"] = _("Outside counsel is let in until a day. Name it.")
    return found


def _why_blind(to: User | Group) -> str:
    """Why a grant would let nobody look; "" where it would."""
    if isinstance(to, Group):
        return (
            ""
            if permissions.lets_in(to)
            else _(
                "Nobody in this group could look at the request by it: they have "
                "no role for that, or are outside counsel, who are let in by "
                "name."
            )
        )
    if not to.is_active:
        return _("This account is closed. An administrator can open it again.")
    if not permissions.has_role_for(to, Perm.VIEW):
        return _(
            "This person has no role that looks at requests. An "
            "administrator gives roles."
        )
    return ""


def _row(case: Case, to: User | Group) -> Grant:
    view = permissions.view_permission()
    if isinstance(to, Group):
        return CaseGroupPerm(content_object=case, group=to, permission=view)
    return CaseUserPerm(content_object=case, user=to, permission=view)


def _open_grant(case: Case, to: User | Group) -> Grant | None:
    if isinstance(to, Group):
        shared = CaseGroupPerm.objects.filter(content_object=case, group=to)
        return shared.filter(closed_at=None).first()
    named = CaseUserPerm.objects.filter(content_object=case, user=to)
    return named.filter(closed_at=None).first()


def _holder(grant: Grant) -> dict[str, int]:
    if isinstance(grant, CaseGroupPerm):
        return {"group_grant": grant.pk, "group": grant.group_id}
    return {"user_grant": grant.pk, "user": grant.user_id}
