"""Who may do what to a case: a role says which verbs, a grant says which cases.

Roles are Django groups; what each may do stands in ``ROLE_VERBS`` and is written into
the groups by migration. A grant is a row of guardian's direct tables, to a person or to
a group. Both are needed, for superusers as for anyone else. What holds here:

* Whether a grant has ended is asked in ``_in_force`` and nowhere else, at each check.
* Outside counsel is let in by name and until a day: a group's grant, or one without an
  end, opens nothing to somebody whose only role that looks at cases is that one.
* A restricted case is open to those who are named on it, by a grant of their own, once
  they have acknowledged its secrecy; to no group, administrator or superuser.
* Saying who may see a case is the one verb that reaches cases its holder can't see: an
  administrator lets people in and sees numbers (features.md, row S2).

Rules about *persons* (who prepared may not sign) are not permissions: see
``cases.duties``. Source: docs/policy.md, sections "Who sees a request" and
"Restricted requests".
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from guardian.shortcuts import get_perms_for_model

from cases.enums import Perm, Role
from cases.models import Case, CaseGroupPerm, CaseUserPerm, Exposure

Grant = CaseUserPerm | CaseGroupPerm

_SEES = frozenset({Perm.VIEW, Perm.READ_TRAIL})
_DESK = _SEES | {Perm.WRITE_NOTE}

ROLE_VERBS: dict[Role, frozenset[Perm]] = {
    Role.INTAKE_CLERK: _DESK
    | {Perm.INTAKE, Perm.AUTHENTICATE, Perm.CHECK_CONTACT, Perm.RESTRICT},
    Role.ANALYST: _DESK
    | {
        Perm.INTAKE,
        Perm.AUTHENTICATE,
        Perm.REVIEW,
        Perm.ASK_COUNSEL,
        Perm.ORDER,
        Perm.READ_EXHIBITS,
        Perm.EXAMINE,
        Perm.CLOSE,
        Perm.WITHDRAW,
        Perm.REOPEN,
        Perm.CHECK_CONTACT,
        Perm.RESTRICT,
    },
    Role.CUSTODIAN: _DESK | {Perm.CERTIFY, Perm.READ_EXHIBITS, Perm.EXAMINE},
    Role.COUNSEL: _DESK
    | {
        Perm.AUTHENTICATE,
        Perm.SIGN_OFF,
        Perm.READ_PRIVILEGED,
        Perm.READ_EXHIBITS,
        Perm.EXAMINE,
        Perm.CLOSE,
        Perm.WITHDRAW,
        Perm.REOPEN,
        Perm.FREEZE,
        Perm.GRANT,
        Perm.CHECK_CONTACT,
        Perm.RESTRICT,
        Perm.EXPORT_TRAIL,
    },
    Role.OUTSIDE_COUNSEL: _DESK
    | {Perm.SIGN_OFF, Perm.READ_PRIVILEGED, Perm.READ_EXHIBITS},
    Role.RELEASE_OFFICER: _DESK | {Perm.RELEASE, Perm.READ_EXHIBITS, Perm.CLOSE},
    Role.REPORT_EDITOR: frozenset(),
    Role.AUDITOR: _SEES | {Perm.EXPORT_TRAIL},
    Role.ADMINISTRATOR: frozenset(
        {Perm.FREEZE, Perm.GRANT, Perm.EDIT_SITE, Perm.KEEP_PEOPLE}
    ),
    # Looks at no case: the order itself says whose it is (``disclosures.pulls``).
    Role.DATA_OWNER: frozenset({Perm.ANSWER_PULL}),
}


def _in_force() -> Q:
    return Q(ends_at=None) | Q(ends_at__gt=timezone.now())


def _roles_with(perm: Perm) -> QuerySet[Group]:
    app, codename = perm.split(".")
    return Group.objects.filter(
        permissions__content_type__app_label=app, permissions__codename=codename
    )


def _insiders() -> QuerySet[User]:
    """Everybody whom a group's grant, or one without an end, lets in."""
    roles = _roles_with(Perm.VIEW).exclude(name=Role.OUTSIDE_COUNSEL.value)
    return User.objects.filter(is_active=True, groups__in=roles)


_Roles = tuple[frozenset[Perm], bool]  # what they carry, and whether one is an insider
_read: ContextVar[dict[int, _Roles] | None] = ContextVar("_read", default=None)


