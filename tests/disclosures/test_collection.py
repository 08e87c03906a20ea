"""Collection over the small service: what is asked, what is written, what is kept."""

import csv
import hashlib
import sqlite3
import stat
from contextlib import closing
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from cases import audit, queue, review
from cases.enums import ItemDecision
from cases.exceptions import ClaimLost, IllegalTransition
from cases.models import Target
from disclosures import assembly, collection, facts, workflow
from disclosures.enums import ExhibitStatus, PacketStatus, Resolution, ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit, Packet, TargetAccount
from disclosures.sources.base import Limits
from tests import factories as make
from tests.disclosures import packets

pytestmark = pytest.mark.django_db

C = ResponseCode
NOT_FOUND = (
    "The service has no account under the identifier as served. "
    "Nothing else was searched."
)


def read(exhibit):
    """The rows of an exhibit's file, header first."""
    path = settings.FILES_DIR / exhibit.path
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


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


# --------------------------------------------------------------------- what it writes


@pytest.mark.feature("D5", part=True)
def test_each_kind_of_answer_is_written_with_its_code_words_and_rows(small):
    packet = packets.collected(packets.ordered(packets.case("alice", "bob")))

    assert (packet.status, packet.failure) == (PacketStatus.COLLECTED, "")
    assert packets.answers(packet) == [
        ("1a", 1, C.PRODUCED, "Names never change.", 1),
        ("1b", 1, C.NOT_COLLECTED, "No postal address is collected.", 0),
        ("1a", 2, C.PRODUCED, "Names never change.", 1),
        ("1b", 2, C.NOT_COLLECTED, "No postal address is collected.", 0),
        ("2a", 1, C.PRODUCED, "", 2),
        ("2a", 2, C.NO_RESPONSIVE_RECORDS, "Searched: no event in the period.", 0),
        ("3a", 1, C.DERIVED, "The log-ins of part 2a.", 1),
        ("3b", 1, C.NOT_RETAINED, "Durations are not retained.", 0),
        (
            *("3a", 2, C.NO_RESPONSIVE_RECORDS),
            *("Searched: part 2a holds no log-in in the period.", 0),
        ),
        ("3b", 2, C.NOT_RETAINED, "Durations are not retained.", 0),
    ]


def test_windows_are_honoured_to_the_instant_in_the_papers_zone(small):
    # One instant before New York's midnight, and the midnight after the last day.
    small.run(
        "INSERT INTO events VALUES"
        " ('acct-alice', 'e0', '2022-01-01 04:59:59.999999', '192.0.2.9', 'login'),"
        " ('acct-alice', 'e4', '2023-03-01 04:59:59.999999', '192.0.2.9', 'login')"
    )
    exhibits = by_part(packets.collected(packets.ordered(packets.case())))

    assert read(exhibits["2a"]) == [
        ["id", "time", "address", "kind"],
        ["e1", "2022-01-01T05:00:00+00:00", "192.0.2.1", "login"],
        ["e2", "2022-06-01T12:00:00+00:00", "192.0.2.2", "upload"],
        ["e4", "2023-03-01T04:59:59.999999+00:00", "192.0.2.9", "login"],
    ]
    assert [row[2] for row in read(exhibits["3a"])] == ["id", "e1", "e4"]


@pytest.mark.feature("C4", part=True)
def test_each_file_is_hashed_and_says_where_it_came_from(small):
    began = timezone.now()
    packet = packets.collected(packets.ordered(packets.case()))
    exhibits = by_part(packet)

    for one in (exhibits["1a"], exhibits["2a"], exhibits["3a"]):
        data = (settings.FILES_DIR / one.path).read_bytes()
        assert one.sha256 == hashlib.sha256(data).hexdigest()
        assert one.sha512 == hashlib.sha512(data).hexdigest()
        assert (one.size, one.rows) == (len(data), data.count(b"\r\n") - 1)
        assert began <= one.started_at <= one.finished_at <= timezone.now()
        assert facts.stored(one) == settings.FILES_DIR / one.path
        mode = stat.S_IMODE((settings.FILES_DIR / one.path).stat().st_mode)
        assert mode == 0o600
    assert {code: one.path for code, one in exhibits.items() if not one.path} == {
        "1b": "",
        "3b": "",
    }
    provenance = {
        code: (one.source_title, one.query, one.parameters)
        for code, one in exhibits.items()
    }
    window = {
        "since": "2022-01-01T05:00:00+00:00",
        "until": "2023-03-01T05:00:00+00:00",
    }
    assert provenance == {
        "1a": (
            "Service database",
            "SELECT users.key, users.name FROM users WHERE users.key = :account",
            {"account": "acct-alice"},
        ),
        "1b": ("", "", {}),
        "2a": (
            "Event store",
            "SELECT events.id, events.time, events.address, events.kind FROM events"
            " WHERE events.key = :account",
            {"account": "acct-alice"} | window,
        ),
        "3a": (
            "Exhibits of parts 2a",
            "SELECT part_2a.time, part_2a.address, part_2a.id FROM part_2a"
            " WHERE part_2a.kind = 'login'",
            {"part_2a": "exhibit of part 2a"} | window,
        ),
        "3b": ("", "", {}),
    }


