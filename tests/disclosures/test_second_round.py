"""A closed request is reopened, and goes the whole way again beside its first round."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from cases import closing, review, scope
from cases.enums import CaseStatus, Disposition, EventKind, ItemDecision, Role
from cases.exceptions import IllegalTransition
from cases.models import Event, ScopeItem
from cases.models.note import Note
from disclosures import assembly, outcomes
from disclosures.enums import PacketStatus
from disclosures.models import Delivery, Packet
from tests import factories as make
from tests.disclosures import packets
from tests.refusals import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

WHY = "The agency says that a page is missing."


def closed(packet=None):
    """A case of which one packet went out, closed with its outcomes."""
    packet = packets.released(packet)
    per_item = outcomes.of(packet)
    closing.close(
        packet.case_id,
        actor=packets.officer(),
        disposition=outcomes.overall(per_item),
        outcomes=per_item,
        note="All produced.",
        at=make.AT,
    )
    return packets.fresh(packet)


def reopen(case, by=None, reason=WHY):
    return closing.reopen(
        case.pk, actor=by or make.analyst(), reason=reason, at=make.AT
    )


def test_reopening_takes_the_case_back_to_review_and_keeps_how_it_had_ended():
    packet = closed()
    before = make.fresh(packet.case)
    ended = dict(ScopeItem.objects.values_list("pk", "disposition"))
    counsel = make.counsel()

    reopen(before, counsel, f" {WHY} ")

    case = make.fresh(before)
    assert (case.status, case.disposition, case.closed_at, case.closing_note) == (
        CaseStatus.IN_REVIEW,
        "",
        None,
        "",
    )
    assert set(ScopeItem.objects.values_list("disposition", flat=True)) == {""}
    kept = Note.objects.get()
    assert (kept.text, kept.written_by) == ("All produced.", counsel)
    event = Event.objects.last()
    assert (event.kind, event.actor, json.loads(event.data)) == (
        EventKind.CASE_REOPENED,
        counsel,
        {
            "reason": WHY,
            "outcome": before.disposition,
            "closed_at": make.AT.isoformat(),
            "note": kept.pk,
            "items": {str(pk): outcome for pk, outcome in ended.items()},
        },
    )


@pytest.mark.feature("R3", part=True)
def test_the_second_round_takes_its_own_scope_sign_off_and_packet():
    first = closed()
    case = first.case
    by = make.analyst()
    reopen(case, by)
    # No earlier sign-off covers it, changed or not.
    assert not case.sign_offs.approving(scope.digest(make.fresh(case))).exists()

    review.submit(case.pk, actor=by, at=make.AT)
    refused = refusal(lambda: assembly.request(case.pk, actor=by), IllegalTransition)
    assert "so this can't be done now" in refused
    make.sign(make.fresh(case))
    ordered = packets.ordered(make.fresh(case), by=by)
    second = packets.sealed_undrawn(packets.certified(packets.collected(ordered)))

    assert (first.number, second.number) == (1, 2)
    assert second.bates_first == first.bates_last + 1
    assert second.revision != first.revision
    packets.release(second)
    rows = Packet.objects.filter(case=case).values_list("number", "status")
    assert list(rows) == [(1, PacketStatus.RELEASED), (2, PacketStatus.RELEASED)]
    assert Delivery.objects.filter(packet__case=case).count() == 2
    per_item = outcomes.of(packets.fresh(second))
    closing.close(
        case.pk,
        actor=packets.officer(),
        disposition=outcomes.overall(per_item),
        outcomes=per_item,
        at=make.AT,
    )
    assert make.fresh(case).status == CaseStatus.CLOSED
    steps = [step for _kind, step in packets.trail(case) if step]
    assert steps.count("close") == 2
    assert steps.index("reopen") > steps.index("close")


def test_closed_again_without_another_packet_it_ends_as_it_had_ended():
    packet = closed()
    case = packet.case
    ended = dict(ScopeItem.objects.values_list("pk", "disposition"))
    reopen(case)

    assert outcomes.earlier(packets.fresh(packet)) == ended
    closing.close(
        case.pk,
        actor=make.analyst(),
        disposition=outcomes.overall(outcomes.earlier(packet)),
        outcomes=ended,
        at=make.AT,
    )
    assert dict(ScopeItem.objects.values_list("pk", "disposition")) == ended


def test_what_was_added_since_wasn_t_produced():
    packet = closed()
    reopen(packet.case)
    target = make.target(packet.case, "bob")
    item = packet.case.items.first()
    by = make.analyst()
    choice = review.Choice(target.pk, item.pk, ItemDecision.PRODUCE)
    (row,) = review.decide(packet.case_id, actor=by, choices=[choice], at=make.AT)
    assert outcomes.earlier(packets.fresh(packet))[row.pk] == Disposition.WITHDRAWN


def test_a_case_of_which_nothing_went_out_still_can_t_end_as_produced():
    case = make.closed()
    by = make.analyst()
    reopen(case, by)
    words = refusal(
        lambda: closing.close(
            case.pk, actor=by, disposition=Disposition.FULL, outcomes={}, at=make.AT
        )
    )
    assert words == ["Nothing was handed over: it can't end as produced."]


@pytest.mark.parametrize("role", list(Role))
def test_an_analyst_or_counsel_reopens_and_nobody_else(role):
    case, person = make.closed(), make.person(role)
    if role in {Role.ANALYST, Role.COUNSEL}:
        assert reopen(case, person).status == CaseStatus.IN_REVIEW
    else:
        refusal(lambda: reopen(case, person), PermissionDenied)


@pytest.mark.parametrize("status", [one for one in CaseStatus if one != "closed"])
def test_only_a_closed_case_is_reopened(status):
    case, by = make.in_status(status), make.analyst()
    refusal(lambda: reopen(case, by), IllegalTransition)


def test_a_reopening_says_why():
    case, by = make.closed(), make.analyst()
    words = refusal(lambda: reopen(case, by, " "))
    assert words == {"reason": ["Say why the request is reopened."]}
    refusal(lambda: reopen(case, by, "a\0b"))
