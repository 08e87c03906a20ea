"""From rows to what the packet says, and the digests that hold it together."""

from datetime import UTC, date, datetime

import pytest

from cases.enums import ItemDecision
from cases.models import Case, RequestedItem, ScopeRevision, Target
from disclosures import facts
from disclosures.enums import ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import DataMapVersion, Declaration, Exhibit, Packet
from disclosures.packet import contents
from tests.disclosures import packets, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def without_exhibits(said):
    """The facts but for the exhibits, which hold paths and hashes."""
    return {name: value for name, value in vars(said).items() if name != "exhibits"}


@pytest.mark.feature("C4", part=True)
def test_the_packet_says_what_was_frozen_and_never_the_live_case():
    found = packets.case(
        items=("names", "connections"),
        decided={("alice", "names"): packets.choice(ItemDecision.OBJECT, "No.")},
    )
    packet = packets.certified(packets.collected(packets.ordered(found)))
    before = without_exhibits(facts.packet_facts(packet))
    Target.objects.update(identifier="mallory", first_day=None)
    RequestedItem.objects.update(wording="Everything")
    Case.objects.update(
        issued_on=date(1999, 1, 1),
        served_on=date(1999, 1, 2),
        agency_reference="Other",
        instrument="search_warrant",
        issuing_court="Elsewhere",
    )

    assert without_exhibits(facts.packet_facts(packets.fresh(packet))) == before
    assert before["targets"] == (
        contents.TargetFacts(
            number=1,
            kind_label="User name",
            identifier="alice",
            account_key="acct-alice",
            resolution_label="Account found",
            window_label="1 January 2022 to 28 February 2023, America/New_York",
        ),
    )
    answers = [(item.number, item.answers) for item in before["items"]]
    window = (
        "from 1 January 2022, 05:00:00 (included) to 1 March 2023, 05:00:00 "
        "(not included), UTC"
    )
    assert answers == [
        (
            1,
            (
                contents.AnswerFacts(
                    target_number=1,
                    exhibit_number="E001",
                    part_code="item_1",
                    part_title="Names",
                    code=ResponseCode.OBJECTED,
                    code_label="Objected",
                    statement="Overbroad (Fed. R. Crim. P. 17(c)(2)). The request "
                    "reaches further than its stated purpose carries; compliance "
                    "would be unreasonable. No.",
                    rows=0,
                    total=0,
                    window_label="",
                ),
            ),
        ),
        (
            2,
            (
                contents.AnswerFacts(
                    target_number=1,
                    exhibit_number="E002",
                    part_code="2a",
                    part_title="Account events",
                    code=ResponseCode.PRODUCED,
                    code_label="Produced",
                    statement="",
                    rows=2,
                    total=2,
                    window_label=window,
                ),
            ),
        ),
    ]


@pytest.mark.feature("D1", part=True)
def test_an_exhibit_says_its_columns_limits_and_provenance(tmp_path):
    found = packets.case(items=("connections", "sessions"))
    packet = packets.certified(packets.collected(packets.ordered(found)))
    exhibit = packet.exhibits.get(part_code="2a")

    said, _, statement = facts.packet_facts(packet, tmp_path).exhibits
    assert said.path.read_bytes() == stored.plain(exhibit)
    assert said == contents.ExhibitFacts(
        number="E001",
        target_number=1,
        item_number=1,
        part_code="2a",
        title="Account events",
        code=ResponseCode.PRODUCED,
        code_label="Produced",
        statement="",
        limits=("An address may be shared.",),
        columns=(
            contents.ColumnFacts("id", "Event ID", "Key.", "text"),
            contents.ColumnFacts("time", "Time", "When.", "timestamp", zone="UTC"),
            contents.ColumnFacts("address", "Address", "From where.", "address"),
            contents.ColumnFacts("kind", "Kind", "What.", "text"),
        ),
        rows=2,
        total=2,
        file_name="E001_t1_2a.csv",
        sha256=exhibit.sha256,
        bytes=exhibit.size,
        path=tmp_path / "E001_t1_2a.csv",
        source_title="Event store",
        snapshot_at=exhibit.snapshot_at.isoformat(),
        sql=exhibit.query,
        parameters_note="key of the account (:account): acct-alice\n"
        "first instant included (:since): 2022-01-01T05:00:00+00:00\n"
        "first instant no longer included (:until): 2023-03-01T05:00:00+00:00",
        read_as="the file, opened to read only",
        odd_cells=0,
        collected_rows=2,
        collected_sha256=exhibit.sha256,
    )
    assert (statement.file_name, statement.path, statement.columns) == ("", None, ())


