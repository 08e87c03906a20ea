"""PostgreSQL's fast way gives the file that the general way gives, to the byte."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from disclosures.datamap.terms import AccountForm, Order, Whose, Window
from disclosures.sources.base import Account, Limits
from disclosures.sources.run import Run
from tests.disclosures.sources import servers
from tests.disclosures.sources.maps import column, datamap, guard, part

pytestmark = pytest.mark.postgres

WHO = Account("k-private-41", "Private-Name")
WINDOW = Window(datetime(2023, 3, 1, tzinfo=UTC), datetime(2023, 4, 1, tzinfo=UTC))
GENERAL = Limits(may_copy=False, rows_at_once=3)
# What a table may hold, by its column's type, and what the map says of each.
TYPES = {
    "t": ("text", "text"),
    "v": ("varchar", "text"),
    "c": ("char(4)", "text"),
    "e": ("mood", "text"),
    "u": ("uuid", "text"),
    "n": ("numeric", "text"),
    "b": ("boolean", "boolean"),
    "w": ("boolean", "text"),
    "i": ("bigint", "integer"),
    "s": ("smallint", "text"),
    "a": ("inet", "address"),
    "k": ("cidr", "address"),
    "d": ("interval", "text"),
    "at": ("timestamptz", "timestamp"),
    "naive": ("timestamp", "timestamp"),
    "day": ("date", "timestamp"),
    "said": ("timestamptz", "text"),
}
MADE = ", ".join(f"{name} {kind}" for name, (kind, _) in TYPES.items())
INSERT = " ".join(("INSERT INTO t VALUES (", ", ".join("%s" for _ in TYPES), ")"))
WHOLE = part(
    " ".join(("SELECT", ", ".join(TYPES), "FROM t WHERE :account <> ''")),
    *(column(name, declared) for name, (_, declared) in TYPES.items()),
    order="t",
)

WORDS = st.text(st.sampled_from('",\r\n\\.\t; =é\x01\u202e\U0001f98b'), max_size=6)
ANY = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20
)
TIMES = st.datetimes().map(str) | st.sampled_from(
    (
        *("infinity", "-infinity", "0001-01-01", "0001-01-01 BC", "0044-03-15 BC"),
        *("9999-12-31 23:59:59.999999", "10000-01-01", "294276-12-31 23:59:59"),
        *("1969-12-31 23:59:59.5", "2023-03-01 12:00:00.000001", "0099-01-01 00:00:01"),
    )
)
ROWS = st.tuples(
    *(st.none() | WORDS | ANY for _ in "tv"),
    st.none() | st.text("ab ", max_size=4),
    st.none() | st.sampled_from(["", 'a "mood", quoted', "plain"]),
    st.none() | st.uuids(),
    st.none()
    | st.decimals(allow_nan=False, allow_infinity=False).map(str)
    | st.sampled_from(["NaN", "Infinity", "-Infinity", "1.50", "0.0000001", "1e20"]),
    *(st.none() | st.booleans() for _ in "bw"),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.integers(-(2**15), 2**15 - 1),
    st.none() | st.ip_addresses() | st.just("192.0.2.1/24"),
    st.none() | st.ip_addresses(),
    st.none()
    | st.timedeltas().map(lambda one: f"{one.days} days {one.seconds} seconds")
    | st.just("1 mon -2 days 00:00:00.000001"),
    *(st.none() | TIMES for _ in range(4)),
)


@pytest.fixture(scope="module")
def database():
    with servers.postgres() as (connection, address):
        connection.execute(
            "CREATE TYPE mood AS ENUM ('', 'a \"mood\", quoted', 'plain')"
        )
        connection.execute(f"CREATE TABLE t ({MADE})")
        yield connection, address


def both(address, one, folder, *, account=WHO, window=None, form="text"):
    """What each way gives: the file's bytes, and all that is said of it but when."""
    found = []
    for name, limits in (("copied", Limits()), ("fetched", GENERAL)):
        out = folder / name
        the_map = datamap(one, form=AccountForm(form))
        with Run(the_map, {"service": address}, limits, may_write=True) as run:
            source = run._database("service")
            _query, way = source._asked(
                one, account, window or Window(), guard(one, account, window)
            )
            pulled = run.pull(one, account=account, window=window or Window(), out=out)
        assert source.close() is None
        found.append(
            (out.read_bytes(), replace(pulled, snapshot_at=WINDOW.since), way.__name__)
        )
    return found


