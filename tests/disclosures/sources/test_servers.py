"""What only a server shows: its types, its codes, its roles, its clock."""

import gc
from datetime import datetime

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
from tests.disclosures.sources import servers
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.maps import column, datamap, part

WHO = Account("k-private-41", "private-name")


@pytest.fixture
def postgres():
    with servers.postgres() as found:
        yield found


@pytest.fixture
def mariadb():
    with servers.mariadb() as found:
        yield found


def pull(address, one, out, limits=None, window=None):
    with Run(datamap(one), {"service": address}, limits, may_write=True) as run:
        return run.pull(one, account=WHO, window=window or Window(), out=out)


@pytest.mark.postgres
def test_postgresqls_types_have_their_forms(postgres, tmp_path):
    connection, address = postgres
    connection.execute(
        "CREATE TABLE t (id uuid, i inet, c cidr, j jsonb, k json, a text[],"
        " d interval,"
        " n numeric, b bytea, y boolean, at timestamptz, naive timestamp, day date)"
    )
    connection.execute(
        "INSERT INTO t VALUES"
        " ('00000000-0000-0000-0000-000000000001', '192.0.2.1', '198.51.100.0/24',"
        "  'null', '{\"b\": 1.10, \"a\": 1}', '{x,NULL}', '1 day 2 seconds', 1.50,"
        "  '\\x00ff', true, 'infinity', '10000-01-01', '1969-12-31'),"
        " ('00000000-0000-0000-0000-000000000002', '2001:db8::1/64', NULL,"
        "  NULL, NULL, NULL, NULL, 'NaN', NULL, false,"
        "  '2023-03-01 12:00:00.5+02', '2023-03-01', '0044-03-15 BC')"
    )
    one = part(
        "SELECT id, i, c, j, k, a, d, n, b, y, at, naive, day FROM t"
        " WHERE '' <> CAST(:account AS text)",
        column("id"),
        column("i", "address"),
        column("c", "address"),
        column("j", "json"),
        column("k", "json"),
        column("a"),
        column("d"),
        column("n"),
        column("b"),
        column("y", "boolean"),
        column("at", "timestamp"),
        column("naive", "timestamp"),
        column("day", "timestamp"),
    )

    pulled = pull(address, one, tmp_path / "x.csv")

    assert read(tmp_path / "x.csv") == [
        (
            "00000000-0000-0000-0000-000000000001",
            "192.0.2.1",
            "198.51.100.0/24",
            "null",
            '{"a":1,"b":1.10}',
            '["x",null]',
            "P1DT2S",
            "1.50",
            "\\x00ff",
            "true",
            "infinity",
            "10000-01-01 00:00:00",
            "1969-12-31T00:00:00+00:00",
        ),
        (
            "00000000-0000-0000-0000-000000000002",
            "2001:db8::1/64",
            *(None,) * 5,
            "NaN",
            None,
            "false",
            "2023-03-01T10:00:00.500000+00:00",
            "2023-03-01T00:00:00+00:00",
            "0044-03-15 BC",
        ),
    ]
    assert pulled.odd_cells == 4


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("sql", "refusal", "words"),
    [
        (
            "SELECT pg_sleep(30)::text AS a WHERE :account <> ''",
            SourceTimedOut,
            "than 1 sec",
        ),
        (
            "SELECT nextval('s') AS a WHERE :account <> ''",
            QueryFailed,
            "it tried to write (code 25006)",
        ),
        (
            "SELECT nope AS a FROM t WHERE a = :account",
            QueryFailed,
            "a column that the source doesn't have (code 42703)",
        ),
        (
            "SELECT a FROM nope WHERE a = :account",
            QueryFailed,
            "a table that the source doesn't have (code 42P01)",
        ),
        (
            "SELECT a FROM WHERE a = :account",
            QueryFailed,
            "can't read its SQL (code 42601)",
        ),
        ("SELECT CAST(:account AS integer) AS a", QueryFailed, "(code 22P02)"),
        ("SELECT 1 / (length(:account) - 12) AS a", QueryFailed, "(code 22012)"),
    ],
)
def test_postgresqls_refusals_say_what_and_quote_nothing(
    postgres, tmp_path, sql, refusal, words
):
    connection, address = postgres
    connection.execute("CREATE TABLE t (a text)")
    connection.execute("CREATE SEQUENCE s")

    with pytest.raises(refusal) as caught:
        pull(
            address,
            part(sql, column("a")),
            tmp_path / "x.csv",
            Limits(statement_seconds=1),
        )

    assert words in str(caught.value)
    assert "private" not in str(caught.value) + repr(caught.value.__context__)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_a_role_that_may_not_read_is_told_apart(postgres, tmp_path):
    connection, address = postgres
    connection.execute("CREATE TABLE t (a text)")
    # An ordinary role may take its own right away; a superuser can't be tested so.
    connection.execute("REVOKE ALL ON t FROM CURRENT_USER")
    one = part("SELECT a FROM t WHERE a = :account", column("a"))

    with pytest.raises(QueryFailed) as caught:
        pull(address, one, tmp_path / "x.csv")

    assert str(caught.value) == (
        "Part 1a: “Test database” refused the query: the role may not read one of its"
        " tables (code 42501)."
    )


