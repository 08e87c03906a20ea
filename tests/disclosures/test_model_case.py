"""The model case whole: five accounts, nine items, from the order to the hand-over."""

import csv
import hashlib
import io
import json
import logging
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings

from cases import audit, intake
from cases.models import Event
from disclosures import assembly, delivery, facts, production
from disclosures.datamap.demo_service import FIVE_ACCOUNTS
from disclosures.datamap.demo_service.people import LOOK_ALIKES, TEAM_MATE
from disclosures.enums import PacketStatus, ResponseCode
from disclosures.models import Packet, TargetAccount
from disclosures.packet import verify
from tests import factories as make
from tests.disclosures import packets, stored
from tests.disclosures.packet.reading import ran
from tests.disclosures.sources import expected

pytestmark = pytest.mark.django_db

C = ResponseCode
MAP = Path("disclosures/datamap/examples/pypi-2023.toml").read_text(encoding="utf-8")
# What each part of the map answers when it has rows, or is a statement.
CODES = {
    "1a": C.PRODUCED,
    "1b": C.PRODUCED,
    "2a": C.PRODUCED,
    "2b": C.PRODUCED,
    "2c": C.NOT_COLLECTED,
    "3a": C.PRODUCED,
    "3b": C.PRODUCED,
    "4a": C.DERIVED,
    "4b": C.DERIVED,
    "4c": C.NOT_COLLECTED,
    "5a": C.PRODUCED,
    "5b": C.NARRATIVE_ANSWER,
    "6a": C.DERIVED,
    "6b": C.NOT_COLLECTED,
    "7a": C.NOT_COLLECTED,
    "7b": C.NOT_COLLECTED,
    "8a": C.PRODUCED,
    "8b": C.PRODUCED,
    "9a": C.PRODUCED_PUBLIC,
    "9b": C.NOT_RETAINED,
}
OPEN = {"first_day": None, "last_day": None, "time_zone": "UTC"}


@pytest.fixture
def demo(service, settings):
    """The stand-in service as the site's source."""
    settings.SOURCE_URLS = service.addresses
    return service


def nine_items(*names, **more):
    """A packet of these accounts over the standard list, waiting for a worker."""
    found = packets.unsigned(*names, items=(), text=MAP, **more)
    intake.set_items(
        found.pk, actor=found.opened_by, wordings=intake.standard_list(), at=make.AT
    )
    by = make.analyst()
    packets.review.start(found.pk, actor=by, at=make.AT)
    make.submit(found, by)
    make.sign(found)
    return packets.ordered(make.fresh(found))


def read(exhibit):
    """An exhibit's rows, without its header; empty cells are None."""
    text = stored.plain(exhibit).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return header, [tuple(cell or None for cell in row) for row in rows]


@pytest.mark.feature("D1")  # each exhibit's header is its part's columns in the map
@pytest.mark.feature("D5", part=True)
@pytest.mark.feature("C4", part=True)
def test_all_nine_items_of_the_five_accounts_are_answered_part_by_part(demo, shipped):
    # As served: other capitals lead to the same account.
    names = [person.username.upper() for person in FIVE_ACCOUNTS]
    packet = packets.collected(nine_items(*names, window=OPEN))

    assert (packet.status, packet.failure) == (PacketStatus.COLLECTED, "")
    assert [
        (one.account_key, one.account_name)
        for one in TargetAccount.objects.filter(packet=packet)
    ] == [(person.id, person.username) for person in FIVE_ACCOUNTS]
    wanted = [expected.exhibits(demo, person) for person in FIVE_ACCOUNTS]
    found = {
        (one.target.number, one.part_code): one
        for one in packet.exhibits.select_related("target")
    }
    assert set(found) == {(n, code) for n in range(1, 6) for code in CODES}
    for (number, code), one in found.items():
        part, rows = shipped.part(code), wanted[number - 1].get(code)
        if rows is None:
            answer = (CODES[code], part.statement, 0, "")
        elif rows:
            answer = (CODES[code], part.statement, len(rows), one.path)
        else:
            answer = (C.NO_RESPONSIVE_RECORDS, part.empty_statement, 0, one.path)
        assert (one.response_code, one.statement, one.rows, one.path) == answer
        assert one.statement or one.path
        if rows is None:
            assert one.query == ""
            continue
        # The query is recorded whatever it found, and the file is there when empty.
        assert one.query == part.sql.strip()
        header, cells = read(one)
        assert header == [column.name for column in part.columns]
        assert [row[:5] if code == "3b" else row for row in cells] == rows
        data = stored.plain(one)
        assert one.sha256 == hashlib.sha256(data).hexdigest()
        assert one.sha512 == hashlib.sha512(data).hexdigest()


