"""Files are opened before they are relied on, and counted where they are."""

import pytest
from django.core.management import CommandError, call_command

from cases.models import Event
from disclosures import dryrun
from disclosures.dryrun import Counted
from disclosures.sources.sql import SqlSource
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, verb_url
from tests.disclosures.test_preflight import AGAIN, nothing_is_ordered

pytestmark = pytest.mark.django_db

MAP = packets.MAP.replace(
    '[sources.events]\nkind = "sql"', '[sources.events]\nkind = "files"'
)
HEADER = "key,id,time,address,kind"


@pytest.fixture
def days(small, settings, tmp_path):
    """The events as a file a day, in the days of UTC; the map reads them so."""
    folder = tmp_path / "days"
    settings.SOURCE_URLS = small.urls | {"events": f"{folder}/day=*/events.csv"}
    for number, (key, at, address, kind) in enumerate(packets.EVENTS):
        write(folder, at[:10], f"acct-alice,{key},{at}+00:00,{address},{kind}")
        write(folder, f"2021-01-0{number + 1}", "not a row: this file isn't opened")
    return folder


def write(folder, day, *rows, header=HEADER):
    path = folder / f"day={day}" / "events.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")


@pytest.mark.feature("C5", part=True)
def test_files_are_counted_in_the_days_that_the_window_touches(days):
    case = packets.case(text=MAP)
    found = dryrun.make(case.pk, actor=make.analyst())
    kept = sorted(days.rglob("*"))

    counted = next(one for one in found.lines if one.part == "2a")
    assert counted == Counted(1, 2, "2a", "Account events", 2)
    packet = packets.collected(packets.ordered(case))
    assert packet.exhibits.get(part_code="2a").rows == 2
    assert sorted(days.rglob("*")) == kept


@pytest.mark.feature("C1", part=True)
@pytest.mark.parametrize(
    ("dead", "sentence"),
    [
        (
            lambda days: [path.unlink() for path in days.rglob("*.csv")],
            f"Part 2a: a file of “Event store” isn't there. {AGAIN}",
        ),
        (
            lambda days: write(days, "2024-01-01", header="key,id,time,address"),
            "Part 2a: “Event store” refused the query (BinderException).",
        ),
        (
            lambda days: (days / "day=2023-03-01/events.csv").write_bytes(b"\x00\xff"),
            "Part 2a: “Event store” refused the query (InvalidInputException).",
        ),
    ],
    ids=["none", "a column less", "no CSV"],
)
def test_files_that_can_t_answer_are_named_before_there_is_a_packet(
    days, dead, sentence
):
    case = packets.case(text=MAP)
    dead(days)
    nothing_is_ordered(case, sentence)


@pytest.mark.feature("C1", part=True)
def test_a_silent_bucket_is_named_before_there_is_a_packet(small, settings):
    settings.SOURCE_URLS = small.urls | {"events": "s3://nowhere/day=*/events.csv"}
    settings.S3 = settings.S3 | {"endpoint": "http://127.0.0.1:1"}
    case = packets.case(text=MAP)
    nothing_is_ordered(case, f"Part 2a: the bucket of “Event store” is silent. {AGAIN}")


@pytest.mark.feature("C5", part=True)
def test_a_cap_is_honoured_and_what_it_leaves_out_is_said(small):
    capped = packets.MAP.replace('window = "time"', 'window = "time"\nmost_rows = 1', 1)
    case, analyst = packets.case(text=capped), make.analyst()

    found = dryrun.make(case.pk, actor=analyst)
    page = client_of(analyst).post(verb_url(case, "dry_run")).content.decode()

    counted = next(one for one in found.lines if one.part == "2a")
    assert counted == Counted(1, 2, "2a", "Account events", 1, total=2)
    assert found.rows == 2  # one name, and the first of two events
    assert "first 1 of 2" in page
    assert "2 rows counted" in page


def test_each_source_is_asked_once_a_request(small, monkeypatch):
    """Whoever waits for a page waits for each source once."""
    case, desk = packets.case(), client_of(make.analyst())
    asked, real = [], SqlSource.probe

    def probe(self, part):
        asked.append(part.code)
        real(self, part)

    monkeypatch.setattr(SqlSource, "probe", probe)
    desk.post(verb_url(case, "dry_run"))
    assert asked == ["1a", "2a"]
    asked.clear()
    small.run("DROP TABLE events")
    before = Event.objects.count()
    page = desk.post(verb_url(case, "order_packet"))
    assert asked == ["1a", "2a"]
    assert "“Event store” refused the query" in page.content.decode()
    assert (case.packets.count(), Event.objects.count()) == (0, before)


def test_loading_a_map_asks_what_resolves_as_well(small, settings, tmp_path):
    file = tmp_path / "map.toml"
    file.write_text(
        packets.MAP.replace("users.email", "users.mail").replace(
            "WHERE email =", "WHERE mail ="
        ),
        encoding="utf-8",
    )
    with pytest.raises(CommandError) as caught:
        call_command("load_datamap", str(file), check_sources=True)
    assert str(caught.value).splitlines() == [
        f"{file}: The query that resolves accounts: “Service database” refused the"
        " query: the database can't read its SQL, or lacks a table or column (code"
        " SQLITE_ERROR).",
        "Nothing was loaded.",
    ]
