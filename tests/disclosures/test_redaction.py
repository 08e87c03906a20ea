"""Examination: marks, passing, returning; by whom, when, and what each leaves."""

import csv
import hashlib
import io
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from cases.enums import Role
from cases.exceptions import CaseError, FourEyesViolation, IllegalTransition
from cases.models import Event
from disclosures import assembly, facts, gates, marks, reading, redaction
from disclosures.enums import Examined, ExhibitStatus, PacketStatus, Redaction
from disclosures.exceptions import PacketBroken
from disclosures.models import Examination, Exhibit, Mark
from tests import factories as make
from tests.disclosures import examining, packets, redacting, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def written() -> list[object]:
    """All that an examination writes."""
    rows = (Mark, Examination, Exhibit, Event)
    return [list(one.objects.order_by("pk").values()) for one in rows]


def refused(act, error, words: str = "") -> None:
    before = written()
    with pytest.raises(error, match=words or None), transaction.atomic():
        act()
    assert written() == before


def produced(exhibit: Exhibit) -> tuple[marks.Produced, list[list[str]]]:
    """What goes out of an exhibit, in figures and rows."""
    sink = io.BytesIO()
    made = marks.derive(exhibit, sink)
    text = io.StringIO(sink.getvalue().decode(), newline="")
    assert made.sha256 == hashlib.sha256(sink.getvalue()).hexdigest()
    assert made.size == len(sink.getvalue())
    return made, list(csv.reader(text, strict=True))


# ----------------------------------------------------------------------------- marks


@pytest.mark.feature("P5", part=True)
def test_marks_take_rows_and_values_out_and_the_collected_file_stays(small):
    exhibit, by = redacting.events(redacting.collected(small)), packets.custodian()
    before = stored.plain(exhibit)
    said = {"reason": Redaction.OUT_OF_SCOPE}
    redacting.mark(exhibit, by, rows="2, 4-5")
    redacting.mark(exhibit, by, rows="", column="address", reason=Redaction.SECRET)
    redacting.mark(exhibit, by, rows="1", column="id", **said)
    redacting.mark(exhibit, by, rows="1,6", column="address", **said)

    made, (header, *rows) = produced(exhibit)
    assert header == ["id", "time", "address", "kind"]
    hidden = "[redacted: SECRET]"  # the older mark gives the reason
    assert rows == [
        ["[redacted: OUT_OF_SCOPE]", "2022-01-01T05:00:00+00:00", hidden, "login"],
        ["more-1", "2022-07-01T10:00:00+00:00", hidden, "login"],
        ["more-4", "2022-07-04T10:00:00+00:00", hidden, "upload"],
    ]
    name = by.get_full_name()
    assert made.lines == (
        marks.Line("", "THIRD_PARTY", 3, name),
        marks.Line("address", "SECRET", 3, name),
        marks.Line("id", "OUT_OF_SCOPE", 1, name),
    )
    assert (made.rows, made.withheld, made.redacted) == (3, 3, 4)
    assert stored.plain(exhibit) == before


def test_rows_that_have_the_same_value_are_marked_together(small):
    exhibit = redacting.events(redacting.collected(small))
    made = redacting.mark(exhibit, rows="1", column="id", alike="kind")
    assert (made.rows, made.column) == ("1,3,5", "id")
    made = redacting.mark(exhibit, rows="4", alike="kind")
    assert (made.rows, made.column) == ("4", "")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rows": "7"}, "This exhibit has 6 rows"),
        ({"rows": "0"}, "“0” is no row"),
        ({"rows": "3-2"}, "“3-2” is no row"),
        ({"rows": "1;2"}, "“1;2” is no row"),
        ({"rows": "1,"}, "“” is no row"),
        ({"rows": ""}, "Name rows, a column, or both"),
        ({"column": "password"}, "no such column"),
        ({"alike": "password"}, "no such column"),
        ({"reason": "BECAUSE"}, ""),
    ],
)
def test_a_mark_that_says_nothing_sensible_is_refused(small, changed, words):
    exhibit, by = redacting.events(redacting.collected(small)), packets.custodian()
    refused(lambda: redacting.mark(exhibit, by, **changed), ValidationError, words)


@pytest.mark.parametrize("status", [one for one in PacketStatus if one != "collected"])
def test_marks_are_made_while_the_packet_waits_for_certification_alone(status):
    packet, by = packets.in_status(status), packets.custodian()
    exhibit = packet.exhibits.first()
    acts = (
        lambda: redacting.mark(exhibit, by, rows="1"),
        lambda: redaction.pass_exhibit(exhibit.pk, actor=by, marks_digest=""),
        lambda: redaction.return_exhibit(exhibit.pk, actor=by, reason="Wrong."),
    )
    for act in acts:
        refused(act, IllegalTransition)