def test_a_look_alike_is_somebody_else_and_a_team_mate_adds_nothing(demo):
    heron = FIVE_ACCOUNTS[0]
    packet = packets.collected(nine_items("QUILL_Heron", "quill-heron", window=OPEN))

    first, second = TargetAccount.objects.filter(packet=packet)
    (other,) = [one for one in LOOK_ALIKES if one.username == "quill-heron"]
    assert [(first.account_key, first.account_name)] == [(heron.id, heron.username)]
    assert [(second.account_key, second.account_name)] == [(other.id, "quill-heron")]
    strangers = {one.username for one in (*LOOK_ALIKES, TEAM_MATE)} - {"quill-heron"}
    for one in packet.exhibits.exclude(path="").select_related("target"):
        own = heron if one.target.number == 1 else other
        _, rows = read(one)
        if one.part_code == "3a":
            assert {row[5].lower() for row in rows} <= {own.username}
        if one.part_code == "3b":
            assert {row[1] for row in rows} == {own.id}
        text = stored.plain(one).decode()
        assert not [name for name in strangers if f",{name}," in text]


def test_the_window_of_the_paper_cuts_every_part_that_has_times(demo, shipped):
    window = {
        "first_day": date(2021, 3, 14),
        "last_day": date(2021, 11, 7),
        "time_zone": "America/New_York",
    }
    packet = packets.collected(nine_items("quill_heron", window=window))

    # Both ends are days on which the clocks change there.
    since = datetime(2021, 3, 14, 5, tzinfo=UTC).isoformat()
    until = datetime(2021, 11, 8, 5, tzinfo=UTC).isoformat()
    whole = expected.exhibits(demo, FIVE_ACCOUNTS[0])
    columns = {"3a": 4, "3b": 3, "4a": 0, "4b": 0, "8b": 3, "9a": 0}
    found = {one.part_code: read(one)[1] for one in packet.exhibits.exclude(path="")}
    for code, place in columns.items():
        rows = [row for row in whole[code] if since <= row[place] < until]
        assert [row[:5] if code == "3b" else row for row in found[code]] == rows
        assert len(rows) < len(whole[code])
    assert {code for code in columns if found[code]} >= {"3a", "3b", "4a", "4b"}
    assert found["1a"] == whole["1a"]
    assert {row[0] for row in found["6a"]} == {row[4] for row in found["3b"]} | {
        row[6] for row in found["3a"]
    }


def test_a_deleted_account_is_not_found_and_nothing_is_searched_under_its_name(demo):
    packet = packets.collected(nine_items("brine_wright", window=OPEN))

    assert {one.response_code for one in packet.exhibits.all()} == {C.ACCOUNT_NOT_FOUND}
    assert packet.exhibits.count() == len(CODES)
    assert not (settings.FILES_DIR / "collected").exists()


# -------------------------------------------------------------------- the whole way


@pytest.fixture
def logged(caplog):
    """All that any logger says, down to the last detail."""
    names = ("", "django.db.backends", "sqlalchemy", "sqlalchemy.engine", "celery")
    names += (
        "sqlalchemy.pool",
        "kombu",
        "duckdb",
        "weasyprint",
        "disclosures",
        "cases",
    )
    before = {name: logging.getLogger(name).level for name in names}
    with caplog.at_level(logging.DEBUG):
        for name in names[1:]:
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def private(packet):
    """What no log, event or message may hold of the targets of this packet."""
    person = FIVE_ACCOUNTS[0]
    words = {person.username, "QUILL_Heron", person.id, person.email, person.name}
    for one in packet.exhibits.exclude(path=""):
        _, rows = read(one)
        cells = {cell for row in rows for cell in row if cell}
        if one.part_code in {"3a", "3b", "6a"}:
            words |= {cell for cell in cells if cell.count(".") == 3 or "::" in cell}
        words.add(one.path)
        words.add(Path(one.path).name)
    return {word for word in words if len(word) > 3}


@pytest.mark.feature("D5")
@pytest.mark.feature("A4", part=True)
def test_the_whole_way_leaves_its_events_and_nothing_private(demo, logged, capfd):
    packet = nine_items("QUILL_Heron")
    since = Event.objects.filter(kind="case.sign_off.approved").latest("pk").pk
    people = {"ana": packet.ordered_by, "carl": packets.custodian()}
    people["rhea"] = packets.officer()
    packet = packets.collected(packet)
    packets.certify(packet, people["carl"])
    packet = packets.sealed(packet)
    assert (packet.status, packet.failure) == (PacketStatus.SEALED, "")
    delivery.open_packet(packet.pk, actor=people["rhea"])
    packets.release(packet, people["rhea"])

    moved, case_moved = "packet.status.changed", "case.status.changed"
    events = [
        (kind, step, one.actor_name)
        for (kind, step), one in zip(
            packets.trail(packet.case, since),
            Event.objects.filter(pk__gt=since),
            strict=True,
        )
    ]
    by = {name: audit.name_of(user) for name, user in people.items()}
    read_and_passed = [
        ("exhibit.opened", "", by["carl"]),
        ("exhibit.passed", "", by["carl"]),
    ]
    assert events == [
        (case_moved, "approve_scope", events[0][2]),
        (case_moved, "order_packet", by["ana"]),
        ("packet.requested", "", by["ana"]),
        (moved, "start_collecting", "Candor"),
        (moved, "finish_collecting", "Candor"),
        ("packet.collected", "", "Candor"),
        *(read_and_passed * packet.exhibits.filter(rows__gt=0).count()),
        (moved, "certify", by["carl"]),
        ("packet.certified", "", by["carl"]),
        (moved, "start_sealing", "Candor"),
        (moved, "finish_sealing", "Candor"),
        ("packet.sealed", "", "Candor"),
        ("packet.opened", "", by["rhea"]),
        (moved, "release", by["rhea"]),
        (case_moved, "release_packet", by["rhea"]),
        ("packet.released", "", by["rhea"]),
    ]
    words = private(packet)
    assert len(words) > 20
    trail = "\n".join(one.data for one in Event.objects.filter(case=packet.case))
    written = "".join(capfd.readouterr())
    for place in (trail, logged.text, written):
        assert [word for word in words if word in place] == []
    check_production(packet)
    check_empty_answers(packet)


