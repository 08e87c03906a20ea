"""Several accounts for one identifier: nothing is searched until a person chooses."""

import json

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from cases import audit, review
from cases.enums import Profile, Role
from cases.exceptions import CaseError, FourEyesViolation, IllegalTransition
from cases.models import Event
from disclosures import assembly, choosing, facts, workflow
from disclosures.enums import PacketStatus, Resolution, ResponseCode
from disclosures.models import AccountCandidate, Exhibit, Packet, TargetAccount
from disclosures.packet.layout import part
from disclosures.sources import sql
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

R, C = Resolution, ResponseCode
REASON = "The order gives the day the account was made."
NONE_MEANT = (
    "More than one account matches the identifier as served, and none of them is the "
    "one that the request means. Nothing else was searched."
)


def accounts(packet):
    """What became of each identifier, and of what it was chosen from."""
    return [
        (
            one.target.number,
            *(one.resolution, one.account_key, one.account_name),
            [(each.number, each.key, each.name) for each in one.candidates.all()],
        )
        for one in packet.accounts.select_related("target")
    ]


BOTH = [(1, "acct-alice", "alice"), (2, "acct-bob", "bob")]


def everything():
    """What a refusal must leave as it was."""
    models = (Packet, TargetAccount, AccountCandidate, Exhibit, Event)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.feature("T3")
def test_an_ambiguous_match_blocks_collection_until_somebody_has_chosen(small):
    packet = packets.ordered(packets.case("alice", packets.SHARED))
    packet = packets.collected(packet)

    # Nothing was searched, for the one that is clear neither, and nothing goes on.
    assert packet.status == PacketStatus.CHOOSING
    assert accounts(packet) == [
        (1, R.FOUND, "acct-alice", "alice", []),
        (2, R.AMBIGUOUS, "", "", BOTH),
    ]
    assert {one.status for one in packet.exhibits.all()} == {"planned"}
    assert not (settings.FILES_DIR / "collected").exists()
    before = everything()
    assembly.assemble(packet.pk)  # a stray message
    with pytest.raises(IllegalTransition), transaction.atomic():
        packets.certify(packet)
    for step in ("finish_collecting", "start_sealing", "start_collecting"):
        with pytest.raises(IllegalTransition), transaction.atomic():
            workflow.move_packet(packet.pk, step, actor=audit.SYSTEM, at=make.AT)
    assert everything() == before

    chosen_by = make.analyst()
    packets.choose(packet, "bob", by=chosen_by)
    assert packets.fresh(packet).status == PacketStatus.QUEUED
    packet = packets.collected(packet)

    assert packet.status == PacketStatus.COLLECTED
    assert accounts(packet)[1] == (2, R.FOUND, "acct-bob", "bob", BOTH)
    row = packet.accounts.get(target__number=2)
    assert (row.chosen_by, row.chosen_by_name, row.reason) == (
        chosen_by,
        audit.name_of(chosen_by),
        REASON,
    )
    rows = packet.exhibits.filter(part_code="2a").order_by("target__number")
    assert [one.rows for one in rows] == [2, 0]  # Alice's events once, and no more
    assert [one.parameters["account"] for one in rows] == ["acct-alice", "acct-bob"]


def test_the_run_can_t_finish_while_a_choice_is_missing(small):
    packet = packets.collecting(packets.ordered(packets.case(packets.SHARED)))
    TargetAccount.objects.create(
        packet=packet,
        target=packet.case.targets.get(),
        resolution=R.AMBIGUOUS,
        resolved_at=make.AT,
    )
    with pytest.raises(IllegalTransition, match="matches several accounts"):
        workflow.move_packet(
            packet.pk, "finish_collecting", actor=audit.SYSTEM, at=make.AT
        )


