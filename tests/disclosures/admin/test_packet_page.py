"""The packet's page: where it stands, what it answers, and who sees how much of it."""

import json

import pytest
from django.urls import reverse

from cases import queue, review
from cases.enums import EventKind, Role
from cases.models import CaseGroupPerm, Event
from disclosures.admin import progress, words
from disclosures.enums import PacketStatus, ResponseCode
from disclosures.models import Exhibit, Packet
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = pytest.mark.django_db

STAGES = {
    PacketStatus.QUEUED: "now todo todo todo todo todo todo",
    PacketStatus.COLLECTING: "done now todo todo todo todo todo",
    PacketStatus.CHOOSING: "done stopped todo todo todo todo todo",
    PacketStatus.AWAITING: "done now todo todo todo todo todo",
    PacketStatus.COLLECTED: "done done now todo todo todo todo",
    PacketStatus.CERTIFIED: "done done done now todo todo todo",
    PacketStatus.SEALING: "done done done done now todo todo",
    PacketStatus.SEALED: "done done done done done now todo",
    PacketStatus.RELEASED: "done done done done done done done",
    PacketStatus.FAILED: "done stopped todo todo todo todo todo",
    PacketStatus.SUPERSEDED: "done done stopped todo todo todo todo",
}
# What happened to whom: the three that must never be taken for each other.
NEVER_MERGED = (
    ResponseCode.NO_RESPONSIVE_RECORDS,
    ResponseCode.NOT_COLLECTED,
    ResponseCode.NOT_RETAINED,
)


@pytest.mark.feature("U1", part=True)
@pytest.mark.parametrize("status", PacketStatus.values)
def test_the_page_shows_where_a_packet_stands(at_desk, status):
    packet = packets.in_status(status)
    desk = at_desk(Role.ANALYST)
    answer = desk.get(page_of(packet))
    assert answer.status_code == 200
    shown = answer.context["progress"]
    assert " ".join(one.state for one in shown.stages) == STAGES[PacketStatus(status)]
    # Loaded again it says the same: everything is read off the rows.
    assert desk.get(page_of(packet)).context["progress"].words == shown.words


def test_the_page_of_a_packet_that_failed_while_sealing_stops_there(small):
    packet = packets.failed(packets.certified())
    states = [one.state for one in progress.stages(packet)]
    assert states == ["done", "done", "done", "done", "stopped", "todo", "todo"]


def test_a_packet_is_nothing_where_no_grant_opens_its_case(at_desk):
    packet = packets.collected()
    pages = [
        page_of(packet),
        page_of(packet, "packet_live"),
        page_of(packet, "declaration"),
        page_of(packet, "exhibit", 1),
        page_of(packet, "production"),
    ]
    strangers = [
        at_desk(*Role, at_the_desk=False),
        at_desk(*Role, at_the_desk=False, is_superuser=True),
    ]
    before = Event.objects.count()
    assert {one.get(url).status_code for one in strangers for url in pages} == {404}
    ended = at_desk(*Role)
    CaseGroupPerm.objects.update(ends_at=make.AT)
    assert {ended.get(url).status_code for url in pages} == {404}
    # That it was tried with an ended grant is noted, once; nothing else is.
    since = Event.objects.order_by("pk")[before:]
    assert [one.kind for one in since] == [EventKind.GRANT_REFUSED]


def test_another_cases_packet_is_nothing(at_desk):
    packet, other = packets.collected(), make.opened()
    desk = at_desk(*Role)
    url = reverse("admin:disclosures_packet", args=[other.pk, packet.pk])
    assert desk.get(url).status_code == 404


def test_pages_of_a_packet_take_no_post(at_desk):
    packet = packets.collected()
    desk = at_desk(*Role)
    names = ("packet", "packet_live", "declaration", "production")
    posted = [desk.post(page_of(packet, name)).status_code for name in names]
    posted.append(desk.post(page_of(packet, "exhibit", 1)).status_code)
    assert posted == [405] * 5


