"""Files of records: every kind, in a folder and in a bucket, and which are opened."""

import gzip
from datetime import datetime
from pathlib import Path

import obstore
import pytest

from cases import stores
from disclosures.datamap.terms import Window
from disclosures.sources import duck
from disclosures.sources.base import QueryFailed, SourceUnavailable
from disclosures.sources.records import touches
from disclosures.sources.run import Run
from tests.buckets import NOWHERE
from tests.disclosures.sources.asking import WHO, assert_quiet
from tests.disclosures.sources.maps import column, datamap, part

COLUMNS = (column("t", "timestamp"), column("address", "address"), column("n"))
SQL = "SELECT t, address, n FROM downloads WHERE who = :account"
ROWS = [
    ("2023-03-14T09:00:00+00:00", "192.0.2.1", "007"),
    ("2023-03-14T10:00:00+00:00", "", None),
]
KINDS = ["parquet", "csv", "csv.gz", "csv.zst", "jsonl", "jsonl.gz", "jsonl.zst"]


class Place:
    """A folder or a bucket to put files of records into."""

    def __init__(self, folder, s3=None):
        self.folder = folder
        self.bucket = s3.bucket() if s3 else ""
        self.address = f"s3://{self.bucket}" if s3 else str(folder)

    def put(self, name, data):
        if self.bucket:
            obstore.put(stores.open_bucket(self.address), name, data)
            return
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture(params=["folder", "bucket"])
def place(request, settings, tmp_path):
    folder = tmp_path / "in a folder"
    if request.param == "folder":
        return Place(folder)
    server = request.getfixturevalue("s3")
    settings.S3 = server.settings
    return Place(folder, server)


@pytest.fixture
def bucket(settings, tmp_path, s3):
    settings.S3 = s3.settings
    return Place(tmp_path / "unused", s3)


def records(tmp_path, rows=ROWS, kind="parquet", who=WHO.key):
    """A file of these rows, as DuckDB writes it, in bytes."""
    forms = {"parquet": "parquet", "csv": "csv, force_quote (address)", "jsonl": "json"}
    ending, _, packed = kind.partition(".")
    compression = {"": "", "gz": ", compression gzip", "zst": ", compression zstd"}
    path = tmp_path / f"made.{kind}"
    with duck.duckdb.connect(":memory:") as connection:
        connection.execute(
            "CREATE TABLE r (who VARCHAR, t VARCHAR, address VARCHAR, n VARCHAR)"
        )
        for row in rows:
            connection.execute("INSERT INTO r VALUES (?, ?, ?, ?)", (who, *row))
        connection.execute("INSERT INTO r VALUES ('another', ?, ?, ?)", rows[0])
        connection.execute(
            f"COPY r TO '{path}' (FORMAT {forms[ending]}{compression[packed]})"
        )
    data = path.read_bytes()
    path.unlink()
    return data


def pull(address, out, *, sql=SQL, columns=COLUMNS, within=None, limits=None, **more):
    one = part(sql, *columns, source="downloads", **more)
    with Run(datamap(one), {"downloads": address}, limits) as run:
        return run.pull(one, account=WHO, window=within or Window(), out=out)


def march(*ends):
    return Window(*(datetime.fromisoformat(f"2023-{end}:00+00:00") for end in ends))


# ---------------------------------------------------------------------------- the kinds


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_the_same_exhibit(place, tmp_path, kind):
    place.put(f"logs/a b.{kind}", records(tmp_path, kind=kind))
    pulled = pull(
        f"{place.address}/logs/a%20b.{kind}"
        if place.bucket
        else f"{place.address}/logs/a b.{kind}",
        tmp_path / "x.csv",
    )
    assert (tmp_path / "x.csv").read_bytes() == (
        b"t,address,n\r\n"
        b"2023-03-14T09:00:00+00:00,192.0.2.1,007\r\n"
        b'2023-03-14T10:00:00+00:00,"",\r\n'
    )
    assert (pulled.rows, pulled.read_as) == (2, "files, opened to read only")
    assert pulled.source_title == "Test files"


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_a_star_names_are_one_table(place, tmp_path, kind):
    for number, row in enumerate(ROWS):
        place.put(f"logs/{number}.{kind}", records(tmp_path, [row], kind))
    place.put(f"logs/deeper/3.{kind}", records(tmp_path, kind=kind))
    place.put(f"3.{kind}", records(tmp_path, kind=kind))
    pulled = pull(f"{place.address}/logs/*.{kind}", tmp_path / "x.csv")
    assert pulled.rows == 2
    assert pulled.read_as == "files, opened to read only, 2 of 2 files"


