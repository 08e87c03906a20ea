"""Asked, narrowed and produced: three sets of one shape, and who reads them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import override

from cases import scope
from cases.enums import ItemDecision
from disclosures import facts, outcomes, produced, production
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit, ProducedScope
from disclosures.packet import wording
from tests.disclosures import packets
from tests.disclosures.packet.reading import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

DECIDED = {
    ("alice", "names"): packets.choice(
        ItemDecision.OBJECT, "Not these.", ground="overbroad"
    ),
    ("alice", "connections"): packets.choice(
        ItemDecision.NARROW, "The offence.", first_day=date(2022, 6, 1)
    ),
}


def short(extent):
    return [(one.item, one.target, one.outcome, one.codes) for one in extent]


@pytest.mark.feature("R5", part=True)
def test_the_letter_and_the_counts_read_the_same_three_sets():
    found = packets.case("alice", "bob", decided=DECIDED)
    packet = packets.sealed_undrawn(
        packets.certified(packets.collected(packets.ordered(found)))
    )
    said = facts.packet_facts(packet)
    assert said.asked == scope.asked(found)
    assert said.produced == produced.produced(packet)
    assert short(said.produced)[0] == (1, 1, "objected", ("OBJECTED",))
    assert said.narrowing == (
        "Item 1, target 1: objected to. Ground: overbroad. Reason: Not these.",
        "Item 2, target 1: dates narrowed to 1 June 2022 to 28 February 2023 (was: "
        "1 January 2022 to 28 February 2023). Reason: The offence.",
    )
    ended = [one.outcome for one in said.produced]
    assert wording.tally(said).startswith("Of 6 answers asked for, one for each item")
    assert f"{ended.count('objected')} is objected to" in wording.tally(said)
    assert sorted(outcomes.of(packet).values()) == sorted(ended)

    packets.release(packet)
    row = ProducedScope.objects.get()
    assert row.packet == packet
    assert row.digest == scope.digest_of(row.document)
    assert produced.produced(packet) == said.produced


@pytest.mark.feature("R5", part=True)
def test_the_drawn_letter_says_what_was_narrowed_and_on_which_ground():
    # Drawn for real: the child that draws has no Django to translate anything with.
    found = packets.case("alice", decided=DECIDED)
    with override("fr"):
        packet = packets.collected(packets.ordered(found))
        packet = packets.sealed(packets.certified(packet))
    shown = " ".join("".join(pages(production.folder(packet) / "packet.pdf")).split())
    assert "objected to. Ground: overbroad. Reason: Not these." in shown


@pytest.mark.feature("R5", part=True)
def test_what_was_produced_is_frozen_at_the_hand_over():
    packet = packets.released()
    before = produced.produced(packet)
    assert {one.outcome for one in before} <= {"full", "partial", "no_records"}
    Exhibit.objects.update(response_code="OBJECTED")
    assert produced.produced(packet) == before
    assert packets.fresh(packet).produced.frozen_at == packet.delivery.recorded_at


def test_a_changed_text_is_not_believed():
    packet = packets.released()
    row = ProducedScope.objects.get()
    ProducedScope.objects.update(document=row.document.replace("1", "2", 1))
    with pytest.raises(PacketBroken) as caught:
        produced.produced(packet)
    assert str(caught.value) == "What was produced was changed after it was frozen."


def test_a_refused_hand_over_freezes_nothing():
    packet = packets.sealed_undrawn()
    with pytest.raises(ValidationError), transaction.atomic():
        packets.release(packet, in_hand_sha256="0" * 64)
    assert not ProducedScope.objects.exists()
