"""Who has which role here, and who may sign in at all.

A role says which verbs, so who hands out roles could hand out anything. What holds:

* An administrator does it, a superuser without that role doesn't, and nobody does it to
  themselves: the first administrator is made by ``setup_site``.
* It takes fresh proof and a reason, and leaves its event in the site's own trail.
* Nobody is deleted: an account is closed, and what the person did keeps their name.

Source: docs/policy.md, section "Roles".
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import Perm, SiteEventKind
from cases.exceptions import FourEyesViolation, require_storable
from cases.proof import Proof


@dataclass(frozen=True)
class Standing:
    """What somebody is here: their groups, roles among them; whether they get in."""

    groups: Collection[Group]
    is_open: bool


def bars(person: User, actor: User) -> str:
    """Why ``actor`` may not change what this person is; "" where they may."""
    if person.pk != actor.pk:
        return ""
    return _("You can't change your own roles: another administrator does.")


@transaction.atomic
def change_roles(
    person_id: int,
    *,
    actor: User,
    standing: Standing,
    reason: str,
    proof: Proof,
    at: datetime | None = None,
) -> User:
    """Give and take roles and groups, and open or close the account.

    Raises:
        PermissionDenied: no role of ``actor`` keeps people.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        FourEyesViolation: ``actor`` is the person.
        ValidationError: no reason, or nothing that would change.
    """
    at = at or timezone.now()
    permissions.require_role(actor, Perm.KEEP_PEOPLE)
    proof.require(at)
    person = User.objects.select_for_update().get(pk=person_id)
    if barred := bars(person, actor):
        raise FourEyesViolation(barred)
    require_storable(reason=reason)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    before = set(person.groups.values_list("name", flat=True))
    after = {group.name for group in standing.groups}
    was_open = person.is_active and person.is_staff
    if (before, was_open) == (after, standing.is_open):
        raise ValidationError(_("Nothing is different."))
    person.groups.set(standing.groups)
    person.is_active = person.is_staff = standing.is_open
    person.save(update_fields=["is_active", "is_staff"])
    audit.record_site(
        SiteEventKind.PERSON_ROLES_CHANGED,
        actor=actor,
        at=at,
        data={
            "person": person.pk,
            "given": sorted(after - before),
            "taken": sorted(before - after),
            "open": standing.is_open,
            "reason": reason.strip(),
            "proof": proof.method,
        },
    )
    return person


@transaction.atomic
def record_added(person: User, *, actor: User, at: datetime | None = None) -> None:
    """Record that the page of people has added somebody, who has no role yet.

    Raises:
        PermissionDenied: no role of ``actor`` keeps people.
    """
    _record(SiteEventKind.PERSON_ADDED, actor, at, person=person.pk)


@transaction.atomic
def record_changed(person: User, *, actor: User, at: datetime | None = None) -> None:
    """Record that the page of people has changed a name, an address or a password.

    Raises:
        PermissionDenied: no role of ``actor`` keeps people.
    """
    _record(SiteEventKind.PERSON_CHANGED, actor, at, person=person.pk)


@transaction.atomic
def record_group(group: Group, *, actor: User, at: datetime | None = None) -> None:
    """Record that a group was made or has another name.

    Raises:
        PermissionDenied: no role of ``actor`` keeps people.
    """
    _record(SiteEventKind.GROUP_CHANGED, actor, at, group=group.pk, name=group.name)


def _record(
    kind: SiteEventKind, actor: User, at: datetime | None, **data: object
) -> None:
    permissions.require_role(actor, Perm.KEEP_PEOPLE)
    audit.record_site(kind, actor=actor, at=at or timezone.now(), data=data)