def test_names_of_files_say_nothing_of_anybody(small):
    packet = packets.collected(packets.ordered(packets.case("ALICE", "bob")))

    paths = [one.path for one in packet.exhibits.all() if one.path]
    assert sorted(paths) == files()
    for path in paths:
        assert path.startswith(f"collected/{packet.pk}-1-")
        assert not any(word in path.casefold() for word in ("alice", "bob", "acct"))
    assert [one.file_name for one in packet.exhibits.all()][:2] == [
        "E001_t1_1a.csv",
        "E002_t1_1b.csv",
    ]


def test_a_file_that_was_changed_or_lost_is_named_on_the_next_reading(small):
    exhibits = by_part(packets.collected(packets.ordered(packets.case())))
    one = exhibits["2a"]
    path = settings.FILES_DIR / one.path
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)

    words = "Exhibit E003 was changed or lost after it was collected."
    with pytest.raises(PacketBroken, match=words):
        facts.stored(one)
    path.unlink()
    with pytest.raises(PacketBroken, match=words):
        facts.stored(one)
    assert facts.stored(exhibits["1b"]) is None


@pytest.mark.feature("C4", part=True)
def test_an_input_that_was_changed_stops_the_run(small):
    packet = packets.ordered(packets.case())
    small.run("ALTER TABLE events RENAME TO elsewhere")  # 2a fails, 1a is there
    packets.collected(packet)
    small.run("ALTER TABLE elsewhere RENAME TO events")
    assembly.resume(packet.pk, actor=make.analyst())
    one = by_part(packet)["1a"]
    assert one.status == ExhibitStatus.COLLECTED
    Exhibit.objects.filter(pk=one.pk).update(part_code="2a", part_title="Swapped")
    Exhibit.objects.filter(packet=packet, number=3).update(part_code="1a")
    (settings.FILES_DIR / one.path).write_bytes(b"forged")

    assembly.assemble(packet.pk)

    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (
        PacketStatus.FAILED,
        "Exhibit E001 was changed or lost after it was collected.",
    )


# ----------------------------------------------------------------------- who it finds


def test_account_not_found_is_said_of_every_part_and_nothing_else_is_searched(small):
    found = packets.case(
        "nobody",
        items=(*packets.ITEMS, "messages"),
        decided={
            ("nobody", "messages"): packets.choice(ItemDecision.OBJECT, "A warrant.")
        },
    )
    packet = packets.ordered(found)
    # Proof that none of it is asked for: it isn't there.
    small.events.unlink()
    small.run("ALTER TABLE users RENAME COLUMN email TO mail")

    packet = packets.collected(packet)

    assert packet.status == PacketStatus.COLLECTED
    assert packets.answers(packet) == [
        *((code, 1, C.ACCOUNT_NOT_FOUND, NOT_FOUND, 0) for code in _PARTS),
        (
            *("item_4", 1, C.WITHHELD_INSUFFICIENT_PROCESS),
            "A warrant. The instrument doesn't compel this class of data"
            " (18 U.S.C. 2703(a), (b)).",
            0,
        ),
    ]
    assert files() == []
    assert accounts(packet) == [(1, Resolution.NOT_FOUND, "", "")]


_PARTS = ("1a", "1b", "2a", "3a", "3b")


def accounts(packet):
    """What became of each identifier."""
    return [
        (one.target.number, one.resolution, one.account_key, one.account_name)
        for one in TargetAccount.objects.filter(packet=packet)
    ]


def test_other_capitals_lead_to_the_account_under_its_own_name(small):
    packet = packets.collected(
        packets.ordered(packets.case("ALICE", "al_ce", "alice "))
    )

    assert accounts(packet) == [
        (1, Resolution.FOUND, "acct-alice", "alice"),
        (2, Resolution.NOT_FOUND, "", ""),
        (3, Resolution.NOT_FOUND, "", ""),
    ]


def test_several_accounts_stop_the_run_with_a_sentence_and_pull_nothing(small):
    packet = packets.collected(packets.ordered(packets.case("alice", packets.SHARED)))

    assert (packet.status, packet.failed_part, packet.failure) == (
        PacketStatus.FAILED,
        "",
        "Target 2 matches 2 accounts; a person has to choose which one the paper "
        "means.",
    )
    assert accounts(packet) == [(1, Resolution.FOUND, "acct-alice", "alice")]
    assert {one.status for one in packet.exhibits.all()} == {ExhibitStatus.PLANNED}
    assert files() == []


