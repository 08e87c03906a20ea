"""How items and cases end, read off what a packet answered."""

from datetime import date

import pytest

from cases import closing
from cases.enums import Disposition, ItemDecision
from cases.models import ScopeItem
from disclosures import outcomes
from disclosures.enums import ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

D, C = Disposition, ResponseCode

REFUSED = {
    *(C.OBJECTED, C.WITHHELD_INSUFFICIENT_PROCESS, C.OUT_OF_SCOPE_AFTER_NARROWING),
    C.NOT_NAMED,
}
INCOMPLETE = {C.PRODUCED_PARTIAL, C.PENDING_SUPPLEMENT}
ANSWERED = {C.PRODUCED, C.DERIVED, C.PRODUCED_PUBLIC, C.NARRATIVE_ANSWER}
NOTHING = {
    *(C.NO_RESPONSIVE_RECORDS, C.ACCOUNT_NOT_FOUND, C.NOT_COLLECTED),
    *(C.NOT_RETAINED, C.HELD_BY_THIRD_PARTY),
}


def expected(codes, narrowed):
    """How an item ends, said again in other words."""
    if codes & INCOMPLETE:
        return D.PARTIAL
    if codes & ANSWERED:
        return D.PARTIAL if narrowed or codes & REFUSED else D.FULL
    return D.OBJECTED if codes & REFUSED else D.NO_RECORDS


def test_every_response_code_has_its_place():
    assert set(C) == REFUSED | INCOMPLETE | ANSWERED | NOTHING


@pytest.mark.parametrize("decision", [ItemDecision.PRODUCE, ItemDecision.NARROW])
def test_an_item_ends_as_its_answers_say_for_every_pair_of_codes(decision):
    narrowed = decision == ItemDecision.NARROW
    days = {"first_day": date(2022, 6, 1), "reason": "Why."} if narrowed else {}
    chosen = {("alice", "names"): packets.choice(decision, **days)}
    found = packets.case(items=("names",), decided=chosen)
    packet = packets.collected(packets.ordered(found))
    item = ScopeItem.objects.get().pk
    one, other = packet.exhibits.all()

    found = {}
    for first in C:
        for second in C:
            for exhibit, code in ((one, first), (other, second)):
                Exhibit.objects.filter(pk=exhibit.pk).update(response_code=code)
            found[first, second] = outcomes.of(packet)
    assert found == {
        (first, second): {item: expected({first, second}, narrowed)}
        for first in C
        for second in C
    }


def test_the_outcomes_that_are_easily_confused():
    assert expected({C.PRODUCED, C.NOT_COLLECTED}, narrowed=False) == D.FULL
    assert expected({C.PRODUCED}, narrowed=True) == D.PARTIAL
    assert expected({C.NO_RESPONSIVE_RECORDS}, narrowed=True) == D.NO_RECORDS
    assert expected({C.DERIVED, C.OBJECTED}, narrowed=False) == D.PARTIAL
    assert expected({C.NOT_RETAINED, C.OBJECTED}, narrowed=False) == D.OBJECTED


def test_each_item_and_target_ends_for_itself():
    found = packets.case(
        "alice",
        "nobody",
        items=("names", "connections"),
        decided={("alice", "connections"): packets.choice(ItemDecision.OBJECT, "No.")},
    )
    packet = packets.collected(packets.ordered(found))

    rows = {row.pk: (row.target.number, row.item.number) for row in _rows(found)}
    assert {rows[pk]: outcome for pk, outcome in outcomes.of(packet).items()} == {
        (1, 1): D.FULL,
        (2, 1): D.NO_RECORDS,
        (1, 2): D.OBJECTED,
        (2, 2): D.NO_RECORDS,
    }


def _rows(found):
    return ScopeItem.objects.filter(target__case=found).select_related("target", "item")


def test_an_item_without_an_answer_has_no_outcome():
    packet = packets.collected()
    Exhibit.objects.filter(packet=packet, item__number=1).delete()
    with pytest.raises(PacketBroken, match="has no answer in the packet"):
        outcomes.of(packet)


@pytest.mark.parametrize(
    ("items", "whole"),
    [
        ([], D.WITHDRAWN),
        *(([one], one) for one in (D.FULL, D.PARTIAL, D.NO_RECORDS, D.OBJECTED)),
        *(([one, one], one) for one in (D.FULL, D.PARTIAL, D.NO_RECORDS, D.OBJECTED)),
        ([D.FULL, D.PARTIAL], D.PARTIAL),
        ([D.FULL, D.NO_RECORDS], D.FULL),
        ([D.FULL, D.OBJECTED], D.PARTIAL),
        ([D.PARTIAL, D.NO_RECORDS], D.PARTIAL),
        ([D.PARTIAL, D.OBJECTED], D.PARTIAL),
        ([D.NO_RECORDS, D.OBJECTED], D.OBJECTED),
        ([D.FULL, D.NO_RECORDS, D.OBJECTED], D.PARTIAL),
        ([D.FULL, D.PARTIAL, D.NO_RECORDS, D.OBJECTED], D.PARTIAL),
    ],
)
def test_a_case_ends_as_its_items_did(items, whole):
    assert outcomes.overall(dict(enumerate(items))) == whole
    assert outcomes.overall(dict(enumerate(reversed(items)))) == whole


@pytest.mark.parametrize("status", ["in_review", "refused"])
def test_a_case_without_a_packet_ends_refused_or_withdrawn(status):
    found = make.in_status(status)

    wanted = D.OBJECTED if status == "refused" else D.WITHDRAWN
    pks = [row.pk for row in _rows(found)]
    assert outcomes.unproduced(found) == dict.fromkeys(pks, wanted)
    assert len(pks) == 2


@pytest.mark.feature("R1", part=True)
def test_a_released_case_is_closed_with_its_outcome_per_item():
    packet = packets.sealed_undrawn()
    packets.release(packet)
    per_item = outcomes.of(packet)

    closed = closing.close(
        packet.case_id,
        actor=packets.officer(),
        disposition=outcomes.overall(per_item),
        outcomes=per_item,
        at=make.AT,
    )

    assert (closed.status, closed.disposition) == ("closed", D.FULL)
    assert {row.pk: row.disposition for row in _rows(closed)} == per_item
    assert set(per_item.values()) == {D.FULL}
