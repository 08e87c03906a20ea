"""Databases: read only, bound, in pieces, and quiet about what they hold."""

from datetime import UTC, datetime, timedelta

import pytest

from disclosures.datamap.terms import Window
from disclosures.sources.base import (
    Account,
    Limits,
    QueryFailed,
    SourceTimedOut,
    SourceUnavailable,
)
from disclosures.sources.run import Run
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.asking import SLOW, WHO, assert_quiet, pull
from tests.disclosures.sources.maps import column, datamap, part


@pytest.mark.feature("C1", part=True)
@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "sqlite:////nowhere/at/all.sqlite3",
            "can't be reached (code SQLITE_CANTOPEN).",
        ),
        ("postgresql://u:private@127.0.0.1:1/x", "can't be reached."),
        ("mysql://u:private@127.0.0.1:1/x", "can't be reached (code 2003)."),
    ],
)
def test_a_source_that_is_down_may_be_tried_again(tmp_path, address, words):
    out = tmp_path / "x.csv"

    with pytest.raises(SourceUnavailable) as caught:
        pull(address, part("SELECT :account AS a", column("a")), out)

    assert str(caught.value) == f"The source “Test database” {words}"
    assert_quiet(caught.value, out)


@pytest.mark.parametrize(
    "address", ["nonsense", "oracle://x/y", "postgresql://u:p@h:q/x", ""]
)
def test_an_address_that_is_none_is_refused_without_being_quoted(tmp_path, address):
    with pytest.raises(QueryFailed) as caught:
        pull(address, part("SELECT :account AS a", column("a")), tmp_path / "x.csv")

    assert str(caught.value) in {
        "The address of a source isn't a database address that is known.",
        "No address is set for the source “Test database”:"
        " set CANDOR_SOURCE_SERVICE_URL.",
    }


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT nope AS a FROM t WHERE b = :account", "SQLITE_ERROR"),
        ("SELECT a FROM nope WHERE b = :account", "SQLITE_ERROR"),
        ("SELECT a FROM WHERE b = :account", "SQLITE_ERROR"),
    ],
)
def test_a_query_that_fails_names_part_and_source_only(tmp_path, database, sql, code):
    connection, address = database
    connection.execute("CREATE TABLE t (a, b)")
    out = tmp_path / "x.csv"

    with pytest.raises(QueryFailed) as caught:
        pull(address, part(sql, column("a")), out)

    assert str(caught.value) == (
        "Part 1a: “Test database” refused the query: the database can't read its SQL,"
        f" or lacks a table or column (code {code})."
    )
    assert_quiet(caught.value, out)


def test_a_described_column_that_the_query_lacks_is_refused(tmp_path, database):
    _, address = database

    with pytest.raises(QueryFailed):
        pull(
            address,
            part("SELECT :account AS a", column("a"), column("b")),
            tmp_path / "x",
        )


def test_only_described_columns_leave_the_database(tmp_path, database):
    connection, address = database
    connection.execute("CREATE TABLE t (a, password)")
    connection.execute("INSERT INTO t VALUES ('k-private-41', 'hunter2')")
    connection.commit()
    one = part("SELECT a, password FROM t WHERE a = :account", column("a"))

    pull(address, one, tmp_path / "x.csv")

    assert (tmp_path / "x.csv").read_bytes() == b"a\r\nk-private-41\r\n"


@pytest.mark.feature("C1", part=True)
def test_a_query_that_takes_too_long_is_broken_off(tmp_path, database):
    _, address = database
    out = tmp_path / "x.csv"
    begun = datetime.now(UTC)

    with pytest.raises(SourceTimedOut) as caught:
        pull(
            address,
            part(SLOW, column("a", "integer")),
            out,
            limits=Limits(statement_seconds=1),
        )

    assert str(caught.value) == "Part 1a: “Test database” took longer than 1 seconds."
    assert datetime.now(UTC) - begun < timedelta(seconds=5)
    assert_quiet(caught.value, out)


def test_a_value_of_another_type_names_the_column_and_leaves_nothing(
    tmp_path, database
):
    _, address = database
    out = tmp_path / "x.csv"

    with pytest.raises(QueryFailed) as caught:
        pull(address, part("SELECT :account AS a", column("a", "integer")), out)

    assert str(caught.value) == (
        "Part 1a: column “a” holds a value that isn't of type “integer”. The data map"
        " describes it wrongly."
    )
    assert_quiet(caught.value, out)


def test_after_a_failure_the_run_goes_on_with_a_new_snapshot(tmp_path, database):
    _, address = database
    bad = part("SELECT nope AS a FROM t WHERE b = :account", column("a"), code="1a")
    good = part("SELECT :account AS a", column("a"), code="1b")

    with Run(datamap(bad, good), {"service": address}) as run:
        with pytest.raises(QueryFailed):
            run.pull(bad, account=WHO, window=Window(), out=tmp_path / "a.csv")
        pulled = run.pull(good, account=WHO, window=Window(), out=tmp_path / "b.csv")

    assert pulled.rows == 1