def test_a_kind_that_the_map_can_t_resolve_stops_the_run_by_target(small):
    text = packets.MAP.replace("[resolve.email]", "[resolve.account_id]")
    packet = packets.ordered(packets.case("x@example.org", text=text))

    packet = packets.collected(packet)

    assert (packet.status, packet.failure) == (
        PacketStatus.FAILED,
        "Looking for the account of target 1: The data map can't resolve identifiers "
        "of kind “E-mail address”.",
    )


def test_the_frozen_identifier_is_looked_for_and_not_the_live_one(small):
    packet = packets.ordered(packets.case("alice"))
    held = claimed(packet)
    Target.objects.update(identifier="bob")

    with pytest.raises(IllegalTransition, match="scope changed after this packet"):
        collection.run(packets.fresh(packet), held)

    # Who it is was read from the frozen scope; nothing was read about them.
    assert accounts(packet) == [(1, Resolution.FOUND, "acct-alice", "alice")]
    assert files() == []


# ----------------------------------------------------------------- derived, unsigned


@pytest.mark.feature("C6", part=True)
def test_a_derived_part_without_its_input_in_the_scope_pulls_nothing(small):
    found = packets.case("alice", items=("sessions",))
    packet = packets.ordered(found)
    small.events.unlink()

    packet = packets.collected(packet)

    unsigned = (
        "This answer is derived from part 2a (item “Connections”), which the scope as "
        "approved doesn't give. It was therefore not searched, and this answer can't "
        "be given."
    )
    assert packets.answers(packet) == [
        ("3a", 1, C.OBJECTED, unsigned, 0),
        ("3b", 1, C.NOT_RETAINED, "Durations are not retained.", 0),
    ]
    assert files() == []


@pytest.mark.feature("C6", part=True)
def test_a_derived_part_whose_input_is_objected_to_pulls_nothing(small):
    decided = {("alice", "connections"): packets.choice(ItemDecision.OBJECT, "No.")}
    found = packets.case("alice", "bob", items=packets.ITEMS[1:], decided=decided)
    packet = packets.collected(packets.ordered(found))

    codes = [
        (part, target, code) for part, target, code, _, _ in packets.answers(packet)
    ]
    assert codes == [
        ("item_1", 1, C.OBJECTED),
        ("2a", 2, C.NO_RESPONSIVE_RECORDS),
        ("3a", 1, C.OBJECTED),
        ("3b", 1, C.NOT_RETAINED),
        ("3a", 2, C.NO_RESPONSIVE_RECORDS),
        ("3b", 2, C.NOT_RETAINED),
    ]


@pytest.mark.feature("C6", part=True)
def test_a_derived_part_reaches_no_further_than_its_narrowed_input(small):
    decided = {
        ("alice", "connections"): packets.choice(
            ItemDecision.NARROW, "Too wide.", first_day=date(2022, 5, 1)
        )
    }
    packet = packets.collected(packets.ordered(packets.case(decided=decided)))

    exhibits = by_part(packet)
    assert [row[0] for row in read(exhibits["2a"])] == ["id", "e2"]
    one = exhibits["3a"]
    assert (one.response_code, one.rows, one.statement) == (
        C.NO_RESPONSIVE_RECORDS,
        0,
        "Searched: part 2a holds no log-in in the period. Part 2a, which part 3a is "
        "derived from, covers a shorter period: this answer reaches no further.",
    )


def test_a_derived_part_is_cut_to_its_own_window(small):
    decided = {
        ("alice", "sessions"): packets.choice(
            ItemDecision.NARROW, "Too wide.", first_day=date(2022, 5, 1)
        )
    }
    packet = packets.collected(packets.ordered(packets.case(decided=decided)))

    exhibits = by_part(packet)
    assert (exhibits["2a"].rows, exhibits["3a"].rows) == (2, 0)
    assert exhibits["3a"].statement == (
        "Searched: part 2a holds no log-in in the period."
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

    assert accounts(packet) == []
    assert {one.status for one in packet.exhibits.all()} == {ExhibitStatus.PLANNED}


def test_neither_answer_nor_failure_of_a_lost_claim_is_written(small, settings):
    packet = packets.ordered(packets.case(items=("names", "connections")))
    small.run("DROP TABLE events")
    held, the_map = claimed(packet), facts.data_map(packet)
    with collection.Run(the_map, settings.SOURCE_URLS) as sources:
        found = collection._resolve_targets(packet, sources, held)
        Packet.objects.update(token=held.token + 1)
        for one in packet.exhibits.all():
            with pytest.raises(ClaimLost):
                collection._collect(one, found[one.target_id], the_map, sources, held)

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
    first, *_ = collection.outstanding(packet, the_map)
    with collection.Run(the_map, settings.SOURCE_URLS) as sources:
        resolved = collection._resolve_targets(packet, sources, held)
        collection._collect(first, resolved[first.target_id], the_map, sources, held)
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