@pytest.mark.parametrize(
    "change",
    [
        *({"number": 99}, {"part_code": "9z"}, {"status": "failed", "failure": "x"}),
        *({"response_code": "OBJECTED"}, {"statement": "Other."}, {"rows": 0}),
        *({"sha256": "0" * 64}, {"sha512": "0" * 128}, {"part_title": "Other"}),
        *(
            {"window_since": datetime(2020, 1, 1, tzinfo=UTC)},
            {"source_title": "Other"},
        ),
        *({"query": "SELECT 1"}, {"parameters": {"account": "other"}}),
        *({"read_as": "role other"}, {"odd_cells": 1}, {"total": 7}),
        {"left_out": {"window": 1}},
        {"window_until": datetime(2020, 1, 1, tzinfo=UTC)},
        {"snapshot_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_digest_changes_with_whatever_an_exhibit_answers(change):
    packet = packets.collected()
    before = facts.exhibits_digest(packet)
    Exhibit.objects.filter(packet=packet, number=1).update(**change)

    assert facts.exhibits_digest(packet) != before


def test_the_digest_doesn_t_change_by_itself():
    packet = packets.collected()

    assert facts.exhibits_digest(packet) == facts.exhibits_digest(packets.fresh(packet))


def test_exhibits_that_changed_after_certification_are_not_printed():
    packet = packets.certified()
    Exhibit.objects.filter(packet=packet, number=2).update(statement="Other.")

    with pytest.raises(PacketBroken, match="no longer those that were certified"):
        facts.packet_facts(packet)


def test_a_file_or_scope_or_map_that_changed_is_not_printed(tmp_path):
    packet = packets.certified()
    (one, *_) = packet.exhibits.exclude(path="")
    data = stored.plain(one)
    stored.put(one, data + b" ")
    with pytest.raises(PacketBroken, match="E001 was changed or lost"):
        facts.packet_facts(packet, tmp_path)
    stored.put(one, data)
    facts.packet_facts(packet)

    document = packet.revision.document
    ScopeRevision.objects.update(document=document + " ")
    with pytest.raises(PacketBroken, match="was changed after it was frozen"):
        facts.packet_facts(packets.fresh(packet))
    ScopeRevision.objects.update(document=document)

    DataMapVersion.objects.update(text=packets.MAP + "\n")
    with pytest.raises(PacketBroken, match="data map that this scope was frozen with"):
        facts.packet_facts(packets.fresh(packet))


@pytest.mark.feature("D4", part=True)
def test_a_newer_map_doesn_t_reach_a_packet_of_the_older_one():
    packet = packets.certified()
    before = facts.packet_facts(packet)
    newer = packets.MAP.replace('version = "1"', 'version = "2"')
    packets.unsigned(text=newer.replace("An address may be shared.", "No limits."))

    assert facts.packet_facts(packets.fresh(packet)) == before
    assert (before.map_version, before.map_digest) == (
        "1",
        packet.revision.map_digest,
    )


def test_without_a_declaration_there_is_nothing_to_print():
    with pytest.raises(Declaration.DoesNotExist):
        facts.packet_facts(packets.collected())


@pytest.mark.feature("P3", part=True)
def test_pages_are_numbered_after_the_last_sealed_ones_of_the_case():
    packet = packets.ordered()
    assert facts.bates_start(packet) == 1
    for number, (first, last) in ((7, (1, 40)), (8, (41, 44)), (9, (None, None))):
        other = Packet.objects.get(pk=packet.pk)
        other.pk, other.number = None, number
        other.revision = _revision(packet, number)
        other.bates_first, other.bates_last = first, last
        other.save()

    assert facts.bates_start(packet) == 45


def _revision(packet, number):
    other = ScopeRevision.objects.get(pk=packet.revision_id)
    other.pk, other.number, other.digest = None, 50 + number, f"{number:064x}"
    other.save()
    return other


def test_another_case_has_numbers_of_its_own():
    packet = packets.sealed_undrawn()
    other = packets.ordered()

    assert (packet.bates_first, packet.bates_last) == (1, 5)
    assert facts.bates_start(other) == 1
    assert other.bates_prefix != packet.bates_prefix


def test_a_day_is_that_of_the_organisations_zone():
    packets.ordered()  # with the organisation, in Los Angeles

    assert facts.today(datetime(2023, 3, 15, 6, 59, tzinfo=UTC)) == date(2023, 3, 14)
    assert facts.today(datetime(2023, 3, 15, 7, 0, tzinfo=UTC)) == date(2023, 3, 15)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2022-01-01", None, "1 January 2022 to the day of collection, Etc/UTC"),
        (None, "2022-01-31", "the beginning to 31 January 2022, Etc/UTC"),
        (None, None, "the beginning to the day of collection"),
    ],
)
def test_open_ends_are_said_in_words(first, last, words):
    window = {"first_day": first, "last_day": last, "time_zone": "Etc/UTC"}

    assert facts.days_label(window) == words


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (None, None, ""),
        (
            datetime(2022, 1, 1, 5, tzinfo=UTC),
            None,
            "from 1 January 2022, 05:00:00 (included) to the time of reading, UTC",
        ),
        (
            None,
            datetime(2023, 3, 1, 4, 59, 59, tzinfo=UTC),
            "from the beginning to 1 March 2023, 04:59:59 (not included), UTC",
        ),
    ],
)
def test_a_window_is_said_in_words_and_to_the_second(since, until, said):
    assert facts.window_label(Exhibit(window_since=since, window_until=until)) == said


def test_what_was_bound_is_said_in_words_in_one_order():
    bound = {"part_2a": "exhibit of part 2a", "name": "alice", "account": "k-1"}
    assert contents.parameters_note(bound) == (
        "key of the account (:account): k-1\n"
        "name of the account (:name): alice\n"
        "table part_2a: exhibit of part 2a"
    )
