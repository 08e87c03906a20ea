"""One run over databases: its snapshot, its pieces, its silence, its limits."""

import logging
from datetime import UTC

import pytest

from cases.enums import IdentifierKind
from disclosures.datamap.terms import AccountForm, Window
from disclosures.sources.base import (
    Account,
    Limits,
    QueryFailed,
    SourceTimedOut,
)
from disclosures.sources.run import Run
from disclosures.sources.sql import SqlSource
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.asking import WHO, assert_quiet, pull
from tests.disclosures.sources.maps import column, datamap, guard, part


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
def test_a_probe_reads_nothing_and_finds_what_is_missing(database, tmp_path, form):
    connection, address = database
    connection.execute("CREATE TABLE t (a)")
    good = part("SELECT a FROM t WHERE a = :account", column("a"))
    bad = part("SELECT b FROM t WHERE a = :account", column("b"), code="1b")
    files = part("SELECT a FROM downloads", column("a"), source="downloads", code="1c")
    lacking = part("SELECT b FROM downloads", column("b"), source="downloads")
    (tmp_path / "d.csv").write_text("a\nx\n", encoding="utf-8")
    addresses = {"service": address, "downloads": str(tmp_path / "d.csv")}

    with Run(datamap(good, bad, files, form=AccountForm(form)), addresses) as run:
        run.probe(good)
        run.probe(files)
        for one in (bad, lacking):
            with pytest.raises(QueryFailed):
                run.probe(one)


def test_a_slow_reader_runs_out_of_time_between_partitions(tmp_path, database):
    _, address = database
    one = part("SELECT 1 AS i WHERE '' <> :account", column("i", "integer"))
    source = SqlSource(datamap(one), datamap(one).source("service"), address, Limits())
    source._deadline.start = lambda _seconds: setattr(source._deadline, "at", 0.0)
    source._engine.dispose()

    with pytest.raises(SourceTimedOut):
        source.pull(
            one,
            account=WHO,
            window=Window(),
            inputs={},
            guard=guard(one, WHO),
            out=tmp_path / "x.csv",
        )

    assert list(tmp_path.glob("x.csv*")) == []
    source.close()
