"""The switch that stops every release: thrown at once by one, lifted by another.

What holds here: counsel or an administrator throws it, with a reason and nothing else
to fill in; while it stands no packet is released and no byte of one is handed out, a
download under way included (``gates``, ``delivery.stream``); who threw it can't lift
it, and lifting takes a reason and fresh proof.
Source: docs/policy.md, section "Stopping every release".
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import Perm, SiteEventKind
from cases.exceptions import FourEyesViolation, IllegalTransition, require_storable
from cases.models import Organisation
from cases.proof import Proof
from disclosures.models import Freeze


@transaction.atomic
def throw(*, actor: User, reason: str, at: datetime | None = None) -> Freeze:
    """Stop every release of this site from now on.

    The organisation's row is the lock that each release takes too: once this has
    returned, no release that began before can still be recorded.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: they are stopped already.
        ValidationError: no reason.
    """
    at = at or timezone.now()
    Organisation.objects.select_for_update().get()
    permissions.require_role(actor, Perm.FREEZE)
    if standing := Freeze.objects.standing():
        raise IllegalTransition(
            _("%(who)s has stopped all releases already.")
            % {"who": standing.thrown_by_name}
        )
    made = Freeze(
        reason=_said(reason, _("Say why all releases are stopped.")),
        thrown_by=actor,
        thrown_by_name=audit.name_of(actor),
        thrown_at=at,
    )
    made.full_clean()
    made.save()
    audit.record_site(
        SiteEventKind.RELEASES_FROZEN,
        actor=actor,
        at=at,
        data={"freeze": made.pk, "reason": made.reason},
    )
    return made


@transaction.atomic
def lift(
    *, actor: User, reason: str, proof: Proof, at: datetime | None = None
) -> Freeze:
    """Open releases again.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: ``actor`` threw it.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        IllegalTransition: nothing is stopped.
        ValidationError: no reason.
    """
    at = at or timezone.now()
    Organisation.objects.select_for_update().get()
    permissions.require_role(actor, Perm.FREEZE)
    proof.require(at)
    standing = Freeze.objects.standing()
    if standing is None:
        raise IllegalTransition(_("Releases aren't stopped."))
    if standing.thrown_by_id == actor.pk:
        raise FourEyesViolation(
            _("You stopped all releases: another counsel or administrator lifts it.")
        )
    standing.lift_reason = _said(reason, _("Say why releases may go on."))
    standing.lifted_by = actor
    standing.lifted_by_name = audit.name_of(actor)
    standing.lifted_at = at
    standing.proof_method, standing.proof_at = proof.method, proof.at
    standing.full_clean()
    standing.save()
    audit.record_site(
        SiteEventKind.RELEASES_THAWED,
        actor=actor,
        at=at,
        data={
            "freeze": standing.pk,
            "reason": standing.lift_reason,
            "proof": proof.method,
        },
    )
    return standing


def who_lifts() -> list[User]:
    """Who could lift the stop that stands; nobody where none does."""
    standing = Freeze.objects.standing()
    if standing is None:
        return []
    return [
        one
        for one in permissions.who_has_role(Perm.FREEZE)
        if one.pk != standing.thrown_by_id
    ]


def _said(reason: str, missing: str) -> str:
    require_storable(reason=reason)
    if not reason.strip():
        raise ValidationError({"reason": missing})
    return reason.strip()
