"""Whose a case is: one person sees to it that it is answered, and may hand it over.

Owning opens nothing: what the owner may do comes from role and grant, as for anyone.
Source: docs/policy.md, section "Who sees a request".
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import require_storable
from cases.models import Case


@transaction.atomic
def hand_over(
    case_id: int, *, to: User, actor: User, reason: str, at: datetime | None = None
) -> Case:
    """Make another person the owner: by the owner, or by counsel of the case.

    Raises:
        PermissionDenied: ``actor`` doesn't see the case, or is neither its owner nor
            somebody who says who sees it.
        ValidationError: no reason, ``to`` owns it already, or couldn't work on it.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.VIEW, case)
    if not may_hand_over(case, actor):
        raise PermissionDenied(f"User {actor.pk} may not hand over case {case.pk}.")
    reason = reason.strip()
    require_storable(reason=reason)
    if not reason:
        raise ValidationError({"reason": _("Say why it is handed over.")})
    if to.pk == case.owner_id:
        raise ValidationError({"to": _("This person owns the request already.")})
    if not who_may_own(case).filter(pk=to.pk).exists():
        raise ValidationError(
            {
                "to": _(
                    "This person can't take in or review this request. A role and a "
                    "grant on it come first."
                )
            }
        )
    before, case.owner = case.owner_id, to
    case.save(update_fields=["owner"])
    audit.record(
        case,
        EventKind.CASE_HANDED_OVER,
        actor=actor,
        at=at,
        data={"from": before, "to": to.pk, "reason": reason},
    )
    return case


def may_hand_over(case: Case, user: User) -> bool:
    """Whether it is this person's to hand over: the owner's, or counsel's."""
    return user.pk == case.owner_id or permissions.allowed(user, Perm.GRANT, case)


def who_may_own(case: Case) -> QuerySet[User]:
    """Everybody who sees the case and takes in or reviews requests."""
    works = permissions.who_may(Perm.INTAKE, case).values("pk")
    reviews = permissions.who_may(Perm.REVIEW, case).values("pk")
    lookers = permissions.who_may(Perm.VIEW, case)
    return lookers.filter(Q(pk__in=works) | Q(pk__in=reviews))
