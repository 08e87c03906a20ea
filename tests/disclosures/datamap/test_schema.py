"""Reading a data map: the shipped one is whole, and every mistake is named."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.enums import DataClass
from disclosures.datamap import schema
from disclosures.enums import PartKind, ResponseCode

SHIPPED = Path("disclosures/datamap/examples/pypi-2023.toml").read_text()

SMALL = '''
service = "S"
title = "T"
version = "1"
account_form = "text"

[sources.db]
kind = "sql"
title = "Database"

[resolve.username]
source = "db"
sql = """SELECT id AS account_key, username AS account_name
FROM users WHERE username = :identifier"""

[[categories]]
code = "events"
number = 1
title = "Events"
usual_words = "Connection records;"
data_class = "identifying"
held = "Events."

[[categories.parts]]
code = "1a"
title = "Events"
kind = "query"
source = "db"
response = "PRODUCED"
window = "time"
sql = """
SELECT id, time
FROM events
WHERE account = :account
"""
order_by = ["time desc", "id"]
empty_statement = "None."
columns = [
  { name = "id", title = "ID", type = "text", description = "Key." },
  { name = "time", title = "Time", type = "timestamp", description = "When." },
]

[[categories.parts]]
code = "1b"
title = "Days"
kind = "derived"
inputs = ["1a"]
response = "DERIVED"
timeless = "Drawn from dated rows."
sql = "SELECT count(*) AS n FROM part_1a"
order_by = ["n"]
empty_statement = "None."
columns = [{ name = "n", title = "N", type = "integer", description = "How many." }]

[[categories.parts]]
code = "1c"
title = "Phones"
kind = "statement"
response = "NOT_COLLECTED"
statement = "No telephone numbers are collected."
'''


def mistakes(text):
    with pytest.raises(schema.MapError) as caught:
        schema.parse(text)
    return [(each.line, each.place, each.sentence) for each in caught.value.mistakes]


def line_of(text, words):
    return next(i for i, line in enumerate(text.splitlines(), 1) if words in line)


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


COUNT = next(line for line in SMALL.splitlines() if line.startswith("columns = [{"))
EVENTS = '''sql = """
SELECT id, time
FROM events
WHERE account = :account'''

CASES = [
    (
        "unknown key",
        'version = "1"',
        'version = "1"\nowner = "x"',
        "owner",
        "no such key",
    ),
    ("hint", 'held = "Events."', 'helt = "Events."', "helt", "Did you mean “held”?"),
    ("missing", 'held = "Events."\n', "", "[[categories]]", "“held” is missing."),
    ("empty", 'held = "Events."', 'held = " "', "held", "This is empty."),
    ("wrong type", "number = 1", 'number = "1"', "number", "should be a whole number"),
    ("zero", "number = 1", "number = 0", "number", "from 1 up"),
    ("class", '"identifying"', '"secret"', "data_class", "“secret” isn't one of"),
    ("kind", 'kind = "derived"', 'kind = "magic"', 'kind = "magic"', "isn't one of"),
    ("code", '"NOT_COLLECTED"', '"NOT_THERE"', '"NOT_THERE"', "isn't one of"),
    (
        "a statement claims a search",
        '"NOT_COLLECTED"',
        '"NO_RESPONSIVE_RECORDS"',
        "NO_RESPONSIVE",
        "A part of kind statement can answer",
    ),
    (
        "no words",
        'statement = "No telephone numbers are collected."\n',
        "",
        "[[categories.parts]]",
        "“statement” is missing.",
    ),
    (
        "source",
        'source = "db"\nresponse',
        'source = "x"\nresponse',
        'source = "x"',
        "one of: db",
    ),
    ("input", 'inputs = ["1a"]', 'inputs = ["9z"]', "inputs", "There is no part “9z”."),
    (
        "statement input",
        'inputs = ["1a"]',
        'inputs = ["1a", "1c"]',
        "inputs",
        "is a statement",
    ),
    (
        "cycle",
        'inputs = ["1a"]',
        'inputs = ["1a", "1b"]',
        "inputs",
        "derived from itself",
    ),
    ("unread input", "FROM part_1a", "FROM part_1b", "inputs", "doesn't read part_1a"),
    (
        "order",
        '"time desc", "id"',
        '"day"',
        "order_by",
        "“day” isn't a described column.",
    ),
    ("order words", '"time desc", "id"', '"time down"', "order_by", "isn't “column”"),
    ("window", 'window = "time"', 'window = "id"', 'window = "id"', "column of times"),
    ("no bound", 'window = "time"\n', "", "[[categories.parts]]", "No bound of time"),
    (
        "half a window",
        "WHERE account = :account",
        "WHERE account = :account AND time > :since",
        "[[categories.parts]]",
        "Use one of",
    ),
    (
        "undeclared",
        "SELECT id, time\n",
        "SELECT id, time, ip\n",
        "sql = ",
        "“ip”, which isn't",
    ),
    (
        "unselected",
        "SELECT id, time\n",
        "SELECT time\n",
        'name = "id"',
        "doesn't select it",
    ),
    ("star", "SELECT id, time\n", "SELECT *\n", "sql = ", "no star"),
    ("nobody", "WHERE account = :account\n", "", "sql = ", "whose records"),
    ("percent", "= :account", "= %s", "WHERE account", "%s is a value formatted in"),
    (
        "second",
        "= :account\n",
        "= :account; DROP TABLE x\n",
        "WHERE account",
        "One statement",
    ),
    (
        "writes",
        "FROM part_1a",
        "INTO x FROM part_1a",
        "SELECT count",
        "INTO can't be used",
    ),
    (
        "zone",
        '"timestamp", desc',
        '"timestamp", zone = "Mars/X", desc',
        "Mars",
        "time zone",
    ),
    (
        "zone on text",
        '"text", desc',
        '"text", zone = "UTC", desc',
        '"text"',
        "Only a column",
    ),
    (
        "kind of id",
        "[resolve.username]",
        "[resolve.phone]",
        "[resolve.phone]",
        "kind of id",
    ),
    ("resolve", "AS account_key", "AS key", "account_name", "Select account_key and"),
    ("identifier", ":identifier", "'x'", "account_name", "Bind the identifier"),
    ("too long", 'service = "S"', f'service = "{"S" * 101}"', "service", "At most 100"),
    ("texts", '"time desc", "id"', '"time", 2', "order_by", "list is a text"),
    ("no columns", COUNT, "columns = []", "columns = []", "At least one entry"),
    ("source name", "[sources.db]", "[sources.Db]", "[sources.Db]", "A source's name"),
    (
        "resolve by files",
        'kind = "sql"',
        'kind = "files"',
        'source = "db"',
        "it is read as files",
    ),
    ("input twice", '["1a"]', '["1a", "1a"]', "inputs", "stands here twice"),
    (
        "a database reads no exhibits",
        'source = "db"\nresponse',
        'source = "db"\ninputs = ["1b"]\nresponse',
        "inputs",
        "can't read exhibits",
    ),
    (
        "one end",
        f'window = "time"\n{EVENTS}',
        f"{EVENTS} AND x > :since",
        "sql = ",
        "A window has two ends",
    ),
    ("column twice", 'name = "time", t', 'name = "id", t', '"id"', "described twice"),
    ("part code", 'code = "1b"', 'code = "1-b"', '"1-b"', "can't be used"),
]


@pytest.mark.feature("D1", part=True)
@pytest.mark.parametrize(
    ("old", "new", "where", "words"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_mistake_is_named_with_its_line(old, new, where, words):
    text = SMALL.replace(old, new, 1)
    assert text != SMALL

    found = mistakes(text)

    assert any(words in sentence for _, _, sentence in found), found
    line = next(line for line, _, sentence in found if words in sentence)
    places = [i for i, row in enumerate(text.splitlines(), 1) if where in row]
    assert line in places


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