def check_empty_answers(packet):
    """What was searched and not there is said in the packet, with the query used."""
    empty = packet.exhibits.filter(response_code=C.NO_RESPONSIVE_RECORDS)
    assert {one.part_code for one in empty} >= {"1b", "2b"}
    pdf = pypdfium2.PdfDocument(production.folder(packet) / "packet.pdf")
    pages = [page.get_textpage().get_text_bounded() for page in pdf]
    text = squeezed("".join(pages))
    for one in empty:
        assert squeezed(one.statement) in text
        assert squeezed(one.query) in text
    pdf.close()


def squeezed(text):
    """Text without blanks and hyphens, which lines are broken at."""
    return re.sub(r"[\s\u00ad\u2010\ufffe-]", "", text)


def check_production(packet):
    """What is sealed is whole, verifies without us, and says what the rows say."""
    folder = production.folder(packet)
    assert production.findings(packet) == []
    assert verify.verify(folder) == verify.verify(production.archive(packet)) == []
    sums = {"/usr/bin/sha256sum": "SHA256SUMS", "/usr/bin/sha512sum": "SHA512SUMS"}
    for program, list_ in sums.items():
        done = ran(program, "-c", "--strict", "--quiet", list_, cwd=folder)
        assert done == (0, "", "")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    exhibits = list(packet.exhibits.select_related("target"))
    assert [
        (one["number"], one["response"], one["sha256"]) for one in manifest["exhibits"]
    ] == [(one.label, one.response_code, one.sha256 or None) for one in exhibits]
    for one in exhibits:
        if one.path:
            made = (folder / "exhibits" / one.file_name).read_bytes()
            assert made == stored.plain(one)
    with zipfile.ZipFile(production.archive(packet)) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
    assert names == {name for name, *_ in packet.files[:-1]} | set(sums.values())
    root = settings.FILES_DIR
    assert [path.name for path in (root / "packets").iterdir()] == [folder.parent.name]


@pytest.mark.feature("P3", part=True)
def test_numbers_go_on_across_the_packets_of_a_case_without_gap_or_repeat(small):
    packet = packets.sealed()
    second = packets.sealed(
        packets.certified(
            packets.collected(packets.ordered(packets.demand(packet.case)))
        )
    )
    third = packets.sealed_undrawn(
        packets.certified(
            packets.collected(packets.ordered(packets.demand(packet.case)))
        )
    )

    rows = list(Packet.objects.order_by("pk"))
    assert [one.status for one in rows] == ["superseded", "superseded", "sealed"]
    assert [one.pk for one in rows] == [packet.pk, second.pk, third.pk]
    numbers = [n for one in rows for n in range(one.bates_first, one.bates_last + 1)]
    assert numbers == list(range(1, sum(one.pages for one in rows) + 1))
    assert [one.bates_last - one.bates_first + 1 for one in rows] == [
        one.pages for one in rows
    ]
    for one in (packet, second):
        manifest = json.loads((production.folder(one) / "manifest.json").read_text())
        assert (manifest["bates_first"], manifest["bates_last"]) == (
            f"PIF-2023-00001-{one.bates_first:06d}",
            f"PIF-2023-00001-{one.bates_last:06d}",
        )


def test_sealing_twice_what_is_the_same_gives_the_same_production(small):
    packet = packets.sealed()
    first = [tuple(one) for one in packet.files]
    # As a worker would that lost its result: seal the same certified packet again.
    Packet.objects.filter(pk=packet.pk).update(
        status=PacketStatus.CERTIFIED, bates_first=None, bates_last=None, folder=""
    )
    assembly.assemble(packet.pk)

    again = packets.fresh(packet)
    assert [tuple(one) for one in again.files] == first
    assert again.folder != packet.folder
    assert facts.bates_start(again) == 1