def test_nothing_can_be_written_whatever_the_query_says(tmp_path, database):
    connection, address = database
    connection.execute("CREATE TABLE t (a)")
    connection.commit()

    with Run(
        datamap(part("SELECT a FROM t WHERE a = :account", column("a"))),
        {"service": address},
    ) as run:
        opened = run._database("service")._open()
        for sql in ("INSERT INTO t VALUES (1)", "DROP TABLE t", "CREATE TABLE u (a)"):
            with pytest.raises(Exception, match="readonly"):
                opened.exec_driver_sql(sql)


def test_hostile_values_pass_through_exactly(tmp_path, database):
    connection, address = database
    values = [
        "NUL \x00 in it",
        '<img src="file:///etc/passwd">',
        "\u202e\u05d0\u05d1 right to left",
        "\U0001f98b \U0001f469\u200d\U0001f4bb",
        "=cmd|' /C calc'!A0",
        'line\r\nbreak, "quoted"',
        "x" * 1_000_000,
        "",
    ]
    connection.execute("CREATE TABLE t (i INTEGER, a TEXT)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", enumerate(values))
    connection.execute(
        "INSERT INTO t VALUES (8, CAST(X'636166e9' AS TEXT)), (9, X'00ff')"
    )
    connection.commit()
    one = part(
        "SELECT i, a FROM t WHERE '' <> :account", column("i", "integer"), column("a")
    )
    out = tmp_path / "x.csv"

    pulled = pull(address, one, out)

    assert [row[1] for row in read(out)] == [
        *values[:-1],
        None,
        "\\x636166e9",
        "\\x00ff",
    ]
    assert (pulled.rows, pulled.odd_cells) == (10, 2)
    derived = part(
        "SELECT i, a FROM part_1a",
        *one.columns,
        code="1b",
        kind="derived",
        inputs=("1a",),
    )
    with Run(datamap(one, derived), {}) as run:
        again = run.pull(
            derived,
            account=WHO,
            window=Window(),
            out=tmp_path / "y.csv",
            inputs={"1a": out},
        )
    assert (tmp_path / "y.csv").read_bytes() == out.read_bytes()
    assert again.odd_cells == 0


@pytest.mark.feature("T1", part=True)
@pytest.mark.parametrize(
    ("zone", "since", "until", "found"),
    [
        # Berlin left summer time on 2022-10-30 at 03:00, which was 01:00 UTC.
        (
            "Europe/Berlin",
            "2022-10-30T00:30:00+00:00",
            "2022-10-30T02:00:00+00:00",
            [2, 3],
        ),
        ("UTC", "2022-10-30T02:30:00+00:00", "2022-10-30T03:00:00+00:00", [1, 2]),
        ("America/New_York", "2022-10-30T06:30:00+00:00", None, [1, 2, 3, 4]),
        ("UTC", None, "2022-10-30T02:30:00+00:00", [0]),
    ],
)
def test_a_window_is_read_in_the_columns_zone(
    tmp_path, database, zone, since, until, found
):
    connection, address = database
    connection.execute("CREATE TABLE t (i INTEGER, at TEXT)")
    connection.executemany(
        "INSERT INTO t VALUES (?, ?)",
        [
            (0, "2022-10-30 01:29:59.999999"),
            (1, "2022-10-30 02:30:00"),
            (2, "2022-10-30T02:30:00.000001"),
            (3, "2022-10-30 03:00:00"),
            (4, "2022-10-30 03:30:00.000000"),
            (5, None),
        ],
    )
    connection.commit()
    one = part(
        "SELECT i, at FROM t WHERE '' <> :account",
        column("i", "integer"),
        column("at", "timestamp", zone),
        window="at",
    )
    ends = (end and datetime.fromisoformat(end) for end in (since, until))

    pull(address, one, tmp_path / "x.csv", window=Window(*ends))

    rows = [int(row[0]) for row in read(tmp_path / "x.csv")]
    if zone == "Europe/Berlin":
        # 02:30 happened twice; a time without a zone is read as the first of the two,
        # 00:30 UTC.
        found = [1, 2]
    assert rows == found


@pytest.mark.parametrize(
    ("form", "key", "rows"),
    [("integer", "17", 1), ("integer", "x", 0), ("text", "17", 1), ("uuid", "17", 0)],
)
def test_the_key_is_bound_in_the_services_own_form(tmp_path, database, form, key, rows):
    connection, address = database
    connection.execute("CREATE TABLE t (id INTEGER)")
    connection.execute("INSERT INTO t VALUES (17), (170)")
    connection.commit()
    one = part("SELECT id FROM t WHERE id = :account", column("id", "integer"))

    pulled = pull(
        address, one, tmp_path / "x.csv", account=Account(key, "n"), form=form
    )

    assert pulled.rows == rows


def test_rows_that_tie_are_told_apart_by_the_other_columns(tmp_path, database):
    connection, address = database
    connection.execute("CREATE TABLE t (a, b, j)")
    connection.executemany(
        "INSERT INTO t VALUES (1, ?, '{}')", [("c",), ("a",), ("b",)]
    )
    connection.commit()
    one = part(
        "SELECT a, b, j FROM t WHERE '' <> :account",
        column("a", "integer"),
        column("b"),
        column("j", "json"),
    )

    pull(address, one, tmp_path / "x.csv")

    assert [row[1] for row in read(tmp_path / "x.csv")] == ["a", "b", "c"]
