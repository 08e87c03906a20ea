"""Ordering, resuming, certifying, handing over, closing: shown by GET, done by POST."""

import pytest

from cases import review
from cases.enums import CaseStatus, ItemDecision, Role
from disclosures.datamap import load
from disclosures.enums import PacketStatus
from disclosures.models import Packet
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of, verb_of, verb_url

pytestmark = pytest.mark.django_db

OWN_VERBS = {
    "order_packet": {Role.ANALYST},
    "resume_packet": {Role.ANALYST},
    "certify_packet": {Role.CUSTODIAN},
    "release_packet": {Role.RELEASE_OFFICER},
    "close": {Role.ANALYST, Role.COUNSEL, Role.RELEASE_OFFICER},
}


@pytest.mark.parametrize("verb", OWN_VERBS)
def test_a_verbs_page_is_for_its_roles(at_desk, verb):
    packet = packets.collected()
    allowed = {
        role
        for role in Role
        if at_desk(role).get(verb_of(packet, verb)).status_code == 200
    }
    assert allowed == OWN_VERBS[verb]
    others = [
        at_desk(role).post(verb_of(packet, verb)).status_code
        for role in Role
        if role not in OWN_VERBS[verb]
    ]
    assert set(others) <= {403, 404}


# --- order ---


@pytest.mark.feature("D1", part=True)
def test_the_order_page_shows_what_would_be_collected(at_desk):
    left_out = packets.choice(ItemDecision.OBJECT, reason="Overbroad.")
    case = packets.case("alice", "bob", decided={("bob", "sessions"): left_out})
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    shown = page.context
    assert (shown["exhibits"], shown["sources"], shown["problem"]) == (
        9,
        ["Service database", "Event store"],
        "",
    )
    assert [
        (one.number, one.category.code, one.exhibits, one.is_whole)
        for one in shown["items"]
    ] == [
        (1, "names", 4, True),
        (2, "connections", 2, True),
        (3, "sessions", 3, False),
    ]
    text = page.content.decode()
    parts = (
        "Derived from 2a",
        "Statement",
        "Overbroad.",
        "from 1 January 2022, 05:00:00 UTC",
    )
    assert [part for part in parts if part not in text] == []
    packet = packets.ordered(case)
    assert packet.exhibits.count() == shown["exhibits"]


def test_ordering_leads_to_the_packets_page(at_desk):
    case = packets.case()
    answer = at_desk(Role.ANALYST).post(verb_url(case, "order_packet"))
    packet = Packet.objects.get(case=case)
    assert (answer.status_code, answer.url) == (302, page_of(packet))
    assert make.fresh(case).status == CaseStatus.IN_PRODUCTION


def test_an_order_by_who_approved_is_refused_and_nothing_is_written(small):
    both = make.person(Role.ANALYST, Role.COUNSEL)
    case = packets.unsigned()
    analyst = make.analyst()
    review.start(case.pk, actor=analyst, at=make.AT)
    make.submit(case, analyst)
    make.sign(case, by=both)
    desk = client_of(both)
    url = verb_url(case, "order_packet")
    answer = desk.post(url)
    assert answer.status_code == 200
    assert "another person does this" in answer.content.decode()
    assert not Packet.objects.exists()
    assert make.fresh(case).status == CaseStatus.APPROVED
    assert "<form method" not in desk.get(url).content.decode().split("cd-main")[1]


def test_an_order_that_the_map_cannot_answer_says_which_part(at_desk):
    case = packets.case()
    load.DataMapVersion.objects.update(text="gone")
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    assert "The data map that this scope was frozen with is gone." in (
        page.content.decode()
    )


def test_a_source_without_an_address_is_told_before_the_order(at_desk, settings):
    case = packets.case()
    del settings.SOURCE_URLS["events"]
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    assert page.context["problem"] == (
        "Part 2a reads from “Event store”, which has no address on this server. An "
        "administrator sets it; then order again."
    )
    # What would be fetched is shown all the same, and no button.
    assert page.context["exhibits"] == 5
    assert "Order this packet" not in page.content.decode()


def test_a_case_that_is_not_approved_offers_no_order(at_desk):
    case = packets.unsigned()
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    assert "once counsel has approved" in page.context["refusal"]


# --- resume ---


def test_resuming_takes_a_failed_packet_up_again(at_desk, small):
    packet = packets.ordered()
    small.run("ALTER TABLE events RENAME TO events_away")
    packet = packets.collected(packet)
    desk = at_desk(Role.ANALYST)
    page = desk.get(verb_of(packet, "resume_packet")).content.decode()
    assert "Stopped at E003: Account events (target 1)" in page
    small.run("ALTER TABLE events_away RENAME TO events")
    answer = desk.post(verb_of(packet, "resume_packet"))
    assert (answer.status_code, answer.url) == (302, page_of(packet))
    assert packets.fresh(packet).status == PacketStatus.QUEUED
    assert packets.collected(packet).status == PacketStatus.COLLECTED


def test_a_packet_that_has_not_failed_is_not_resumed(at_desk):
    packet = packets.collected()
    answer = at_desk(Role.ANALYST).post(verb_of(packet, "resume_packet"))
    assert answer.status_code == 200
    assert packets.fresh(packet).status == PacketStatus.COLLECTED
    case = packets.case()
    refused = at_desk(Role.ANALYST).post(verb_url(case, "resume_packet"))
    assert "No packet of this request has failed." in refused.content.decode()
