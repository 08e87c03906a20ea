"""The canonical CSV: exact, hashed, whole or absent."""

import csv
import hashlib
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosures.datamap.terms import Column, Part, Window
from disclosures.enums import ColumnType, PartKind, ResponseCode
from disclosures.sources import duck
from disclosures.sources.base import Limits
from disclosures.sources.cells import MisfitError
from disclosures.sources.csvfile import CsvFile
from tests.disclosures.sources.maps import guard, part

COLUMNS = (
    Column("a", "A", "Text.", ColumnType.TEXT),
    Column("b", "B", "Number.", ColumnType.INTEGER),
)
PART = Part("1a", "Part", PartKind.QUERY, ResponseCode.PRODUCED, columns=(COLUMNS[0],))
ALL = guard(part("SELECT 1", *COLUMNS))


def test_the_bytes_are_those_of_rfc_4180(tmp_path):
    out = tmp_path / "x.csv"
    with CsvFile(out, ALL) as file:
        file.write([("plain", 1), (None, None), ("", 2)])
        file.write([('say "hi", \r\n there', 3), ("=1+1", 4)])

    data = out.read_bytes()
    assert data == (
        b'a,b\r\nplain,1\r\n,\r\n"",2\r\n"say ""hi"", \r\n there",3\r\n=1+1,4\r\n'
    )
    assert (file.rows, file.size) == (5, len(data))
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert file.sha512 == hashlib.sha512(data).hexdigest()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_no_rows_leave_a_header(tmp_path):
    with CsvFile(tmp_path / "x.csv", ALL) as file:
        file.write([])

    assert (tmp_path / "x.csv").read_bytes() == b"a,b\r\n"
    assert file.rows == 0


@pytest.mark.feature("C3", part=True)
def test_a_failure_leaves_nothing_and_touches_nothing(tmp_path):
    out = tmp_path / "x.csv"
    out.write_text("what was there before")
    (tmp_path / "x.csv.part").write_text("left by a killed worker")

    rows = [("a", 1), ("a", "not a number")]
    with pytest.raises(MisfitError), CsvFile(out, ALL) as file:
        file.write(rows)

    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert out.read_text() == "what was there before"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.none()
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        | st.text("\r\n\",' \x00;\ufeff", max_size=6)
    )
)
def test_readers_get_every_text_back(tmp_path_factory, values):
    out = tmp_path_factory.mktemp("csv") / "x.csv"
    with CsvFile(out, guard(PART)) as file:
        file.write([(value,) for value in values])

    views = {"part_1a": duck.ExhibitTable(PART, out).view(Window())}
    with duck.opened(views, "UTC", Limits()) as connection:
        found = connection.execute("SELECT a FROM part_1a").fetchall()

    assert [row[0] for row in found] == values


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
            st.integers(),
        )
    )
)
def test_pythons_own_reader_gets_every_text_back(tmp_path_factory, rows):
    out = tmp_path_factory.mktemp("csv") / "x.csv"
    with CsvFile(out, ALL) as file:
        file.write(rows)

    with out.open(newline="", encoding="utf-8") as stream:
        _, *found = csv.reader(stream)

    assert found == [[text, str(number)] for text, number in rows]