@pytest.mark.feature("T3", part=True)
def test_none_of_them_is_an_answer_of_its_own_and_nothing_is_searched(small):
    packet = packets.choosing()
    small.events.unlink()  # what isn't there can't be asked

    packets.choose(packet, None)
    packet = packets.collected(packet)

    assert packet.status == PacketStatus.COLLECTED
    assert accounts(packet) == [(1, R.NOT_FOUND, "", "", BOTH)]
    assert packets.answers(packet) == [
        (code, 1, C.ACCOUNT_NOT_FOUND, NONE_MEANT, 0)
        for code in ("1a", "1b", "2a", "3a", "3b")
    ]


def test_two_targets_wait_for_two_choices(small):
    small.run("INSERT INTO users VALUES ('acct-eve', 'Bob', 'eve@example.org')")
    packet = packets.choosing(packets.ordered(packets.case(packets.SHARED, "bob")))

    packets.choose(packet, "alice")
    assert packets.fresh(packet).status == PacketStatus.CHOOSING
    packets.choose(packet, "Bob")
    assert packets.fresh(packet).status == PacketStatus.QUEUED
    packet = packets.collected(packet)

    assert [one[1:3] for one in accounts(packet)] == [
        (R.FOUND, "acct-alice"),
        (R.FOUND, "acct-eve"),
    ]


@pytest.mark.feature("T3", part=True)
def test_another_order_asks_again(small):
    packet = packets.choosing()
    packets.choose(packet, "bob")
    newer = packets.choosing(packets.ordered(packets.demand(packet.case)))

    assert newer.status == PacketStatus.CHOOSING
    assert accounts(newer) == [(1, R.AMBIGUOUS, "", "", BOTH)]


@pytest.mark.feature("T3", part=True)
def test_the_event_has_ids_and_the_reason_and_never_a_name(small):
    packet = packets.choosing()
    since = Event.objects.latest("pk").pk
    row = packets.choose(packet, "bob")

    chosen, moved = Event.objects.filter(pk__gt=since)
    assert (chosen.kind, json.loads(chosen.data)) == (
        "packet.account.chosen",
        {
            "packet": packet.pk,
            "target": row.target_id,
            "account": row.pk,
            "candidate": row.candidates.get(number=2).pk,
            "reason": REASON,
        },
    )
    assert moved.kind == "packet.status.changed"


@pytest.mark.feature("T3", part=True)
def test_the_packet_says_that_one_was_chosen_and_why_and_names_no_other(small):
    packet = packets.choosing()
    packets.choose(packet, "alice")
    said = facts.packet_facts(packets.certified(packets.collected(packet)))

    (target,) = said.targets
    day = facts.wording.day(facts.today(packet.accounts.get().chosen_at))
    assert (target.account_key, target.choice) == (
        "acct-alice",
        f"2 accounts match the identifier as served. On {day} one of them was found to "
        f"be the account that is meant: {REASON}",
    )
    assert part(said, "provenance")["facts"].choices == ((1, target.choice),)
    assert "acct-bob" not in repr(said)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (lambda: make.person(Role.AUDITOR), PermissionDenied),
        (lambda: make.person(Role.CUSTODIAN), PermissionDenied),
        (lambda: make.person(Role.ANALYST, at_the_desk=False), PermissionDenied),
        (lambda: make.person(is_superuser=True), PermissionDenied),
    ],
)
def test_only_who_may_order_chooses(who, error):
    packet, by = packets.choosing(), who()
    before = everything()
    with pytest.raises(error), transaction.atomic():
        packets.choose(packet, "alice", by=by)
    assert everything() == before


def test_who_approved_the_scope_doesn_t_choose():
    both = make.person(Role.ANALYST, Role.COUNSEL)
    found, analyst = packets.case(packets.SHARED), make.analyst()
    review.revise(found.pk, actor=analyst, reason="Once more.", at=make.AT)
    review.submit(found.pk, actor=analyst, at=make.AT)
    make.sign(found, by=both)
    packet = packets.choosing(packets.ordered(make.fresh(found)))
    before = everything()
    with pytest.raises(FourEyesViolation), transaction.atomic():
        packets.choose(packet, "alice", by=both)
    assert everything() == before


