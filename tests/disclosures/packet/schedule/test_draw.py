"""Whatever records hold: each cell is on the page once, in its column, and readable."""

import itertools
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from disclosures.packet.schedule import plan
from tests.disclosures.packet.reading import output
from tests.disclosures.packet.schedule.drawing import (
    body,
    boxes,
    drawn,
    edges,
    facts,
    meant,
    printed,
    said,
    texts,
)

SETTINGS = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# A lone surrogate can't be in a file of UTF-8.
ANY = st.characters(exclude_categories=["Cs"])
TURNED = {"R", "AL", "AN"}
STRAIGHT = ANY.filter(lambda one: unicodedata.bidirectional(one) not in TURNED)
WIDE = st.sampled_from(
    ["W", "\ufdfd", "\U0001242b", "😀", "क्ष", "e\u0301", " ", "--", "<"]
)


def rows_of(characters, size=40):
    """A few rows of one to three cells."""
    return st.integers(1, 3).flatmap(
        lambda count: st.lists(
            st.lists(
                st.text(characters, max_size=size), min_size=count, max_size=count
            ),
            min_size=1,
            max_size=6,
        )
    )


def pdf_of(rows):
    folder = Path(tempfile.mkdtemp())
    shown = facts(folder, rows)
    return shown, drawn(folder, shown)


@pytest.mark.feature("P1", part=True)
@SETTINGS
@given(rows_of(STRAIGHT))
@example([["\\(", "a\x00b\u202egnp", "\u0301x"], ["", " ", "<U+0041>"]])
@example([["नरेंद्र शर्मा", "สมชาย ใจดี", "Łukasz Ωμέγα"], ["日本", "a😀b", "﷽"]])
def test_every_cell_is_read_back(rows):
    shown, pdf = pdf_of(rows)
    assert body(pdf, shown.exhibits[0].columns) == said(rows)


@pytest.mark.feature("P1", part=True)
@SETTINGS
@given(rows_of(ANY))
def test_no_character_is_lost_or_doubled(rows):
    shown, pdf = pdf_of(rows)
    # Poppler takes the first sign of a code beside Hebrew into the Hebrew word, so that
    # it isn't known as a code: then the signs themselves are counted.
    assert any(
        Counter(body(pdf, shown.exhibits[0].columns, of)) == Counter(said(rows, of))
        for of in (meant, printed)
    )


@pytest.mark.feature("P1", part=True)
@pytest.mark.parametrize(
    "text",
    [
        "محمد علي",
        "فاطمة الزهراء",
        "דוד כהן",
        "محمد علي (admin) 12",
        "abc محمد def",
        "مرحبا " * 60,
        "אבג " * 80 + "12 (x)",
    ],
)
def test_text_from_right_to_left_is_read_in_its_order(text):
    shown, pdf = pdf_of([[text, "next"]])
    assert body(pdf, shown.exhibits[0].columns) == said([[text, "next"]])


@pytest.mark.feature("P1", part=True)
@SETTINGS
@given(
    st.integers(1, 40),
    st.lists(st.lists(WIDE, max_size=60).map("".join), min_size=1, max_size=9),
)
def test_columns_never_overlap(count, words):
    rows = [
        [words[(row + place) % len(words)] for place in range(count)]
        for row in range(3)
    ]
    shown, pdf = pdf_of(rows)
    inside = edges(shown)
    columns = list(itertools.pairwise(inside))
    for number, page in enumerate(boxes(pdf)):
        # Above the rows stands the exhibit's head, on later pages the running one.
        above = 190 if number == 0 else 64
        for left, right, top, word in page:
            if not above < top < 554 or word in {"End", "of", "exhibit", "E001"}:
                continue
            assert any(
                start - 0.1 <= left and right <= end + 0.1 for start, end in columns
            ), (word, left, right, inside)


@pytest.mark.feature("P1", part=True)
@SETTINGS
@given(st.lists(st.integers(1, 700), min_size=1, max_size=60), st.integers(1, 9))
@example([9000, 1, 9000], 50)
def test_no_row_is_lost_or_doubled_where_pages_or_blocks_end(sizes, block):
    rows = [[f"{n}", f"<{n}>" + "word " * size] for n, size in enumerate(sizes)]
    before, plan.BLOCK_ROWS = plan.BLOCK_ROWS, block
    try:
        shown, pdf = pdf_of(rows)
    finally:
        plan.BLOCK_ROWS = before
    assert body(pdf, shown.exhibits[0].columns) == said(rows)


def test_row_stays_on_one_page_and_the_heading_is_repeated():
    rows = [[f"(row{n} " + "word " * 300 + f"{n}row)", "x"] for n in range(40)]
    _, pdf = pdf_of(rows)
    read = output("pdftotext", "-raw", str(pdf), "-").split("\f")[1:-1]
    marks = [
        (page.count("(row"), page.count("row)"), page.count("Column 0"))
        for page in read
    ]
    assert {(begun == ended, heads) for begun, ended, heads in marks} == {(True, 1)}
    assert sum(begun for begun, _, _ in marks) == 40
    assert len(read) > 5


def test_blocks_of_an_exhibit_begin_where_their_rows_stand_in_the_file(monkeypatch):
    rows = [[f'line\n{n}, "é"', str(n)] for n in range(25)]
    monkeypatch.setattr(plan, "BLOCK_ROWS", 10)
    shown, pdf = pdf_of(rows)
    pieces = [one for block in plan.blocks(shown) for one in block.slices]
    whole = shown.exhibits[0].path.read_bytes()
    assert [(one.start, one.stop, one.is_last) for one in pieces] == [
        (0, 10, False),
        (10, 20, False),
        (20, 25, True),
    ]
    assert [whole[one.offset :].split(b"\n")[0] for one in pieces[1:]] == [
        b'"line',
        b'"line',
    ]
    assert body(pdf, texts(2)) == said(rows)
    assert meant("<U+000A>") == ""
