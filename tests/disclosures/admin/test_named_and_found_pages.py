"""Both judgements on a target, on the page of the request and of its packet."""

import re

import pytest
from django.urls import reverse

from cases.enums import ItemDecision, Role
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import page_of

pytestmark = pytest.mark.django_db


def words(answer):
    """A page as its reader has it, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def case_page(case):
    return reverse("admin:cases_case_change", args=[case.pk])


@pytest.mark.feature("T2", part=True)
def test_both_judgements_stand_on_the_request_and_on_the_packet(at_desk):
    decided = {
        ("bob", item): packets.choice(ItemDecision.NOT_NAMED, "It isn't on the list.")
        for item in packets.ITEMS
    }
    found = packets.case("alice", "bob", "nobody", decided=decided)
    desk = at_desk(Role.AUDITOR)
    before = words(desk.get(case_page(found)))
    for named in ("Named", "Not named", "Named"):
        said = f"In the order {named} In our data Not looked up yet"
        assert said in before
        before = before.partition(said)[2]

    packet = packets.collected(packets.ordered(found))
    after = words(desk.get(case_page(found)))
    page = words(desk.get(page_of(packet)))
    for number, name, named, data in (
        (1, "alice", "Named", "Account found"),
        (2, "bob", "Not named", "Account found"),
        (3, "nobody", "Named", "Account not found"),
    ):
        said = f"In the order {named} In our data {data}"
        assert said in after
        after = after.partition(said)[2]
        assert f"{number} {name} User name {named} {data}" in page


def test_a_target_that_nobody_has_judged_says_so(at_desk):
    case = make.in_review()
    page = words(at_desk(Role.ANALYST).get(case_page(case)))
    assert "In the order Not judged yet In our data Not looked up yet" in page
