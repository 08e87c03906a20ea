"""What a data owner uploads: read strictly, refused by line and column."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosures.datamap import schema
from disclosures.datamap.terms import AccountForm, Window
from disclosures.sources import manual
from disclosures.sources.base import Account
from disclosures.sources.guard import Guard
from tests.disclosures import pulling

PART = schema.parse(pulling.MAP).part("5a")
ALICE = Account("acct-alice", "alice")
NAMES = [column.name for column in PART.columns]


def read(content, tmp_path, form=manual.Form.CSV):
    guard = Guard(PART, ALICE, Window(), AccountForm.TEXT)
    out = tmp_path / "out.csv"
    found = manual.read(content, form, PART, guard, out)
    return found, out.read_bytes().decode()


def refused(content, tmp_path, form=manual.Form.CSV):
    with pytest.raises(manual.UploadRefused) as caught:
        read(content, tmp_path, form)
    assert list(tmp_path.iterdir()) == []  # nothing half-written
    return str(caught.value)


GOOD = "1,acct-alice,2022-06-01T12:00:00Z,,,"


@pytest.mark.feature("C2", part=True)
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["x1,acct-alice,,,,"], "Line 2, column “id”: this isn't a whole number."),
        (
            [GOOD, "2,acct-alice,yesterday,,,"],
            "Line 3, column “opened”: this isn't a time such as 2023-03-14T08:00:00Z.",
        ),
        (
            ["1,acct-alice,,host.example,,"],
            "Line 2, column “address”: this isn't a network address such as 192.0.2.1.",
        ),
        (
            ['1,acct-alice,,,"{""a"":1,""a"":2}",'],
            "Line 2, column “tags”: this isn't JSON that names no key twice.",
        ),
        (
            ["1,acct-alice,,,,perhaps"],
            "Line 2, column “closed”: this isn't true or false.",
        ),
        (
            ['1,"two\nlines",2022-06-01T12:00:00Z,,,', "2,acct-alice,,,"],
            "Line 4 has 5 cells; the header has 6.",
        ),
        (
            ['1,ali"ce,,,,'],
            "Line 2, cell 2: a quotation mark stands where none can. Put the cell in "
            "quotes and double each quote inside.",
        ),
        (
            ['1,"never closed'],
            "Line 2, cell 2: a quotation mark stands where none can. Put the cell in "
            "quotes and double each quote inside.",
        ),
        ([GOOD, "", GOOD], "Line 3 is blank."),
        (
            ["1,acct-bob,2022-06-01T12:00:00Z,,,"],
            "No row belongs to this order: 1 of another account, or of none.",
        ),
    ],
)
def test_a_wrong_upload_is_refused_with_its_line_and_column(rows, said, tmp_path):
    assert refused(pulling.csv(*rows), tmp_path) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "The file is empty."),
        (
            pulling.HEADER.encode() + b"\n1,\xff,,,,\n",
            "Line 2: this isn't UTF-8. Save the file as UTF-8.",
        ),
        (
            pulling.HEADER.encode(),
            "The file has no rows. If you searched and found none, say so instead of "
            "uploading.",
        ),
        (b"id,account\n1,a\n", "Line 1: column “opened” is missing."),
        (
            f"{pulling.HEADER},password\n{GOOD},x\n".encode(),
            "Line 1: column number 7 isn't one that the order asks for. Leave it out.",
        ),
        (
            f"{pulling.HEADER},id\n{GOOD},2\n".encode(),
            "Line 1: column “id” stands there twice.",
        ),
    ],
)
def test_a_file_that_is_no_answer_is_refused(content, said, tmp_path):
    assert refused(content, tmp_path) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "Line 1 isn't a JSON object."),
        ("{", "Line 1 isn't JSON, or names a key twice."),
        ('{"id":1,"id":2}', "Line 1 isn't JSON, or names a key twice."),
        ('{"id":1}', "Line 1: column “account” is missing."),
    ],
)
def test_a_wrong_json_line_is_refused(line, said, tmp_path):
    assert refused(line.encode(), tmp_path, manual.Form.JSON_LINES) == said


def test_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(manual, "MAX_ROWS", 2)
    said = refused(pulling.csv(GOOD, GOOD, GOOD), tmp_path)
    assert said.startswith("Line 4: a file holds at most 2 rows.")
    monkeypatch.setattr(manual, "MAX_BYTES", 1 << 20)
    assert refused(b"x" * ((1 << 20) + 1), tmp_path) == "The file is larger than 1 MB."


@pytest.mark.parametrize("name", ["t.csv", "T.JSONL", "t.xlsx", "csv"])
def test_the_name_says_how_it_is_written(name):
    known = {"t.csv": manual.Form.CSV, "T.JSONL": manual.Form.JSON_LINES}
    if name in known:
        assert manual.kind_of(name) == known[name]
    elif name == "csv":
        assert manual.kind_of(name) == manual.Form.CSV
    else:
        with pytest.raises(manual.UploadRefused, match="ends neither in"):
            manual.kind_of(name)


def test_json_lines_make_the_same_exhibit_as_csv(tmp_path):
    lines = [
        {"id": 2, "account": "acct-alice", "opened": "2022-06-01T12:00:00Z"}
        | {"address": None, "tags": {"b": [1], "a": None}, "closed": True},
        {"id": "1", "account": "acct-alice", "opened": None}
        | {"address": "192.0.2.1", "tags": None, "closed": False},
    ]
    text = "".join(f"{json.dumps(one)}\n" for one in lines).encode()
    _found, made = read(text, tmp_path, manual.Form.JSON_LINES)
    rows = (
        '2,acct-alice,2022-06-01T12:00:00Z,,"{""b"":[1],""a"":null}",1',
        "1,acct-alice,,192.0.2.1,,f",
    )
    assert (made, read(pulling.csv(*rows), tmp_path)[1]) == (
        f"{pulling.HEADER}\r\n"
        "1,acct-alice,,192.0.2.1,,false\r\n"
        '2,acct-alice,2022-06-01T12:00:00+00:00,,"{""a"":null,""b"":[1]}",true\r\n',
    ) * 2


CELL = st.text(st.characters(codec="utf-8"), max_size=8)


@settings(deadline=None)  # the first example of a run waits for what is loaded
@given(st.lists(st.tuples(st.integers(), CELL), min_size=1, max_size=6))
def test_whatever_a_csv_writer_writes_is_read_as_it_was(rows):
    """The order of rows and columns doesn't matter; each cell comes through."""
    part = schema.parse(pulling.MAP.replace(', whose = "account"', "")).part("5a")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["account", "id", *NAMES[2:]])
    for number, text in rows:
        writer.writerow([text, number, "", "", "", ""])
    found = manual._checked(manual._csv(out.getvalue(), part), part.columns)
    assert found == [[str(n), text or None, *[None] * 4] for n, text in rows]
