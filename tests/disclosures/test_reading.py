"""Reading collected records: in the trail first, whole as hashed, by the slice."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from cases.enums import EventKind, Role
from cases.exceptions import IllegalTransition
from cases.models import Event
from disclosures import reading
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit, Packet
from tests import factories as make
from tests.disclosures import packets, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def opened() -> list[tuple[str, dict[str, object]]]:
    """What was opened by whom, as the trail has it."""
    return [
        (one.actor_name, json.loads(one.data))
        for one in Event.objects.filter(kind=EventKind.EXHIBIT_OPENED)
    ]


def rewritten(packet: Packet, number: int, text: str) -> Exhibit:
    """An exhibit whose file holds this text, with the hash that goes with it."""
    exhibit = packet.exhibits.get(number=number)
    stored.rewrite(exhibit, text.encode())
    return exhibit


@pytest.mark.feature("D1", part=True)
def test_rows_are_read_and_the_opening_is_in_the_trail():
    exhibit = packets.collected().exhibits.get(number=3)
    reader = make.analyst()
    found = reading.open_exhibit(exhibit.pk, actor=reader, first_row=2)
    assert found == reading.Reading(
        columns=("id", "time", "address", "kind"),
        rows=(
            reading.Row(2, ("e2", "2022-06-01T12:00:00+00:00", "192.0.2.2", "upload")),
        ),
        total=2,
    )
    data = {
        "packet": exhibit.packet_id,
        "exhibit": exhibit.pk,
        "number": 3,
        "from_row": 2,
    }
    assert opened() == [(reader.username, data)]


def test_a_statement_has_no_rows_and_its_opening_is_noted_all_the_same():
    exhibit = packets.collected().exhibits.get(number=2)
    found = reading.open_exhibit(exhibit.pk, actor=make.counsel())
    assert found == reading.Reading()
    assert len(opened()) == 1


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.AUDITOR])
def test_who_may_not_read_exhibits_reads_none(role):
    exhibit = packets.collected().exhibits.get(number=3)
    with pytest.raises(PermissionDenied):
        reading.open_exhibit(exhibit.pk, actor=make.person(role))
    assert opened() == []


def test_an_exhibit_is_not_read_before_it_is_collected():
    exhibit = packets.ordered().exhibits.get(number=3)
    with pytest.raises(IllegalTransition):
        reading.open_exhibit(exhibit.pk, actor=make.analyst())
    assert opened() == []


@pytest.mark.parametrize("change", ["edit", "remove"])
def test_a_file_that_is_not_what_was_collected_is_not_shown(change):
    exhibit = packets.collected().exhibits.get(number=3)
    if change == "edit":
        data = stored.plain(exhibit).replace(b"192.0.2.1", b"192.0.2.9")
        stored.put(exhibit, data)
    else:
        stored.path(exhibit).unlink()
    with pytest.raises(PacketBroken):
        reading.open_exhibit(exhibit.pk, actor=make.analyst())
    assert opened() == []


def test_hidden_characters_are_shown_and_a_long_cell_is_cut_short():
    long = "x" * 5000
    text = f'a,b\r\n"\x00\u202eevil\r\n<b>","{long}"\r\n'
    exhibit = rewritten(packets.collected(), 3, text)
    found = reading.open_exhibit(exhibit.pk, actor=make.analyst())
    assert found.rows == (
        reading.Row(
            1,
            (
                "<U+0000><U+202E>evil<U+000D><U+000A><b>",
                "x" * 4000 + " … (5,000 characters in all)",
            ),
        ),
    )


def test_a_file_that_is_no_csv_is_refused_in_words():
    exhibit = rewritten(packets.collected(), 3, 'a\r\n"open')
    with pytest.raises(PacketBroken, match="can't be read as CSV"):
        reading.open_exhibit(exhibit.pk, actor=make.analyst())


def test_no_more_than_one_slice_is_read_of_a_large_exhibit():
    lines = "".join(f"{n}\r\n" for n in range(1, 10_001))
    exhibit = rewritten(packets.collected(), 3, f"n\r\n{lines}")
    reader = make.analyst()
    found = reading.open_exhibit(exhibit.pk, actor=reader, first_row=9_971)
    assert [row.number for row in found.rows] == list(range(9_971, 10_001))
    first = reading.open_exhibit(exhibit.pk, actor=reader, first_row=0)
    assert [row.number for row in first.rows] == list(range(1, 51))
    none = reading.open_exhibit(exhibit.pk, actor=reader, first_row=10**11)
    assert (none.rows, none.total) == ((), 10_000)
