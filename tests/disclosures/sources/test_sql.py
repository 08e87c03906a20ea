"""Databases: read only, bound, in pieces, and quiet about what they hold."""

import logging
import sqlite3
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from cases.enums import IdentifierKind
from disclosures.datamap.terms import AccountForm, Window
from disclosures.sources.base import (
    Account,
    Limits,
    QueryFailed,
    SourceTimedOut,
    SourceUnavailable,
)
from disclosures.sources.run import Run
from disclosures.sources.sql import SqlSource
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.maps import column, datamap, part

WHO = Account("k-private-41", "private-name")
SLOW = (
    "WITH RECURSIVE n(i) AS"
    " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000)"
    " SELECT max(i) AS a FROM n WHERE :account <> ''"
)


@pytest.fixture
def database(tmp_path):
    """An SQLite file to fill, and its address."""
    path = tmp_path / "service.sqlite3"
    connection = sqlite3.connect(path)
    yield connection, f"sqlite:///{path}"
    connection.close()


def pull(address, one, out, *, account=WHO, window=None, limits=None, form="text"):
    with Run(datamap(one, form=AccountForm(form)), {"service": address}, limits) as run:
        return run.pull(one, account=account, window=window or Window(), out=out)


def assert_quiet(error, out):
    """No value, name or key is in the error, nor anything half-written on disk."""
    chain = "".join(traceback.format_exception(error))
    assert "private" not in str(error) + repr(error.__cause__) + repr(error.__context__)
    assert "private" not in chain.replace("private_", "")
    assert [p.name for p in out.parent.iterdir() if p.name.startswith(out.name)] == []


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


def test_several_accounts_are_all_named(database):
    connection, address = database
    connection.execute("CREATE TABLE users (id, username)")
    connection.executemany(
        "INSERT INTO users VALUES (?, ?)", [("2", "B"), ("1", "a"), ("3", "c")]
    )
    connection.commit()
    sql = (
        "SELECT id AS account_key, username AS account_name FROM users"
        " WHERE :identifier = 'x'"
    )
    found = datamap(part("SELECT :account AS a", column("a")), resolve=sql)

    with Run(found, {"service": address}) as run:
        assert run.resolve(IdentifierKind.USERNAME, "x") == [
            Account("2", "B"),
            Account("1", "a"),
            Account("3", "c"),
        ]
        assert run.resolve(IdentifierKind.USERNAME, "\ud800") == []
        with pytest.raises(
            QueryFailed, match="can't resolve identifiers of kind “E-mail"
        ):
            run.resolve(IdentifierKind.EMAIL, "x")


def test_one_run_sees_one_snapshot(tmp_path, database):
    connection, address = database
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES ('k-private-41')")
    connection.commit()
    one = part("SELECT a FROM t WHERE a = :account", column("a"))

    with Run(datamap(one), {"service": address}) as run:
        first = run.pull(one, account=WHO, window=Window(), out=tmp_path / "a.csv")
        connection.execute("INSERT INTO t VALUES ('k-private-41')")
        connection.commit()
        second = run.pull(one, account=WHO, window=Window(), out=tmp_path / "b.csv")
    third = pull(address, one, tmp_path / "c.csv")

    assert (first.rows, second.rows, third.rows) == (1, 1, 2)
    assert first.snapshot_at == second.snapshot_at
    assert first.snapshot_at.tzinfo == UTC


def test_a_result_passes_in_small_partitions(tmp_path, database):
    _, address = database
    sql = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
        " SELECT i FROM n WHERE '' <> :account"
    )

    pulled = pull(address, part(sql, column("i", "integer")), tmp_path / "x.csv")

    assert [int(row[0]) for row in read(tmp_path / "x.csv")] == list(range(1, 2501))
    assert pulled.size == (tmp_path / "x.csv").stat().st_size


def test_nothing_of_a_target_reaches_a_log(tmp_path, database, caplog):
    _, address = database
    caplog.set_level(logging.DEBUG)

    pull(address, part("SELECT :account AS a", column("a")), tmp_path / "x.csv")
    with pytest.raises(QueryFailed):
        pull(
            address,
            part("SELECT :account AS a FROM t", column("a")),
            tmp_path / "y.csv",
        )

    assert "private" not in caplog.text


def test_a_run_says_what_it_cannot_do(tmp_path):
    statement = part("", column("a"), kind="statement")
    derived = part(
        "SELECT 1 AS a", column("a"), kind="derived", inputs=("1b",), code="1c"
    )
    with Run(datamap(statement, derived), {}) as run:
        with pytest.raises(QueryFailed, match="is a statement: it has no records"):
            run.pull(statement, account=WHO, window=Window(), out=tmp_path / "x.csv")
        with pytest.raises(QueryFailed, match="derived from 1b, which isn't there"):
            run.pull(derived, account=WHO, window=Window(), out=tmp_path / "x.csv")
        run.close()
        run.close()


def test_a_database_reads_no_exhibits(tmp_path, database):
    _, address = database
    one = part("SELECT :account AS a", column("a"), inputs=("1z",))

    with (
        Run(datamap(one), {"service": address}) as run,
        pytest.raises(QueryFailed, match="a database can't read exhibits"),
    ):
        run.pull(
            one,
            account=WHO,
            window=Window(),
            out=tmp_path / "x.csv",
            inputs={"1z": tmp_path / "z.csv"},
        )


def test_a_name_that_no_database_takes_is_refused_without_being_quoted(
    tmp_path, database
):
    _, address = database
    one = part("SELECT :name AS a", column("a"))
    odd = Account("k", "private\ud800")

    with pytest.raises(QueryFailed) as caught:
        pull(address, one, tmp_path / "x.csv", account=odd)

    assert str(caught.value) == "Part 1a can't be run: UnicodeEncodeError."
    assert_quiet(caught.value, tmp_path / "x.csv")


@pytest.mark.parametrize("form", ["integer", "text", "uuid"])
def test_a_probe_reads_nothing_and_finds_what_is_missing(database, form):
    connection, address = database
    connection.execute("CREATE TABLE t (a)")
    good = part("SELECT a FROM t WHERE a = :account", column("a"))
    bad = part("SELECT b FROM t WHERE a = :account", column("b"), code="1b")
    files = part("SELECT a FROM downloads", column("a"), source="downloads", code="1c")

    with Run(
        datamap(good, bad, files, form=AccountForm(form)), {"service": address}
    ) as run:
        run.probe(good)
        run.probe(files)
        with pytest.raises(QueryFailed):
            run.probe(bad)


def test_a_slow_reader_runs_out_of_time_between_partitions(tmp_path, database):
    _, address = database
    one = part("SELECT 1 AS i WHERE '' <> :account", column("i", "integer"))
    source = SqlSource(datamap(one), datamap(one).source("service"), address, Limits())
    source._deadline.start = lambda _seconds: setattr(source._deadline, "at", 0.0)
    source._engine.dispose()

    with pytest.raises(SourceTimedOut):
        source.pull(
            one, account=WHO, window=Window(), inputs={}, out=tmp_path / "x.csv"
        )

    assert list(tmp_path.glob("x.csv*")) == []
    source.close()
