"""The pages of rulings, objections and reopening, from menu to panel."""

import pytest
from django.urls import reverse

from cases import keys
from cases.enums import CaseStatus, Role, Standing
from cases.models import Objection
from cases.standing import of
from tests import factories as make

pytestmark = pytest.mark.django_db


def verb(case, name):
    return reverse("admin:cases_case_verb", args=[case.pk, name])


def page(case):
    return reverse("admin:cases_case_change", args=[case.pk])


def test_counsel_records_a_stay_and_lifts_it(at_desk):
    case = make.in_review()
    paper = make.stored_paper(case)
    counsel = at_desk(Role.COUNSEL)
    said = {
        "dated_on": "2023-03-14",
        "paper": keys.disguise(paper.pk, "row"),
        "note": "Docket 12.",
    }

    first = counsel.get(verb(case, "record_ruling")).content.decode()
    assert "the stay is lifted" not in first
    counsel.post(verb(case, "record_ruling"), said | {"standing": "stayed"})

    assert of(case) == Standing.STAYED
    shown = counsel.get(page(case)).content.decode()
    assert "Rulings and objections" in shown
    assert "Docket 12." in shown
    assert (
        "the stay is lifted"
        in counsel.get(verb(case, "record_ruling")).content.decode()
    )
    counsel.post(verb(case, "record_ruling"), said | {"standing": "in_force"})
    assert of(case) == Standing.IN_FORCE


def test_an_analyst_records_that_it_was_taken_back_and_is_led_to_close_it(at_desk):
    case = make.approved()
    paper = make.stored_paper(case)
    analyst = at_desk(Role.ANALYST)
    said = {"dated_on": "2023-03-14", "paper": keys.disguise(paper.pk, "row")}

    answer = analyst.post(verb(case, "record_withdrawal"), said)

    assert answer.status_code == 302
    shown = analyst.get(page(case)).content.decode()
    assert "Close the request" in shown
    assert "Order the packet" not in shown
    assert "This case is closed." not in shown
    refused = analyst.get(verb(case, "record_withdrawal")).content.decode()
    assert "was taken back by the requester" in refused
    outcomes = {
        name: "withdrawn"
        for name in analyst.get(verb(case, "close")).context["form"].fields
        if name != "note"
    }
    analyst.post(verb(case, "close"), outcomes)
    assert make.fresh(case).status == CaseStatus.CLOSED


def test_an_objection_is_recorded_and_decided_on_its_pages(at_desk):
    case = make.in_review()
    paper = make.stored_paper(case)
    counsel = at_desk(Role.COUNSEL)
    none = counsel.get(verb(case, "decide_objection")).content.decode()
    assert "No objection is pending." in none

    said = {"dated_on": "2023-03-14", "paper": keys.disguise(paper.pk, "row")}
    counsel.post(
        verb(case, "lodge_objection"), said | {"objector": "us", "forum": "N.D. Cal."}
    )
    assert "Objection pending" in counsel.get(page(case)).content.decode()
    assert "N.D. Cal." in counsel.get(verb(case, "decide_objection")).content.decode()
    counsel.post(verb(case, "decide_objection"), said | {"outcome": "overruled"})

    assert Objection.objects.get().outcome == "overruled"
    assert "Overruled" in counsel.get(page(case)).content.decode()


def test_a_closed_request_is_reopened_from_its_menu(at_desk):
    case = make.closed()
    analyst = at_desk(Role.ANALYST)
    assert "Reopen the request" in analyst.get(page(case)).content.decode()

    refused = analyst.post(verb(case, "reopen"), {"reason": ""})
    assert "Say why the request is reopened." in refused.content.decode()
    analyst.post(verb(case, "reopen"), {"reason": "A page is missing."})

    assert make.fresh(case).status == CaseStatus.IN_REVIEW
    assert "A page is missing." in analyst.get(page(case)).content.decode()
    again = analyst.get(verb(case, "reopen")).content.decode()
    assert "This request isn&#x27;t closed." in again or "isn't closed" in again
