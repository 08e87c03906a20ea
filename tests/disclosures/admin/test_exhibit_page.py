"""The page of one exhibit: for readers, in the trail, by the slice."""

import pytest

from cases.enums import EventKind, Role
from cases.models import Event
from disclosures.admin.exhibits import row_number
from tests import factories as make
from tests.disclosures import packets, stored
from tests.disclosures.admin.conftest import client_of, page_of
from tests.disclosures.test_reading import rewritten

pytestmark = pytest.mark.django_db


def readings() -> int:
    """How often an exhibit was opened."""
    return Event.objects.filter(kind=EventKind.EXHIBIT_OPENED).count()


def test_the_page_opens_for_readers_alone(at_desk):
    packet = packets.collected()
    seen = {
        role: client_of(make.working_on(packet.case, role))
        .get(page_of(packet, "exhibit", 3))
        .status_code
        for role in Role
        if role not in {Role.REPORT_EDITOR, Role.ADMINISTRATOR}
    }
    assert seen == {
        Role.INTAKE_CLERK: 403,
        Role.ANALYST: 200,
        Role.CUSTODIAN: 200,
        Role.COUNSEL: 200,
        Role.OUTSIDE_COUNSEL: 200,
        Role.RELEASE_OFFICER: 200,
        Role.AUDITOR: 403,
        Role.DATA_OWNER: 404,
    }
    assert readings() == 5
    assert at_desk(Role.ANALYST).get(page_of(packet, "exhibit", 99)).status_code == 404


def test_the_page_shows_records_and_where_they_come_from(at_desk):
    packet = packets.collected()
    text = at_desk(Role.ANALYST).get(page_of(packet, "exhibit", 3)).content.decode()
    exhibit = packet.exhibits.get(number=3)
    shown = ("192.0.2.2", exhibit.sha256, exhibit.sha512, "FROM events", "acct-alice")
    assert [part for part in shown if part not in text] == []
    assert "from 1 January 2022, 05:00:00 UTC (included)" in text
    assert "the file, opened to read only" in text
    assert "fit their column" not in text


def test_the_page_says_how_many_values_dont_fit_their_column(at_desk, small):
    small.run(
        "INSERT INTO events VALUES"
        " ('acct-alice', x'00ff', '2022-07-01 00:00:00', '192.0.2.9', 'login')"
    )
    packet = packets.collected()
    text = at_desk(Role.ANALYST).get(page_of(packet, "exhibit", 3)).content.decode()
    assert "<dd>1, kept as the source has them</dd>" in text


def test_records_are_escaped_and_hidden_characters_shown(at_desk):
    packet = packets.collected()
    rewritten(packet, 3, 'a\r\n"<script>alert(1)</script>\u202e"\r\n')
    text = at_desk(Role.ANALYST).get(page_of(packet, "exhibit", 3)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;U+202E&gt;" in text
    assert "<script>alert" not in text


def test_rows_are_paged(at_desk):
    packet = packets.collected()
    lines = "".join(f"value{n}\r\n" for n in range(1, 121))
    rewritten(packet, 3, f"n\r\n{lines}")
    desk, url = at_desk(Role.ANALYST), page_of(packet, "exhibit", 3)

    def shown(query: str) -> tuple[object, ...]:
        context = desk.get(url + query).context
        names = ("first", "until", "earlier", "later", "last")
        return tuple(context.get(name) for name in names)

    assert shown("") == (1, 50, None, 51, 101)
    assert shown("?from=51") == (51, 100, 1, 101, 101)
    assert shown("?from=101") == (101, 120, 51, None, None)
    beyond = desk.get(f"{url}?from=500").content.decode()
    assert "There is no such row: this exhibit has 120." in beyond


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, 1),
        ("", 1),
        ("0", 1),
        ("7", 7),
        ("-3", 1),
        ("x", 1),
        ("٣", 1),
        ("9" * 13, 1),
    ],
)
def test_a_row_is_asked_for_by_a_plain_number(text, number):
    assert row_number(text) == number


def test_a_broken_exhibit_is_refused_in_words_and_shows_no_row(at_desk):
    packet = packets.collected()
    exhibit = packet.exhibits.get(number=3)
    stored.put(exhibit, stored.plain(exhibit).replace(b"upload", b"delete"))
    text = at_desk(Role.ANALYST).get(page_of(packet, "exhibit", 3)).content.decode()
    assert "Exhibit E003 was changed or lost after it was collected." in text
    assert "192.0.2.2" not in text
    assert readings() == 0


def test_an_exhibit_that_is_not_collected_yet_shows_none(at_desk):
    packet = packets.ordered()
    answer = at_desk(Role.ANALYST).get(page_of(packet, "exhibit", 3))
    assert "isn&#x27;t collected yet" in answer.content.decode() or (
        "isn't collected yet" in answer.content.decode()
    )
    assert readings() == 0
