"""Break-glass: a short look that can't wait for a grant, seen by others at once.

What holds here, and why:

* It opens one case to the one who asks, for ``MINUTES`` and not longer, with a reason
  and fresh proof. A role still says what they may do there.
* It is for those whose role looks at cases: not for outside counsel, who are let in by
  name, and not for a superuser or an administrator without such a role.
* Counsel and auditors are told at once, by a mail that says nothing but where to look.
* Until another person has reviewed it, the same person can't do it again.

Source: docs/policy.md, section "Breaking the glass".
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import alerts, audit, grants, permissions
from cases.enums import EventKind, Perm, Role
from cases.exceptions import FourEyesViolation, IllegalTransition, require_storable
from cases.models import BrokenGlass, Case
from cases.proof import Proof

MINUTES = 60


def unreviewed(person: User) -> BrokenGlass | None:
    """The glass this person broke that nobody has looked at yet."""
    rows = BrokenGlass.objects.filter(person=person, reviewed_by=None)
    found: BrokenGlass | None = rows.select_related("case").first()
    return found


def bars(person: User) -> str:
    """Why this person may not break the glass, whatever the request; "" if not."""
    if permissions.needs_an_end(person):
        return _("Outside counsel is let in by name: ask counsel of the house.")
    if earlier := unreviewed(person):
        return _(
            "You broke the glass on %(day)s, and nobody has reviewed it yet. "
            "Counsel or an administrator does, then you can do it again."
        ) % {"day": timezone.localtime(earlier.broken_at).date().isoformat()}
    return ""


@transaction.atomic
def break_glass(
    number: str,
    *,
    actor: User,
    reason: str,
    proof: Proof,
    at: datetime | None = None,
) -> BrokenGlass:
    """Let ``actor`` look at the case of this number for an hour.

    Raises:
        PermissionDenied: no role of ``actor`` looks at cases, or only that of outside
            counsel does.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        IllegalTransition: ``actor`` sees the case already, or an earlier one of theirs
            waits for its review.
        ValidationError: no reason, or no such case.
    """
    at = at or timezone.now()
    permissions.require_role(actor, Perm.VIEW)
    if permissions.needs_an_end(actor):
        raise PermissionDenied(f"User {actor.pk} is let in by name and no other way.")
    proof.require(at)
    # One at a time for a person: two windows don't open two cases.
    User.objects.select_for_update().get(pk=actor.pk)
    require_storable(reason=reason, number=number)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it can't wait for a grant.")})
    if refusal := bars(actor):
        raise IllegalTransition(refusal)
    # A restricted one isn't there for anybody who isn't named on it.
    case = Case.objects.ordinary().filter(number=number.strip()).first()
    if case is None:
        raise ValidationError({"number": _("There is no request of this number.")})
    if permissions.allowed(actor, Perm.VIEW, case):
        raise IllegalTransition(_("You see this request already."))
    ends_at = at + timedelta(minutes=MINUTES)
    said = _("Glass broken")
    grant = grants.write(case, actor, by=actor, reason=said, ends_at=ends_at, at=at)
    broken = BrokenGlass(
        case=case,
        grant_id=grant.pk,
        person=actor,
        person_name=audit.name_of(actor),
        reason=reason.strip(),
        broken_at=at,
        ends_at=ends_at,
    )
    broken.full_clean()
    broken.save()
    audit.record(
        case,
        EventKind.GLASS_BROKEN,
        actor=actor,
        at=at,
        data={
            "glass": broken.pk,
            "grant": grant.pk,
            "until": ends_at.isoformat(),
            "proof": proof.method,
        },
    )
    transaction.on_commit(_tell)
    return broken


@transaction.atomic
def review(
    glass_id: int,
    *,
    actor: User,
    was_right: bool,
    finding: str,
    at: datetime | None = None,
) -> BrokenGlass:
    """Record what another person made of it; a look that goes on still is ended.

    Raises:
        PermissionDenied: ``actor`` may not say who sees this case.
        FourEyesViolation: ``actor`` broke it.
        IllegalTransition: it was reviewed already.
        ValidationError: nothing said.
    """
    at = at or timezone.now()
    row = BrokenGlass.objects.select_for_update().get(pk=glass_id)
    permissions.require(actor, Perm.GRANT, row.case)
    if row.person_id == actor.pk:
        raise FourEyesViolation(_("You broke it: another person reviews it."))
    if row.reviewed_at:
        raise IllegalTransition(_("It was reviewed already."))
    require_storable(finding=finding)
    if not finding.strip():
        raise ValidationError({"finding": _("Say what you found.")})
    row.was_right, row.finding = was_right, finding.strip()
    row.reviewed_by, row.reviewed_at = actor, at
    row.reviewed_by_name = audit.name_of(actor)
    row.full_clean()
    row.save()
    if not grants.is_over(row.grant, at):
        grants.close(row.grant, at)
    audit.record(
        row.case,
        EventKind.GLASS_REVIEWED,
        actor=actor,
        at=at,
        data={"glass": row.pk, "right": was_right},
    )
    return row


def _tell() -> None:
    told = (Role.COUNSEL.value, Role.AUDITOR.value)
    alerts.something_waits(User.objects.filter(groups__name__in=told))
