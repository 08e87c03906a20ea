"""A part that caps its rows: the first so many, and how many there were, always."""

from dataclasses import replace

import duckdb
import pytest

from disclosures.datamap.terms import Window
from disclosures.sources.base import Account, Limits
from disclosures.sources.run import Run
from tests.disclosures.sources import servers
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.maps import column, datamap, part

WHO = Account("7", "name")
ROWS = 23
WHOLE = part(
    "SELECT n, word FROM t WHERE account = :account",
    column("n", "integer"),
    column("word"),
    order="word",
)
EVERYTHING = [(str(n), f"w{n // 4}") for n in range(ROWS)]
# Fewer, exactly as many, more than there are, and more than a partition holds.
CAPS = [0, 1, 7, ROWS - 1, ROWS, ROWS + 1]
VALUES = ", ".join(f"('7', {n}, '{word}')" for n, word in EVERYTHING)
INSERT = " ".join(("INSERT INTO t VALUES", VALUES))


def in_order(cap):
    return sorted(EVERYTHING, key=lambda row: (row[1], int(row[0])))[: cap or None]


def check(run, cap, out, **more):
    """Pull with this cap in small pieces: the file is the first of the whole order."""
    pulled = run.pull(
        replace(more.pop("of", WHOLE), most_rows=cap),
        account=WHO,
        window=Window(),
        out=out,
        **more,
    )
    assert read(out) == in_order(cap)
    assert (pulled.rows, pulled.total) == (len(in_order(cap)), ROWS)


def pieces(address, **more):
    known = {"service": address} | more
    limits = Limits(rows_at_once=5)
    return Run(datamap(WHOLE), known, limits, may_write=True)


@pytest.mark.parametrize("cap", CAPS)
def test_sqlite_gives_the_first_and_the_true_total(database, tmp_path, cap):
    connection, address = database
    connection.execute("CREATE TABLE t (account TEXT, n INT, word TEXT)")
    connection.execute(INSERT)
    connection.commit()

    with pieces(address) as run:
        check(run, cap, tmp_path / "x.csv")


@pytest.mark.postgres
def test_postgresql_counts_in_the_snapshot_that_it_reads(tmp_path):
    with servers.postgres() as (connection, address):
        connection.execute("CREATE TABLE t (account text, n int, word text)")
        _counts_in_one_snapshot(connection, address, tmp_path)


@pytest.mark.mariadb
def test_mariadb_counts_in_the_snapshot_that_it_reads(tmp_path):
    with servers.mariadb() as (connection, address):
        connection.execute("CREATE TABLE t (account text, n int, word text)")
        _counts_in_one_snapshot(connection, address, tmp_path)


def _counts_in_one_snapshot(connection, address, folder):
    connection.execute(INSERT)
    with pieces(address) as run:
        for cap in CAPS:
            check(run, cap, folder / f"{cap}.csv")
            connection.execute("INSERT INTO t VALUES ('7', 99, 'zz')")  # too late


@pytest.mark.parametrize("cap", CAPS)
def test_files_and_derived_parts_give_the_first_and_the_true_total(tmp_path, cap):
    parquet, exhibit = tmp_path / "d.parquet", tmp_path / "1a.csv"
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (account TEXT, n INT, word TEXT)")
        connection.execute(INSERT)
        connection.table("t").write_parquet(str(parquet))
    sql = "SELECT n, word FROM downloads WHERE account = :account"
    from_files = replace(WHOLE, source="downloads", sql=sql)
    derived = part(
        "SELECT n, word FROM part_1a",
        *WHOLE.columns,
        order="word",
        code="1b",
        kind="derived",
        inputs=("1a",),
    )
    the_map = datamap(from_files, derived)

    with Run(the_map, {"downloads": str(parquet)}, Limits(rows_at_once=5)) as run:
        check(run, cap, tmp_path / "x.csv", of=from_files)
        check(run, 0, exhibit, of=from_files)
        check(run, cap, tmp_path / "y.csv", of=derived, inputs={"1a": exhibit})
