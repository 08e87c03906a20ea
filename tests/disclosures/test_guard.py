"""What a run keeps was signed for, and what it left out is said wherever it is read."""

from datetime import timedelta

import pytest
from django.conf import settings

from cases.enums import Role
from disclosures import facts
from disclosures.enums import LeftOut, PacketStatus
from disclosures.models import Exhibit
from disclosures.packet import contents
from tests import factories as make
from tests.disclosures import packets, stored
from tests.disclosures.admin.conftest import client_of, page_of
from tests.disclosures.packet.reading import output

pytestmark = [pytest.mark.django_db]

# A query whose author forgot how OR binds: it gives everybody's names.
LYING = packets.MAP.replace(
    "FROM users WHERE users.key = :account",
    "FROM users WHERE users.key = :account OR users.key <> ''",
    1,
)
ANSWER = "Held to the signed scope"


def lied_to():
    """A packet collected over a map whose first query gives too much."""
    assert LYING != packets.MAP
    return packets.collected(packets.ordered(packets.case(text=LYING)))


@pytest.mark.feature("C6")
def test_rows_of_another_account_are_dropped_counted_and_shown(small):
    packet = lied_to()
    exhibit = packet.exhibits.get(part_code="1a")

    assert (exhibit.rows, exhibit.left_out) == (1, {LeftOut.ACCOUNT: 1})
    data = stored.plain(exhibit).decode()
    assert "acct-bob" not in data
    assert "bob" not in data
    said = facts.draft_facts(packet, contents.UNSIGNED)
    assert {one.number: one.left_out for one in said.trimmed} == {
        "E001": (("of another account, or of none", 1),)
    }

    desk = client_of(make.person(Role.ANALYST))
    page = desk.get(page_of(packet, "exhibit", exhibit.number)).content.decode()
    assert "1 of another account, or of none" in page
    assert "account, by “key”" in page
    assert "acct-bob" not in page
    assert "1 left out: not in the scope" in desk.get(page_of(packet)).content.decode()


def test_a_part_that_gave_nothing_else_says_so(small):
    packet = packets.collected()
    desk = client_of(make.person(Role.ANALYST))
    texts = {
        one.part_code: desk.get(page_of(packet, "exhibit", one.number)).content.decode()
        for one in packet.exhibits.all()
        if one.path
    }
    belongs = "Every row that the source gave belongs to it."
    assert all(belongs in text and ANSWER in text for text in texts.values())
    assert "account, by “key”. " in texts["1a"]
    assert "period, by “time”. " in texts["2a"]
    assert "left out" not in desk.get(page_of(packet)).content.decode()


def test_a_part_without_a_column_to_hold_it_by_says_that(small):
    bare = packets.MAP.replace('whose = "account", ', "")
    packet = packets.collected(packets.ordered(packets.case(text=bare)))
    page = (
        client_of(make.person(Role.ANALYST))
        .get(page_of(packet, "exhibit", 1))
        .content.decode()
    )
    assert "No column says whose a row is or when it was made" in page


@pytest.mark.feature("C6", part=True)
@pytest.mark.parametrize(
    "change",
    [{"part_code": "4a"}, {"window_until": None}, {"window_since": timedelta(days=-1)}],
    ids=["category", "open", "earlier"],
)
def test_a_plan_that_left_the_signed_scope_asks_for_nothing(small, change):
    packet = packets.ordered(packets.case(items=["connections"]))
    exhibit = packet.exhibits.get(part_code="2a")
    if isinstance(moved := change.get("window_since"), timedelta):
        change = {"window_since": exhibit.window_since + moved}
    Exhibit.objects.filter(pk=exhibit.pk).update(**change)

    packet = packets.collected(packet)

    assert packet.status == PacketStatus.FAILED
    assert packet.failure == (
        "E001 isn't in the scope that counsel signed. Nothing was asked for it."
    )
    exhibit.refresh_from_db()
    assert (exhibit.path, exhibit.rows, exhibit.left_out) == ("", 0, {})


@pytest.mark.feature("C6", part=True)
def test_the_packet_says_what_was_left_out(small):
    packet = packets.sealed(packets.certified(lied_to()))
    text = " ".join(output("pdftotext", "-raw", str(_pdf(packet)), "-").split())
    assert (
        "These were left out and are in no file: "
        "E001: 1 of another account, or of none." in text
    )


def _pdf(packet):
    return settings.FILES_DIR / packet.folder / "production-0001" / "packet.pdf"
