"""What is collected of one target never reaches another's answer."""

import pytest

from cases.enums import ItemDecision
from disclosures.enums import ResponseCode
from tests.disclosures import packets

pytestmark = pytest.mark.django_db

C = ResponseCode


@pytest.mark.feature("C6", part=True)
def test_a_derived_part_never_reads_another_target_s_records(small):
    decided = {("bob", "connections"): packets.choice(ItemDecision.OBJECT, "No.")}
    found = packets.case("alice", "bob", items=packets.ITEMS[1:], decided=decided)
    packet = packets.collected(packets.ordered(found))

    # Alice's events lie there, collected before anything of Bob's is asked for.
    codes = [
        (part, target, code, rows)
        for part, target, code, _, rows in packets.answers(packet)
    ]
    assert codes == [
        ("2a", 1, C.PRODUCED, 2),
        ("item_1", 2, C.OBJECTED, 0),
        ("3a", 1, C.DERIVED, 1),
        ("3b", 1, C.NOT_RETAINED, 0),
        ("3a", 2, C.OUT_OF_SCOPE_AFTER_NARROWING, 0),
        ("3b", 2, C.NOT_RETAINED, 0),
    ]