def test_who_chose_collected_and_doesn_t_certify():
    packets.profile(Profile.STANDARD)
    both = make.person(Role.ANALYST, Role.CUSTODIAN)
    packet = packets.choosing()
    packets.choose(packet, "alice", by=both)
    packet = packets.collected(packet)
    with pytest.raises(FourEyesViolation), transaction.atomic():
        packets.certify(packet, by=both)


@pytest.mark.parametrize("reason", ["", "  \n", "a\0b"])
def test_a_choice_has_a_reason(reason):
    packet, by = packets.choosing(), make.analyst()
    row = packet.accounts.get()
    before = everything()
    with pytest.raises(ValidationError), transaction.atomic():
        choosing.choose(
            row.pk,
            actor=by,
            candidate_id=row.candidates.get(number=1).pk,
            reason=reason,
        )
    assert everything() == before


def test_another_packet_s_account_can_t_be_chosen():
    packet, other, by = packets.choosing(), packets.choosing(), make.analyst()
    foreign = other.accounts.get().candidates.get(number=1)
    before = everything()
    with pytest.raises(ValidationError), transaction.atomic():
        choosing.choose(
            packet.accounts.get().pk,
            actor=by,
            candidate_id=foreign.pk,
            reason="So.",
        )
    assert everything() == before


def test_what_is_chosen_stays():
    packet, by = packets.choosing(), make.analyst()
    row = packets.choose(packet, "alice", by=by)
    before = everything()
    with pytest.raises(IllegalTransition), transaction.atomic():
        choosing.choose(row.pk, actor=by, candidate_id=None, reason="No.")
    assert everything() == before


def test_nothing_is_chosen_for_a_scope_that_was_taken_back():
    packet, by = packets.choosing(), make.analyst()
    review.revise(packet.case_id, actor=by, reason="Once more.", at=make.AT)
    before = everything()
    with pytest.raises(CaseError), transaction.atomic():
        packets.choose(packet, "alice", by=by)
    assert everything() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"chosen_by_name": ""},
        {"chosen_at": None},
        {"resolution": R.AMBIGUOUS, "account_key": ""},
    ],
)
def test_the_database_keeps_no_half_choice(wrong):
    row = packets.choose(packets.choosing(), "alice")
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetAccount.objects.filter(pk=row.pk).update(**wrong)


def test_what_matches_lies_sealed():
    packets.choosing()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM disclosures_accountcandidate")
        stored = repr(cursor.fetchall())
    assert "alice" not in stored
    assert "bob" not in stored


def test_more_accounts_than_anybody_could_choose_from_fail(small, monkeypatch):
    monkeypatch.setattr(sql, "_MOST_ACCOUNTS", 1)
    packet = packets.collected(packets.ordered(packets.case(packets.SHARED)))

    assert (packet.status, packet.failure) == (
        PacketStatus.FAILED,
        "Looking for the account of target 1: The query that resolves accounts finds "
        "more than 1 accounts for one identifier.",
    )
    assert accounts(packet) == []


def test_an_account_without_a_key_fails_and_one_without_a_name_is_found(small):
    small.run("INSERT INTO users VALUES (NULL, 'ghost', 'g@example.org')")
    small.run("INSERT INTO users VALUES ('acct-none', NULL, 'n@example.org')")
    ghost = packets.collected(packets.ordered(packets.case("g@example.org")))
    nameless = packets.collected(packets.ordered(packets.case("n@example.org")))

    assert (ghost.status, ghost.failure) == (
        PacketStatus.FAILED,
        "Looking for the account of target 1: The query that resolves accounts gives "
        "an account without a key.",
    )
    assert accounts(nameless) == [(1, R.FOUND, "acct-none", "", [])]
