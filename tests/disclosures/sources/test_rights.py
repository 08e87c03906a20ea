"""A role that could write is refused before anything is asked; nothing is written."""

from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from disclosures.sources import rights
from disclosures.sources.base import Account, RoleCanWrite, Window
from disclosures.sources.rights import Writable
from disclosures.sources.run import Run
from tests.disclosures.sources import servers
from tests.disclosures.sources.acceptance import read
from tests.disclosures.sources.maps import column, datamap, part

NAMED = part("SELECT id FROM t WHERE id = :account", column("id"))
RESOLVE = (
    "SELECT id AS account_key, id AS account_name FROM names WHERE id = :identifier"
)
READER = servers.READER


def pull(address, out, **given):
    with Run(datamap(NAMED, resolve=RESOLVE), {"service": address}, **given) as run:
        run.pull(NAMED, account=Account("1", ""), window=Window(), out=out)
    return read(out)


def refusal(address, out):
    """Why the source isn't read, and that nothing was."""
    with pytest.raises(RoleCanWrite) as caught:
        pull(address, out)
    assert not out.exists()
    said = str(caught.value)
    first = "The role that reads “Test database” could write to "
    last = ". Candor reads by a role that can only read (docs/datamap.md)."
    assert said.startswith(first)
    assert said.endswith(last)
    return said.removeprefix(first).removesuffix(last)


# -------------------------------------------------------------------- PostgreSQL


@pytest.fixture
def postgres():
    with servers.postgres_reader() as (owner, address):
        owner.execute("CREATE TABLE t (id text, more text)")
        owner.execute("CREATE TABLE names (id text)")
        owner.execute("CREATE TABLE others (id text)")
        owner.execute("INSERT INTO t VALUES ('1')")
        owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")
        yield owner, address


@pytest.mark.postgres
def test_a_role_that_only_reads_is_taken(postgres, tmp_path):
    owner, address = postgres
    owner.execute(f"GRANT INSERT ON others TO {READER}")  # which the map doesn't name
    assert pull(address, tmp_path / "x.csv") == [("1",)]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("given", "tables"),
    [
        ("GRANT INSERT ON t TO {reader}", "public.t"),
        ("GRANT UPDATE ON t TO {reader}", "public.t"),
        ("GRANT DELETE ON t TO {reader}", "public.t"),
        ("GRANT TRUNCATE ON t TO {reader}", "public.t"),
        ("GRANT TRIGGER ON t TO {reader}", "public.t"),
        ("GRANT UPDATE (more) ON t TO {reader}", "public.t"),
        ("GRANT INSERT ON names TO {reader}", "public.names"),
        ("GRANT INSERT ON t TO PUBLIC", "public.t"),
        ("GRANT CREATE ON SCHEMA public TO {reader}", "public.names, public.t"),
        (
            "GRANT CREATE ON DATABASE {database} TO {reader}",
            "public.names, public.t",
        ),
        # Not inherited, and a SET ROLE away.
        ("GRANT DELETE ON t TO {reader}s; GRANT {reader}s TO {reader}", "public.t"),
        ("ALTER ROLE {reader} CREATEROLE", "everything"),
    ],
)
def test_a_role_that_could_write_is_refused_by_the_catalogue(
    postgres, tmp_path, given, tables
):
    owner, address = postgres
    owner.execute(given.format(reader=READER, database=servers.NAME))
    assert refusal(address, tmp_path / "x.csv") == tables
    assert owner.execute("SELECT count(*) FROM t").fetchone() == (1,)


@pytest.mark.postgres
def test_an_owner_could_write_whatever_was_revoked(postgres, tmp_path):
    owner, address = postgres
    owner.execute(f"GRANT CREATE ON SCHEMA public TO {READER}; DROP TABLE t")
    with servers.psycopg.connect(address, autocommit=True) as own:
        own.execute("CREATE TABLE t (id text)")
        own.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON t FROM {READER}")
    owner.execute(f"REVOKE CREATE ON SCHEMA public FROM {READER}")
    assert refusal(address, tmp_path / "x.csv") == "public.t"


@pytest.mark.postgres
def test_a_site_that_says_so_reads_by_such_a_role(postgres, tmp_path):
    owner, address = postgres
    owner.execute(f"GRANT INSERT ON t TO {READER}")
    assert pull(address, tmp_path / "x.csv", may_write=True) == [("1",)]


# ------------------------------------------------------------------ MySQL, MariaDB


