"""People as an administrator sees them: names here, roles by an act, all of it told."""

import json

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from cases.enums import Role
from cases.models import SiteEvent
from tests import factories as make
from tests.signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def adam():
    user = make.person(
        Role.ADMINISTRATOR, at_the_desk=False, is_staff=True, is_superuser=True
    )
    client = signed_in(user)
    client.user = user
    return client


def told():
    return [
        (event.kind, json.loads(event.data))
        for event in SiteEvent.objects.order_by("pk")
    ]


def roles_page(person):
    return reverse("admin:auth_user_roles", args=[person.pk])


def test_roles_are_changed_on_a_page_of_their_own(adam):
    ana = make.person(Role.ANALYST, at_the_desk=False, first_name="Ana")
    page = adam.get(roles_page(ana))
    assert "Change roles" in page.content.decode()
    wanted = [Group.objects.get(name=one).pk for one in (Role.ANALYST, Role.COUNSEL)]
    sent = {"roles": wanted, "is_open": "on", "reason": "Called to the bar."}
    answer = adam.post(roles_page(ana), sent)
    assert answer.status_code == 302, answer.content.decode()
    assert set(ana.groups.values_list("name", flat=True)) == {"Analyst", "Counsel"}
    assert [kind for kind, _data in told()] == ["person.roles.changed"]


def test_ones_own_page_says_who_can(adam):
    page = adam.get(roles_page(adam.user)).content.decode()
    assert "another administrator does" in page
    assert 'name="roles"' not in page
    sent = {"roles": [Group.objects.get(name=Role.COUNSEL).pk], "is_open": "on"}
    adam.post(roles_page(adam.user), sent | {"reason": "I want to."})
    assert set(adam.user.groups.values_list("name", flat=True)) == {"Administrator"}
    assert told() == []


def test_the_form_of_a_person_carries_no_role(adam):
    ana = make.person(Role.ANALYST, at_the_desk=False)
    sent = {
        "username": ana.username,
        "first_name": "Ana",
        "last_name": "Petrov",
        "email": "ana@foundation.example",
        # What an older form sent, or a hand-made one.
        "groups": [Group.objects.get(name=Role.COUNSEL).pk],
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
    }
    url = reverse("admin:auth_user_change", args=[ana.pk])
    assert adam.post(url, sent).status_code == 302
    ana = User.objects.get(pk=ana.pk)
    assert ana.get_full_name() == "Ana Petrov"
    assert (ana.is_superuser, ana.is_staff, ana.is_active) == (False, False, True)
    assert set(ana.groups.values_list("name", flat=True)) == {"Analyst"}
    assert told() == [("person.changed", {"person": ana.pk})]


def test_somebody_new_has_no_role_and_can_t_get_in(adam):
    word = "a long word of four parts"
    sent = {"username": "noor", "password1": word, "password2": word}
    url = reverse("admin:auth_user_add")
    assert adam.post(url, sent | {"usable_password": "true"}).status_code == 302
    noor = User.objects.get(username="noor")
    assert (noor.is_staff, noor.groups.count()) == (False, 0)
    assert told() == [("person.added", {"person": noor.pk})]


def test_a_password_that_somebody_else_sets_is_told(adam):
    ana = make.person(Role.ANALYST)
    word = "a long word of four parts"
    url = reverse("admin:auth_user_password_change", args=[ana.pk])
    sent = {"password1": word, "password2": word, "usable_password": "true"}
    assert adam.post(url, sent).status_code == 302
    assert User.objects.get(pk=ana.pk).check_password(word)
    assert told() == [("person.changed", {"person": ana.pk})]


def test_a_role_can_t_be_renamed_and_a_group_can(adam):
    role = Group.objects.get(name=Role.AUDITOR)
    desk = Group.objects.create(name="Night desk")
    for row in (role, desk):
        url = reverse("admin:auth_group_change", args=[row.pk])
        adam.post(url, {"name": "Others", "permissions": []})
    role.refresh_from_db()
    desk.refresh_from_db()
    assert (role.name, desk.name) == ("Auditor", "Others")
    assert role.permissions.exists()
    assert told() == [("group.changed", {"group": desk.pk, "name": "Others"})]


def test_the_trail_of_the_site_says_who_gave_which_role(adam):
    ana = make.person(Role.ANALYST, at_the_desk=False, first_name="Ana", last_name="P")
    sent = {
        "roles": [Group.objects.get(name=Role.CUSTODIAN).pk],
        "reason": "Carl is on leave.",
    }
    adam.post(roles_page(ana), sent)
    audrey = signed_in(make.person(Role.AUDITOR, is_staff=True))
    page = audrey.get(reverse("admin:cases_site_trail")).content.decode()
    assert "Ana P: + Custodian, - Analyst, closed. Carl is on leave." in page