@contextmanager
def roles_read_once() -> Iterator[None]:
    """For a page that only shows: ask for a person's roles once. Grants are as ever."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def _roles_of(user: User) -> _Roles | None:
    """What was read of the person on this page; None where each check asks anew."""
    read = _read.get()
    if read is not None and user.pk not in read:
        inside = _insiders().filter(pk=user.pk).exists()
        read[user.pk] = verbs_of(user), inside
    return None if read is None else read[user.pk]


def has_role_for(user: User | AnonymousUser, perm: Perm) -> bool:
    """Whether any role of the user carries this verb, on whatever case.

    For menus and the add button. The tables are asked, not ``has_perm``, which lets a
    superuser pass.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    if roles := _roles_of(user):
        return perm in roles[0]
    return _roles_with(perm).filter(user=user).exists()


def needs_an_end(user: User) -> bool:
    """Whether only a grant by name and with an end lets this person in."""
    if roles := _roles_of(user):
        return not roles[1]
    return not _insiders().filter(pk=user.pk).exists()


def _is_administrator(user: User) -> bool:
    return user.groups.filter(name=Role.ADMINISTRATOR.value).exists()


def _grants_of(
    user: User,
) -> tuple[QuerySet[CaseUserPerm], QuerySet[CaseGroupPerm]]:
    """The grants in force that count for this person: by name, and through groups."""
    bound = Exposure.objects.filter(person=user, bound_at__isnull=False)
    named = CaseUserPerm.objects.filter(
        _in_force(),
        Q(content_object__is_restricted=False)
        | Q(content_object__in=bound.values("case")),
        user=user,
    )
    shared = CaseGroupPerm.objects.filter(
        _in_force(), content_object__is_restricted=False, group__user=user
    )
    if needs_an_end(user):
        return named.filter(ends_at__isnull=False), shared.none()
    return named, shared


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
    return any(found.filter(content_object=case).exists() for found in _grants_of(user))


def stays(user: User, case: Case) -> bool:
    """Whether some grant in force opens this case to the user without an end."""
    own = (found.filter(content_object=case) for found in _grants_of(user))
    return any(found.filter(ends_at=None).exists() for found in own)


def allowed(user: User | AnonymousUser, perm: Perm, case: Case) -> bool:
    """Whether a role gives the user this verb, and a grant in force this case.

    The time is now and not handed in, so that no caller can bring an ended grant back.
    """
    if not isinstance(user, User) or not has_role_for(user, perm):
        return False
    if perm == Perm.GRANT and not case.is_restricted and _is_administrator(user):
        return True
    return _granted(user, case)


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
    named, shared = _grants_of(user)
    return Case.objects.filter(
        Q(pk__in=named.values("content_object"))
        | Q(pk__in=shared.values("content_object"))
    )


def grantable_cases(user: User | AnonymousUser) -> QuerySet[Case]:
    """The cases on which this user may say who sees them.

    An administrator's are all that aren't restricted, which is no leave to look: show
    their numbers only.
    """
    if not isinstance(user, User) or not has_role_for(user, Perm.GRANT):
        return Case.objects.none()
    seen = visible_cases(user)
    if _is_administrator(user):
        return Case.objects.filter(
            Q(is_restricted=False) | Q(pk__in=seen.order_by().values("pk"))
        )
    return seen


