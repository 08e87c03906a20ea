"""Who we are is changed by an administrator, with proof, and the trail keeps it."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from cases import site
from cases.enums import Profile, Role
from cases.exceptions import StaleProof
from cases.models import Organisation, SiteEvent
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


def change(actor=None, proof=None, **facts):
    return site.change_organisation(
        actor=actor or make.person(Role.ADMINISTRATOR),
        facts=facts,
        proof=proof or make.proof(),
        at=make.AT,
    )


def test_a_change_is_written_with_what_was_there_before():
    admin = make.person(Role.ADMINISTRATOR)
    desk = Group.objects.create(name="Night desk")

    change(
        admin,
        name="Index Foundation",
        time_zone="America/Los_Angeles",
        profile=Profile.TWO_PEOPLE,
        contact_days=90,
        intake_group=desk,
    )

    row = Organisation.objects.get()
    assert (row.name, row.profile, row.contact_days, row.intake_group) == (
        "Index Foundation",
        Profile.TWO_PEOPLE,
        90,
        desk,
    )
    event = SiteEvent.objects.get()
    assert (event.kind, event.actor, json.loads(event.data)) == (
        "organisation.changed",
        admin,
        {
            "changed": {
                "name": ["Package Index Foundation", "Index Foundation"],
                "profile": ["standard", "two_people"],
                "contact_days": ["180", "90"],
                "intake_group": ["Desk", "Night desk"],
            },
            "proof": "password",
        },
    )


@pytest.mark.parametrize("role", [one for one in Role if one != Role.ADMINISTRATOR])
def test_nobody_else_changes_it(role):
    person = make.person(role)
    refusal(lambda: change(person, name="X"), PermissionDenied)


def test_a_change_that_can_t_be_is_refused():
    admin = make.person(Role.ADMINISTRATOR)
    cases = (
        ({"name": "Package Index Foundation"}, None),
        ({"name": ""}, "name"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"profile": "one"}, "profile"),
        ({"contact_days": 0}, "__all__"),
        ({"name": "a\0b"}, "name"),
    )
    for facts, field in cases:
        words = refusal(lambda facts=facts: change(admin, **facts))
        assert words == ["Nothing is different."] if field is None else field in words
    old = make.proof(make.AT - timedelta(minutes=6))
    refusal(lambda: change(admin, old, name="X"), StaleProof)
