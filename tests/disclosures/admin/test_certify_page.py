"""The custodian's page: the text as it will be printed, signed over what was shown."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from cases import review
from cases.enums import Role
from disclosures import facts
from disclosures.enums import PacketStatus, SigningPlace
from disclosures.models import Declaration, Packet
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = pytest.mark.django_db


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


def test_the_declaration_is_shown_as_it_will_be_printed(at_desk):
    packet = packets.examined()
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
    packet = packets.examined()
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
    packet = packets.examined()
    url = page_of(packet, "declaration")
    assert at_desk(Role.ANALYST).get(url).status_code == 403
    desk = client_of(packets.custodian())
    packets.certify(packet)
    assert desk.get(url).status_code == 204


def test_nothing_is_asked_for_once_the_scope_is_taken_back(small):
    packet, who = packets.examined(), packets.custodian()
    review.revise(packet.case_id, actor=packet.ordered_by, reason="Too wide.")
    path = verb_of(packet, "certify_packet")
    sentence = "The scope was taken back or changed after this packet was ordered"
    assert sentence in client_of(who).get(path).content.decode()
    late = client_of(who).post(path, statement(packet, "Carl Custos"))
    assert (late.status_code, sentence in late.content.decode()) == (200, True)
    assert not Declaration.objects.exists()


def test_the_preview_of_broken_exhibits_says_so(small):
    packet = packets.examined()
    exhibit = packet.exhibits.get(number=3)
    (Path(settings.FILES_DIR) / exhibit.path).unlink()
    desk = client_of(packets.custodian())
    sentence = "Exhibit E003 was changed or lost"
    page = desk.get(verb_of(packet, "certify_packet")).content.decode()
    assert sentence in page
    assert sentence in desk.get(page_of(packet, "declaration")).content.decode()


def test_signing_leads_to_the_packet_which_is_sealed_next(small):
    packet, who = packets.examined(), packets.custodian()
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
    packet = packets.examined()
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
