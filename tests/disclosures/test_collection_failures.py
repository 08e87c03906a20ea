"""Collection that fails, is tried again, resumed or overtaken."""

import csv
import io
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from cases import audit, queue, review
from cases.exceptions import ClaimLost, IllegalTransition
from disclosures import assembly, collection, facts, planning, workflow
from disclosures.enums import ExhibitStatus, PacketStatus, ResponseCode
from disclosures.models import Packet, TargetAccount
from disclosures.sources.base import Limits
from tests import factories as make
from tests.disclosures import packets, stored

pytestmark = pytest.mark.django_db

C = ResponseCode
NOT_FOUND = (
    "The service has no account under the identifier as served. "
    "Nothing else was searched."
)


def read(exhibit):
    """The rows of an exhibit's file, header first."""
    text = stored.plain(exhibit).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def by_part(packet, target=1):
    """A packet's exhibits of one target, by part."""
    rows = packet.exhibits.filter(target__number=target)
    return {one.part_code: one for one in rows}


def files():
    """The collected files there are."""
    folder = settings.FILES_DIR / "collected"
    return sorted(f"collected/{path.name}" for path in folder.glob("*"))


def claimed(packet):
    """A worker's claim on the packet."""
    return queue.claim(
        Packet.objects.workable(), packet.pk, at=timezone.now(), seconds=60
    )


# ------------------------------------------------------------------------- failures


def test_a_query_that_fails_names_its_part_and_keeps_what_was_collected(small):
    packet = packets.ordered(packets.case("alice", "bob"))
    small.run("ALTER TABLE events RENAME TO elsewhere")

    packet = packets.collected(packet)

    sentence = (
        "Part 2a: “Event store” refused the query: the database can't read its SQL, "
        "or lacks a table or column (code SQLITE_ERROR)."
    )
    assert (packet.status, packet.failed_part, packet.failure) == (
        PacketStatus.FAILED,
        "E005: Account events (target 1)",
        sentence,
    )
    assert [(one.label, one.status, one.failure) for one in packet.exhibits.all()] == [
        ("E001", ExhibitStatus.COLLECTED, ""),
        ("E002", ExhibitStatus.COLLECTED, ""),
        ("E003", ExhibitStatus.PLANNED, ""),
        ("E004", ExhibitStatus.PLANNED, ""),
        ("E005", ExhibitStatus.FAILED, sentence),
        *((f"E{n:03d}", ExhibitStatus.PLANNED, "") for n in range(6, 11)),
    ]
    assert files() == [packet.exhibits.get(number=1).path]
    assert packet.lease_until is None


def test_a_query_that_takes_too_long_is_broken_off_and_says_so(small, monkeypatch):
    monkeypatch.setattr(
        "disclosures.sources.run.Limits", lambda: Limits(statement_seconds=0.2)
    )
    forever = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT 'k' || i AS key, i AS id, i AS time, '' AS address, '' AS kind FROM n"
    )
    packet = packets.ordered(packets.case())
    small.run("DROP TABLE events")
    small.run(f"CREATE VIEW events AS {forever}")

    packet = packets.collected(packet)

    assert (packet.status, packet.failed_part, packet.failure) == (
        PacketStatus.FAILED,
        "E003: Account events (target 1)",
        "Part 2a: “Event store” took longer than 0.2 seconds.",
    )
    assert files() == [packet.exhibits.get(number=1).path]


