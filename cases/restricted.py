"""Restricted cases: for named persons alone; nobody else can tell that there is one.

What holds here, and why:

* A case is restricted when it is opened (``intake.open_case``), or later by
  ``restrict``. Then every grant but those of the named ends, and who has opened it
  stands in the register all the same: what somebody was told they still know.
* Its number goes back to the row while nobody outside can know it: before counsel got
  the scope, or its trail was exported. Afterwards it keeps its number, whose place
  others remember anyway.
* Whoever is told acknowledges the secrecy before the case opens to them.

Source: docs/policy.md, section "Restricted requests"; law-and-practice 3.4.
"""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import alerts, audit, exposure, grants, numbering, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition, require_storable
from cases.models import Case, CaseGroupPerm, CaseUserPerm, Exposure
from cases.proof import Proof


def refusal(case: Case) -> str:
    """Why this case can't be restricted now; "" where it can."""
    if case.is_restricted:
        return _("This request is restricted already.")
    if case.closed_at:
        return _("%(case)s is closed.") % {"case": case}
    return ""


def bars(case: Case, person: User) -> str:
    """Why this person can't restrict it: a look that ends would become one for good."""
    if permissions.stays(person, case):
        return ""
    return _(
        "What you see of this request ends by itself: somebody who sees it for good "
        "restricts it."
    )


def register_refusal(case: Case) -> str:
    """Why this case has no register; "" where it has one."""
    return "" if case.is_restricted else _("Only a restricted request has a register.")


@transaction.atomic
def restrict(
    case_id: int,
    *,
    named: Collection[User],
    actor: User,
    reason: str,
    proof: Proof,
    at: datetime | None = None,
) -> Case:
    """Hide a case from everybody but ``actor`` and the people named.

    Raises:
        PermissionDenied: ``actor`` may not.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        IllegalTransition: it is restricted already, or closed; or what ``actor`` sees
            of it ends by itself.
        ValidationError: no reason, a choice that can't work, or one that leaves out the
            owner.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.RESTRICT, case)
    proof.require(at)
    if why := refusal(case) or bars(case, actor):
        raise IllegalTransition(why)
    require_storable(reason=reason)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why only named persons may know.")})
    exposure.require_nameable(named, actor)
    people = [actor, *named]
    if case.owner not in people:
        raise ValidationError(
            {"named": _("Name the owner too, or hand the request over first.")}
        )
    knew = _who_knew(case)
    _end_every_grant(case, at)
    case.is_restricted = True
    if not _left_the_house(case):
        case.former_number, case.number = case.number, numbering.restricted_number()
    case.save(update_fields=["is_restricted", "former_number", "number"])
    audit.record(
        case,
        EventKind.CASE_RESTRICTED,
        actor=actor,
        at=at,
        data={
            "named": [one.pk for one in people],
            "reason": reason.strip(),
            "proof": proof.method,
        },
    )
    why = _("Restricted to named persons")
    exposure.let_in(case, named, by=actor, reason=why, at=at)
    others = [one for one in knew if one not in people]
    for one in others:
        exposure.tell(case, one, by=actor, at=at)
    transaction.on_commit(lambda: alerts.something_waits(others))
    return case


def _left_the_house(case: Case) -> bool:
    """Whether something bears its number already: a scope at counsel's, an export."""
    exported = case.events.filter(kind=EventKind.TRAIL_EXPORTED)
    return bool(case.scope_revision) or exported.exists()


def _who_knew(case: Case) -> list[User]:
    """The people who have done or opened anything on it."""
    acted = case.events.filter(actor__isnull=False)
    return list(User.objects.filter(pk__in=acted.values("actor")).order_by("pk"))


def _end_every_grant(case: Case, at: datetime) -> None:
    for model in (CaseUserPerm, CaseGroupPerm):
        for grant in model.objects.filter(content_object=case, closed_at=None):
            grants.close(grant, at)


@transaction.atomic
def acknowledge(*, actor: User, at: datetime | None = None) -> list[Case]:
    """Acknowledge the secrecy of every request one was told of; grants then open them.

    Raises:
        IllegalTransition: there is none.
    """
    at = at or timezone.now()
    rows = list(exposure.unbound(actor).select_for_update().order_by("pk"))
    if not rows:
        raise IllegalTransition(_("There is nothing to acknowledge."))
    for row in rows:
        row.bound_at = at
        row.save(update_fields=["bound_at"])
        audit.record(
            row.case,
            EventKind.EXPOSURE_ACKNOWLEDGED,
            actor=actor,
            at=at,
            data={"exposure": row.pk},
        )
    return [row.case for row in rows]


@transaction.atomic
def record_told(
    case_id: int,
    *,
    actor: User,
    name: str,
    ground: str,
    at: datetime | None = None,
) -> Case:
    """Record that somebody without an account was told, and told of the secrecy.

    Raises:
        PermissionDenied: ``actor`` may not say who sees this case.
        IllegalTransition: the case isn't restricted.
        ValidationError: no name, or an unknown ground.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.GRANT, case)
    if why := register_refusal(case):
        raise IllegalTransition(why)
    exposure.tell_outside(case, name, ground=ground, by=actor, at=at)
    return case


@transaction.atomic
def export_register(
    case_id: int, *, actor: User, at: datetime | None = None
) -> list[Exposure]:
    """Those whom the house names on demand: all in the register but attorneys.

    Source: 18 U.S.C. 2709(c)(2)(C).

    Raises:
        PermissionDenied: ``actor`` may not say who sees this case.
        IllegalTransition: the case isn't restricted.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.GRANT, case)
    if why := register_refusal(case):
        raise IllegalTransition(why)
    rows = list(exposure.disclosable(case))
    audit.record(
        case,
        EventKind.REGISTER_EXPORTED,
        actor=actor,
        at=at,
        data={"exposures": [row.pk for row in rows]},
    )
    return rows
