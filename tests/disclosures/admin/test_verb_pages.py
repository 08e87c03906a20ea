"""Ordering, resuming, certifying, handing over, closing: shown by GET, done by POST."""

import io
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from cases import review
from cases.enums import CaseStatus, EventKind, ItemDecision, Role
from cases.models import Case, Event
from disclosures import facts
from disclosures.datamap import load
from disclosures.enums import PacketStatus, SigningPlace
from disclosures.models import Declaration, Delivery, Packet
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = pytest.mark.django_db

OWN_VERBS = {
    "order_packet": {Role.ANALYST},
    "resume_packet": {Role.ANALYST},
    "certify_packet": {Role.CUSTODIAN},
    "release_packet": {Role.RELEASE_OFFICER},
    "close": {Role.ANALYST, Role.COUNSEL, Role.RELEASE_OFFICER},
}


def verb_url(case: Case, verb: str) -> str:
    """The address of a verb's page on a case without a packet."""
    return verb_of(Packet(case=case), verb)


def statement(packet: Packet, name: str, **changed: str) -> dict[str, str]:
    """The custodian's form, filled in."""
    return {
        "exhibits_digest": facts.exhibits_digest(packet),
        "role": "Director of Infrastructure",
        "practice": "Made by the service at the time of each act.",
        "signing_place": SigningPlace.INSIDE_US,
        "place": "Portland, Oregon",
        "signed_on": facts.today(timezone.now()).isoformat(),
        "signed_name": name,
    } | changed


def hand_over(packet: Packet, **changed: str) -> dict[str, str]:
    """The release officer's form, filled in, in the organisation's zone."""
    now = timezone.localtime(timezone=ZoneInfo(make.organisation().time_zone))
    return {
        "recipient_name": packet.case.officer_name,
        "recipient_address": packet.case.officer_email,
        "method": "agency_portal",
        "handed_over_at": f"{now:%Y-%m-%dT%H:%M:%S}",
        "note": "Receipt 12",
        "manifest_sha256": packet.manifest_sha256,
    } | changed


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


@pytest.mark.parametrize("status", PacketStatus.values)
def test_looking_at_a_verb_changes_nothing(at_desk, status):
    packet = packets.in_status(status)
    desk = at_desk(*Role)
    before = list(Packet.objects.values()), Case.objects.get().status
    kinds = Event.objects.exclude(kind=EventKind.CASE_VIEWED)
    events = kinds.count()
    for verb in OWN_VERBS:
        assert desk.get(verb_of(packet, verb)).status_code == 200
    assert (list(Packet.objects.values()), Case.objects.get().status) == before
    assert kinds.count() == events


# --- order ---


@pytest.mark.feature("D1", part=True)
def test_the_order_page_shows_what_would_be_collected(at_desk):
    left_out = packets.choice(ItemDecision.OBJECT, reason="Overbroad.")
    case = packets.case("alice", "bob", decided={("bob", "sessions"): left_out})
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    shown = page.context
    assert (shown["exhibits"], shown["sources"], shown["unreachable"]) == (
        9,
        ["Service database", "Event store"],
        [],
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
    parts = ("Derived from 2a", "Statement", "Overbroad.", "2022-01-01T05:00:00Z")
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
    assert page.context["unreachable"] == ["Event store"]


def test_a_case_that_is_not_approved_offers_no_order(at_desk):
    case = packets.unsigned()
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    assert "once counsel has approved" in page.context["refusal"]


# --- resume ---


def test_resuming_takes_a_failed_packet_up_again(at_desk, small):
    small.run("ALTER TABLE events RENAME TO events_away")
    packet = packets.collected()
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


# --- certify ---


def test_the_declaration_is_shown_as_it_will_be_printed(at_desk):
    packet = packets.collected()
    page = client_of(packets.custodian()).get(verb_of(packet, "certify_packet"))
    form = page.context["form"]
    assert page.context["digest"] == facts.exhibits_digest(packet)
    assert form["role"].value() == "Director of Infrastructure"
    assert (form.draft["is_chosen"], form.draft["missing"]) == (
        False,
        (
            ("Not collected by the service", "1 (Postal addresses)"),
            ("Not retained", "3 (Durations)"),
        ),
    )
    text = page.content.decode()
    both = ("I declare under penalty of perjury that", "laws of the United States of")
    assert [part for part in both if part not in text] == []


@pytest.mark.feature("C1", part=True)
@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            "inside_us",
            "perjury that the foregoing is true and correct. Executed on 1 May",
        ),
        ("outside_us", "perjury under the laws of the United States of America that"),
    ],
)
def test_the_previewed_words_follow_the_place(small, place, words):
    packet = packets.collected()
    desk = client_of(packets.custodian())
    said = {
        "signing_place": place,
        "signed_on": "2023-05-01",
        "practice": "<i>Kept</i>",
    }
    text = desk.get(page_of(packet, "declaration"), said).content.decode()
    assert words in text
    assert "&lt;i&gt;Kept&lt;/i&gt;" in text
    unknown = desk.get(page_of(packet, "declaration"), said | {"signing_place": "moon"})
    assert "pk-sheet__open" in unknown.content.decode()
    odd = desk.get(page_of(packet, "declaration"), {"signed_on": "2023-02-31"})
    assert odd.status_code == 200


