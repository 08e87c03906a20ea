"""Every pair of step and status of packets and exhibits, and who may take each step."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cases import audit, review
from cases.enums import Role
from cases.exceptions import CaseError, IllegalTransition
from cases.models import Event
from disclosures import assembly, gates, workflow
from disclosures.enums import ExhibitStatus, PacketStatus, PullStatus
from disclosures.models import Declaration, Delivery, Exhibit, Packet, PullOrder
from tests import factories as make
from tests.cases.test_workflow import NOT_NOW
from tests.disclosures import packets, pulling

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

S, X = PacketStatus, ExhibitStatus
LANDS = {
    ("start_collecting", S.QUEUED): S.COLLECTING,
    ("start_collecting", S.COLLECTING): S.COLLECTING,
    ("finish_collecting", S.COLLECTING): S.COLLECTED,
    ("await_choice", S.COLLECTING): S.CHOOSING,
    ("choose_account", S.CHOOSING): S.QUEUED,
    ("await_owners", S.COLLECTING): S.AWAITING,
    ("owners_answered", S.AWAITING): S.QUEUED,
    ("return_answer", S.COLLECTED): S.AWAITING,
    ("go_on", S.COLLECTED): S.CERTIFIED,
    ("certify", S.COLLECTED): S.CERTIFIED,
    ("return_exhibit", S.COLLECTED): S.QUEUED,
    ("start_sealing", S.CERTIFIED): S.SEALING,
    ("start_sealing", S.SEALING): S.SEALING,
    ("finish_sealing", S.SEALING): S.SEALED,
    ("fail", S.QUEUED): S.FAILED,
    ("fail", S.COLLECTING): S.FAILED,
    ("fail", S.CERTIFIED): S.FAILED,
    ("fail", S.SEALING): S.FAILED,
    ("resume_collecting", S.FAILED): S.QUEUED,
    ("resume_sealing", S.FAILED): S.CERTIFIED,
    ("release", S.SEALED): S.RELEASED,
    **{
        ("supersede", status): S.SUPERSEDED
        for status in S
        if status not in {S.RELEASED, S.SUPERSEDED}
    },
}
BY_SYSTEM = {
    *("start_collecting", "finish_collecting", "start_sealing", "finish_sealing"),
    *("fail", "go_on", "await_choice", "await_owners", "owners_answered"),
}
WHO = {
    **{step: {Role.ANALYST} for step in workflow.PACKET.steps},
    "certify": {Role.CUSTODIAN},
    "return_exhibit": {Role.ANALYST, Role.CUSTODIAN, Role.COUNSEL},
    "release": {Role.RELEASE_OFFICER},
}
STEPS = sorted(workflow.PACKET.steps)
# What stands in the way of a lawful step until its verb has done its part.
GUARDED = {
    ("finish_collecting", S.COLLECTING): "5 exhibits are still to be collected.",
    ("choose_account", S.CHOOSING): "Target 1 matches several accounts",
    ("owners_answered", S.AWAITING): "Pull orders wait for an answer: PO-",
    ("go_on", S.COLLECTED): "The custodian certifies the records first.",
    ("certify", S.COLLECTED): "Not examined yet: E001, E003, E004.",
    ("resume_sealing", S.FAILED): "The custodian's declaration isn't signed.",
    # The database: a failed packet says why, a sealed one is whole.
    **{("fail", status): "packet_failure_says_why" for status in S},
    ("finish_sealing", S.SEALING): "packet_sealed_is_whole",
}
CHANGED = "The scope changed after this packet was ordered; order another."
FREE = {"fail", "supersede"}  # a change of scope doesn't bar these


def everything(packet):
    """What a refused step must leave as it was."""
    return (
        list(Packet.objects.values()),
        list(packet.exhibits.values()),
        Event.objects.count(),
    )


def actor_of(step, everybody):
    """Who may take the step: the system where it may, else one of its roles."""
    if step in BY_SYSTEM:
        return audit.SYSTEM
    return everybody[sorted(WHO[step])[0]]


@pytest.fixture
def everybody():
    return {role: make.person(role) for role in Role}


def attempt(packet, step, actor):
    """Take the step and undo it; where it landed, or why not."""
    try:
        with transaction.atomic():
            landed = workflow.move_packet(packet.pk, step, actor=actor, at=make.AT)
            transaction.set_rollback(True)
    except IllegalTransition as refusal:
        return str(refusal)
    except Exception as error:  # noqa: BLE001 - the constraint's name is looked for
        return str(error)
    return landed.status


@pytest.mark.feature("R1", part=True)
@pytest.mark.parametrize("status", S)
def test_every_transition_and_status_pair(status, everybody):
    packet = packets.in_status(status)
    assert packet.status == status
    before = everything(packet)

    for step in STEPS:
        found = attempt(packet, step, actor_of(step, everybody))
        if (step, status) not in LANDS:
            label = packet.get_status_display()
            assert found == f"{packet} is “{label}”{NOT_NOW}"
        elif (step, status) in GUARDED:
            assert GUARDED[step, status] in found
        else:
            assert found == LANDS[step, status]
        assert everything(packet) == before


def test_the_table_is_the_one_tested():
    steps = workflow.PACKET.steps.values()

    assert {
        (step.name, status): step.target for step in steps for status in step.sources
    } == LANDS
    assert {step.name for step in steps if step.by_system} == BY_SYSTEM


@pytest.mark.feature("R1", part=True)
@pytest.mark.parametrize("status", S)
def test_each_step_is_for_its_role_and_the_system_where_it_says_so(status, everybody):
    packet = packets.in_status(status)
    before = everything(packet)

    for step in STEPS:
        barred = [user for role, user in everybody.items() if role not in WHO[step]]
        barred.append(make.person(*WHO[step], at_the_desk=False))
        barred.append(make.person(is_superuser=True, at_the_desk=False))
        if step not in BY_SYSTEM:
            barred.append(audit.SYSTEM)
        for actor in barred:
            with pytest.raises(PermissionDenied), transaction.atomic():
                workflow.move_packet(packet.pk, step, actor=actor, at=make.AT)
    assert everything(packet) == before


@pytest.mark.feature("R3", part=True)
@pytest.mark.parametrize(
    "status", [one for one in S if one not in {S.RELEASED, S.SUPERSEDED}]
)
def test_after_a_change_of_scope_no_packet_goes_on(status, everybody):
    packet = packets.in_status(status)
    analyst = make.analyst()
    review.revise(packet.case_id, actor=analyst, reason="Once more.", at=make.AT)
    before = everything(packet)

    for step in STEPS:
        if (step, status) not in LANDS or step in FREE:
            continue
        found = attempt(packet, step, actor_of(step, everybody))
        assert found == CHANGED
    assert everything(packet) == before

    # Not even an identical scope, signed again, brings it back: it is another revision.
    review.submit(packet.case_id, actor=analyst, at=make.AT)
    make.sign(packet.case)
    assert not gates.is_covered(packets.fresh(packet))
    for step in STEPS:
        if (step, status) in LANDS and step not in FREE:
            assert attempt(packet, step, actor_of(step, everybody)) == CHANGED


def test_a_step_leaves_one_event_with_the_packet_and_no_more():
    packet = packets.ordered()
    since = Event.objects.latest("pk").pk
    workflow.move_packet(
        packet.pk, "start_collecting", actor=audit.SYSTEM, at=make.AT, reason="Why."
    )

    (event,) = Event.objects.filter(pk__gt=since)
    assert (event.kind, event.actor, event.actor_name, event.at, event.data) == (
        "packet.status.changed",
        None,
        "Candor",
        make.AT,
        '{"from":"queued","id":'
        + str(packet.pk)
        + ',"reason":"Why.","step":"start_collecting","to":"collecting"}',
    )


# ------------------------------------------------------------------------- exhibits


@pytest.mark.parametrize(
    ("step", "status", "lands"),
    [
        ("collect", X.PLANNED, X.COLLECTED),
        ("collect", X.FAILED, X.COLLECTED),
        ("collect", X.COLLECTED, None),
        ("fail", X.PLANNED, X.FAILED),
        ("fail", X.FAILED, X.FAILED),
        ("fail", X.COLLECTED, None),
        ("reopen", X.COLLECTED, X.PLANNED),
    ],
)
def test_each_step_of_an_exhibit(step, status, lands):
    packet = packets.ordered()
    one = packet.exhibits.get(part_code="1b")
    ready = {"failure": "It broke.", "response_code": "PRODUCED", "statement": "It is."}
    Exhibit.objects.filter(pk=one.pk).update(finished_at=make.AT, **ready)
    if status != X.PLANNED:
        way = "collect" if status == X.COLLECTED else "fail"
        workflow.move_exhibit(one.pk, way, at=make.AT)
    before = everything(packet)

    if lands is None:
        with pytest.raises(IllegalTransition, match="E002 is “Collected”"):
            workflow.move_exhibit(one.pk, step, at=make.AT)
        assert everything(packet) == before
    else:
        moved = workflow.move_exhibit(one.pk, step, at=make.AT)
        assert moved.status == lands
        # The run's own events tell of it; an exhibit leaves none.
        assert everything(packet)[2] == before[2]


def test_the_exhibits_table_is_the_one_tested():
    assert {
        (step.name, status): step.target
        for step in workflow.EXHIBIT.steps.values()
        for status in step.sources
    } == {
        ("collect", X.PLANNED): X.COLLECTED,
        ("collect", X.FAILED): X.COLLECTED,
        ("fail", X.PLANNED): X.FAILED,
        ("fail", X.FAILED): X.FAILED,
        ("reopen", X.COLLECTED): X.PLANNED,
    }


# ------------------------------------------------------------------------ pull orders

P = PullStatus
ORDERS = {
    ("answer", P.WAITING): P.ANSWERED,
    ("answer", P.RETURNED): P.ANSWERED,
    ("return", P.ANSWERED): P.RETURNED,
    ("withdraw", P.WAITING): P.WITHDRAWN,
    ("withdraw", P.RETURNED): P.WITHDRAWN,
}


@pytest.mark.feature("C2", part=True)
@pytest.mark.parametrize("status", P)
def test_each_step_of_a_pull_order(status):
    packet = pulling.awaiting()
    order, ana = pulling.order_of(packet), make.analyst()
    ready = {"withdrawn_by": ana, "withdrawn_by_name": "Ana"}
    PullOrder.objects.filter(pk=order.pk).update(
        withdrawn_at=timezone.now(), withdrawal_reason="Why.", **ready
    )
    way = {P.RETURNED: ("answer", "return"), P.ANSWERED: ("answer",)}
    for step in way.get(status, ("withdraw",) if status == P.WITHDRAWN else ()):
        workflow.move_pull(order.pk, step, actor=ana, at=make.AT)
    for step in workflow.PULL.steps:
        before = list(PullOrder.objects.values())
        with transaction.atomic():
            lands = ORDERS.get((step, status))
            if lands is None:
                with pytest.raises(IllegalTransition, match="so this can't be done"):
                    workflow.move_pull(order.pk, step, actor=ana, at=make.AT)
                assert list(PullOrder.objects.values()) == before
            else:
                moved = workflow.move_pull(order.pk, step, actor=ana, at=make.AT)
                assert moved.status == lands
            transaction.set_rollback(True)
    with pytest.raises(PermissionDenied):
        workflow.move_pull(order.pk, "withdraw", actor=audit.SYSTEM, at=make.AT)


# ---------------------------------------------------------------------- superseding


@pytest.mark.feature("R1", part=True)
@pytest.mark.parametrize("status", [S.COLLECTED, S.SEALED, S.FAILED])
def test_a_replaced_packet_can_t_be_certified_sealed_resumed_or_released(status):
    packet = packets.in_status(status)
    newer = packets.ordered(packets.demand(packet.case))
    packet = packets.fresh(packet)
    assert (packet.status, newer.status, newer.number) == (S.SUPERSEDED, S.QUEUED, 2)
    before = everything(packet), Declaration.objects.count(), Delivery.objects.count()

    for act in (
        lambda: packets.certify(packet),
        lambda: packets.release(packet),
        lambda: assembly.resume(packet.pk, actor=make.analyst()),
    ):
        with pytest.raises(IllegalTransition), transaction.atomic():
            act()
    assembly.assemble(packet.pk)

    assert before == (
        everything(packet),
        Declaration.objects.count(),
        Delivery.objects.count(),
    )


def test_what_a_replaced_packet_was_replaced_by_is_in_the_trail():
    packet = packets.collected()
    found = packets.demand(packet.case)
    since = Event.objects.latest("pk").pk
    newer = packets.ordered(found)

    assert packets.trail(found, since) == [
        ("case.status.changed", "order_packet"),
        ("packet.status.changed", "supersede"),
        ("packet.superseded", ""),
        ("packet.requested", ""),
    ]
    assert (newer.number, newer.bates_prefix) == (2, packet.bates_prefix)


def test_a_released_packet_isn_t_replaced():
    packet = packets.released()

    with pytest.raises(CaseError):
        packets.demand(packet.case)
    assert packets.fresh(packet).status == S.RELEASED
