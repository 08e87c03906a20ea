"""Derived parts and files: DuckDB, shut in with exactly the files of the part."""

from datetime import datetime

import pytest

from disclosures.datamap.terms import Window
from disclosures.sources import duck
from disclosures.sources.base import (
    Account,
    Limits,
    QueryFailed,
    SourceTimedOut,
    SourceUnavailable,
)
from disclosures.sources.csvfile import CsvFile
from disclosures.sources.run import Run
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.maps import column, datamap, guard, part

WHO = Account("k-private-41", "private-name")
INPUT = part(
    "SELECT :account AS t",
    column("t", "timestamp"),
    column("word"),
    column("n", "integer"),
)


@pytest.fixture
def exhibit(tmp_path):
    """An exhibit of part 1a to derive from."""
    path = tmp_path / "it's.csv"
    with CsvFile(path, guard(INPUT)) as file:
        file.write(
            [
                ("2023-01-01 00:00:00", "b", 10),
                ("2023-01-02 00:00:00.5", "a", 9),
                ("2023-01-03 00:00:00", None, None),
                ("2023-01-03 00:00:00", "", 2),
            ]
        )
    return path


def derive(exhibit, sql, *columns, out, within=None, limits=None, **more):
    one = part(sql, *columns, code="1b", kind="derived", inputs=("1a",), **more)
    with Run(datamap(INPUT, one), {}, limits) as run:
        return run.pull(
            one,
            account=WHO,
            window=within or Window(),
            out=out,
            inputs={"1a": exhibit},
        )


def test_everything_is_text_and_null_is_not_empty(exhibit, tmp_path):
    out = tmp_path / "x.csv"
    pulled = derive(
        exhibit,
        "SELECT t, word, n FROM part_1a",
        column("t", "timestamp"),
        column("word"),
        column("n", "integer"),
        out=out,
    )

    assert out.read_bytes() == (
        b"t,word,n\r\n"
        b"2023-01-01T00:00:00+00:00,b,10\r\n"
        b"2023-01-02T00:00:00.500000+00:00,a,9\r\n"
        b'2023-01-03T00:00:00+00:00,"",2\r\n'
        b"2023-01-03T00:00:00+00:00,,\r\n"
    )
    assert pulled.source_title == "Exhibits of parts 1a"
    assert pulled.parameters == {"part_1a": "exhibit of part 1a"}


def test_whole_numbers_sort_as_numbers(exhibit, tmp_path):
    derive(exhibit, "SELECT n FROM part_1a", column("n", "integer"), out=tmp_path / "x")

    assert read(tmp_path / "x") == [("2",), ("9",), ("10",), ()]


def test_a_derived_part_is_cut_to_its_own_window(exhibit, tmp_path):
    from_second = Window(since=datetime.fromisoformat("2023-01-02T00:00:00.5+00:00"))
    until_third = Window(until=datetime.fromisoformat("2023-01-03T00:00:00+00:00"))
    found = []
    for window in (from_second, until_third):
        derive(
            exhibit,
            "SELECT t, n FROM part_1a",
            column("t", "timestamp"),
            column("n", "integer"),
            out=tmp_path / "x.csv",
            within=window,
            window="t",
        )
        found.append([row[1] for row in read(tmp_path / "x.csv")])

    assert found == [["9", "2", None], ["10", "9"]]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT content AS a FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('{other}') AS t(a)",
        "SELECT * FROM '{other}' AS t(a)",
        "SELECT * FROM glob('/etc/*') AS t(a)",
        "SELECT * FROM read_csv('http://192.0.2.66/x.csv') AS t(a)",
        "SELECT nope AS a FROM part_1a",
        "SELECT CAST(word AS INTEGER) AS a FROM part_1a",
        "SELECT a FROM part_9z",
    ],
)
def test_it_reads_nothing_but_the_parts_files(exhibit, tmp_path, sql):
    other = tmp_path / "other.csv"
    other.write_text("private\n1\n")
    out = tmp_path / "x.csv"

    with pytest.raises(QueryFailed) as caught:
        derive(exhibit, sql.format(other=other), column("a"), out=out)

    assert str(caught.value).startswith(
        "Part 1b: “Exhibits of parts 1a” refused the query ("
    )
    assert "private" not in repr(caught.value) + repr(caught.value.__context__)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["it's.csv", "other.csv"]


@pytest.mark.parametrize(
    "sql",
    [
        "SET threads = 8",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/etc/passwd']",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH '/tmp/private.duckdb'",
        "COPY (SELECT 1) TO '/tmp/private.csv'",
    ],
)
def test_it_is_locked_for_whoever_got_in(exhibit, sql):
    views = {"part_1a": duck.ExhibitTable(INPUT, exhibit).view(Window())}

    with (
        duck.opened(views, "UTC", Limits()) as connection,
        pytest.raises(duck.duckdb.Error),
    ):
        connection.execute(sql)