def same(address, one, folder, **more):
    """The one answer of both ways; the first went by COPY."""
    (copied, said, way), (fetched, also_said, other) = both(
        address, one, folder, **more
    )
    assert (way, other) == ("_copy", "_fetch")
    assert (copied, said) == (fetched, also_said)
    return copied, said


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(ROWS, max_size=8))
@example([("x" * 1_000_000, '"' * 1_000_000, *(None,) * 15)])
@example([(r"\.", r"\.", *(None,) * 15), ("", "", *(None,) * 15)])
def test_every_type_and_odd_value_has_the_form_of_the_general_way(
    database, tmp_path, rows
):
    connection, address = database
    connection.execute("TRUNCATE t")
    for row in rows:
        connection.execute(INSERT, row)

    _, said = same(address, WHOLE, tmp_path)

    assert said.rows == len(rows)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([WHO.key, WHO.key, "k-other", "", None, 'k", k']),
            st.sampled_from([WHO.name.lower(), WHO.name, "", None, 'na"me', "a,b\n"]),
            WORDS | st.none(),
            TIMES | st.datetimes(WINDOW.since.replace(tzinfo=None)) | st.none(),
        ),
        max_size=12,
    ),
    st.integers(0, 5),
    st.sampled_from([WHO, Account(WHO.key, ""), Account('k", k', 'na"me')]),
)
def test_the_guard_and_the_cap_hold_both_ways(
    database, tmp_path, rows, most_rows, account
):
    connection, address = database
    connection.execute("DROP TABLE IF EXISTS g")
    connection.execute("CREATE TABLE g (who text, name text, word text, at timestamp)")
    for row in rows:
        connection.execute("INSERT INTO g VALUES (%s, %s, %s, %s)", row)
    # The query lets everything through: only the guard holds rows back.
    one = part(
        "SELECT word, who, name, at, at AS at_again FROM g WHERE :account <> ''",
        column("word"),
        column("who", whose=Whose.ACCOUNT),
        column("name", whose=Whose.NAME_ANY_CASE),
        column("at", "timestamp"),
        column("at_again", "timestamp"),
        window="at",
        most_rows=most_rows,
    )

    same(address, one, tmp_path, account=account, window=WINDOW)


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        ("text", 'it\'s %s $1 \\ "x" :account; -- {}', "text"),
        ("varchar(40)", "it's %(account)s", "text"),
        ("char(12)", "ab", "text"),
        ("text", "ab  ", "text"),
        ("uuid", "00000000-0000-0000-0000-0000000000aB", "uuid"),
        ("int", "7", "integer"),
        ("bigint", "5000000000", "integer"),
        ("smallint", "-3", "integer"),
        ("numeric", "99999999999999999999", "integer"),
        ("int", "5000000000", "integer"),
    ],
)
def test_a_value_is_compared_as_the_general_way_compares_it(
    database, tmp_path, kind, value, form
):
    connection, address = database
    connection.execute("DROP TABLE IF EXISTS v")
    connection.execute(f'CREATE TABLE v (key {kind}, "it\'s 100%%" text)')
    is_storable = not (kind == "int" and len(value) > 9)
    for key in [value] if is_storable else ["1"]:
        connection.execute("INSERT INTO v VALUES (%s, 'x')", [key], prepare=False)
    for other in ("AB", "aB ", "it's") if form == "text" else ():
        connection.execute("INSERT INTO v VALUES (%s, 'y')", [other])
    one = part(
        'SELECT CAST(key AS text) AS key, "it\'s 100%%" AS word FROM v'
        " WHERE key = :account AND 'a:account%' <> :name::text",
        column("key"),
        column("word"),
    )

    _, said = same(address, one, tmp_path, account=Account(value, "n'"), form=form)

    assert said.rows == int(is_storable)


