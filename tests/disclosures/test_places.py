"""Pages of large exhibits: the rows that are asked for, and no more of the file."""

import csv
import io

import pytest

from disclosures import places, reading
from disclosures.exceptions import CustodyBroken
from disclosures.models import RowPlaces
from tests import factories as make
from tests.disclosures import packets, redacting, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

COLUMNS = ("id", "time", "address", "kind")


def line(number: int) -> tuple[str, ...]:
    """A row; some hold what makes CSV hard."""
    kind = 'say "x",\r\nand y' if number % 7 == 0 else "login"
    when = f"2022-0{number % 3 + 1}-01T10:00:00+00:00" if number % 11 else ""
    return f"e{number}", when, "x" * 300, kind


@pytest.fixture
def large():
    """An exhibit of some hundred kilobytes more than a page opens whole."""
    exhibit = redacting.events(packets.collected())
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows(map(line, range(1, 5001)))
    stored.rewrite(exhibit, out.getvalue().encode())
    exhibit.packet.exhibits.filter(pk=exhibit.pk).update(rows=5000, total=5000)
    exhibit.refresh_from_db()
    assert exhibit.size > places.SMALL
    return exhibit


def shown(numbers: range) -> tuple[reading.Row, ...]:
    return tuple(
        reading.Row(number, tuple(one.replace("\r\n", "<U+000D><U+000A>")
                                  for one in line(number)))
        for number in numbers
    )  # fmt: skip


@pytest.mark.feature("C4", part=True)
def test_each_page_is_the_same_by_places_as_by_the_whole_file(large):
    by = make.analyst()
    first = reading.open_exhibit(large.pk, actor=by)
    assert RowPlaces.objects.get(exhibit=large).blocks[-1][0] > 4000
    days = {"": 454, "2022-01-01": 1515, "2022-02-01": 1516, "2022-03-01": 1515}
    assert dict(first.days) == days
    for start in (1, 780, 2500, 4990):
        found = reading.open_exhibit(large.pk, actor=by, first_row=start)
        assert found.rows == shown(range(start, min(start + 50, 5001)))
        assert (found.columns, found.total) == (COLUMNS, 5000)
        assert found.days == first.days
    assert reading.open_exhibit(large.pk, actor=by, first_row=9999).rows == ()


@pytest.mark.feature("C4", part=True)
def test_a_change_in_the_block_that_is_shown_stops_the_case(large):
    by = make.analyst()
    reading.open_exhibit(large.pk, actor=by)
    file = stored.path(large)
    data = bytearray(file.read_bytes())
    data[-100_000] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(CustodyBroken, match="E003 was changed or lost"):
        reading.open_exhibit(large.pk, actor=by, first_row=4750)
    assert large.packet.case.custody_breaks.count() == 1


@pytest.mark.feature("C4", part=True)
def test_another_file_under_the_same_key_is_no_page_of_this_one(large):
    by = make.analyst()
    reading.open_exhibit(large.pk, actor=by)
    stored.put(large, stored.plain(large).replace(b"e3000,", b"f3000,"))
    with pytest.raises(CustodyBroken, match="E003 was changed or lost"):
        reading.open_exhibit(large.pk, actor=by, first_row=3000)