def test_an_account_key_is_shown_to_readers_of_exhibits_alone(at_desk):
    packet = packets.collected()
    key = packet.accounts.get().account_key
    seen = {
        role: key in at_desk(role).get(page_of(packet)).content.decode()
        for role in (Role.ANALYST, Role.CUSTODIAN, Role.AUDITOR, Role.INTAKE_CLERK)
    }
    assert seen == {
        Role.ANALYST: True,
        Role.CUSTODIAN: True,
        Role.AUDITOR: False,
        Role.INTAKE_CLERK: False,
    }
    auditor = at_desk(Role.AUDITOR).get(page_of(packet))
    assert page_of(packet, "exhibit", 1) not in auditor.content.decode()


def test_the_page_is_in_the_trail_before_it_is_shown(at_desk):
    packet = packets.collected()
    desk = at_desk(Role.AUDITOR)
    desk.get(page_of(packet))
    event = Event.objects.latest("pk")
    assert (event.kind, event.actor, json.loads(event.data)) == (
        EventKind.CASE_VIEWED,
        desk.user,
        {"page": "packet"},
    )


# --- the words of the answers ---


def test_every_answer_has_its_own_words_and_sign():
    assert set(words.MEANINGS) == set(ResponseCode)
    said = [str(words.MEANINGS[code].words) for code in NEVER_MERGED]
    signs = [words.MEANINGS[code].icon for code in NEVER_MERGED]
    tones = [words.MEANINGS[code].tone for code in NEVER_MERGED]
    assert len(set(said)) == len(set(signs)) == len(set(tones)) == len(NEVER_MERGED)
    everything = [str(one.words) for one in words.MEANINGS.values()]
    assert len(set(everything)) == len(everything)


@pytest.mark.feature("D1", part=True)
def test_the_three_negative_answers_stand_apart_on_the_page(at_desk):
    packet = packets.collected(packets.ordered(packets.case("bob")))
    page = at_desk(Role.AUDITOR).get(page_of(packet))
    used = {str(one.words): one.total for one in page.context["answers"]}
    assert used == {
        str(words.MEANINGS[ResponseCode.PRODUCED].words): 1,
        str(words.MEANINGS[ResponseCode.NO_RESPONSIVE_RECORDS].words): 2,
        str(words.MEANINGS[ResponseCode.NOT_COLLECTED].words): 1,
        str(words.MEANINGS[ResponseCode.NOT_RETAINED].words): 1,
    }
    lines = [one for group in page.context["groups"] for one in group.lines]
    assert [str(one.meaning) for one in lines] == [
        "",
        *(
            str(words.MEANINGS[code].words)
            for code in (
                ResponseCode.NOT_COLLECTED,
                ResponseCode.NO_RESPONSIVE_RECORDS,
                ResponseCode.NO_RESPONSIVE_RECORDS,
                ResponseCode.NOT_RETAINED,
            )
        ),
    ]


# --- as it goes ---


def test_progress_counts_exhibits_rows_and_seconds(small):
    packet = packets.collecting()
    now = progress.of(packet, at=packet.ordered_at + progress._NOBODY_CAME)
    assert (now.done, now.total, now.rows, now.seconds) == (0, 5, 0, 40)
    assert "E001: Account names (target 1)" in now.words
    done = progress.of(packets.collected(packets.ordered(packets.case("alice"))))
    assert (done.done, done.total, done.rows, done.seconds) == (5, 5, 4, None)


def test_a_packet_that_nobody_takes_says_so(small):
    packet = packets.ordered()
    assert progress.of(packet, at=packet.ordered_at).warning == ""
    late = packet.ordered_at + 2 * progress._NOBODY_CAME
    assert "No worker has taken this up" in progress.of(packet, at=late).warning


