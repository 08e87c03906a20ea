"""Whom an identifier names: other capitals match, look-alikes never do, on each engine.

A pool of stored names, each a look-alike of another, is asked for with whatever can be
made of one of them. What has to be found is said again here in other words: by ASCII
capitals alone for names, by nothing at all for ids.
"""

import string
import uuid
from dataclasses import replace

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.enums import IdentifierKind
from disclosures.datamap.terms import AccountForm, Resolve
from disclosures.sources.run import Run
from disclosures.sources.sql import bound_form
from tests.disclosures.sources import servers
from tests.disclosures.sources.maps import column, datamap, part

# Pairs that people, fonts and databases take for each other.
ALIKE = {
    "a": "\u0430\u00e4\u00e1\uff41",
    "e": "\u0435\u00e9",
    "o": "0\u043e\u00f6",
    "i": "1l\u0131",
    "s": "\u00df5$",
    "_": "-%.",
    "-": "_\u2010",
    "1": "l\uff11",
}
NAMES = (
    *("alice", "al_ce", "al-ce", "al%ce", "al1ce", "allce", "al\u0131ce", "\u0430lice"),
    *("alic\u00e9", "alic", "alicee", "alice ", " alice", "ali\u200bce", "%", "_____"),
    *("bo", "b0", "b\u00f6", "boss", "bo\u00df", "o'hara", 'o"hara', "back\\slash"),
    *("a" * 50, "1", "01", "1.0", "null", "true"),
)
COMPARED = {
    # An exact collation: the usual ones take é for e and drop blanks at the end.
    "mariadb": "lower(name) COLLATE utf8mb4_nopad_bin = lower(:identifier)",
    "postgres": "lower(name) = lower(:identifier)",
    "sqlite": "lower(name) = lower(:identifier)",
}
CHECKED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def turned(name):
    """Something made of a stored name: other capitals, a look-alike, a bit more."""
    capitals = st.builds(
        lambda flips: "".join(
            c.swapcase() if flip and c.isascii() else c
            for c, flip in zip(name, flips, strict=True)
        ),
        st.lists(st.booleans(), min_size=len(name), max_size=len(name)),
    )
    places = [(n, c) for n, c in enumerate(name) if c in ALIKE]
    swapped = st.sampled_from(
        [name[:n] + other + name[n + 1 :] for n, c in places for other in ALIKE[c]]
        or [name]
    )
    longer = st.builds(
        lambda more, first: more + name if first else name + more,
        st.sampled_from([" ", "%", "_", "\x00", "\t", "\u200b", "'", "\\", "\ufeff"]),
        st.booleans(),
    )
    return st.one_of(capitals, swapped, longer)


IDENTIFIERS = st.one_of(
    st.sampled_from(NAMES).flatmap(turned),
    # No letter whose lower case is one of ASCII: K (Kelvin) is k to every service.
    st.text(st.sampled_from(string.printable + "".join(ALIKE.values())), max_size=12),
)


def ascii_lower(text):
    return "".join(c.lower() if c.isascii() else c for c in text)


