"""Handing over: checked there and then, downloaded through the wall, recorded once."""

import io
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.enums import CaseStatus, EventKind, Role
from cases.models import Agency, Event
from disclosures import breaks, production
from disclosures.enums import PacketStatus
from disclosures.models import CustodyBreak, Delivery, Packet
from tests import directory, rulings
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = pytest.mark.django_db


def hand_over(packet: Packet, **changed: str) -> dict[str, str]:
    """The release officer's form, filled in, in the organisation's zone."""
    now = timezone.localtime(timezone=ZoneInfo(make.organisation().time_zone))
    return {
        "recipient_name": packet.case.officer_name,
        "contact_id": str(packets.contact(packet.case).pk),
        "method": "encrypted_mail",
        "handed_over_at": f"{now:%Y-%m-%dT%H:%M:%S}",
        "note": "Receipt 12",
        "in_hand_sha256": packet.manifest_sha256,
    } | changed


def test_the_release_page_asks_every_gate_there_and_then(at_desk):
    packet = packets.sealed_undrawn()
    desk = at_desk(Role.RELEASE_OFFICER)
    page = desk.get(verb_of(packet, "release_packet"))
    assert page.context["shut"] == []
    text = page.content.decode()
    assert packet.case.officer_email in text
    # What it asks for is not to be read off it.
    asked = (packet.manifest_sha256, production.archive_sha256(packet))
    assert [digest for digest in asked if digest in text] == []
    pdf = next((Path(settings.FILES_DIR) / packet.folder).rglob("packet.pdf"))
    pdf.write_bytes(pdf.read_bytes()[:-1] + b"X")
    broken = desk.get(verb_of(packet, "release_packet"))
    assert [(gate.title, gate.refusal) for gate in broken.context["shut"]] == [
        (
            "No break in custody stands on the request",
            breaks.bars(make.fresh(packet.case)),
        ),
        (
            "Every byte of the packet is as it was sealed",
            CustodyBreak.objects.get(case=packet.case, exhibit=None).sentence,
        ),
    ]
    text = broken.content.decode()
    assert 'name="in_hand_sha256"' not in text
    assert "/production/" not in text


def test_a_shut_gate_says_who_opens_it_and_leads_there(at_desk):
    packet = packets.sealed_undrawn()
    both = at_desk(Role.RELEASE_OFFICER, Role.COUNSEL, first_name="Ida", last_name="Po")
    rulings.stay(packet.case)
    page = both.get(verb_of(packet, "release_packet"))
    (gate,) = page.context["shut"]
    assert gate.title == "The instrument is in force"
    assert gate.refusal == (
        "The instrument was stayed on 2023-03-14. Counsel records it when the stay is "
        "lifted."
    )
    assert "Ida Po" in gate.names
    assert gate.url == verb_of(packet, "record_ruling")
    officer = at_desk(Role.RELEASE_OFFICER)
    (gate,) = officer.get(verb_of(packet, "release_packet")).context["shut"]
    assert gate.url == ""


def test_only_checked_addresses_of_the_cases_own_agency_are_offered(at_desk):
    packet = packets.sealed_undrawn()
    other = Agency.objects.create(name="Another", jurisdiction="US")
    directory.contact(of=other, address="desk@another.example")
    directory.entered(of=packet.case.agency, address="new@agency.example")
    desk = at_desk(Role.RELEASE_OFFICER)
    text = desk.get(verb_of(packet, "release_packet")).content.decode()
    assert packet.case.officer_email in text
    assert "desk@another.example" not in text
    assert "new@agency.example" not in text


def test_the_file_in_hand_may_be_sent_itself(at_desk):
    packet = packets.sealed_undrawn()
    desk = at_desk(Role.RELEASE_OFFICER)
    whole = production.archive(packet).read_bytes()
    data = hand_over(packet) | {"in_hand_sha256": ""}
    another = data | {"in_hand": SimpleUploadedFile("production.zip", b"another")}
    answer = desk.post(verb_of(packet, "release_packet"), another)
    assert "isn&#x27;t of the sealed packet" in answer.content.decode()
    assert not Delivery.objects.exists()
    own = data | {"in_hand": SimpleUploadedFile("production.zip", whole)}
    assert desk.post(verb_of(packet, "release_packet"), own).status_code == 302
    assert Delivery.objects.get().in_hand == "archive"


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
        ({"in_hand_sha256": "0" * 64}, "This file isn&#x27;t of the sealed packet"),
        ({"in_hand_sha256": ""}, "Choose the file that you handed over."),
        ({"contact_id": "0"}, "0 is not one of the available choices."),
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