def test_the_preview_is_for_the_custodian_and_while_it_waits(at_desk):
    packet = packets.collected()
    url = page_of(packet, "declaration")
    assert at_desk(Role.ANALYST).get(url).status_code == 403
    desk = client_of(packets.custodian())
    packets.certify(packet)
    assert desk.get(url).status_code == 404


def test_the_preview_of_broken_exhibits_says_so(small):
    packet = packets.collected()
    exhibit = packet.exhibits.get(number=3)
    (Path(settings.FILES_DIR) / exhibit.path).unlink()
    desk = client_of(packets.custodian())
    sentence = "Exhibit E003 was changed or lost"
    assert sentence in desk.get(page_of(packet, "declaration")).content.decode()
    page = desk.get(verb_of(packet, "certify_packet")).content.decode()
    assert sentence in page


def test_signing_leads_to_the_packet_which_is_sealed_next(small):
    packet, who = packets.collected(), packets.custodian()
    data = statement(packet, "Carl Custos")
    answer = client_of(who).post(verb_of(packet, "certify_packet"), data)
    assert (answer.status_code, answer.url) == (302, page_of(packet))
    declared = Declaration.objects.get(packet=packet)
    assert (declared.custodian, declared.place, declared.signing_place) == (
        who,
        "Portland, Oregon",
        SigningPlace.INSIDE_US,
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"signed_name": "Somebody Else"}, "Sign with your own name: Carl Custos."),
        ({"signing_place": ""}, "Say whether you sign within the United States."),
        ({"signed_on": "2199-01-01"}, "The date of signing lies ahead."),
        ({"exhibits_digest": "0" * 64}, "The exhibits changed after the page was"),
        ({"practice": ""}, "This field is required."),
    ],
)
def test_a_refused_signature_says_why_and_keeps_what_was_typed(
    small, changed, sentence
):
    packet = packets.collected()
    data = statement(packet, "Carl Custos", place="Salem, Oregon") | changed
    desk = client_of(packets.custodian())
    answer = desk.post(verb_of(packet, "certify_packet"), data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in text
    assert 'value="Salem, Oregon"' in text
    assert answer.context["digest"] == facts.exhibits_digest(packet)
    assert not Declaration.objects.exists()
    assert packets.fresh(packet).status == PacketStatus.COLLECTED


# --- hand over ---


def test_the_release_page_checks_the_packet_there_and_then(at_desk):
    packet = packets.sealed_undrawn()
    desk = at_desk(Role.RELEASE_OFFICER)
    page = desk.get(verb_of(packet, "release_packet"))
    assert page.context["findings"] == []
    text = page.content.decode()
    shown = (packet.manifest_sha256, packet.pdf_sha256, packet.case.officer_email)
    assert [part for part in shown if part not in text] == []
    pdf = next((Path(settings.FILES_DIR) / packet.folder).rglob("packet.pdf"))
    pdf.write_bytes(pdf.read_bytes()[:-1] + b"X")
    broken = desk.get(verb_of(packet, "release_packet"))
    assert broken.context["findings"] != []
    assert 'name="manifest_sha256"' not in broken.content.decode()


@pytest.mark.feature("R1", part=True)
def test_recording_the_hand_over_releases_the_request(at_desk):
    packet = packets.sealed_undrawn()
    desk = at_desk(Role.RELEASE_OFFICER)
    answer = desk.post(verb_of(packet, "release_packet"), hand_over(packet))
    assert (answer.status_code, answer.url) == (302, page_of(packet))
    made = Delivery.objects.get(packet=packet)
    assert (made.released_by, made.note) == (desk.user, "Receipt 12")
    assert make.fresh(packet.case).status == CaseStatus.RELEASED
    page = desk.get(page_of(packet)).content.decode()
    assert "Receipt 12" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"manifest_sha256": "0" * 64}, "This digest isn&#x27;t that of the sealed"),
        ({"manifest_sha256": "abc"}, "A SHA-256 has 64 characters."),
        ({"handed_over_at": "2000-01-01T00:00"}, "before the packet was sealed"),
        ({"handed_over_at": "2199-01-01T00:00"}, "The time of hand-over lies ahead."),
        ({"method": ""}, "Say how it was handed over."),
    ],
)
def test_a_refused_hand_over_says_why_and_keeps_what_was_typed(
    at_desk, changed, sentence
):
    packet = packets.sealed_undrawn()
    desk = at_desk(Role.RELEASE_OFFICER)
    data = hand_over(packet) | changed
    answer = desk.post(verb_of(packet, "release_packet"), data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in text
    assert "Receipt 12" in text
    assert not Delivery.objects.exists()
    assert packets.fresh(packet).status == PacketStatus.SEALED


def test_who_ordered_sees_why_they_cannot_hand_over(small):
    both = make.person(Role.ANALYST, Role.RELEASE_OFFICER)
    ordered = packets.ordered(by=both)
    packet = packets.sealed_undrawn(packets.certified(packets.collected(ordered)))
    desk = client_of(both)
    page = desk.get(verb_of(packet, "release_packet"))
    assert page.context["refusal"] == (
        "You ordered the collection of this case: another person does this."
    )
    answer = desk.post(verb_of(packet, "release_packet"), hand_over(packet))
    assert answer.status_code == 200
    assert not Delivery.objects.exists()


def test_the_download_is_a_still_file_and_in_the_trail_first(at_desk):
    packet = packets.sealed_undrawn()
    desk = at_desk(Role.RELEASE_OFFICER)
    answer = desk.get(page_of(packet, "production"))
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
    assert any(name.endswith("SHA256SUMS") for name in names)
    kept = {one.strip() for one in answer.headers["Cache-Control"].split(",")}
    assert {"private", "no-store"} <= kept
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{packet.case.number}-production-0001.zip"'
    )
    event = Event.objects.latest("pk")
    assert (event.kind, event.actor) == (EventKind.PACKET_OPENED, desk.user)


def test_a_download_is_refused_without_the_role_or_the_seal(at_desk):
    packet = packets.collected()
    analyst, officer = at_desk(Role.ANALYST), at_desk(Role.RELEASE_OFFICER)
    url = page_of(packet, "production")
    assert analyst.get(url).status_code == 403
    answer = officer.get(url, follow=True)
    assert "The packet isn&#x27;t sealed yet." in answer.content.decode()
    assert not Event.objects.filter(kind=EventKind.PACKET_OPENED).exists()


def test_a_download_of_a_changed_packet_is_refused(at_desk):
    packet = packets.sealed_undrawn()
    made = next((Path(settings.FILES_DIR) / packet.folder).glob("*.zip"))
    made.write_bytes(made.read_bytes()[:-1] + b"X")
    desk = at_desk(Role.RELEASE_OFFICER)
    answer = desk.get(page_of(packet, "production"))
    assert (answer.status_code, answer.url) == (302, page_of(packet))
    assert not Event.objects.filter(kind=EventKind.PACKET_OPENED).exists()
