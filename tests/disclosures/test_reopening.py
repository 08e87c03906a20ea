"""A data owner's answer that was examined and goes back all the same."""

import pytest

from disclosures import chasing
from tests import factories as make
from tests.disclosures import examining, packets, pulling, redacting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def examined():
    """A packet with an answer of one row, marked and passed, and its exhibit."""
    packet = pulling.awaiting()
    pulling.answer(packet, pulling.owner(), content=pulling.csv(pulling.ROWS[0]))
    packet = packets.collected(packet)
    exhibit = packet.exhibits.get(kind="manual")
    redacting.mark(exhibit, rows="1", column="address")
    packets.examined(packet)
    return packet, exhibit


def test_returned_its_marks_are_lifted_and_its_passing_is_void():
    packet, exhibit = examined()
    chasing.return_answer(
        pulling.order_of(packet).pk,
        actor=make.analyst(),
        reason="The tags are missing.",
    )
    mark, passing = exhibit.marks.get(), exhibit.examinations.get()
    assert mark.lifted_because == "The data owner's answer was returned."
    assert passing.voided_at == mark.lifted_at
    dora = exhibit.pull_order.answers.get().answered_by
    pulling.answer(packet, dora, content=pulling.csv(pulling.ROWS[0]))
    packet = packets.collected(packet)
    assert [one.part_code for one in packet.exhibits.to_examine()] == ["5a"]
    examining.examine(packet, packets.custodian)
    assert packet.exhibits.to_examine().count() == 0
