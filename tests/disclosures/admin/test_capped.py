"""An exhibit that a cap cut short says so wherever its rows are counted."""

import json
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from cases.enums import Disposition, Role
from disclosures import custody, facts, produced
from disclosures.enums import ResponseCode
from disclosures.models import Exhibit
from disclosures.packet import layout, wording
from tests.disclosures import packets
from tests.disclosures.admin.conftest import page_of

pytestmark = pytest.mark.django_db

C = ResponseCode
BOUND = 'response = "PRODUCED"\nwindow = "time"'
MAP = packets.MAP.replace(BOUND, f"{BOUND}\nmost_rows = 1", 1)
CAPPED = (
    "The first 1 of 2 records, in the order of the exhibit: the data map holds this "
    "part to 1."
)
FROM_CAPPED = (
    "Part 3a is derived from a part that isn't complete, 2a (1 of 2 records): this "
    "answer covers those records only."
)


def collected():
    return packets.collected(packets.ordered(packets.case(text=MAP)))


def test_the_first_rows_are_an_answer_in_part_with_the_true_total(small):
    packet = collected()

    assert packets.answers(packet) == [
        ("1a", 1, C.PRODUCED, "Names never change.", 1),
        ("1b", 1, C.NOT_COLLECTED, "No postal address is collected.", 0),
        ("2a", 1, C.PRODUCED_PARTIAL, CAPPED, 1),
        ("3a", 1, C.DERIVED, f"The log-ins of part 2a. {FROM_CAPPED}", 1),
        ("3b", 1, C.NOT_RETAINED, "Durations are not retained.", 0),
    ]
    assert dict(packet.exhibits.values_list("part_code", "total")) == {
        "1a": 1,
        "1b": None,
        "2a": 2,
        "3a": 1,
        "3b": None,
    }
    outcomes = {one.item: one.outcome for one in produced.produced(packet)}
    assert outcomes == {
        1: Disposition.FULL,
        2: Disposition.PARTIAL,
        3: Disposition.FULL,
    }


def test_the_pages_of_packet_and_exhibit_say_of_how_many(at_desk, small):
    packet = collected()
    capped = packet.exhibits.get(part_code="2a")
    desk = at_desk(Role.CUSTODIAN)

    table = desk.get(page_of(packet)).content.decode()
    page = desk.get(page_of(packet, "exhibit", capped.number)).content.decode()

    assert table.count("1 of 2") == 1
    assert "1 of 2 records: the data map holds this part to the first 1." in page
    assert CAPPED in page


def test_the_packet_prints_of_how_many_and_never_claims_them_all(small):
    packet = packets.certified(collected())
    said = facts.packet_facts(packet)
    (_names, _postal, capped, derived, _durations) = said.exhibits

    assert (capped.rows, capped.total) == (1, 2)
    assert layout.exhibit_head(said, capped)["rows"] == "1 of 2 rows"
    assert layout.exhibit_head(said, derived)["rows"] == "1 row"
    assert [
        point
        for paragraph in wording.declaration(said).paragraphs
        for point in paragraph.points
        if "Every row" in point
    ] == [
        "Every row that a query returned was written, but for Exhibit E003, where the "
        "first rows were, as many as are stated with the number of rows there were, in "
        "the stated order, to a CSV file (RFC 4180, UTF-8). Times are in UTC, ISO "
        "8601, with their offset. The rows were counted as they were written."
    ]


def test_the_manifest_holds_both_numbers(small):
    packet = packets.sealed_undrawn(packets.certified(collected()))
    folder = settings.FILES_DIR / packet.folder
    (path,) = folder.rglob("*.zip")
    with ZipFile(path) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("manifest.json")]
        manifest = json.loads(archive.read(name))
    ways = [step.detail for file in custody.ledger(packet) for step in file.steps]

    assert [(one["rows"], one["rows_in_all"]) for one in manifest["exhibits"]] == [
        (1, 1),
        (None, None),
        (1, 2),
        (1, 1),
        (None, None),
    ]
    assert len([words for words in ways if "; 1 of 2 rows; " in words]) == 1


def test_the_database_refuses_more_rows_than_there_were(small):
    packet = collected()

    with pytest.raises(IntegrityError), transaction.atomic():
        Exhibit.objects.filter(packet=packet, part_code="2a").update(rows=3)
