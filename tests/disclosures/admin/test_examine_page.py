"""Examining in the browser: what waits, marks among the rows, the verdict."""

import pytest

from cases.enums import Role
from disclosures.admin import marking
from disclosures.enums import PacketStatus
from disclosures.models import Examination, Mark
from tests import factories as make
from tests.disclosures import packets, redacting
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = pytest.mark.django_db


def marking_of(**changed: object) -> dict[str, object]:
    """The form of a mark, filled in."""
    return {"exhibit": "3", "what": "cells", "reason": "SECRET", **changed}


@pytest.mark.feature("P5", part=True)
def test_an_examiner_reads_marks_and_passes(small):
    packet = redacting.collected(small, redacting.FLAGGED)
    desk = client_of(packets.custodian())
    hub = desk.get(verb_of(packet, "examine_exhibits")).content.decode()
    assert hub.count("Waits to be read") == 3
    page = desk.get(page_of(packet, "exhibit", 3))
    text = page.content.decode()
    assert text.count("redacted: THIRD_PARTY") == 6
    assert "counsel may release it" in text
    assert "<title>week of 27 December 2021: 1</title>" in text

    ticked = marking_of(row=["2", "4"], rows="1", column="address")
    answer = desk.post(verb_of(packet, "mark_exhibit"), ticked)
    assert answer.url == f"{page_of(packet, 'exhibit', 3)}#examination-title"
    desk.post(
        verb_of(packet, "mark_exhibit"), marking_of(what="rows", rows="5", column="")
    )
    found = Mark.objects.filter(made_by__isnull=False)
    assert [(one.rows, one.column) for one in found] == [
        ("1-2,4", "address"),
        ("5", ""),
    ]
    page = desk.get(page_of(packet, "exhibit", 3))
    assert "withheld: SECRET" in page.content.decode()
    digest = page.context["examination"]["verdict_form"].initial["marks_digest"]
    verdict = {"exhibit": "3", "decision": "passed", "marks_digest": digest}
    following = desk.post(verb_of(packet, "examine_exhibits"), verdict)
    assert following.url == page_of(packet, "exhibit", 1)
    made = Examination.objects.get()
    assert (made.produced_rows, len(made.log)) == (5, 3)

    lift = {"exhibit": "3", "mark": "3", "because": "It is the target's own."}
    assert desk.post(verb_of(packet, "lift_mark"), lift).status_code == 302
    release = {"exhibit": "3", "mark": "1", "because": "The order names it."}
    counsel = client_of(make.counsel())
    assert counsel.post(verb_of(packet, "release_column"), release).status_code == 302
    page = desk.get(page_of(packet, "exhibit", 3)).content.decode()
    assert ("2 marks were lifted" in page, "redacted: THIRD_PARTY" in page) == (
        True,
        False,
    )
    back = {"exhibit": "3", "decision": "returned", "reason": "An address is missing."}
    assert desk.post(verb_of(packet, "examine_exhibits"), back).status_code == 302
    assert packets.fresh(packet).status == PacketStatus.QUEUED


@pytest.mark.parametrize(
    ("verb", "said", "words"),
    [
        ("mark_exhibit", marking_of(), "Say which rows."),
        ("mark_exhibit", marking_of(rows="1"), "Say which column."),
        ("mark_exhibit", marking_of(rows="9", column="id"), "This exhibit has 2 rows"),
        ("mark_exhibit", marking_of(exhibit="99", rows="1", column=""), "Say which"),
        ("mark_exhibit", marking_of(what="column", column="x"), "valid choice"),
        ("mark_exhibit", {"exhibit": "x"}, "Not done yet"),
        ("lift_mark", {"exhibit": "3", "mark": "7", "because": "So."}, "no such mark"),
        ("lift_mark", {"exhibit": "77", "mark": "7", "because": "So."}, "no such exhi"),
        ("examine_exhibits", {"exhibit": "3", "decision": "passed"}, "read it first"),
        ("examine_exhibits", {"exhibit": "3", "decision": "returned"}, "what is wrong"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(small, verb, said, words):
    packet = packets.collected()
    answer = client_of(packets.custodian()).post(verb_of(packet, verb), said)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert (Mark.objects.count(), Examination.objects.count()) == (0, 0)


def test_who_collected_reads_and_is_told_that_another_examines(small):
    packet = packets.collected(packets.ordered(by=(who := make.analyst())))
    page = client_of(who).get(page_of(packet, "exhibit", 3)).content.decode()
    assert "You ordered the collection of this case: another person does this." in page
    assert "Mark what must not go out" not in page
    officer = make.working_on(packet.case, Role.RELEASE_OFFICER)
    page = client_of(officer).get(page_of(packet, "exhibit", 3)).content.decode()
    assert "Record what you found" not in page


@pytest.mark.parametrize(
    ("last", "unit", "bars"),
    [
        ("2022-01-31", "day", 31),
        ("2022-12-31", "week", 53),
        ("2024-12-31", "month", 36),
    ],
)
def test_the_chart_has_few_enough_bars_and_counts_every_row(last, unit, bars):
    made = marking.chart((("", 3), ("2022-01-01", 5), (last, 2)))
    assert made is not None
    assert f"Rows per {unit} (UTC)" == made["unit"]
    assert len(made["bars"]) == bars
    assert sum(bar.count for bar in made["bars"]) == made["total"] == 7
    assert made["undated"] == 3
    assert marking.chart((("", 3),)) is None
