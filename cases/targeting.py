"""The accounts that a request is about, as the paper names them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import available_timezones

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, keys, permissions, readings, workflow
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition, require_storable
from cases.models import Case, Target
from cases.models.target import day_window


@dataclass(frozen=True)
class TargetFacts:
    """One target as the paper names it; days are whole days of ``time_zone``."""

    kind: str
    identifier: str
    time_zone: str
    role: str
    first_day: date | None = None
    last_day: date | None = None


@transaction.atomic
def add_target(
    case_id: int, *, actor: User, facts: TargetFacts, at: datetime | None = None
) -> Target:
    """Add a target.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the scope has gone to counsel.
        ValidationError: unknown kind or zone, a window that ends before it begins, or
            the same target twice.
    """
    at = at or timezone.now()
    case = workflow.editable(case_id, actor)
    last = case.targets.order_by("-number").first()
    target = Target(case=case, number=last.number + 1 if last else 1)
    _write_target(target, facts)
    audit.record(
        case, EventKind.TARGET_ADDED, actor=actor, at=at, data={"target": target.pk}
    )
    return target


@transaction.atomic
def correct_target(
    target_id: int, *, actor: User, facts: TargetFacts, at: datetime | None = None
) -> Target:
    """Correct a target.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the scope has gone to counsel.
        ValidationError: as in ``add_target``.
    """
    at = at or timezone.now()
    case, target = _editable_target(target_id, actor)
    _write_target(target, facts)
    audit.record(
        case, EventKind.TARGET_CORRECTED, actor=actor, at=at, data={"target": target.pk}
    )
    return target


@transaction.atomic
def remove_target(target_id: int, *, actor: User, at: datetime | None = None) -> None:
    """Take a target off a case, with what was decided about it.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the scope has gone to counsel, now or before: then the target
            stays, and the item is objected to.
    """
    at = at or timezone.now()
    case, target = _editable_target(target_id, actor)
    if case.scope_revision:
        raise IllegalTransition(
            _("Counsel has seen this target already: object to its items instead.")
        )
    target.scope_items.all().delete()
    target.delete()
    audit.record(
        case, EventKind.TARGET_REMOVED, actor=actor, at=at, data={"target": target_id}
    )


def _editable_target(target_id: int, actor: User) -> tuple[Case, Target]:
    """The case, locked, and its target as it stands behind the lock."""
    case_id = Target.objects.values_list("case_id", flat=True).get(pk=target_id)
    case = workflow.editable(case_id, actor)
    target = case.targets.filter(pk=target_id).first()
    if target is None:
        raise IllegalTransition(_("Somebody else has taken this target off the case."))
    return case, target


def _write_target(target: Target, facts: TargetFacts) -> None:
    for name in ("kind", "identifier", "role", "first_day", "last_day", "time_zone"):
        setattr(target, name, getattr(facts, name))
    require_storable(identifier=facts.identifier)
    if not facts.identifier.strip():
        raise ValidationError({"identifier": _("Enter it as the paper has it.")})
    if facts.time_zone not in _zones():
        hint = _("Unknown time zone. Use a name such as America/New_York.")
        raise ValidationError({"time_zone": hint})
    target.full_clean()
    try:
        day_window(target.first_day, target.last_day, target.time_zone)
    except OverflowError:
        raise ValidationError(
            _("Leave an end of the window without a day open.")
        ) from None
    target.save()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def find(*, actor: User, identifier: str, at: datetime | None = None) -> list[Target]:
    """The targets of this name on the requests that ``actor`` sees, newest first.

    Whole identifiers only, whatever their case, Unicode form or plus-tag. The search is
    an event of the site's trail, with a digest of what was looked for.

    Raises:
        PermissionDenied: no role of ``actor`` looks at requests.
    """
    permissions.require_role(actor, Perm.VIEW)
    normalised = keys.normalised(identifier)
    wanted = keys.fingerprints(normalised, keys.Purpose.TARGET)
    rows = Target.objects.filter(
        findable__in=wanted, case__in=permissions.visible_cases(actor)
    )
    found = list(rows.select_related("case__agency").order_by("-case", "number"))
    readings.record_list(
        actor=actor,
        page="find",
        asked={"identifier": [normalised]},
        count=sum(not one.case.is_restricted for one in found),
        at=at,
    )
    return found
