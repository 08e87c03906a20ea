"""Each mistake that a data map can have, by its words, line and place."""

import pytest

from tests.disclosures.datamap.small_map import SMALL, mistakes

COUNT = next(line for line in SMALL.splitlines() if line.startswith("columns = [{"))
EVENTS = '''sql = """
SELECT id, time
FROM events
WHERE account = :account'''

WINDOW = 'window = "time"'
TIMELESS = 'timeless = "Drawn from dated rows."'

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
    (
        "whose",
        '{ name = "id", ',
        '{ name = "id", whose = "somebody", ',
        'whose = "somebody"',
        "“somebody” isn't one of: account, name, name_any_case",
    ),
    (
        "whose a time is",
        '{ name = "time", ',
        '{ name = "time", whose = "name", ',
        'whose = "name"',
        "Only a column of text or whole numbers says whose a row is.",
    ),
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
    *(
        (name, WINDOW, f"{WINDOW}\n{said}", said.partition(" ")[0], words)
        for name, said, words in (
            ("retention", "retention = 90", "should be a table"),
            ("no words", "retention = { days = 9 }", "“words” is missing"),
            ("no term", 'retention = { words = "W." }', "Say either “days” or"),
            (
                "two terms",
                'retention = { days = 9, while_account_exists = true, words = "W." }',
                "Say either “days” or",
            ),
            ("no days", 'retention = { days = 0, words = "W." }', "from 1 up"),
            ("term", 'retention = { day = 9, words = "W." }', "mean “days”"),
            ("valid", "valid = {}", "Say “from”, “until” or both."),
            ("since", 'valid = { from = "2023" }', "a day, or a time with its offset"),
            ("no offset", "valid = { from = 2023-01-01T00:00:00 }", "end it with Z"),
            ("year 0", "valid = { from = 0001-01-01T00:00:00+01:00 }", "the year 1"),
            (
                "backwards",
                "valid = { from = 2023-01-01, until = 2022-01-01 }",
                "This ends before it begins.",
            ),
        )
    ),
    *(
        (name, TIMELESS, f"{TIMELESS}\n{said}", "timeless", "A part without dates")
        for name, said in (
            ("timeless days", 'retention = { days = 9, words = "W." }'),
            ("timeless from", "valid = { from = 2023-01-01 }"),
        )
    ),
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