def test_a_repeated_attempt_is_told(small):
    packet = packets.collecting()
    Packet.objects.filter(pk=packet.pk).update(attempts=2)
    warning = progress.of(packets.fresh(packet)).warning
    assert warning.startswith(f"Attempt 2 of {queue.MAX_ATTEMPTS}")


@pytest.mark.parametrize("status", PacketStatus.values)
def test_asking_again_ends_once_nothing_is_left_for_a_worker(at_desk, status):
    packet = packets.in_status(status)
    answer = at_desk(Role.AUDITOR).get(page_of(packet, "packet_live"))
    live = Packet.objects.workable().filter(pk=packet.pk).exists()
    assert answer.status_code == (200 if live else 286)
    assert answer.headers.get("HX-Refresh") == (None if live else "true")
    page = at_desk(Role.AUDITOR).get(page_of(packet)).content.decode()
    assert (page_of(packet, "packet_live") in page) == live


def test_asking_again_leaves_no_trace_and_shows_no_identifier(at_desk):
    packet = packets.collecting()
    desk = at_desk(Role.AUDITOR)
    before = Event.objects.count()
    text = desk.get(page_of(packet, "packet_live")).content.decode()
    assert "alice" not in text
    assert Event.objects.count() == before


def test_asking_again_after_the_session_ended_has_the_page_loaded_anew(at_desk):
    packet = packets.collecting()
    desk = at_desk(Role.AUDITOR)
    desk.logout()
    answer = desk.get(page_of(packet, "packet_live"))
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (286, "true")
    assert answer.content == b""


# --- failed ---


def test_a_failed_packet_says_which_part_and_why_and_who_may_resume(at_desk, small):
    packet = packets.ordered()
    small.run("DROP TABLE events")
    packet = packets.collected(packet)
    assert packet.status == PacketStatus.FAILED
    page = at_desk(Role.ANALYST).get(page_of(packet)).content.decode()
    assert "Stopped at E003: Account events (target 1)" in page
    assert "refused the query" in page
    assert "resume_packet" in page
    auditor = at_desk(Role.AUDITOR).get(page_of(packet)).content.decode()
    assert "Stopped at E003" in auditor
    assert "resume_packet" not in auditor


def test_who_approved_the_scope_is_not_offered_to_resume(small):
    both = make.person(Role.ANALYST, Role.COUNSEL)
    found, analyst = packets.case(), make.analyst()
    review.revise(found.pk, actor=analyst, reason="Once more.", at=make.AT)
    review.submit(found.pk, actor=analyst, at=make.AT)
    make.sign(found, by=both)
    packet = packets.failed(packets.ordered(make.fresh(found)))
    page = client_of(both).get(page_of(packet)).content.decode()
    assert verb_of(packet, "resume_packet") not in page
    assert "You decided on the scope as counsel of this case" in page


# --- on the case's page ---


def test_the_cases_page_shows_its_packets_and_whose_turn_it_is(at_desk):
    packet = packets.collected()
    who = packets.custodian()
    url = page_of(packet).split("packets/")[0]
    text = at_desk(Role.AUDITOR).get(url).content.decode()
    assert page_of(packet) in text
    assert "Carl Custos" in text
    for verb in ("examine_exhibits", "certify_packet"):
        own = client_of(who).get(url).content.decode()
        assert verb_of(packet, verb) in own
        packets.examined(packet, who)


def test_page_takes_as_many_queries_for_more_exhibits(
    at_desk, django_assert_max_num_queries
):
    small_one = packets.collected()
    large = packets.collected(packets.ordered(packets.case("alice", "bob")))
    assert Exhibit.objects.filter(packet=large).count() == 10
    desk = at_desk(Role.ANALYST)
    counts = []
    for packet in (small_one, large):
        with django_assert_max_num_queries(80) as asked:
            desk.get(page_of(packet))
        counts.append(len(asked))
    assert counts[0] == counts[1]