@pytest.mark.feature("C3", part=True)
def test_resuming_goes_on_from_the_failed_exhibit_and_keeps_the_rest(small):
    packet = packets.ordered(packets.case("alice", "bob"))
    small.run("ALTER TABLE events RENAME TO elsewhere")
    packet = packets.collected(packet)
    kept = list(packet.exhibits.filter(status=ExhibitStatus.COLLECTED).values())
    before = {path: (settings.FILES_DIR / path).read_bytes() for path in files()}
    small.run("ALTER TABLE elsewhere RENAME TO events")
    # What is there already isn't asked for again.
    small.run("UPDATE users SET name = 'renamed' WHERE name = 'alice'")

    resumed = assembly.resume(packet.pk, actor=make.analyst())
    assert (resumed.status, resumed.failure, resumed.failed_part, resumed.attempts) == (
        *(PacketStatus.QUEUED, "", ""),
        0,
    )
    packet = packets.collected(packet)

    assert packet.status == PacketStatus.COLLECTED
    assert list(packet.exhibits.filter(number__in=[1, 2]).values()) == kept
    for path, data in before.items():
        assert (settings.FILES_DIR / path).read_bytes() == data
    assert {one.status for one in packet.exhibits.all()} == {ExhibitStatus.COLLECTED}
    assert {one.failure for one in packet.exhibits.all()} == {""}
    assert [one.rows for one in packet.exhibits.filter(part_code="2a")] == [2, 0]


@pytest.mark.feature("C3", part=True)
def test_a_source_that_is_down_is_tried_again_by_the_row_and_then_given_up(
    small, settings
):
    packet = packets.ordered(packets.case())
    settings.SOURCE_URLS = small.urls | {"events": "postgresql://u:p@127.0.0.1:1/x"}
    at = timezone.now()
    sentence = "The source “Event store” can't be reached."

    waits = []
    for attempt in (1, 2, 3):
        assembly.assemble(packet.pk, at=at)
        packet = packets.fresh(packet)
        assert (packet.status, packet.attempts) == (PacketStatus.COLLECTING, attempt)
        assert [(one.status, one.failure) for one in packet.exhibits.all()] == [
            (ExhibitStatus.COLLECTED, ""),
            (ExhibitStatus.COLLECTED, ""),
            (ExhibitStatus.PLANNED, sentence),
            (ExhibitStatus.PLANNED, ""),
            (ExhibitStatus.PLANNED, ""),
        ]
        waits.append(round((packet.lease_until - timezone.now()).total_seconds()))
        # A message that comes before its time finds nothing to do.
        assembly.assemble(packet.pk, at=packet.lease_until - timedelta(seconds=1))
        assert packets.fresh(packet).attempts == attempt
        at = packet.lease_until
    assert waits == [5, 30, 120]

    assembly.assemble(packet.pk, at=at)
    packet = packets.fresh(packet)
    assert (packet.status, packet.failed_part, packet.failure) == (
        PacketStatus.FAILED,
        "E003: Account events (target 1)",
        sentence,
    )

    # It comes back: the packet goes on from there, with a fresh count of attempts.
    settings.SOURCE_URLS = small.urls
    assembly.resume(packet.pk, actor=make.analyst())
    assert packets.collected(packet).status == PacketStatus.COLLECTED


def test_a_source_that_is_down_from_the_start_is_named_by_target(small, settings):
    packet = packets.ordered(packets.case())
    settings.SOURCE_URLS = {"service": "postgresql://u:p@127.0.0.1:1/x"}
    Packet.objects.update(attempts=3)

    packet = packets.collected(packet)

    assert (packet.status, packet.failed_part, packet.failure) == (
        *(PacketStatus.FAILED, ""),
        "Looking for the account of target 1: The source “Service database” can't be "
        "reached.",
    )


def test_a_source_that_comes_back_leaves_no_trace_of_having_been_away(small, settings):
    packet = packets.ordered(packets.case())
    settings.SOURCE_URLS = small.urls | {"events": "postgresql://u:p@127.0.0.1:1/x"}
    assembly.assemble(packet.pk)
    settings.SOURCE_URLS = small.urls

    assembly.assemble(packet.pk, at=packets.fresh(packet).lease_until)

    packet = packets.fresh(packet)
    assert (packet.status, packet.attempts, packet.lease_until) == (
        *(PacketStatus.COLLECTED, 0),
        None,
    )
    assert {one.failure for one in packet.exhibits.all()} == {""}


def test_an_address_that_isn_t_set_is_no_matter_of_trying_again(small, settings):
    packet = packets.ordered(packets.case())
    settings.SOURCE_URLS = {}

    packet = packets.collected(packet)

    assert (packet.status, packet.failure) == (
        PacketStatus.FAILED,
        "Looking for the account of target 1: No address is set for the source "
        "“Service database”: set CANDOR_SOURCE_SERVICE_URL.",
    )