def expected(identifier):
    return sorted(one for one in NAMES if ascii_lower(one) == ascii_lower(identifier))


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def run(request, tmp_path):
    """A run over a service with these names, and ids of each form."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'names.sqlite3'}"
        yield from opened(request.param, address, address)
        return
    with getattr(servers, request.param)() as (_connection, address):
        yield from opened(request.param, address, servers.driven(address))


def opened(engine, address, driven):
    made = sqlalchemy.create_engine(driven)
    table = sqlalchemy.Table(
        "t",
        sqlalchemy.MetaData(),
        sqlalchemy.Column("name", sqlalchemy.String(60)),
        sqlalchemy.Column("number", sqlalchemy.BigInteger),
        sqlalchemy.Column("uuid", sqlalchemy.String(36)),
    )
    table.drop(made, checkfirst=True)
    table.create(made)
    with made.begin() as connection:
        rows = [
            {"name": name, "number": n, "uuid": str(uuid.UUID(int=n))}
            for n, name in enumerate(NAMES)
        ]
        connection.execute(table.insert(), rows)
    made.dispose()
    with Run(described(engine), {"service": address}, may_write=True) as run:
        yield run


def described(engine):
    """A map that resolves names, numbers and UUIDs."""
    base = datamap(part("SELECT name FROM t WHERE name = :account", column("name")))
    asked = (
        (IdentifierKind.USERNAME, COMPARED[engine], AccountForm.TEXT),
        (IdentifierKind.ACCOUNT_ID, "number = :identifier", AccountForm.INTEGER),
        (IdentifierKind.EMAIL, "uuid = :identifier", AccountForm.UUID),
    )
    select = "SELECT name AS account_key, name AS account_name FROM t WHERE "
    resolve = tuple(
        Resolve(kind, "service", select + where, form) for kind, where, form in asked
    )
    return replace(base, resolve=resolve)


@pytest.mark.feature("T3", part=True)
def test_other_capitals_match_and_look_alikes_never_do(run):
    @CHECKED
    @given(IDENTIFIERS)
    def check(identifier):
        found = run.resolve(IdentifierKind.USERNAME, identifier)
        assert sorted(one.key for one in found) == expected(identifier)

    check()


def test_every_name_is_found_by_itself_whatever_type_a_driver_sends(run):
    for n, name in enumerate(NAMES):
        by_name = run.resolve(IdentifierKind.USERNAME, name)
        assert name in {one.key for one in by_name}
        assert [one.key for one in run.resolve(IdentifierKind.ACCOUNT_ID, str(n))] == [
            name
        ]
        spelled = uuid.UUID(int=n)
        for text in (str(spelled), str(spelled).upper(), spelled.hex):
            assert [one.key for one in run.resolve(IdentifierKind.EMAIL, text)] == [
                name
            ]


NEARLY = st.sampled_from(range(len(NAMES))).flatmap(
    lambda n: st.sampled_from(
        [
            *(f" {n}", f"{n} ", f"+{n}", f"0{n}", f"{n}.0", f"{n}e0", f"{n}_0"),
            *(f"-{n or 1}", f"{n}%", f"{n}' OR '1'='1", f"{n}\x00", "9" * 50),
            "".join(chr(0xFF10 + int(c)) for c in str(n)),
            "".join(chr(0x0660 + int(c)) for c in str(n)),
        ]
    )
)


def test_an_id_is_exact(run):
    @CHECKED
    @given(NEARLY)
    def check(identifier):
        assert run.resolve(IdentifierKind.ACCOUNT_ID, identifier) == []
        assert run.resolve(IdentifierKind.EMAIL, identifier) == []

    check()


NEARLY_UUIDS = st.sampled_from([str(uuid.UUID(int=n)) for n in range(9)]).flatmap(
    lambda text: st.sampled_from(
        [
            *(f"{text} ", f" {text}", f"{{{text}}}", f"urn:uuid:{text}", text + "0"),
            *(text[:-1], text[:-1] + "_", text[:-1] + chr(0xFF10 + int(text[-1]))),
            *(text[:-2] + "_" + text[-1], text.replace("-", "_"), text + "\x00"),
            text.replace("-", "", 1),
        ]
    )
)


def test_a_uuid_is_exact_but_for_its_hyphens_and_capitals(run):
    @CHECKED
    @given(NEARLY_UUIDS)
    def check(identifier):
        assert run.resolve(IdentifierKind.EMAIL, identifier) == []

    check()


@pytest.mark.parametrize(
    ("text", "form", "bound"),
    [
        ("42", AccountForm.INTEGER, 42),
        ("-1", AccountForm.INTEGER, -1),
        ("4_2", AccountForm.INTEGER, None),
        ("\uff14\uff12", AccountForm.INTEGER, None),
        ("042", AccountForm.INTEGER, None),
        ("42\n", AccountForm.INTEGER, None),
        ("9" * 5000, AccountForm.INTEGER, None),
        ("0" * 32, AccountForm.UUID, str(uuid.UUID(int=0))),
        ("0" * 30 + "_1", AccountForm.UUID, None),
        ("{" + str(uuid.UUID(int=0)) + "}", AccountForm.UUID, None),
        ("a\x00", AccountForm.TEXT, None),
        ("\ud800", AccountForm.TEXT, None),
        ("", AccountForm.TEXT, ""),
    ],
)
def test_what_can_t_be_a_key_is_nobody_s(text, form, bound):
    assert bound_form(text, form) == bound
