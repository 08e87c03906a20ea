"""Counsel refused: a letter with every ground, no record, and the same way out."""

from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from cases import closing, review, sandbox, scope
from cases.enums import (
    Disposition,
    Finding,
    ObjectionGround,
    Profile,
    Role,
    SignOffDecision,
)
from cases.exceptions import FourEyesViolation, IllegalTransition
from cases.grounds import ItemObjection
from cases.models import Case, Event, ScopeItem, SignOff
from disclosures import assembly, facts, outcomes, production, worklist
from disclosures.enums import PacketStatus
from disclosures.exceptions import PacketBroken
from disclosures.models import Declaration, Delivery, Packet, TargetAccount
from disclosures.packet import objection
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def refused(by=None, counsel=None):
    """A case that counsel has refused, one line on a ground of its own."""
    by = by or make.analyst()
    found = packets.unsigned("alice", "bob")
    review.start(found.pk, actor=by, at=make.AT)
    make.submit(found, by)
    row = scope.decisions(found)[0]
    make.sign(
        found,
        counsel or make.person(Role.COUNSEL, first_name="Cora", last_name="Lindqvist"),
        SignOffDecision.REFUSED,
        [
            ItemObjection(
                ObjectionGround.VAGUE, "Which names?", row.target_id, row.item_id
            ),
            ItemObjection(ObjectionGround.DEFECTIVE, "Nobody signed it."),
        ],
    )
    return make.fresh(found)


def sealed(found=None):
    """A sealed letter, drawn for real."""
    packet = packets.ordered(found or refused())
    for _ in range(2):
        assembly.assemble(packet.pk)
    return packets.fresh(packet)


def text_of(packet):
    pdf = production.folder(packet) / "packet.pdf"
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def test_a_refusal_is_answered_by_a_letter_and_ends_as_objected(monkeypatch):
    monkeypatch.setattr(settings, "SOURCE_URLS", {})  # nothing to read from
    packet = sealed()
    assert (packet.status, packet.is_letter) == (PacketStatus.SEALED, True)
    assert not Declaration.objects.exists()
    assert not TargetAccount.objects.exists()
    assert {one.response_code for one in packet.exhibits.all()} == {"OBJECTED"}
    assert production.findings(packet) == []

    text = text_of(packet)
    for words in (
        "objects to the legal process named above and produces no records",
        "Of 6 answers asked for, one for each item and identifier, 6 are objected to.",
        "Vague (Fed. R. Crim. P. 17(c)(2)).",
        "Which names?",
        "Defective on its face (Fed. R. Crim. P. 17(a), 41(e)).",
        "Nobody signed it.",
        "“All names”",
        "Cora Lindqvist",
        packet.case.agency_reference,
    ):
        assert words in text
    assert "penalty of perjury" not in text

    packets.release(packet)
    case = make.fresh(packet.case)
    assert (case.status, Delivery.objects.get().certified_by) == ("released", None)
    ended = outcomes.of(packet)
    assert set(ended.values()) == {Disposition.OBJECTED}
    closed = closing.close(
        case.pk,
        actor=make.analyst(),
        disposition=outcomes.overall(ended),
        outcomes=ended,
    )
    assert closed.disposition == Disposition.OBJECTED


@pytest.mark.feature("R3", part=True)
def test_one_changed_byte_of_the_letter_stops_its_release():
    packet = sealed()
    pdf = Path(settings.FILES_DIR) / packet.folder
    pdf = next(pdf.rglob("packet.pdf"))
    pdf.write_bytes(pdf.read_bytes()[:-1] + b"X")
    with pytest.raises(PacketBroken), transaction.atomic():
        packets.release(packet)
    assert not Delivery.objects.exists()
    assert packets.fresh(packet).status == PacketStatus.SEALED


def test_equal_facts_draw_equal_letters():
    packet = sealed()
    first = (production.folder(packet) / "packet.pdf").read_bytes()
    again = sealed_again(packet)
    assert again == first


def sealed_again(packet):
    out = Path(settings.FILES_DIR) / "again.pdf"
    said = facts.packet_facts(packet)
    sandbox.run(objection.render, said, out, seconds=120, megabytes=4096)
    return out.read_bytes()


