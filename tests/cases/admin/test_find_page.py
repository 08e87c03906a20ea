"""One account across all requests: found in every spelling, and told to nobody."""

import json

import pytest
from django.urls import reverse

from cases.enums import IdentifierKind, Role
from cases.models import Event, SiteEvent
from tests import factories as make
from tests.signing import signed_in

pytestmark = pytest.mark.django_db
FIND = "admin:cases_find"


def found(role, identifier):
    desk = signed_in(make.person(role, is_staff=True))
    answer = desk.post(reverse(FIND), {"identifier": identifier})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return [one.case.number for one in answer.context["found"]]


@pytest.mark.feature("T4", part=True)
def test_every_spelling_finds_the_account_on_every_request():
    first, second, other = make.opened(), make.opened(), make.opened()
    make.target(first, "Ana@Example.org", kind=IdentifierKind.EMAIL)
    make.target(second, "ana+lists@example.org", kind=IdentifierKind.EMAIL)
    make.target(other, "anna@example.org", kind=IdentifierKind.EMAIL)
    both = [second.number, first.number]
    for words in ("ana@example.org", "ANA+x@EXAMPLE.ORG", "\uff41na@example.org"):
        assert found(Role.ANALYST, words) == both
    assert found(Role.ANALYST, "an@example.org") == []


def test_only_requests_that_somebody_sees_are_found():
    case = make.opened()
    make.target(case, "alice")
    stranger = make.person(Role.ANALYST, at_the_desk=False, is_staff=True)
    answer = signed_in(stranger).post(reverse(FIND), {"identifier": "alice"})
    assert answer.context["found"] == []
    assert case.number not in answer.content.decode()


def test_what_was_looked_for_is_a_digest_in_the_trail_and_nowhere_else(caplog):
    caplog.set_level("DEBUG")
    case = make.opened()
    make.target(case, "canary-alice")
    found(Role.COUNSEL, "Canary-Alice")
    (event,) = SiteEvent.objects.filter(kind="list.opened")
    said = json.loads(event.data)
    assert (said["page"], said["count"], len(said["filter"])) == ("find", 1, 64)
    for model in (Event, SiteEvent):
        assert not model.objects.filter(data__icontains="canary").exists()
    assert "canary" not in caplog.text.lower()


def test_nothing_typed_is_asked_for():
    desk = signed_in(make.person(Role.ANALYST, is_staff=True))
    answer = desk.post(reverse(FIND), {"identifier": " "})
    assert answer.context["found"] is None
    assert "This field is required." in answer.content.decode()
    assert not SiteEvent.objects.filter(kind="list.opened").exists()
