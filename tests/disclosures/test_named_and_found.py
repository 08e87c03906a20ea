"""Named in the order and found in our data are judged apart, target by target."""

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from cases.enums import Disposition, ItemDecision
from cases.models import ScopeItem
from disclosures import facts, outcomes, planning
from disclosures.enums import PacketStatus, Resolution, ResponseCode
from disclosures.exceptions import CollectionFailed
from disclosures.models import TargetAccount
from disclosures.packet import wording
from tests import factories as make
from tests.disclosures import packets

pytestmark = pytest.mark.django_db

C, R = ResponseCode, Resolution
WHY = "Page 2 strikes it out."
UNNAMED = (
    f"The order does not name this identifier, so nothing was searched for it. {WHY}"
)
NOT_FOUND = (
    "The service has no account under the identifier as served. "
    "Nothing else was searched."
)


def judged(*unnamed):
    """A case of four targets, each in one of the four ways it can be."""
    targets = ("alice", "nobody", "bob", "ghost")
    decided = {
        (name, item): packets.choice(ItemDecision.NOT_NAMED, WHY)
        for name in unnamed
        for item in packets.ITEMS
    }
    return packets.case(*targets, decided=decided)


@pytest.mark.feature("T2")
def test_only_what_is_named_and_found_is_produced(small):
    packet = packets.collected(packets.ordered(judged("bob", "ghost")))

    assert packet.status == PacketStatus.COLLECTED
    assert [
        (one.target.number, one.is_named, one.resolution, one.account_key)
        for one in packet.accounts.select_related("target")
    ] == [
        (1, True, R.FOUND, "acct-alice"),  # valid and present
        (2, True, R.NOT_FOUND, ""),  # valid and absent
        (3, False, R.FOUND, ""),  # present and not named
        (4, False, R.NOT_FOUND, ""),
    ]
    answered = packets.answers(packet)
    parts = ("1a", "1b", "2a", "3a", "3b")
    by_target = {n: [one for one in answered if one[1] == n] for n in (1, 2, 3, 4)}
    assert [(one[0], one[4]) for one in by_target[1]] == [
        *(("1a", 1), ("1b", 0), ("2a", 2), ("3a", 1), ("3b", 0)),
    ]
    assert by_target[2] == [
        (part, 2, C.ACCOUNT_NOT_FOUND, NOT_FOUND, 0) for part in parts
    ]
    for number in (3, 4):
        assert by_target[number] == [
            (f"item_{item}", number, C.NOT_NAMED, UNNAMED, 0) for item in (1, 2, 3)
        ]
    # Files hold the one account's records and nobody else's.
    folder = settings.FILES_DIR / "collected"
    held = b"".join(one.read_bytes() for one in folder.glob("*"))
    assert b"acct-bob" not in held
    ended = outcomes.of(packet)
    scope_items = ScopeItem.objects.filter(target__case=packet.case)
    rows = {row.pk: row.target.number for row in scope_items.select_related("target")}
    assert {(rows[pk], str(one)) for pk, one in ended.items()} == {
        (1, Disposition.FULL.value),
        (2, Disposition.NO_RECORDS.value),
        (3, Disposition.OBJECTED.value),
        (4, Disposition.OBJECTED.value),
    }


@pytest.mark.feature("T2", part=True)
def test_the_packet_answers_each_by_its_own_sentence_and_tells_no_more(small):
    packet = packets.collected(packets.ordered(judged("bob", "ghost")))
    said = facts.packet_facts(packets.certified(packet))

    assert [(one.resolution_label, one.account_key) for one in said.targets] == [
        ("Account found", "acct-alice"),
        ("Account not found", ""),
        # Whether we have the account isn't said of whom the order doesn't name.
        ("Not named", ""),
        ("Not named", ""),
    ]
    explained = dict(wording.legend(said))
    assert explained["NOT_NAMED"] != explained["ACCOUNT_NOT_FOUND"]
    assert "acct-bob" not in repr(said)


@pytest.mark.feature("T2", part=True)
def test_a_match_of_several_doesn_t_wait_for_whom_the_order_doesn_t_name(small):
    decided = {
        (packets.SHARED, item): packets.choice(ItemDecision.NOT_NAMED, WHY)
        for item in packets.ITEMS
    }
    found = packets.case("alice", packets.SHARED, decided=decided)
    packet = packets.collected(packets.ordered(found))

    assert packet.status == PacketStatus.COLLECTED
    row = packet.accounts.get(target__number=2)
    assert (row.resolution, row.candidates.count()) == (R.AMBIGUOUS, 0)


@pytest.mark.feature("T2", part=True)
@pytest.mark.parametrize("column", ["account_key", "account_name"])
def test_the_database_keeps_no_account_of_whom_the_order_doesn_t_name(small, column):
    packet = packets.collected(packets.ordered(judged("bob")))
    row = packet.accounts.get(target__number=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetAccount.objects.filter(pk=row.pk).update(**{column: "acct-bob"})


@pytest.mark.feature("T2", part=True)
def test_a_scope_that_says_both_is_never_planned(small, monkeypatch):
    case = judged("bob")
    monkeypatch.setattr(
        planning.naming,
        "unnamed_in",
        lambda document: frozenset(one["id"] for one in document["targets"]),
    )
    with pytest.raises(CollectionFailed, match="Target 1 isn't named in the order"):
        packets.ordered(case)
    assert not make.fresh(case).packets.exists()
