"""The register of who was told of a restricted case, and that they are bound by it.

Whoever could see such a case stands here, with the ground that allows telling them; a
grant opens the case only once its holder has acknowledged the secrecy (asked in
``cases.permissions``). Source: docs/policy.md, section "Restricted requests".
"""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases import alerts, audit, permissions
from cases.enums import EventKind, ExposureGround, Perm
from cases.exceptions import require_storable
from cases.models import Case, Exposure


def tell(
    case: Case,
    person: User,
    *,
    by: User,
    at: datetime,
    ground: str = "",
    is_bound: bool = False,
) -> bool:
    """Put a colleague into the register, in the act that tells them; whether it's new.

    Somebody is told once, on one ground; without one said, it goes by their role.
    ``is_bound`` where they have just acknowledged the secrecy themselves.
    """
    if case.exposures.filter(person=person).exists():
        return False
    _write(
        Exposure(
            case=case,
            person=person,
            name=audit.name_of(person),
            ground=ground or usual_ground(person),
            told_at=at,
            bound_at=at if is_bound else None,
        ),
        by,
    )
    return True


def usual_ground(person: User) -> str:
    """Why somebody of this role may be told: counsel are attorneys, others comply."""
    if permissions.has_role_for(person, Perm.SIGN_OFF):
        return ExposureGround.ATTORNEY.value
    return ExposureGround.COMPLIANCE.value


def let_in(
    case: Case, named: Collection[User], *, by: User, reason: str, at: datetime
) -> None:
    """Open a restricted case to ``by`` and the people named, and put them in here.

    ``by`` acknowledges the secrecy by this very act; the others are told, once it is
    committed, that something waits.
    """
    for one in (by, *named):
        giver = by if one != by else None
        permissions.grant_to_person(case, one, given_by=giver, reason=reason, at=at)
        tell(case, one, by=by, at=at, is_bound=one == by)
    transaction.on_commit(lambda: alerts.something_waits(named))


def tell_outside(case: Case, name: str, *, ground: str, by: User, at: datetime) -> None:
    """Put somebody without an account into the register: told, and told of the secrecy.

    Raises:
        ValidationError: no name, or an unknown ground.
    """
    require_storable(name=name)
    if not name.strip():
        raise ValidationError({"name": _("Say who was told.")})
    row = Exposure(case=case, name=name.strip(), ground=ground, told_at=at, bound_at=at)
    _write(row, by)


def _write(row: Exposure, by: User) -> None:
    row.told_by, row.told_by_name = by, audit.name_of(by)
    row.full_clean()
    row.save()
    audit.record(
        row.case,
        EventKind.EXPOSURE_RECORDED,
        actor=by,
        at=row.told_at,
        data={"exposure": row.pk, "ground": row.ground},
    )


def unbound(person: User | AnonymousUser) -> QuerySet[Exposure]:
    """What this person was told of and hasn't acknowledged yet."""
    if not isinstance(person, User):
        return Exposure.objects.none()
    return Exposure.objects.filter(person=person, bound_at=None)


def disclosable(case: Case) -> QuerySet[Exposure]:
    """Whom the house names on demand: all but attorneys (18 U.S.C. 2709(c)(2)(C))."""
    return case.exposures.exclude(ground=ExposureGround.ATTORNEY)


def require_nameable(people: Collection[User], actor: User) -> None:
    """Let a choice of named persons pass that can work on a case and keep it.

    Raises:
        ValidationError: somebody who couldn't look at it, or nobody among them, nor
            ``actor``, who can let others in.
    """
    able = set(permissions.nameable(actor).values_list("pk", flat=True))
    if any(one.pk not in able for one in people):
        raise ValidationError(
            {
                "named": _(
                    "Somebody you named couldn't look at a request by their role, or "
                    "is outside counsel: they are let in afterwards, until a day."
                )
            }
        )
    if not any(
        permissions.has_role_for(one, Perm.GRANT)
        and permissions.has_role_for(one, Perm.VIEW)
        for one in (actor, *people)
    ):
        raise ValidationError(
            {"named": _("Name counsel as well: somebody has to let others in later.")}
        )
