"""What another data map would change, in words, and the command that says it."""

from dataclasses import fields
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases import audit
from disclosures.datamap import changes as telling
from disclosures.datamap import schema, terms
from disclosures.datamap.changes import changes
from disclosures.datamap.load import load
from disclosures.models import DataMapVersion
from tests import factories as make
from tests.disclosures.datamap.small_map import SMALL

# By kind of thing, the table of its fields and those that are told in another way.
TOLD = [
    (terms.DataMap, telling._MAP, {"sources", "resolve", "categories"}),
    (terms.Source, telling._SOURCE, {"name"}),
    (terms.Resolve, telling._RESOLVE, {"kind", "sql"}),
    (terms.Category, telling._CATEGORY, {"code", "parts"}),
    (terms.Part, telling._PART, {"code", "sql", "columns", "kept"}),
    (terms.Kept, telling._KEPT, set()),
    (terms.Column, telling._COLUMN, {"name"}),
]
LAST = SMALL[SMALL.index('[[categories.parts]]\ncode = "1c"') :]
MAIL = '''
[resolve.email]
source = "db"
sql = """SELECT id AS account_key, username AS account_name
FROM users WHERE mail = :identifier"""
'''
OTHER = """
[[categories]]
code = "names"
number = 2
title = "Names"
usual_words = "Names;"
data_class = "subscriber"
held = "Names."
"""
ADDED = '  { name = "mark", title = "M", type = "text", description = "M." },\n]\n'
ID = '  { name = "id", title = "ID", type = "text", description = "Key." },\n'
TITLE = 'type = "timestamp", description = "When." }'
E = "Part 1a, Events"
CASES = [
    ("nothing", "", "", ()),
    ("only a comment", 'version = "1"', 'version = "1"  # one', ()),
    ("blanks in SQL", "SELECT id, time\nFROM", "SELECT id,\n  time FROM", ()),
    ("a comment in SQL", "FROM events\n", "FROM events  -- all\n", ()),
    (
        "version",
        'version = "1"',
        'version = "2"',
        ("The map, the version: “2” instead of “1”.",),
    ),
    (
        "zone",
        'account_form = "text"',
        'account_form = "uuid"\nzone = "Europe/Berlin"',
        (
            "The map, the time zone: “Europe/Berlin” instead of “UTC”.",
            "The map, the form of an account's key: “uuid” instead of “text”.",
            f"{E}, column “time”, the time zone: “Europe/Berlin” instead of “UTC”.",
        ),
    ),
    (
        "source",
        '[sources.db]\nkind = "sql"\ntitle = "Database"',
        '[sources.db]\nkind = "sql"\ntitle = "Base"\n\n'
        '[sources.logs]\nkind = "files"\ntitle = "Logs"',
        (
            "Source “db”, the title: “Base” instead of “Database”.",
            "Source “logs”: it is added.",
        ),
    ),
    (
        "resolve",
        "username = :identifier",
        "lower(username) = lower(:identifier)",
        ("Resolving identifiers of kind “username”: the SQL is changed.",),
    ),
    (
        "resolve more",
        "\n[[categories]]",
        f"{MAIL}\n[[categories]]",
        ("Resolving identifiers of kind “email”: it is added.",),
    ),
    (
        "category",
        'data_class = "identifying"\nheld = "Events."',
        'data_class = "traffic"\nheld = "All events."',
        (
            "Category “events”, the class of data: “traffic” instead of “identifying”.",
            "Category “events”, what is held: “All events.” instead of “Events.”.",
        ),
    ),
    (
        "a part that moves",
        LAST,
        f"{OTHER}\n{LAST}",
        (
            "Category “names”: it is added.",
            "Part 1c, Phones: it moves from category “events” to “names”.",
        ),
    ),
    (
        "part",
        LAST,
        "",
        ("Part 1c, Phones: it is removed; its records no longer leave the source.",),
    ),
    (
        "answer",
        'response = "NOT_COLLECTED"\nstatement = "No telephone numbers are collected."',
        'response = "NOT_RETAINED"\nstatement = "Deleted."',
        (
            "Part 1c, Phones, the answer: “NOT_RETAINED” instead of “NOT_COLLECTED”.",
            "Part 1c, Phones, the statement: “Deleted.” instead of “No telephone"
            " numbers are collected.”.",
        ),
    ),
    ("SQL", "FROM events", "FROM all_events", (f"{E}: the SQL is changed.",)),
    (
        "a word in a string of the SQL",
        "WHERE account = :account",
        "WHERE account = :account AND tag <> 'a  b'",
        (f"{E}: the SQL is changed.",),
    ),
    (
        "column more",
        f'SELECT id, time\nFROM|{TITLE},\n]\n',
        f'SELECT id, time, mark\nFROM|{TITLE},\n{ADDED}',
        (
            f"{E}, column “mark”: it is added, and leaves the source from then on.",
            f"{E}: the SQL is changed.",
        ),
    ),
    (
        "column less",
        'SELECT id, time\nFROM|order_by = ["time desc", "id"]|'
        '  { name = "id", title = "ID", type = "text", description = "Key." },\n',
        'SELECT time\nFROM|order_by = ["time"]|',
        (
            f"{E}, column “id”: it is removed, and no longer leaves the source.",
            f"{E}: the SQL is changed.",
            f"{E}, the order: “time” instead of “time desc”, “id”.",
        ),
    ),
    (
        "column",
        'name = "id", title = "ID", type = "text"',
        'name = "id", title = "ID", type = "integer", third_party = true',
        (
            f"{E}, column “id”, the type: “integer” instead of “text”.",
            f"{E}, column “id”, whether it is about other people: yes instead of no.",
        ),
    ),
    (
        "whose a column says a row is",
        'description = "Key." }',
        'description = "Key.", whose = "account" }',
        (f"{E}, column “id”, whose it is: “account” instead of none.",),
    ),
    (
        "columns in another order",
        f"{ID}|{TITLE},\n",
        f"|{TITLE},\n{ID}",
        (f"{E}: the columns stand in another order.",),
    ),
    (
        "retention and cap",
        'window = "time"\n',
        'window = "time"\nmost_rows = 10000\nlimits = ["A.", "B."]\n'
        'retention = { days = 90, words = "Deleted." }\n'
        "valid = { from = 2023-01-01 }\n",
        (
            f"{E}, the cap on rows: 10,000 instead of none.",
            f"{E}, the known limits: “A.”, “B.” instead of none.",
            f"{E}, the days kept: 90 instead of none.",
            f"{E}, the words on retention: “Deleted.” instead of none.",
            f"{E}, since when it has this shape: 2023-01-01T00:00:00+00:00 instead of"
            " none.",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_each_change_is_a_sentence(old, new, said):
    text = SMALL
    for before, after in zip(old.split("|"), new.split("|"), strict=True):
        assert before in text
        text = text.replace(before, after, 1)

    assert changes(schema.parse(SMALL), schema.parse(text)) == said


@pytest.mark.parametrize(("thing", "table", "otherwise"), TOLD)
def test_no_field_of_a_map_changes_unsaid(thing, table, otherwise):
    assert {field.name for field in fields(thing)} == set(table) | otherwise


def test_a_part_that_is_added_names_each_column_that_would_leave():
    without = schema.parse(SMALL.replace(LAST, ""))
    lesser = schema.parse(
        SMALL.replace(SMALL[SMALL.index('[[categories.parts]]\ncode = "1b"') :], LAST)
    )

    assert changes(without, schema.parse(SMALL)) == (
        "Part 1c, Phones: it is added to category “events”.",
    )
    assert changes(lesser, schema.parse(SMALL)) == (
        "Part 1b, Days: it is added to category “events”.",
        "Part 1b, Days, column “n”: it is added, and leaves the source from then on.",
    )


# --- the command


def diff(path, text):
    """What the command says, and with which code it ends."""
    path.write_text(text)
    out = StringIO()
    try:
        call_command("load_datamap", path, "--diff", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db
def test_the_command_says_what_would_change_and_loads_nothing(tmp_path):
    path = tmp_path / "map.toml"
    assert diff(path, SMALL) == (1, "No data map is in use: all of it would be new.\n")
    current = load(SMALL, actor=audit.SYSTEM, at=make.AT)
    head = f"Against T 1 ({current.digest[:12]}):\n"

    assert diff(path, SMALL) == (0, "Nothing would change: this is T 1, in use.\n")
    assert diff(path, SMALL.replace('version = "1"', 'version = "2"')) == (
        1,
        f"{head}- The map, the version: “2” instead of “1”.\nNothing was loaded.\n",
    )
    assert diff(path, f"# A comment.\n{SMALL}") == (
        1,
        f"{head}- Only how the file is written: comments, blanks or the order of"
        " things.\nNothing was loaded.\n",
    )
    assert list(DataMapVersion.objects.values_list("digest", "is_current")) == [
        (current.digest, True)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("text", [None, b"\xff", b"service = 1"])
def test_what_cannot_be_compared_ends_otherwise_than_a_change(tmp_path, text):
    path = tmp_path / "map.toml"
    if text is not None:
        path.write_bytes(text)

    with pytest.raises(CommandError) as caught:
        call_command("load_datamap", path, "--diff")

    assert caught.value.returncode == 2
    assert not DataMapVersion.objects.exists()


@pytest.mark.django_db
def test_a_map_in_use_that_cannot_be_read_any_more_is_said(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(SMALL)
    load(SMALL, actor=audit.SYSTEM, at=make.AT)
    DataMapVersion.objects.update(text="x = 1", digest="0" * 64)

    with pytest.raises(CommandError, match="can't be read by this version") as caught:
        call_command("load_datamap", path, "--diff")

    assert caught.value.returncode == 2