# --------------------------------------------------------------- the claim, the scope


def test_a_worker_whose_claim_is_lost_writes_nothing_more(small):
    packet = packets.ordered(packets.case())
    held = claimed(packet)
    workflow.move_packet(
        packet.pk, "start_collecting", actor=audit.SYSTEM, at=timezone.now()
    )
    Packet.objects.update(token=held.token + 1)

    with pytest.raises(ClaimLost):
        collection.run(packets.fresh(packet), held)

    assert not TargetAccount.objects.exists()
    assert {one.status for one in packet.exhibits.all()} == {ExhibitStatus.PLANNED}


def test_neither_answer_nor_failure_of_a_lost_claim_is_written(small, settings):
    packet = packets.ordered(packets.case(items=("names", "connections")))
    small.run("DROP TABLE events")
    held, the_map = claimed(packet), facts.data_map(packet)
    signed = planning.Signed(packet, the_map)
    with collection.Run(the_map, settings.SOURCE_URLS) as sources:
        found = collection._resolve_targets(packet, sources, held)
        Packet.objects.update(token=held.token + 1)
        for one in packet.exhibits.all():
            with pytest.raises(ClaimLost):
                collection._collect(one, found[one.target_id], signed, sources, held)

    assert [(one.status, one.failure, one.path) for one in packet.exhibits.all()] == [
        (ExhibitStatus.PLANNED, "", "")
    ] * 3


@pytest.mark.feature("R3", part=True)
def test_a_scope_that_changes_during_the_run_stops_it_before_the_next_part(small):
    found = packets.case("alice", "bob")
    packet = packets.ordered(found)
    held = claimed(packet)
    workflow.move_packet(
        packet.pk, "start_collecting", actor=audit.SYSTEM, at=timezone.now()
    )
    the_map = facts.data_map(packet)
    signed = planning.Signed(packet, the_map)
    first, *_ = collection.outstanding(packet, the_map)
    with collection.Run(the_map, settings.SOURCE_URLS) as sources:
        resolved = collection._resolve_targets(packet, sources, held)
        collection._collect(first, resolved[first.target_id], signed, sources, held)
    review.revise(found.pk, actor=make.analyst(), reason="A mistake.", at=make.AT)

    with pytest.raises(IllegalTransition, match="scope changed after this packet"):
        collection.run(packets.fresh(packet), held)

    assert [one.status for one in packet.exhibits.all()].count(
        ExhibitStatus.COLLECTED
    ) == 1
    assert files() == [packet.exhibits.get(pk=first.pk).path]


def test_a_packet_that_was_replaced_during_the_run_is_left_as_it_is(small):
    found = packets.case()
    packet = packets.ordered(found)
    held = claimed(packet)
    packets.ordered(packets.demand(found))

    with pytest.raises(IllegalTransition, match="packet 1 was replaced by a newer one"):
        collection.run(packets.fresh(packet), held)
    assert files() == []

    assembly._fail(packet.pk, held, "Whatever.")
    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (PacketStatus.SUPERSEDED, "")


def test_a_run_is_one_read_only_look_at_the_service(small):
    before = small.main.read_bytes(), small.events.read_bytes()

    packets.collected(packets.ordered(packets.case("alice", "bob")))

    assert (small.main.read_bytes(), small.events.read_bytes()) == before
    with closing(sqlite3.connect(small.events)) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (3,)


def test_what_is_left_is_ordered_as_it_is_pulled_and_named_by_number_only(small):
    packet = packets.ordered(packets.case("alice", "bob"))
    left = collection.outstanding(packet, facts.data_map(packet))

    assert [collection.part_name(one) for one in left] == [
        "E001: Account names (target 1)",
        "E002: Postal addresses (target 1)",
        "E005: Account events (target 1)",
        "E007: Log-ins (target 1)",
        "E008: Durations (target 1)",
        "E003: Account names (target 2)",
        "E004: Postal addresses (target 2)",
        "E006: Account events (target 2)",
        "E009: Log-ins (target 2)",
        "E010: Durations (target 2)",
    ]