# psycopg complains of its cursor when the server went away under it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.postgres
def test_a_connection_that_is_cut_may_be_tried_again(postgres, tmp_path):
    connection, address = postgres
    connection.execute("CREATE TABLE t (a text)")
    one = part("SELECT a FROM t WHERE a = :account", column("a"))

    with Run(datamap(one), {"service": address}, may_write=True) as run:
        first = run.pull(one, account=WHO, window=Window(), out=tmp_path / "x.csv")
        opened = run._database("service")._open()
        pid = opened.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(SourceUnavailable):
            run.pull(one, account=WHO, window=Window(), out=tmp_path / "y.csv")
        del opened
        gc.collect()  # here, where its complaint is expected
        again = run.pull(one, account=WHO, window=Window(), out=tmp_path / "y.csv")

    assert again.sha256 == first.sha256
    assert again.snapshot_at > first.snapshot_at
    assert again.read_as.startswith("role ")


@pytest.mark.postgres
def test_a_window_meets_a_column_with_or_without_a_zone(postgres, tmp_path):
    connection, address = postgres
    connection.execute("CREATE TABLE t (i int, at timestamptz, naive timestamp)")
    connection.execute(
        "INSERT INTO t VALUES (1, '2023-07-01 10:00+00', '2023-07-01 12:00'),"
        " (2, '2023-07-01 11:00+00', '2023-07-01 13:00')"
    )
    window = Window(
        datetime.fromisoformat("2023-07-01T10:00:00+00:00"),
        datetime.fromisoformat("2023-07-01T11:00:00+00:00"),
    )
    for name in ("at", "naive"):
        one = part(
            f"SELECT i, {name} FROM t WHERE '' <> CAST(:account AS text)",  # noqa: S608 - own words
            column("i", "integer"),
            column(name, "timestamp", "Europe/Berlin"),
            window=name,
        )
        pull(address, one, tmp_path / "x.csv", window=window)
        assert read(tmp_path / "x.csv") == [("1", "2023-07-01T10:00:00+00:00")]


@pytest.mark.mariadb
def test_mariadbs_types_have_their_forms(mariadb, tmp_path):
    cursor, address = mariadb
    cursor.execute(
        "CREATE TABLE t (i bigint unsigned, b bit(1), j json, n decimal(20,2), x blob,"
        " at datetime(6), s text, d time)"
    )
    cursor.execute(
        "INSERT INTO t VALUES"
        " (18446744073709551615, b'1', '{\"b\": 1.10, \"a\": null}', 1.5,"
        " X'00ff', '2023-03-01 12:00:00.000005', '\\0 \U0001f98b', '-01:00:00')"
    )
    one = part(
        "SELECT i, b, j, n, x, at, s, d FROM t WHERE '' <> :account",
        column("i", "integer"),
        column("b", "boolean"),
        column("j", "json"),
        column("n"),
        column("x"),
        column("at", "timestamp"),
        column("s"),
        column("d"),
    )

    pulled = pull(address, one, tmp_path / "x.csv")

    assert read(tmp_path / "x.csv") == [
        (
            "18446744073709551615",
            "true",
            '{"a":null,"b":1.10}',
            "1.50",
            "\\x00ff",
            "2023-03-01T12:00:00.000005+00:00",
            "\x00 \U0001f98b",
            "-3600000000 microseconds",
        )
    ]
    assert pulled.odd_cells == 1
    assert pulled.read_as.endswith(", in a read-only transaction")


@pytest.mark.mariadb
@pytest.mark.parametrize(
    ("sql", "refusal", "words"),
    [
        ("SELECT SLEEP(30) AS a WHERE :account <> ''", SourceTimedOut, "than 1 sec"),
        (
            "SELECT NEXTVAL(s) AS a WHERE :account <> ''",
            QueryFailed,
            "it tried to write (code 1792)",
        ),
        ("SELECT nope AS a FROM t WHERE a = :account", QueryFailed, "(code 1054)"),
        ("SELECT a FROM nope WHERE a = :account", QueryFailed, "(code 1146)"),
        (
            "SELECT a FROM WHERE a = :account",
            QueryFailed,
            "can't read its SQL (code 1064)",
        ),
    ],
)
def test_mariadbs_refusals_say_what_and_quote_nothing(
    mariadb, tmp_path, sql, refusal, words
):
    cursor, address = mariadb
    cursor.execute("CREATE TABLE t (a text)")
    cursor.execute("CREATE SEQUENCE s")

    with pytest.raises(refusal) as caught:
        pull(
            address,
            part(sql, column("a")),
            tmp_path / "x.csv",
            Limits(statement_seconds=1),
        )

    assert words in str(caught.value)
    assert "private" not in str(caught.value) + repr(caught.value.__context__)
    assert list(tmp_path.iterdir()) == []
