"""Collection over the small service: what is asked, what is written, what is kept."""

import csv
import hashlib
import io
import stat
from datetime import date

import pytest
from django.conf import settings
from django.utils import timezone

from cases import queue
from cases.enums import ItemDecision
from cases.exceptions import IllegalTransition
from cases.models import Target
from disclosures import collection, kept
from disclosures.enums import PacketStatus, Resolution, ResponseCode
from disclosures.exceptions import CollectionFailed, PacketBroken
from disclosures.models import Packet, TargetAccount
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


# --------------------------------------------------------------------- what it writes


@pytest.mark.feature("C4", part=True)
def test_values_that_don_t_fit_their_column_are_counted_and_kept_as_they_are(small):
    small.run(
        "INSERT INTO events VALUES"
        " ('acct-alice', x'00ff', '2022-07-01 00:00:00', x'c0', 'login')"
    )
    exhibits = by_part(packets.collected(packets.ordered(packets.case())))

    assert read(exhibits["2a"])[3] == [
        *("\\x00ff", "2022-07-01T00:00:00+00:00", "\\xc0", "login")
    ]
    odd = {code: one.odd_cells for code, one in exhibits.items()}
    assert odd == {"1a": 0, "1b": 0, "2a": 2, "3a": 0, "3b": 0}


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
        data = stored.plain(one)
        assert one.sha256 == hashlib.sha256(data).hexdigest()
        assert one.sha512 == hashlib.sha512(data).hexdigest()
        assert (one.size, one.rows) == (len(data), data.count(b"\r\n") - 1)
        assert began <= one.started_at <= one.finished_at <= timezone.now()
        mode = stat.S_IMODE(stored.path(one).stat().st_mode)
        assert mode == 0o600
    assert {code: one.path for code, one in exhibits.items() if not one.path} == {
        "1b": "",
        "3b": "",
    }
    assert {code: one.read_as for code, one in exhibits.items()} == {
        "1a": "the file, opened to read only",
        "1b": "",
        "2a": "the file, opened to read only",
        "3a": "files, opened to read only",
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
    stored.flip(stored.path(one))

    words = "Exhibit E003 was changed or lost after it was collected."
    with pytest.raises(PacketBroken, match=words):
        kept.read(one)
    stored.path(one).unlink()
    with pytest.raises(PacketBroken, match=words):
        kept.read(one)
    assert not kept.read(exhibits["1b"])


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


def test_a_kind_that_the_map_can_t_resolve_is_never_ordered(small):
    text = packets.MAP.replace("[resolve.email]", "[resolve.account_id]")
    found = packets.case("x@example.org", text=text)

    with pytest.raises(CollectionFailed) as caught:
        packets.ordered(found)

    assert str(caught.value) == (
        "The data map can't resolve identifiers of kind “E-mail address”."
    )
    assert not Packet.objects.exists()


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
        ("3a", 1, C.OUT_OF_SCOPE_AFTER_NARROWING, unsigned, 0),
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
        ("3a", 1, C.OUT_OF_SCOPE_AFTER_NARROWING),
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
