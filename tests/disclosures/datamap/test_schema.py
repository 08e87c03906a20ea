"""Reading a data map: the shipped one is whole, and every mistake is named."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.enums import DataClass
from disclosures.datamap import schema
from disclosures.enums import PartKind, ResponseCode
from tests.disclosures.datamap.small_map import SMALL, mistakes

SHIPPED = Path("disclosures/datamap/examples/pypi-2023.toml").read_text()


@pytest.mark.feature("D1", part=True)
def test_the_shipped_map_answers_the_nine_items_as_published():
    found = schema.parse(SHIPPED)

    assert [(c.number, c.code, c.data_class) for c in found.categories] == [
        (1, "names", DataClass.SUBSCRIBER),
        (2, "addresses", DataClass.SUBSCRIBER),
        (3, "connections", DataClass.IDENTIFYING),
        (4, "sessions", DataClass.IDENTIFYING),
        (5, "service", DataClass.SUBSCRIBER),
        (6, "instruments", DataClass.IDENTIFYING),
        (7, "payment", DataClass.SUBSCRIBER),
        (8, "packages", DataClass.SUBSCRIBER),
        (9, "downloads", DataClass.PUBLIC),
    ]
    r = ResponseCode
    assert [(p.code, p.response, p.inputs) for p in found.parts] == [
        ("1a", r.PRODUCED, ()),
        ("1b", r.PRODUCED, ()),
        ("2a", r.PRODUCED, ()),
        ("2b", r.PRODUCED, ()),
        ("2c", r.NOT_COLLECTED, ()),
        ("3a", r.PRODUCED, ()),
        ("3b", r.PRODUCED, ()),
        ("4a", r.DERIVED, ("3b",)),
        ("4b", r.DERIVED, ("3a",)),
        ("4c", r.NOT_COLLECTED, ()),
        ("5a", r.PRODUCED, ()),
        ("5b", r.NARRATIVE_ANSWER, ()),
        ("6a", r.DERIVED, ("3a", "3b")),
        ("6b", r.NOT_COLLECTED, ()),
        ("7a", r.NOT_COLLECTED, ()),
        ("7b", r.NOT_COLLECTED, ()),
        ("8a", r.PRODUCED, ()),
        ("8b", r.PRODUCED, ()),
        ("9a", r.PRODUCED_PUBLIC, ("8a",)),
        ("9b", r.NOT_RETAINED, ()),
    ]
    assert [c.usual_words for c in found.categories] == [
        "Names (including subscriber names, user names, and screen names);",
        "Addresses (including mailing, residential addresses, business addresses,"
        " and email addresses);",
        "Connection records;",
        "Records of session times and durations, and the temporarily assigned network"
        " address (such as Internet Protocol addresses) associated with those"
        " sessions;",
        "Length of service (including start date) and type of services utilized;",
        "Telephone or instrument numbers (including the registration Internet Protocol"
        " address);",
        "Means and source of payment of any such services (including any credit card or"
        " bank account number) and billing records;",
        "Records of all Python Package Index (PyPI) packages uploaded by...",
        "IP download logs of any Python Package Index (PyPI) packages uploaded by...",
    ]


def test_parse_reads_a_map_whole():
    found = schema.parse(SMALL)

    assert found.part("1a").columns[1] == schema.Column(
        "time", "Time", "When.", "timestamp", zone="UTC"
    )
    assert found.part("1a").order_by == (
        schema.Order("time", is_descending=True),
        schema.Order("id"),
    )
    assert found.category_of("1b").code == "events"
    assert [p.kind for p in found.parts] == [
        PartKind.QUERY,
        PartKind.DERIVED,
        PartKind.STATEMENT,
    ]
    with pytest.raises(KeyError):
        found.part("9z")
    with pytest.raises(KeyError):
        found.category_of("9z")
    assert found.category("events").number == 1
    with pytest.raises(KeyError):
        found.category("content")


def test_duplicate_codes_and_numbers_are_named():
    again = SMALL[SMALL.index("[[categories]]") :]
    found = mistakes(SMALL + again)

    assert [
        (place, sentence) for _, place, sentence in found if "earlier" in sentence
    ] == [
        ("category “events”, code", "“events” is used by an earlier category."),
        ("category “events”, number", "“1” is used by an earlier category."),
        ("category “events”, part “1a”, code", "“1a” is used by an earlier part."),
        ("category “events”, part “1b”, code", "“1b” is used by an earlier part."),
        ("category “events”, part “1c”, code", "“1c” is used by an earlier part."),
    ]


def test_a_longer_circle_names_each_part_of_it():
    other = SMALL[SMALL.index('[[categories.parts]]\ncode = "1b"') :]
    other = other[: other.index('[[categories.parts]]\ncode = "1c"')]
    other = other.replace('"1b"', '"1d"').replace("1a", "1b")
    text = SMALL.replace('inputs = ["1a"]', 'inputs = ["1d"]').replace(
        "FROM part_1a", "FROM part_1d"
    )

    found = mistakes(text + other)

    assert [(p, s) for _, p, s in found] == [
        (
            f"category “events”, part “{code}”, inputs",
            "This part is derived from itself, by way of its inputs.",
        )
        for code in ("1b", "1d")
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a = ", 1, "This isn't TOML"),
        ('a = 1\nb = "x', 2, "This isn't TOML"),
        ("a = 1\n\na = 2", 3, "This isn't TOML"),
        ("", 1, "is missing"),
    ],
)
def test_what_is_not_toml_names_its_line(text, line, words):
    found = mistakes(text)

    assert found[0][0] == line
    assert words in found[0][2]


def test_lists_of_the_wrong_things_are_mistakes_and_no_crash():
    found = mistakes(
        'categories = [1, {code = "x", parts = [2]}]\nresolve = 3\nsources = {a = 1}'
    )

    assert "Each entry of this list is a table." in [s for _, _, s in found]
    assert "This should be a table." in [s for _, _, s in found]


def test_every_mistake_is_found_at_once():
    text = SMALL.replace('held = "Events."', "").replace("= :account", "= ?")
    text = text.replace('"NOT_COLLECTED"', '"NONE"')

    sentences = [sentence for _, _, sentence in mistakes(text)]

    assert len(sentences) >= 3
    assert str(schema.MapError([])) == "No data map."


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SMALL)), st.integers(0, 60))
def test_a_cut_map_is_refused_with_lines_that_exist(start, length):
    text = SMALL[:start] + SMALL[start + length :]
    found = ()
    try:
        schema.parse(text)
    except schema.MapError as error:
        found = error.mistakes
    last = max(len(text.splitlines()), 1)
    assert [each for each in found if not 1 <= each.line <= last] == []


@given(st.text(max_size=300))
def test_any_text_is_a_map_or_a_list_of_mistakes(text):
    with pytest.raises(schema.MapError):
        schema.parse(text)


def test_digest_is_that_of_the_exact_bytes():
    assert schema.digest("é\r\n") == hashlib.sha256(b"\xc3\xa9\r\n").hexdigest()
    assert schema.digest("é\r\n") != schema.digest("é\n")