def sees_numbers(user: User | AnonymousUser) -> bool:
    """Whether this user sees that each case exists: its number and nothing else."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or _is_administrator(user)


def who_has_role(perm: Perm) -> QuerySet[User]:
    """The active people whose role gives this, on whatever case."""
    people = User.objects.filter(is_active=True, groups__in=_roles_with(perm))
    return people.distinct().order_by("pk")


def who_may(perm: Perm, case: Case) -> QuerySet[User]:
    """The active people who could do this now; for "waits for …" and reminders."""
    named, shared = _grants_on(case)
    until = named.filter(ends_at__isnull=False)
    opened = Q(pk__in=until.values("user")) | Q(pk__in=_insiders().values("pk")) & (
        Q(pk__in=named.values("user")) | Q(groups__in=shared.values("group"))
    )
    if perm == Perm.GRANT and not case.is_restricted:
        opened |= Q(groups__name=Role.ADMINISTRATOR.value)
    return who_has_role(perm).filter(opened)


def _grants_on(
    case: Case,
) -> tuple[QuerySet[CaseUserPerm], QuerySet[CaseGroupPerm]]:
    """The grants in force that open this case: by name, and to groups."""
    named = CaseUserPerm.objects.filter(_in_force(), content_object=case)
    shared = CaseGroupPerm.objects.filter(_in_force(), content_object=case)
    if case.is_restricted:
        bound = case.exposures.filter(bound_at__isnull=False)
        return named.filter(user__in=bound.values("person")), shared.none()
    return named, shared


def was_let_in(user: User, case: Case) -> bool:
    """Whether any grant on this case ever named the user, or a group they are in."""
    named = CaseUserPerm.objects.filter(content_object=case, user=user)
    shared = CaseGroupPerm.objects.filter(content_object=case, group__user=user)
    return named.exists() or shared.exists()


def candidates(for_whom: User) -> tuple[QuerySet[User], QuerySet[Group]]:
    """The people and groups whom this user could let in: others who could look."""
    groups = Group.objects.filter(user__in=_insiders()).exclude(user=for_whom)
    return who_has_role(Perm.VIEW).exclude(pk=for_whom.pk), groups.distinct()


def nameable(for_whom: User) -> QuerySet[User]:
    """Whom a new restricted case can be opened to at once: insiders who could look."""
    people = who_has_role(Perm.VIEW).filter(pk__in=_insiders().values("pk"))
    return people.exclude(pk=for_whom.pk)


def lets_in(group: Group) -> bool:
    """Whether a grant to this group would let anybody look at all."""
    return _insiders().filter(groups=group).exists()


@dataclass(frozen=True)
class Opening:
    """A grant on a case with the people whom it lets look at it now."""

    grant: Grant
    people: list[User]


def openings(case: Case) -> list[Opening]:
    """The grants in force on a case, oldest first, and whom each lets in.

    Of a restricted case those to persons, also while they haven't acknowledged it: then
    a grant lets nobody in yet.
    """
    rows = CaseUserPerm.objects.filter(_in_force(), content_object=case)
    named = list(rows.select_related("user", "given_by").order_by("pk"))
    opening, groups = _grants_on(case)
    shared = list(groups.select_related("group", "given_by").order_by("pk"))
    may_look = set(who_has_role(Perm.VIEW).values_list("pk", flat=True))
    if case.is_restricted:
        may_look &= set(opening.values_list("user", flat=True))
    inside = set(_insiders().values_list("pk", flat=True))
    members = User.groups.through.objects.filter(
        group__in=[row.group_id for row in shared], user__in=_insiders()
    ).select_related("user")
    found = [
        Opening(
            row,
            [row.user]
            if row.user_id in may_look and (row.ends_at or row.user_id in inside)
            else [],
        )
        for row in named
    ]
    by_group: dict[int, list[User]] = {}
    for member in members.order_by("user__pk"):
        by_group.setdefault(member.group_id, []).append(member.user)
    return found + [Opening(row, by_group.get(row.group_id, [])) for row in shared]


def past_grants(case: Case) -> list[Grant]:
    """The grants on a case that are over, the last given first."""
    found: list[Grant] = []
    for model, holder in ((CaseUserPerm, "user"), (CaseGroupPerm, "group")):
        rows = model.objects.filter(content_object=case).exclude(_in_force())
        found += rows.select_related(holder, "given_by")
    return sorted(found, key=lambda row: row.given_at, reverse=True)


def view_permission() -> Permission:
    """What each grant carries: guardian's row wants one."""
    row: Permission = get_perms_for_model(Case).get(codename=Perm.VIEW.split(".")[1])
    return row


def grant_to_person(
    case: Case, user: User, *, given_by: User | None, reason: str, at: datetime
) -> None:
    """Open a new case to a person; the verb that asks records the event."""
    CaseUserPerm.objects.create(
        content_object=case,
        user=user,
        permission=view_permission(),
        reason=reason,
        given_by=given_by,
        given_at=at,
    )


def grant_to_group(
    case: Case, group: Group, *, given_by: User | None, reason: str, at: datetime
) -> None:
    """Open a case to a group, once; the verb that asks records the event."""
    CaseGroupPerm.objects.get_or_create(
        content_object=case,
        group=group,
        permission=view_permission(),
        closed_at=None,
        defaults={"reason": reason, "given_by": given_by, "given_at": at},
    )


def names(users: Iterable[User]) -> list[str]:
    """How the people are called on screen."""
    return [user.get_full_name() or user.get_username() for user in users]