def test_a_missing_exhibit_is_unavailable(tmp_path):
    with pytest.raises(SourceUnavailable) as caught:
        derive(
            tmp_path / "gone.csv",
            "SELECT n FROM part_1a",
            column("n", "integer"),
            out=tmp_path / "x.csv",
        )

    assert str(caught.value) == (
        "Part 1b: a file of “Exhibits of parts 1a” isn't there."
    )


def test_a_derivation_that_takes_too_long_is_broken_off(exhibit, tmp_path):
    with pytest.raises(SourceTimedOut) as caught:
        derive(
            exhibit,
            "SELECT count(*) AS n FROM part_1a, range(100000) a, range(100000) b",
            column("n", "integer"),
            out=tmp_path / "x.csv",
            limits=Limits(statement_seconds=1),
        )

    assert str(caught.value) == (
        "Part 1b: “Exhibits of parts 1a” took longer than 1 seconds."
    )
    assert not (tmp_path / "x.csv").exists()


def test_a_sort_that_exceeds_its_memory_goes_on_beside_the_file(exhibit, tmp_path):
    pulled = derive(
        exhibit,
        "SELECT md5(i::text) || repeat('x', 200) AS n FROM part_1a, range(600000) r(i)"
        " ORDER BY n DESC LIMIT 599999",
        column("n"),
        out=tmp_path / "x.csv",
        limits=Limits(duckdb_megabytes=128),
    )

    rows = (tmp_path / "x.csv").read_text().splitlines()
    assert pulled.rows == len(rows) - 1 == 599_999
    assert rows[1:] == sorted(rows[1:])  # the order of the map, over all of them
    assert {path.name for path in tmp_path.iterdir()} == {"it's.csv", "x.csv"}


def test_memory_is_bounded_and_nothing_stays(exhibit, tmp_path):
    with pytest.raises(QueryFailed, match="OutOfMemory"):
        derive(
            exhibit,
            "SELECT list(i::text || repeat('x', 1000)) AS n"
            " FROM part_1a, range(1000000) r(i)",
            column("n"),
            out=tmp_path / "x.csv",
            limits=Limits(duckdb_megabytes=64),
        )

    assert [path.name for path in tmp_path.iterdir()] == ["it's.csv"]


def test_a_value_of_another_type_stops_the_pull(exhibit, tmp_path):
    with pytest.raises(QueryFailed) as caught:
        derive(
            exhibit,
            "SELECT word FROM part_1a",
            column("word", "boolean"),
            out=tmp_path / "x",
        )

    assert str(caught.value) == (
        "Part 1b: column “word” holds a value that isn't of type “boolean”. The data"
        " map describes it wrongly."
    )


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_file_is_read_by_path_or_address(exhibit, tmp_path, form):
    parquet = tmp_path / "a b.parquet"
    with duck.duckdb.connect(":memory:") as connection:
        connection.execute(
            f"COPY (SELECT 'x' AS p, TIMESTAMP '2023-01-01 12:00:00' AS t,"
            f" 5::BIGINT AS n) TO '{parquet}' (FORMAT parquet)"
        )
    address = form.format(
        str(parquet) if form == "{}" else str(parquet).replace(" ", "%20")
    )
    one = part(
        "SELECT p, t, n FROM downloads WHERE p <> :account",
        column("p"),
        column("t", "timestamp", "Europe/Berlin"),
        column("n", "integer"),
        source="downloads",
        window="t",
    )
    out = tmp_path / "x.csv"
    ends = [
        datetime.fromisoformat(f"2023-01-01T{hour}:00:00+00:00") for hour in (11, 12)
    ]

    with Run(datamap(one), {"downloads": address}) as run:
        inside = run.pull(one, account=WHO, window=Window(*ends), out=out)
        assert read(out) == [("x", "2023-01-01T11:00:00+00:00", "5")]
        after = run.pull(one, account=WHO, window=Window(since=ends[1]), out=out)

    assert (inside.rows, after.rows) == (1, 0)
    assert inside.parameters == {
        "account": WHO.key,
        "since": "2023-01-01T11:00:00+00:00",
        "until": "2023-01-01T12:00:00+00:00",
    }


def test_a_file_that_is_not_there_is_unavailable(tmp_path):
    one = part(
        "SELECT p FROM downloads WHERE p = :name", column("p"), source="downloads"
    )

    with (
        Run(datamap(one), {"downloads": "/nowhere.parquet"}) as run,
        pytest.raises(SourceUnavailable),
    ):
        run.pull(one, account=WHO, window=Window(), out=tmp_path / "x.csv")