def test_columns_are_told_by_name_and_a_missing_one_is_an_error(place, tmp_path):
    place.put("1.csv", b"who,t,address,n\r\nk-private-41,2023-01-01,a,1\r\n")
    place.put("2.csv", b"n,address,t,who\r\n2,b,2023-01-02,k-private-41\r\n")
    pull(f"{place.address}/*.csv", tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text().splitlines()[1:] == [
        "2023-01-01T00:00:00+00:00,a,1",
        "2023-01-02T00:00:00+00:00,b,2",
    ]
    place.put("3.csv", b"who,t,n\r\nk-private-41,2023-01-01,1\r\n")
    with pytest.raises(
        QueryFailed, match=r"refused the query \(InvalidInput"
    ) as caught:
        pull(f"{place.address}/*.csv", tmp_path / "y.csv")
    assert_quiet(caught.value, tmp_path / "y.csv")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a.csv", "b.jsonl"], "Its files are of several kinds."),
        (["a.csv", "b.csv.gz"], "Its files are of several kinds."),
        (["a.xlsx"], "A file is neither .parquet, .csv nor .jsonl by its name."),
        (["a.csv.bz2"], "A file is neither .parquet, .csv nor .jsonl by its name."),
        (["a.parquet.gz"], "A Parquet file can't be packed as well."),
        (
            ["a.csv", "a[1].csv"],
            "A file's name holds a *, a ? or a [, which DuckDB expands.",
        ),
    ],
)
def test_a_kind_that_isn_t_known_is_refused(place, tmp_path, names, words):
    for name in names:
        place.put(name, b"")
    with pytest.raises(QueryFailed) as caught:
        pull(f"{place.address}/*", tmp_path / "x.csv")
    assert str(caught.value) == f"Part 1a: “Test files” can't be read. {words}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_file_is_an_error_that_quotes_nothing(place, tmp_path, kind):
    place.put(f"a.{kind}", b"\x1f\x8b private \x00\xff\n{,,")
    with pytest.raises(QueryFailed, match="refused the query") as caught:
        pull(f"{place.address}/a.{kind}", tmp_path / "x.csv")
    assert_quiet(caught.value, tmp_path / "x.csv")


def test_a_line_without_end_is_an_error(place, tmp_path):
    place.put("a.csv.gz", gzip.compress(b"who\r\n" + b"a" * 64 * 1024 * 1024, 1))
    with pytest.raises(QueryFailed, match="refused the query"):
        pull(f"{place.address}/a.csv.gz", tmp_path / "x.csv")