@pytest.mark.parametrize("profile", Profile)
def test_who_refused_doesn_t_order_and_who_prepared_doesn_t_release(profile):
    packets.profile(profile)
    both = make.person(Role.COUNSEL, Role.ANALYST)
    first = make.person(Role.ANALYST, Role.RELEASE_OFFICER)
    found = refused(first, both)
    with pytest.raises(FourEyesViolation), transaction.atomic():
        packets.ordered(found, by=both)
    assert not Packet.objects.exists()
    packet = sealed(found)
    with pytest.raises(FourEyesViolation), transaction.atomic():
        packets.release(packet, first)
    assert not Delivery.objects.exists()


def test_a_letter_is_ordered_by_who_may_order():
    found = refused()
    with pytest.raises(PermissionDenied), transaction.atomic():
        packets.ordered(found, by=make.counsel())


def test_a_refusal_over_a_scope_that_holds_something_lets_nothing_out():
    """As decisions from before objections were part of a refusal."""
    found = packets.unsigned()
    by = make.analyst()
    review.start(found.pk, actor=by, at=make.AT)
    make.submit(found, by)
    made = make.sign(found, decision=SignOffDecision.REFUSED)
    found = make.fresh(found)
    ScopeItem.objects.filter(target__case=found).update(
        decision="produce", ground="", reason=""
    )
    SignOff.objects.filter(pk=made.pk).update(scope_digest=scope.digest(found))
    with pytest.raises(IllegalTransition) as caught, transaction.atomic():
        packets.ordered(found)
    assert str(caught.value) == (
        "Counsel refused, and the scope still holds something to answer: "
        "an analyst revises it."
    )
    assert not Packet.objects.exists()


def test_a_letter_whose_scope_was_taken_back_isn_t_released():
    packet = sealed()
    review.revise(packet.case_id, actor=make.analyst(), reason="Why.", at=make.AT)
    with pytest.raises(IllegalTransition), transaction.atomic():
        packets.release(packet)
    assert not Delivery.objects.exists()


def test_a_failed_letter_is_resumed():
    packet = packets.failed(packets.ordered(refused()))
    assert packet.status == PacketStatus.FAILED
    assembly.resume(packet.pk, actor=make.analyst())
    for _ in range(2):
        assembly.assemble(packet.pk)
    assert packets.fresh(packet).status == PacketStatus.SEALED


@pytest.mark.parametrize("outcome", ["", Finding.DOUBTFUL])
def test_a_paper_that_nobody_vouches_for_is_answered_by_a_letter(outcome):
    found = refused()
    case_digest = {"officer_phone": "+1 202 555 0199"}  # no earlier finding counts
    Case.objects.filter(pk=found.pk).update(**case_digest)
    if outcome:
        make.check(make.fresh(found), outcome=outcome)
    packet = sealed(make.fresh(found))
    assert packets.release(packet).packet == packet


def test_a_forged_paper_gets_no_answer_at_all():
    found = refused()
    make.check(found, outcome=Finding.FORGED)
    before = Event.objects.count()
    with pytest.raises(IllegalTransition, match="found forged"), transaction.atomic():
        packets.ordered(make.fresh(found))
    assert Event.objects.count() == before
    assert not Packet.objects.exists()


def test_a_letter_stops_when_its_paper_turns_out_forged():
    packet = sealed()
    make.check(packet.case, outcome=Finding.FORGED)
    with pytest.raises(IllegalTransition, match="found forged"), transaction.atomic():
        packets.release(packet)
    assert not Delivery.objects.exists()
    assert packets.fresh(packet).status == PacketStatus.SEALED


def test_a_failed_letter_on_a_paper_nobody_vouches_for_is_resumed_by_its_page():
    found = refused()
    Case.objects.filter(pk=found.pk).update(officer_phone="+1 202 555 0199")
    packet = packets.failed(packets.ordered(make.fresh(found)))
    url = reverse("admin:cases_case_verb", args=[found.pk, "resume_packet"])
    desk = client_of(make.person(Role.ANALYST))
    assert desk.get(url).context["refusal"] == ""
    assert [one.verb for one in worklist.tasks_of(packet.case)] == ["resume_packet"]
    assert desk.post(url).status_code == 302
    assert packets.fresh(packet).status != PacketStatus.FAILED
