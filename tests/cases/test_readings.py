"""An opened list leaves one event: which, how filtered, how many, and no word of it."""

import json

import pytest
from django.urls import reverse

from cases import readings
from cases.enums import Role
from cases.models import SiteEvent
from tests import factories as make
from tests.signing import signed_in

pytestmark = pytest.mark.django_db


def told():
    rows = SiteEvent.objects.filter(kind="list.opened").order_by("pk")
    return [(one.actor, json.loads(one.data)) for one in rows]


@pytest.mark.feature("A3", part=True)
def test_opening_the_list_is_one_event_with_how_many_it_showed():
    make.opened()
    ana = make.person(Role.ANALYST, is_staff=True)
    desk = signed_in(ana)
    page = desk.get(reverse("admin:cases_case_changelist"))
    assert page.status_code == 200
    whole = {"page": "requests", "filter": "", "count": 1}
    assert told() == [(ana, whole)]


@pytest.mark.feature("A3", part=True)
def test_what_was_searched_for_is_kept_as_a_digest_that_tells_nothing():
    case = make.opened(agency_reference="canary-2023")
    desk = signed_in(make.person(Role.ANALYST, is_staff=True))
    url = reverse("admin:cases_case_changelist")
    for words in ("canary-2023", "canary-2023", "another"):
        desk.get(url, {"q": words})
    (_, first), (_, same), (_, other) = told()
    assert first == same
    assert first["filter"] != other["filter"]
    assert len(first["filter"]) == 64
    assert [first["count"], other["count"]] == [1, 0]
    assert not SiteEvent.objects.filter(data__contains="canary").exists()
    assert case.agency_reference == "canary-2023"


def test_the_digest_is_under_the_site_s_own_key(settings):
    ana = make.analyst()
    for key in ("one key of a site, long enough", "another key, as long as that one"):
        settings.SECRET_KEY = key
        readings.record_list(actor=ana, page="requests", asked={"q": ["x"]}, count=0)
    (_, first), (_, second) = told()
    assert first["filter"] != second["filter"]


@pytest.mark.feature("A3", part=True)
def test_the_trail_of_all_requests_is_a_list_as_well():
    make.opened()
    desk = signed_in(make.person(Role.AUDITOR, is_staff=True))
    desk.get(reverse("admin:cases_trail"))
    assert [data["page"] for _actor, data in told()] == ["trail"]


def test_who_may_not_open_a_list_leaves_none():
    desk = signed_in(make.person(Role.REPORT_EDITOR, is_staff=True))
    assert desk.get(reverse("admin:cases_case_changelist")).status_code == 403
    assert told() == []