def test_a_file_that_ends_too_early_is_an_error(place, tmp_path):
    rows = [(f"2023-03-14T{n % 24:02}:00:00+00:00", "a", str(n)) for n in range(200)]
    whole = gzip.compress(records(tmp_path, rows, "csv"))
    place.put("a.csv.gz", whole[: len(whole) // 2])
    with pytest.raises(QueryFailed, match="refused the query"):
        pull(f"{place.address}/a.csv.gz", tmp_path / "x.csv")


# ----------------------------------------------------------------------------- the days

DAYS = ["2023-03-12", "2023-03-13", "2023-03-14", "2023-03-15"]


def by_day(place, tmp_path, kind="parquet"):
    for day in DAYS:
        rows = [(f"{day}T{hour}:00:00+00:00", "a", day) for hour in ("00", "12")]
        place.put(f"logs/day={day}/part-0.{kind}", records(tmp_path, rows, kind))
    return f"{place.address}/logs/day=*/*.{kind}"


@pytest.mark.parametrize("kind", ["parquet", "csv.gz", "jsonl.zst"])
def test_only_the_days_that_the_window_touches_are_opened(bucket, s3, tmp_path, kind):
    address = by_day(bucket, tmp_path, kind)
    s3.asked.clear()
    pulled = pull(
        address,
        tmp_path / "x.csv",
        window="t",
        within=march("03-13T06:00", "03-15T00:00"),
    )
    opened = {path.split("/")[3] for _, path in s3.asked if "/logs/day" in path}
    assert opened == {"day=2023-03-13", "day=2023-03-14"}
    assert pulled.read_as == "files, opened to read only, 2 of 4 files"
    lines = (tmp_path / "x.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == [
        "2023-03-13T12:00:00+00:00",
        "2023-03-14T00:00:00+00:00",
        "2023-03-14T12:00:00+00:00",
    ]


def test_a_folder_s_days_are_chosen_alike(place, tmp_path):
    address = by_day(place, tmp_path)
    place.put("logs/day=2023-03-12/part-0.parquet", b"broken, and never opened")
    pulled = pull(
        address,
        tmp_path / "x.csv",
        window="t",
        within=march("03-13T06:00", "03-15T00:00"),
    )
    assert pulled.rows == 3


def test_a_part_without_dates_reads_every_day(place, tmp_path):
    pulled = pull(
        by_day(place, tmp_path),
        tmp_path / "x.csv",
        within=march("03-13T06:00", "03-15T00:00"),
    )
    assert (pulled.rows, pulled.read_as) == (
        8,
        "files, opened to read only, 4 of 4 files",
    )


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl.gz"])
def test_a_window_of_other_days_finds_nothing_and_says_of_how_many(
    place, tmp_path, kind
):
    pulled = pull(
        by_day(place, tmp_path, kind),
        tmp_path / "x.csv",
        window="t",
        within=march("01-01T00:00", "02-01T00:00"),
    )
    assert (tmp_path / "x.csv").read_bytes() == b"t,address,n\r\n"
    assert (pulled.rows, pulled.read_as) == (
        0,
        "files, opened to read only, 0 of 4 files",
    )


@pytest.mark.parametrize(
    ("name", "zone", "since", "until", "is_read"),
    [
        ("day=2023-03-14", "UTC", "03-14T00:00", "03-14T00:01", True),
        ("day=2023-03-14", "UTC", "03-13T00:00", "03-14T00:00", False),
        ("day=2023-03-14", "UTC", "03-14T23:59", "03-16T00:00", True),
        ("day=2023-03-14", "UTC", "03-15T00:00", "03-16T00:00", False),
        # In New York that day began at 04:00 UTC and ended at 04:00 of the next.
        ("day=2023-03-14", "America/New_York", "03-14T00:00", "03-14T04:00", False),
        ("day=2023-03-14", "America/New_York", "03-15T03:00", "03-15T04:00", True),
        # The clocks went forward at 02:00: that day had 23 hours.
        ("day=2023-03-12", "America/New_York", "03-13T04:00", "03-13T05:00", False),
        ("day=__HIVE_DEFAULT_PARTITION__", "UTC", "03-14T00:00", "03-14T01:00", True),
        ("day=9999-12-31", "UTC", "03-14T00:00", "03-14T01:00", True),
        ("month=2022-01-01", "UTC", "03-14T00:00", "03-14T01:00", True),
    ],
)
def test_a_day_is_a_day_of_the_part_s_zone(name, zone, since, until, is_read):
    found = touches(f"s3://b/logs/{name}/a.csv", march(since, until), zone)
    assert found == is_read


def test_an_open_window_leaves_no_day_out_at_its_open_end():
    day = "/logs/day=2023-03-14/a.csv"
    instant = datetime.fromisoformat("2023-03-14T12:00:00+00:00")
    windows = [Window(), Window(since=instant), Window(until=instant)]
    assert [touches(day, one, "UTC") for one in windows] == [True, True, True]


# ------------------------------------------------------------------ shut in, or silent


def test_a_part_reads_no_other_object_of_its_bucket(bucket, tmp_path):
    bucket.put("a.csv", b"who\r\nprivate\r\n")
    bucket.put("b.csv", b"who\r\nprivate\r\n")
    other = f"read_csv('{bucket.address}/b.csv')"
    with pytest.raises(QueryFailed, match="refused the query") as caught:
        pull(
            f"{bucket.address}/a.csv",
            tmp_path / "x.csv",
            sql=SQL.replace("downloads", other),
        )
    assert_quiet(caught.value, tmp_path / "x.csv")


def test_files_that_are_not_there_are_unavailable(place, tmp_path):
    place.put("a.csv", b"who\r\n")
    for address in ("/b.csv", "/*.parquet", "/a.csv/b.csv"):
        with pytest.raises(SourceUnavailable) as caught:
            pull(place.address + address, tmp_path / "x.csv")
        assert str(caught.value) == "Part 1a: a file of “Test files” isn't there."


def test_a_bucket_out_of_reach_is_unavailable(bucket, settings, tmp_path):
    bucket.put("a.csv", b"who\r\n")
    settings.S3 = settings.S3 | {"endpoint": NOWHERE}
    with pytest.raises(SourceUnavailable) as caught:
        pull(f"{bucket.address}/a.csv", tmp_path / "x.csv")
    assert str(caught.value) == "Part 1a: the bucket of “Test files” is silent."


def test_an_object_that_the_bucket_won_t_give_is_unavailable(bucket, s3, tmp_path):
    """It was listed, so what fails is the reading, in the midst of DuckDB's work."""
    bucket.put("a.csv", records(tmp_path, kind="csv"))
    with s3.refusing("a.csv"), pytest.raises(SourceUnavailable) as caught:
        pull(f"{bucket.address}/*.csv", tmp_path / "x.csv")
    assert str(caught.value) == "Part 1a: the bucket of “Test files” is silent."
    assert not Path(tmp_path / "x.csv").exists()