@pytest.mark.parametrize(
    ("kind", "declared", "value"),
    [
        ("jsonb", "json", "null"),
        ("text", "json", '{"b": 1.10, "a": null}'),
        ("text[]", "text", "{x,NULL}"),
        ("bytea", "text", "\\x00ff"),
        ("double precision", "text", "1e15"),
        ("numeric", "integer", "12"),
        ("text", "integer", "12"),
        ("int", "boolean", "1"),
        ("text", "timestamp", "2023-03-01 12:00"),
        ("xml", "text", "<a/>"),
    ],
)
def test_what_has_no_certain_form_goes_the_general_way(
    database, tmp_path, kind, declared, value
):
    connection, address = database
    connection.execute("DROP TABLE IF EXISTS v")
    connection.execute(f"CREATE TABLE v (id int, x {kind})")
    connection.execute(
        "INSERT INTO v VALUES (1, %s), (2, NULL)", [value], prepare=False
    )
    one = part(
        "SELECT id, x FROM v WHERE :account <> ''",
        column("id", "integer"),
        column("x", declared),
    )
    if kind == "xml":  # it can't be sorted, so neither way gives it
        one = replace(one, sql=one.sql.replace("x FROM", "CAST(x AS text) AS x FROM"))

    (copied, said, way), (fetched, also_said, _) = both(address, one, tmp_path)

    assert way == ("_copy" if kind == "xml" else "_fetch")
    assert (copied, said) == (fetched, also_said)


def test_a_time_of_another_zone_than_utc_goes_the_general_way(database, tmp_path):
    connection, address = database
    connection.execute("DROP TABLE IF EXISTS v")
    connection.execute("CREATE TABLE v (at timestamptz, naive timestamp)")
    connection.execute("INSERT INTO v VALUES ('2023-10-29 00:30Z', '2023-10-29 02:30')")
    for name, way in (("at", "_copy"), ("naive", "_fetch")):
        one = part(
            " ".join(("SELECT", name, "FROM v WHERE :account <> ''")),
            column(name, "timestamp", "Europe/Berlin"),
        )
        (copied, _, found), (fetched, _, _) = both(address, one, tmp_path)
        assert (copied, found) == (fetched, way)
        assert copied.endswith(b"2023-10-29T00:30:00+00:00\r\n")


def test_the_statement_holds_no_value(database, tmp_path):
    """It stands in the server's log and its list of sessions for all to read."""
    _connection, address = database
    one = part(
        "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        " AND :account <> '' AND :name <> ''",
        column("query"),
    )
    copied, _ = both(address, one, tmp_path)[0][:2]
    assert copied.startswith(b'query\r\n"COPY (')
    assert b"private" not in copied.lower()
    assert b"current_setting('candor.account')" in copied


def test_a_descending_order_and_a_column_of_any_name(database, tmp_path):
    connection, address = database
    connection.execute("DROP TABLE IF EXISTS v")
    connection.execute('CREATE TABLE v ("select" int, "Order" text)')
    connection.execute("INSERT INTO v VALUES (1, 'a'), (2, 'b'), (2, NULL)")
    one = part(
        'SELECT "select", "Order" FROM v WHERE :account <> \'\'',
        column("select", "integer"),
        column("Order"),
    )
    one = replace(one, order_by=(Order("select", is_descending=True),))
    copied, _ = same(address, one, tmp_path)
    assert copied == b"select,Order\r\n2,b\r\n2,\r\n1,a\r\n"
