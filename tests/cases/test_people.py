"""Roles are given by another administrator, with proof and a reason, and told of."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError

from cases import people
from cases.enums import Role
from cases.exceptions import FourEyesViolation, StaleProof
from cases.models import SiteEvent
from tests import factories as make

pytestmark = pytest.mark.django_db


def group(name):
    return Group.objects.get(name=name)


def change(person, actor=None, *, roles=(), is_open=True, reason="Joins.", proof=None):
    return people.change_roles(
        person.pk,
        actor=actor or make.person(Role.ADMINISTRATOR),
        standing=people.Standing([group(one) for one in roles], is_open),
        reason=reason,
        proof=proof or make.proof(),
        at=make.AT,
    )


def state():
    """Everybody's groups and doors, and how many events there are."""
    rows = User.objects.order_by("pk")
    return (
        [
            (
                one.pk,
                one.is_active,
                one.is_staff,
                sorted(one.groups.values_list("name")),
            )
            for one in rows
        ],
        SiteEvent.objects.count(),
    )


def test_a_change_is_written_with_what_was_given_and_taken():
    admin = make.person(Role.ADMINISTRATOR)
    ana = make.person(Role.ANALYST, Role.CUSTODIAN, at_the_desk=False)
    change(
        ana, admin, roles=(Role.ANALYST, Role.COUNSEL), reason=" Called to the bar. "
    )
    ana.refresh_from_db()
    assert set(ana.groups.values_list("name", flat=True)) == {"Analyst", "Counsel"}
    assert (ana.is_active, ana.is_staff) == (True, True)
    event = SiteEvent.objects.get()
    assert (event.kind, event.actor, event.at) == (
        "person.roles.changed",
        admin,
        make.AT,
    )
    assert json.loads(event.data) == {
        "person": ana.pk,
        "given": ["Counsel"],
        "taken": ["Custodian"],
        "open": True,
        "reason": "Called to the bar.",
        "proof": "password",
    }


def test_an_account_is_closed_and_keeps_its_name():
    ana = make.person(Role.ANALYST, at_the_desk=False)
    change(ana, roles=(), is_open=False, reason="Left.")
    ana.refresh_from_db()
    assert (ana.is_active, ana.is_staff, ana.groups.count()) == (False, False, 0)


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_gives_themselves_a_role(is_superuser):
    admin = make.person(Role.ADMINISTRATOR, is_superuser=is_superuser)
    before = state()
    with pytest.raises(FourEyesViolation, match="another administrator does"):
        change(admin, admin, roles=(Role.ADMINISTRATOR, Role.COUNSEL))
    assert state() == before


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_gives_roles(role):
    actor, ana = make.person(role, is_superuser=True), make.analyst()
    before = state()
    with pytest.raises(PermissionDenied):
        change(ana, actor, roles=(Role.COUNSEL,))
    with pytest.raises(PermissionDenied):
        people.record_added(ana, actor=actor)
    assert state() == before


@pytest.mark.feature("S4", part=True)
def test_old_proof_is_not_enough():
    ana, admin = make.analyst(), make.person(Role.ADMINISTRATOR)
    before = state()
    old = make.proof(make.AT - timedelta(minutes=6))
    with pytest.raises(StaleProof):
        change(ana, admin, roles=(Role.COUNSEL,), proof=old)
    assert state() == before


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"reason": " "}, "Say why."),
        ({"roles": (Role.ANALYST, "Desk")}, "Nothing is different."),
    ],
)
def test_what_says_or_changes_nothing_is_refused(wanted, words):
    admin, ana = (
        make.person(Role.ADMINISTRATOR),
        make.person(Role.ANALYST, is_staff=True),
    )
    before = state()
    with pytest.raises(ValidationError) as caught:
        change(ana, admin, **wanted)
    assert caught.value.messages == [words]
    assert state() == before