def test_examining_is_for_another_person_with_a_role_for_it(small):
    collector = make.analyst()
    packet = packets.collected(packets.ordered(by=collector))
    exhibit = redacting.events(packet)
    barred = {
        **dict.fromkeys((Role.RELEASE_OFFICER, Role.AUDITOR), PermissionDenied),
        **dict.fromkeys((Role.INTAKE_CLERK, Role.OUTSIDE_COUNSEL), PermissionDenied),
    }
    people = [(make.person(role), error) for role, error in barred.items()]
    for who, error in [*people, (collector, FourEyesViolation)]:
        for act in (
            lambda who=who: redacting.mark(exhibit, who),
            lambda who=who: redaction.pass_exhibit(
                exhibit.pk, actor=who, marks_digest=marks.digest(exhibit)
            ),
            lambda who=who: redaction.return_exhibit(
                exhibit.pk, actor=who, reason="Wrong."
            ),
        ):
            refused(act, error)
    other = make.analyst()
    examining.pass_exhibit(exhibit, other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Examination.objects.update(ordered_by=other)


# --------------------------------------------------------------------------- passing


def test_nobody_passes_what_they_havent_read_or_twice(small):
    exhibit, by = redacting.events(redacting.collected(small)), packets.custodian()
    reading.open_exhibit(exhibit.pk, actor=make.counsel())
    digest = marks.digest(exhibit)

    def verdict():
        return redaction.pass_exhibit(exhibit.pk, actor=by, marks_digest=digest)

    refused(verdict, IllegalTransition, "Open E003 and read it first.")
    reading.open_exhibit(exhibit.pk, actor=by)
    verdict()
    refused(verdict, IllegalTransition, "E003 is passed already.")


@pytest.mark.feature("P5", part=True)
def test_a_mark_made_or_lifted_later_voids_the_passing(small):
    packet, by = redacting.collected(small), packets.custodian()
    packets.examined(packet, by)
    assert gates.examined(packet) == ""
    digest = facts.exhibits_digest(packet)
    exhibit = redacting.events(packet)
    made = redacting.mark(exhibit, by)
    assert gates.examined(packet) == "Not examined yet: E003."
    assert facts.exhibits_digest(packet) != digest
    reading.open_exhibit(exhibit.pk, actor=by)
    stale = {"actor": by, "marks_digest": "0" * 64}
    with pytest.raises(IllegalTransition, match="The marks changed"):
        redaction.pass_exhibit(exhibit.pk, **stale)
    packets.examined(packet, by)
    assert gates.examined(packet) == ""
    redaction.lift(made.pk, actor=by, because="It is the target's own.")
    assert gates.examined(packet) == "Not examined yet: E003."
    refused(
        lambda: redaction.lift(made.pk, actor=by, because="Again."),
        IllegalTransition,
        "lifted already",
    )
    packets.examined(packet, by)
    assert facts.exhibits_digest(packet) == digest
    kinds = [one.decision for one in exhibit.examinations.all()]
    assert kinds == [Examined.PASSED] * 3
    assert exhibit.examinations.in_force().count() == 1


def test_a_mark_written_after_the_declaration_stops_seal_and_release(small):
    packet = packets.certified(redacting.collected(small))
    exhibit = redacting.events(packet)
    by = Examination.objects.last().examined_by
    Mark.objects.create(
        exhibit=exhibit,
        number=1,
        rows="1",
        reason=Redaction.SECRET,
        made_by=by,
        made_by_name="x",
        made_at=make.AT,
    )
    assembly.assemble(packet.pk)
    failed = packets.fresh(packet)
    assert (failed.status, failed.folder) == (PacketStatus.CERTIFIED, "") or (
        failed.status,
        failed.failure,
    ) == (PacketStatus.FAILED, "Not examined yet: E003.")
    assert gates.examined(packet) == "Not examined yet: E003."
    with pytest.raises(PacketBroken, match="no longer those that were certified"):
        facts.packet_facts(packet)


# ----------------------------------------------------------------- about other people


@pytest.mark.feature("P5", part=True)
def test_a_column_about_other_people_is_redacted_unless_counsel_releases_it(small):
    packet = redacting.collected(small, redacting.FLAGGED)
    exhibit, by = redacting.events(packet), packets.custodian()
    (flag,) = exhibit.marks.all()
    assert (flag.column, flag.reason, flag.made_by) == ("kind", "THIRD_PARTY", None)
    _made, (_header, *rows) = produced(exhibit)
    assert {row[3] for row in rows} == {"[redacted: THIRD_PARTY]"}

    refused(
        lambda: redaction.lift(flag.pk, actor=by, because="It may."),
        IllegalTransition,
        "counsel may lift",
    )
    release = {"because": "The order names the invitations."}
    refused(
        lambda: redaction.release_column(flag.pk, actor=by, **release), PermissionDenied
    )
    own = redacting.mark(exhibit, by)
    counsel = make.counsel()
    refused(
        lambda: redaction.release_column(own.pk, actor=counsel, **release),
        IllegalTransition,
        "A person made this mark",
    )
    refused(
        lambda: redaction.release_column(flag.pk, actor=counsel, because=" "),
        ValidationError,
    )
    packets.examined(packet, by)
    redaction.release_column(flag.pk, actor=counsel, **release)
    assert gates.examined(packet) == "Not examined yet: E003."
    _made, (_header, *rows) = produced(exhibit)
    assert "invited by Mallory" in {row[3] for row in rows}


# -------------------------------------------------------------- what goes back again


def test_what_is_returned_is_collected_anew_with_what_is_derived_from_it(small):
    packet, by = redacting.collected(small), packets.custodian()
    packets.examined(packet, by)
    exhibit = redacting.events(packet)
    made = redacting.mark(exhibit, by)
    before, first = exhibit.sha256, packet.exhibits.get(part_code="1a").finished_at
    small.run("UPDATE events SET kind = 'login' WHERE id = 'more-4'")
    refused(
        lambda: redaction.return_exhibit(exhibit.pk, actor=by, reason="  "),
        ValidationError,
    )
    found = redaction.return_exhibit(exhibit.pk, actor=by, reason="One kind is wrong.")
    assert (found.decision, found.sha256) == (Examined.RETURNED, before)
    state = {one.part_code: (one.status, one.rows) for one in packet.exhibits.all()}
    planned = (ExhibitStatus.PLANNED, 0)
    assert (state["2a"], state["3a"]) == (planned, planned)
    assert state["1a"] == (ExhibitStatus.COLLECTED, 1)
    assert packets.fresh(packet).status == PacketStatus.QUEUED
    made.refresh_from_db()
    assert made.lifted_because == "Returned: collected anew."

    packet = packets.collected(packets.fresh(packet))
    assert packet.exhibits.get(part_code="2a").sha256 != before
    assert packet.exhibits.get(part_code="3a").rows == 4
    assert packet.exhibits.get(part_code="1a").finished_at == first
    assert gates.examined(packet) == "Not examined yet: E003, E004."
    packets.certify(packet)


def test_a_statement_has_nothing_to_return_or_mark(small):
    exhibit = packets.collected().exhibits.get(part_code="1b")
    by = packets.custodian()
    for act in (
        lambda: redaction.return_exhibit(exhibit.pk, actor=by, reason="Why."),
        lambda: redacting.mark(exhibit, by, rows="1"),
    ):
        refused(act, IllegalTransition, "E002 has no records.")


# --------------------------------------------------------------------------- the trail


def test_the_trail_counts_and_names_no_value(small):
    packet = redacting.collected(small, redacting.FLAGGED)
    exhibit, by = redacting.events(packet), packets.custodian()
    since = Event.objects.latest("pk").pk
    redacting.mark(exhibit, by, rows="4", alike="kind")
    redacting.mark(exhibit, by, rows="1-2", column="address", reason=Redaction.SECRET)
    packets.examined(packet, by)
    flag = exhibit.marks.get(is_of_map=True)
    redaction.release_column(flag.pk, actor=make.counsel(), because="It has to.")
    found = list(Event.objects.filter(pk__gt=since))
    assert [one.kind for one in found if one.kind != "exhibit.opened"] == [
        *["exhibit.marked"] * 2,
        *["exhibit.passed"] * 3,
        "exhibit.column.released",
    ]
    said = [json.loads(one.data) for one in found if one.kind != "exhibit.opened"]
    assert [one.get("rows") for one in said[:2]] == [1, 2]
    passed = next(one for one in said if one.get("redacted"))
    assert (passed["rows"], passed["withheld"], passed["redacted"]) == (6, 1, 7)
    everything = " ".join(one.data for one in found)
    values = {cell for row in redacting.MORE for cell in row} | {"192.0.2.1"}
    assert [one for one in values if one in everything] == []


def test_the_refusals_are_sentences_of_ours():
    for error in (FourEyesViolation, IllegalTransition, PacketBroken):
        assert issubclass(error, CaseError)
