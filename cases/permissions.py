"""Who may do what to a case: a role says which verbs, a grant says which cases.

Roles are Django groups; what each may do stands in ``ROLE_VERBS`` and is written into
the groups by migration. A grant is a row of guardian's direct tables that carries the
permission to view one case. Both are needed, for superusers as for anyone else. Rules
about *persons* (who prepared may not sign) are not permissions: see ``cases.duties``.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from guardian.shortcuts import get_perms_for_model

from cases.enums import Perm, Role
from cases.models import Case, CaseGroupPerm, CaseUserPerm

_DESK = frozenset({Perm.VIEW, Perm.READ_TRAIL})

ROLE_VERBS: dict[Role, frozenset[Perm]] = {
    Role.INTAKE_CLERK: _DESK | {Perm.INTAKE, Perm.CHECK_CONTACT},
    Role.ANALYST: _DESK
    | {
        Perm.INTAKE,
        Perm.REVIEW,
        Perm.ORDER,
        Perm.READ_EXHIBITS,
        Perm.CLOSE,
        Perm.WITHDRAW,
        Perm.REOPEN,
        Perm.CHECK_CONTACT,
    },
    Role.CUSTODIAN: _DESK | {Perm.CERTIFY, Perm.READ_EXHIBITS},
    Role.COUNSEL: _DESK
    | {
        Perm.SIGN_OFF,
        Perm.READ_EXHIBITS,
        Perm.CLOSE,
        Perm.WITHDRAW,
        Perm.REOPEN,
        Perm.FREEZE,
        Perm.CHECK_CONTACT,
    },
    Role.OUTSIDE_COUNSEL: _DESK | {Perm.SIGN_OFF, Perm.READ_EXHIBITS},
    Role.RELEASE_OFFICER: _DESK | {Perm.RELEASE, Perm.READ_EXHIBITS, Perm.CLOSE},
    Role.REPORT_EDITOR: frozenset(),
    Role.AUDITOR: _DESK,
    Role.ADMINISTRATOR: frozenset({Perm.FREEZE, Perm.EDIT_SITE}),
}


def _in_force() -> Q:
    return Q(ends_at=None) | Q(ends_at__gt=timezone.now())


def has_role_for(user: User | AnonymousUser, perm: Perm) -> bool:
    """Whether any role of the user carries this verb, on whatever case.

    For menus and the add button. The tables are asked, not ``has_perm``, which lets a
    superuser pass.
    """
    if not user.is_active or user.is_anonymous:
        return False
    app, codename = perm.split(".")
    return Group.objects.filter(
        user=user,
        permissions__content_type__app_label=app,
        permissions__codename=codename,
    ).exists()


def verbs_of(user: User) -> frozenset[Perm]:
    """What any role of the user carries, asked once for many cases."""
    if not user.is_active:
        return frozenset()
    held = Group.objects.filter(user=user).values_list(
        "permissions__content_type__app_label", "permissions__codename"
    )
    names = {f"{app}.{codename}" for app, codename in held}
    return frozenset(perm for perm in Perm if perm in names)


def _granted(user: User, case: Case) -> bool:
    in_force = _in_force()
    named = CaseUserPerm.objects.filter(in_force, user=user, content_object=case)
    shared = CaseGroupPerm.objects.filter(
        in_force, group__user=user, content_object=case
    )
    return named.exists() or shared.exists()


def allowed(user: User | AnonymousUser, perm: Perm, case: Case) -> bool:
    """Whether a role gives the user this verb, and a grant in force this case.

    The time is now and not handed in, so that no caller can bring an ended grant back.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    return has_role_for(user, perm) and _granted(user, case)


def require(user: User | AnonymousUser, perm: Perm, case: Case) -> None:
    """Let the user pass or stop here.

    Raises:
        PermissionDenied: no role gives ``perm``, or no grant gives this case.
    """
    if not allowed(user, perm, case):
        raise PermissionDenied(f"User {user.pk} may not {perm} on case {case.pk}.")


def require_role(user: User | AnonymousUser, perm: Perm) -> None:
    """Let the user pass or stop here: for acts on the site, which no grant opens.

    Raises:
        PermissionDenied: no role gives ``perm``.
    """
    if not has_role_for(user, perm):
        raise PermissionDenied(f"User {user.pk} may not {perm}.")


def visible_cases(user: User | AnonymousUser) -> QuerySet[Case]:
    """The cases that a grant in force opens to this user, if a role lets them look."""
    if not isinstance(user, User) or not has_role_for(user, Perm.VIEW):
        return Case.objects.none()
    in_force = _in_force()
    named = CaseUserPerm.objects.filter(in_force, user=user)
    shared = CaseGroupPerm.objects.filter(in_force, group__user=user)
    return Case.objects.filter(
        Q(pk__in=named.values("content_object"))
        | Q(pk__in=shared.values("content_object"))
    )


def who_has_role(perm: Perm) -> QuerySet[User]:
    """The active people whose role gives this, on whatever case."""
    app, codename = perm.split(".")
    roles = Group.objects.filter(
        permissions__content_type__app_label=app, permissions__codename=codename
    )
    people = User.objects.filter(is_active=True, groups__in=roles)
    return people.distinct().order_by("pk")


def who_may(perm: Perm, case: Case) -> QuerySet[User]:
    """The active people who could do this now; for "waits for …" and reminders."""
    in_force = _in_force()
    named = CaseUserPerm.objects.filter(in_force, content_object=case)
    shared = CaseGroupPerm.objects.filter(in_force, content_object=case)
    return who_has_role(perm).filter(
        Q(pk__in=named.values("user")) | Q(groups__in=shared.values("group"))
    )


def _view_permission() -> Permission:
    row: Permission = get_perms_for_model(Case).get(codename=Perm.VIEW.split(".")[1])
    return row


def grant_to_group(
    case: Case, group: Group, *, given_by: User | None, reason: str, at: datetime
) -> None:
    """Open a case to a group, once; the verb that asks records the event."""
    CaseGroupPerm.objects.get_or_create(
        content_object=case,
        group=group,
        permission=_view_permission(),
        defaults={"reason": reason, "given_by": given_by, "given_at": at},
    )


def names(users: Iterable[User]) -> list[str]:
    """How the people are called on screen."""
    return [user.get_full_name() or user.get_username() for user in users]
