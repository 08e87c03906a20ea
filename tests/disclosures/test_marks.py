"""Runs of row numbers, and marks on any CSV: by hypothesis, against a plain reading."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosures import marks
from disclosures.enums import Redaction
from disclosures.models import Mark

NUMBERS = st.sets(st.integers(1, 40), min_size=1)
COLUMNS = ("a", "b", "c")
CELL = st.text(alphabet='x",\r\n é', max_size=6)


def found(rows: marks.Runs) -> set[int]:
    return {n for first, last in rows for n in range(first, last + 1)}


@given(NUMBERS)
def test_runs_read_as_they_are_kept(numbers):
    kept = marks.of_numbers(sorted(numbers))
    assert found(kept) == numbers
    assert marks.runs(marks.as_text(kept)) == kept
    assert marks.runs(" , ".join(map(str, numbers))) == kept


@pytest.mark.parametrize("text", ["x", "1-", "-3", "2-1", "0", "1 2", "1;2", "1,,2"])
def test_what_is_no_run_is_refused(text):
    with pytest.raises(ValueError, match=r"^[^,]*$"):  # the part that is wrong
        marks.runs(text)


MARKS = st.lists(
    st.tuples(
        st.one_of(st.just(""), NUMBERS.map(lambda n: marks.as_text(
            marks.of_numbers(sorted(n))))),
        st.sampled_from(["", *COLUMNS]),
        st.sampled_from(Redaction),
    ).filter(lambda one: one[0] or one[1]),
    max_size=4,
)  # fmt: skip


@pytest.mark.feature("P5", part=True)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=12), MARKS, st.integers(1, 9))
def test_what_goes_out_is_what_was_collected_but_for_the_marks(rows, said, step):
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([COLUMNS, *rows])
    data = out.getvalue().encode()
    made = [
        Mark(rows=text, column=column, reason=reason, made_by_name="x")
        for text, column, reason in said
    ]
    sink = io.BytesIO()
    redacted = marks.Redacted(made, sink)
    for at in range(0, len(data), step):
        redacted.write(data[at : at + step])
    told = redacted.produced()

    wanted, withheld, signs = [list(COLUMNS)], 0, 0
    for number, cells in enumerate(rows, start=1):
        about = [
            one for one in made if not one.rows or number in found(marks.runs(one.rows))
        ]
        if any(not one.column for one in about):
            withheld += 1
            continue
        shown = list(cells)
        for one in reversed(about):
            shown[COLUMNS.index(one.column)] = f"[redacted: {one.reason}]"
        signs += len({one.column for one in about})
        wanted.append(shown)
    text = io.StringIO(sink.getvalue().decode(), newline="")
    assert list(csv.reader(text, strict=True)) == wanted
    assert (told.rows, told.withheld, told.redacted) == (
        len(wanted) - 1,
        withheld,
        signs,
    )
    if not made:
        assert sink.getvalue() == data
