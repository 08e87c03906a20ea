"""A role says which verbs, a grant which cases; one without the other is nothing."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import permissions
from cases.enums import Perm, Role
from cases.models import Case, CaseGroupPerm, CaseUserPerm
from tests import factories as make

pytestmark = pytest.mark.django_db


def grant(case, user, *, ends_at=None):
    """A case opened to one person."""
    return CaseUserPerm.objects.create(
        content_object=case,
        user=user,
        permission=Permission.objects.get(codename="view_case"),
        reason="Asked to help",
        given_at=make.AT,
        ends_at=ends_at,
    )


def verbs_of(user, case):
    return {perm for perm in Perm if permissions.allowed(user, perm, case)}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_with_a_grant_may_what_its_line_says_and_no_more(role):
    case = make.opened()
    outsider = make.person(role, at_the_desk=False)
    everywhere = {Perm.GRANT} if role == Role.ADMINISTRATOR else set()
    assert verbs_of(outsider, case) == everywhere
    grant(case, outsider, ends_at=timezone.now() + timedelta(hours=1))
    assert verbs_of(outsider, case) == permissions.ROLE_VERBS[role]


@pytest.mark.parametrize("role", list(Role))
def test_the_desk_sees_each_new_case_but_for_outside_counsel(role):
    case, member = make.opened(), make.person(role)
    everywhere = {Perm.GRANT} if role == Role.ADMINISTRATOR else set()
    theirs = permissions.ROLE_VERBS[role]
    lets_in = Perm.VIEW in theirs and role != Role.OUTSIDE_COUNSEL
    assert verbs_of(member, case) == (theirs if lets_in else everywhere)
    CaseGroupPerm.objects.all().delete()
    assert list(permissions.visible_cases(member)) == []
    assert verbs_of(member, case) == everywhere


def test_a_grant_without_a_role_opens_nothing():
    case = make.opened()
    outsider = make.person(at_the_desk=False)
    grant(case, outsider)
    assert verbs_of(outsider, case) == set()
    assert list(permissions.visible_cases(outsider)) == []


def test_an_ended_grant_opens_nothing_and_one_that_ends_later_does():
    case = make.opened()
    gone = make.person(Role.OUTSIDE_COUNSEL, at_the_desk=False)
    grant(case, gone, ends_at=timezone.now() - timedelta(seconds=1))
    here = make.person(Role.OUTSIDE_COUNSEL, at_the_desk=False)
    grant(case, here, ends_at=timezone.now() + timedelta(hours=1))
    assert verbs_of(gone, case) == set()
    assert verbs_of(here, case) == permissions.ROLE_VERBS[Role.OUTSIDE_COUNSEL]
    assert list(permissions.visible_cases(gone)) == []
    assert list(permissions.visible_cases(here)) == [case]


def test_an_ended_group_grant_opens_nothing():
    case = make.opened()
    analyst = make.analyst()
    CaseGroupPerm.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert verbs_of(analyst, case) == set()
    assert list(permissions.visible_cases(analyst)) == []
    assert list(permissions.who_may(Perm.REVIEW, case)) == []


def test_a_superuser_is_asked_like_anyone_else():
    case = make.opened()
    root = make.person(at_the_desk=False, is_superuser=True)
    assert verbs_of(root, case) == set()
    assert list(permissions.visible_cases(root)) == []
    grant(case, root)
    assert verbs_of(root, case) == set()
    root.groups.add(Group.objects.get(name=Role.ANALYST.value))
    assert verbs_of(root, case) == permissions.ROLE_VERBS[Role.ANALYST]


def test_a_permission_given_to_a_person_past_the_roles_counts_for_nothing():
    case = make.opened()
    outsider = make.person(at_the_desk=False)
    grant(case, outsider)
    outsider.user_permissions.set(Permission.objects.all())
    assert verbs_of(outsider, case) == set()


def test_an_inactive_person_may_nothing():
    case = make.opened()
    left = make.person(Role.ANALYST, is_active=False)
    assert verbs_of(left, case) == set()
    assert list(permissions.visible_cases(left)) == []
    assert left not in permissions.who_may(Perm.REVIEW, case)


def test_nobody_may_nothing():
    case = make.opened()
    assert verbs_of(AnonymousUser(), case) == set()
    assert list(permissions.visible_cases(AnonymousUser())) == []
    assert not permissions.has_role_for(AnonymousUser(), Perm.VIEW)
    with pytest.raises(PermissionDenied):
        permissions.require(AnonymousUser(), Perm.VIEW, case)


def test_a_refusal_names_rows_and_nobody_by_name():
    case = make.opened()
    auditor = make.person(Role.AUDITOR, first_name="Audrey", last_name="Tan")
    with pytest.raises(PermissionDenied) as caught:
        permissions.require(auditor, Perm.REVIEW, case)
    sentence = f"User {auditor.pk} may not cases.review_case on case {case.pk}."
    assert str(caught.value) == sentence


def test_a_person_sees_each_of_their_cases_once_and_no_other():
    first, second, hidden = make.opened(), make.opened(), make.opened()
    analyst = make.analyst()
    grant(first, analyst)
    CaseGroupPerm.objects.filter(content_object=hidden).delete()
    assert list(permissions.visible_cases(analyst)) == [first, second]


def test_who_may_is_who_is_allowed():
    case = make.opened()
    people = [make.person(role) for role in Role]
    people += [make.person(role, at_the_desk=False) for role in Role]
    people += [make.person(Role.COUNSEL, Role.ANALYST), make.person()]
    people += [make.person(Role.COUNSEL, is_active=False), case.opened_by]
    people.sort(key=lambda user: user.pk)
    for perm in Perm:
        allowed = [user for user in people if permissions.allowed(user, perm, case)]
        assert list(permissions.who_may(perm, case)) == allowed


def test_the_groups_of_the_database_are_the_table_in_the_code():
    stored = {
        group.name: {
            f"{perm.content_type.app_label}.{perm.codename}"
            for perm in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }
    written = {
        role.value: {perm.value for perm in verbs}
        for role, verbs in permissions.ROLE_VERBS.items()
    }
    assert stored == written


def test_the_migrations_name_each_permission_as_the_model_does():
    loader = MigrationLoader(connection)
    named = dict(import_module("cases.migrations.0002_roles").VERBS)
    for (app, _name), migration in loader.disk_migrations.items():
        verbs = [getattr(one, "verb", None) for one in migration.operations]
        named |= dict(filter(None, verbs)) if app == "cases" else {}
    declared = dict(Case._meta.permissions) | {"view_case": "Can view legal request"}
    assert declared == named
    assert {f"cases.{codename}" for codename in declared} == {p.value for p in Perm}


def test_a_case_is_granted_to_a_group_once():
    case = make.opened()
    desk = make.organisation().intake_group
    permissions.grant_to_group(case, desk, given_by=None, reason="Again", at=make.AT)
    rows = CaseGroupPerm.objects.filter(content_object=case)
    assert [(row.group, row.reason, row.given_at) for row in rows] == [
        (desk, "New case", make.AT)
    ]


def test_people_are_called_by_their_names_where_they_have_one():
    named = make.person(first_name="Ana", last_name="Petrov")
    bare = make.person()
    assert permissions.names([named, bare]) == ["Ana Petrov", bare.username]


@pytest.mark.parametrize("role", list(Role))
def test_a_page_that_shows_reads_roles_once_and_says_the_same(role):
    case, user = make.opened(), make.person(role)
    right = verbs_of(user, case)
    inside = permissions.needs_an_end(user)
    with permissions.roles_read_once():
        assert (verbs_of(user, case), permissions.needs_an_end(user)) == (right, inside)
        assert {perm for perm in Perm if permissions.has_role_for(user, perm)} == (
            permissions.ROLE_VERBS[role]
        )
        with CaptureQueriesContext(connection) as queries:
            permissions.has_role_for(user, Perm.VIEW)
        assert len(queries) == 0
        # Another person's roles are their own, and a grant that ends ends at once.
        assert not permissions.has_role_for(make.person(), Perm.VIEW)
        CaseGroupPerm.objects.update(ends_at=timezone.now())
        assert verbs_of(user, case) == right & {Perm.GRANT} - (
            set() if role == Role.ADMINISTRATOR else {Perm.GRANT}
        )
    user.groups.clear()
    assert not any(permissions.has_role_for(user, perm) for perm in Perm)
