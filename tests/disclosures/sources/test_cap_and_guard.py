"""A cap counts rows of the signed scope: what the guard leaves out takes no room."""

from dataclasses import replace

import pytest

from disclosures.datamap.terms import AccountForm, Whose, Window
from disclosures.sources.base import Account, Limits
from disclosures.sources.run import Run
from tests.disclosures.sources import servers
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.maps import column, datamap, part

WHO = Account("7", "name")
# The query lets everybody's rows through: theirs are every third, ten of thirty.
PART = part(
    "SELECT n, who FROM t WHERE :account <> ''",
    column("n", "integer"),
    column("who", whose=Whose.ACCOUNT),
)
ROWS = [(n, "7" if n % 3 == 2 else "8") for n in range(30)]
THEIRS = [(str(n), who) for n, who in ROWS if who == "7"]
WAYS = [{}, {"may_copy": False}]


def fill(connection):
    values = ", ".join(f"({n}, '{who}')" for n, who in ROWS)
    connection.execute("CREATE TABLE t (n int, who text)")
    connection.execute(" ".join(("INSERT INTO t VALUES", values)))


def check(address, out, *, kept=None, **way):
    """Each cap gives the first so many of theirs, and how many theirs are."""
    kept = THEIRS if kept is None else kept
    limits = Limits(rows_at_once=4, **way)
    the_map = datamap(PART, form=AccountForm.TEXT)
    with Run(the_map, {"service": address}, limits, may_write=True) as run:
        for cap in (0, 1, 4, len(THEIRS) - 1, len(THEIRS), len(THEIRS) + 1, 29, 30, 31):
            one = replace(PART, most_rows=cap)
            pulled = run.pull(one, account=WHO, window=Window(), out=out)
            assert read(out) == kept[: cap or None]
            assert (pulled.rows, pulled.total) == (
                len(kept[: cap or None]),
                len(kept),
            )
            found = {"account": len(ROWS) - len(kept)}
            # Where a limit was reached, all were read to the end: all are counted.
            assert pulled.left_out == {name: n for name, n in found.items() if n}


def test_sqlite_fills_the_cap_with_rows_that_belong(database, tmp_path):
    connection, address = database
    fill(connection)
    connection.commit()
    check(address, tmp_path / "x.csv")


def test_a_file_without_a_row_that_belongs_is_empty_and_says_so(database, tmp_path):
    connection, address = database
    fill(connection)
    connection.execute("UPDATE t SET who = '9'")
    connection.commit()
    check(address, tmp_path / "x.csv", kept=[])


@pytest.mark.postgres
def test_postgresql_fills_the_cap_with_rows_that_belong_both_ways(tmp_path):
    with servers.postgres() as (connection, address):
        fill(connection)
        for way in WAYS:
            check(address, tmp_path / "x.csv", **way)


@pytest.mark.mariadb
def test_mariadb_fills_the_cap_with_rows_that_belong(tmp_path):
    with servers.mariadb() as (connection, address):
        fill(connection)
        check(address, tmp_path / "x.csv")