@pytest.fixture
def mariadb():
    with servers.mariadb() as (cursor, address):
        cursor.execute("CREATE TABLE t (id varchar(9), more varchar(9))")
        cursor.execute("INSERT INTO t VALUES ('1', NULL)")
        yield cursor, address


@pytest.mark.mariadb
def test_mariadb_tells_a_reader_from_a_writer(mariadb, tmp_path):
    cursor, address = mariadb
    assert pull(servers.mariadb_reader(), tmp_path / "x.csv") == [("1",)]
    base = address.rpartition("/")[2]
    assert refusal(address, tmp_path / "y.csv") == f"{base}.t"
    cursor.execute("SELECT count(*) FROM t")
    assert cursor.fetchone() == (1,)
    assert pull(address, tmp_path / "z.csv", may_write=True) == [("1",)]


class Lines(list):
    """A result of one column."""

    def scalars(self):
        return self


class Server:
    """What a server answers to the questions of the catalogue."""

    dialect = SimpleNamespace(name="mysql")

    def __init__(self, own, of_roles):
        self.answers = {
            rights._KNOWN: [("shop", "t"), ("shop", "others"), ("shopX", "t")],
            "SHOW GRANTS": own,
            **{f"SHOW GRANTS FOR `{name}`@`%%`": had for name, had in of_roles.items()},
        }

    def exec_driver_sql(self, statement):
        if statement not in self.answers:
            raise OperationalError(statement, None, None)
        return Lines(self.answers[statement])


def of(*grants, **roles):
    return rights.writable(Server(grants, roles), frozenset({"t", "select", "id"}))


NOTHING, EVERYTHING = Writable(), Writable(everything=True)
U = "TO `u`@`h`"


@pytest.mark.parametrize(
    ("grants", "found"),
    [
        ([f"GRANT USAGE ON *.* {U}", f"GRANT SELECT ON `shop`.* {U}"], NOTHING),
        ([f"GRANT SELECT, SHOW VIEW, PROCESS ON *.* {U}"], NOTHING),
        ([f"GRANT SELECT (`id`, `insert`) ON `shop`.`t` {U}"], NOTHING),
        ([f"GRANT EXECUTE ON PROCEDURE `shop`.`t` {U}"], NOTHING),
        ([f"GRANT INSERT ON `shop`.`others` {U}"], NOTHING),
        ([f"GRANT INSERT ON `shop`.`t` {U}"], Writable(("shop.t",))),
        ([f"GRANT SELECT, UPDATE (`id`) ON `shop`.`t` {U}"], Writable(("shop.t",))),
        ([f"GRANT ALL PRIVILEGES ON `shop`.* {U}"], Writable(("shop.t",))),
        ([f"GRANT DROP ON `shop_`.* {U}"], Writable(("shopX.t",))),
        ([f"GRANT DROP ON `shop\\_`.* {U}"], NOTHING),
        ([f"GRANT DROP ON `s%`.* {U}"], Writable(("shop.t", "shopX.t"))),
        ([f"GRANT DELETE ON *.* {U} WITH GRANT OPTION"], EVERYTHING),
        ([f"GRANT BINLOG_ADMIN,SYSTEM_USER ON *.* {U}"], EVERYTHING),
        (["GRANT PROXY ON ''@'%' TO 'root'@'localhost'"], EVERYTHING),
        (["Something new"], EVERYTHING),
    ],
)
def test_what_grants_come_to(grants, found):
    assert of(*grants) == found


def test_a_role_s_grants_count_and_what_can_t_be_read_counts_as_writing():
    given = f"GRANT `r`@`%` {U}"
    deeper = "GRANT `s`@`%` TO `r`@`%`"
    reads, writes = (
        f"GRANT {one} ON `shop`.* TO `s`@`%`" for one in ("SELECT", "ALTER")
    )
    assert of(given, r=[deeper, given], s=[reads]) == NOTHING
    assert of(given, r=[deeper], s=[writes]) == Writable(("shop.t",))
    assert of(given, "SET DEFAULT ROLE `r`@`%` FOR `u`@`h`", r=[]) == NOTHING
    assert of(given) == EVERYTHING


# ------------------------------------------------------------------------ SQLite


def test_sqlite_s_file_is_open_to_be_read_alone(database, tmp_path):
    connection, address = database
    connection.execute("CREATE TABLE t (id text)")
    connection.execute("CREATE TABLE names (id text)")
    connection.commit()
    assert pull(address, tmp_path / "x.csv") == []
