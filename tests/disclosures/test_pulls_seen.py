"""Whose a pull order is: who sees it, who may answer it, who is told of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cases import audit, permissions, restricted, review
from cases.enums import EventKind, Perm, Role
from cases.exceptions import CaseError, FourEyesViolation, IllegalTransition
from cases.models import Event
from disclosures import (
    answering,
    chasing,
    facts,
    pulls,
)
from disclosures.enums import OwnersAnswer, PacketStatus, ResponseCode
from disclosures.exceptions import CollectionFailed
from disclosures.models import Exhibit, Packet, PullAnswer, PullOrder
from tests import factories as make
from tests.disclosures import packets, pulling
from tests.disclosures.test_pulls import everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

A, C, S = OwnersAnswer, ResponseCode, PacketStatus
MODELS = (Packet, Exhibit, PullOrder, PullAnswer, Event)


@pytest.mark.feature("C2", part=True)
def test_an_order_is_seen_and_answered_by_its_owners_alone():
    packet = pulling.awaiting()
    order = pulling.order_of(packet)
    strangers = [
        make.person(Role.DATA_OWNER),  # of another desk, though at the case's
        pulling.owner(is_active=False),
        make.person(*(role for role in Role if role != Role.DATA_OWNER)),
        make.person(Role.ADMINISTRATOR, is_superuser=True),
    ]
    before = everything()
    for one in strangers:
        assert list(pulls.mine(one)) == []
        for act in (
            lambda by: answering.open_order(order.pk, actor=by),
            lambda by: pulling.answer(packet, by),
        ):
            with pytest.raises(PermissionDenied):
                act(one)
    assert everything() == before

    eve, finn = pulling.owner(), pulling.owner()
    assert [list(pulls.mine(one)) for one in (eve, finn)] == [[order], [order]]
    chasing.assign(order.pk, actor=make.analyst(), person=finn)
    assert [list(pulls.mine(one)) for one in (eve, finn)] == [[], [order]]
    assert pulls.who_sees(pulling.order_of(packet)) == [finn]


def test_who_approved_or_certifies_can_t_fetch_and_who_fetched_can_t_certify():
    counsel = pulling.owner()
    counsel.groups.add(*make.counsel().groups.all())
    found = pulling.case()
    audit_of(found, counsel, EventKind.SIGN_OFF_APPROVED)
    packet = pulling.awaiting(found)
    before = everything()
    with pytest.raises(FourEyesViolation):
        pulling.answer(packet, counsel)
    with pytest.raises(ValidationError):
        chasing.assign(
            pulling.order_of(packet).pk, actor=make.analyst(), person=counsel
        )
    assert everything() == before
    carl = packets.custodian()
    carl.groups.add(*pulling.owner().groups.all())
    pulling.answer(packet, carl)
    packet = packets.collected(packet)
    with pytest.raises(FourEyesViolation):
        packets.certify(packet, carl)


def audit_of(case, person, kind):
    with transaction.atomic():
        audit.record(case, kind, actor=person, at=make.AT)


@pytest.mark.feature("C2", part=True)
def test_while_a_request_can_t_go_on_its_order_is_suspended_without_a_word_why():
    dora = pulling.owner()
    packet = pulling.awaiting()
    order = pulls.mine(dora).get()
    assert answering.refusal(order) == ""
    review.revise(packet.case_id, actor=make.analyst(), reason="Too wide.", at=make.AT)
    said = "This order is suspended. Fetch nothing for it until it is open again."
    assert answering.refusal(pulls.mine(dora).get()) == said
    before = everything()
    with pytest.raises(IllegalTransition) as caught:
        pulling.answer(packet, dora)
    assert str(caught.value) == said
    assert chasing.remind(at=timezone.now() + timedelta(days=30)) == 0
    assert everything() == before


@pytest.mark.feature("C2", part=True)
def test_past_its_day_an_order_is_reminded_of_once_and_the_mail_says_nothing(
    django_capture_on_commit_callbacks,
):
    dora, ana = pulling.owner(email="dora@x.example"), make.analyst()
    ana.email = "ana@x.example"
    ana.save()
    with django_capture_on_commit_callbacks(execute=True):
        packet = packets.collected(packets.ordered(pulling.case(), by=ana))
    assert [one.to for one in mail.outbox] == [["dora@x.example"]]
    due = pulling.order_of(packet).due_on
    late = timezone.now() + timedelta(days=7)
    counts = []
    with django_capture_on_commit_callbacks(execute=True):
        for at in (timezone.now() + timedelta(days=4), late, late):
            counts.append(chasing.remind(at=at))
    assert counts == [0, 1, 0]
    assert sorted(one.to[0] for one in mail.outbox[1:]) == [
        *("ana@x.example", "dora@x.example"),
    ]
    said = "".join(one.subject + one.body for one in mail.outbox)
    for secret in ("alice", packet.case.number, "Tickets", "PO-", str(due)):
        assert secret not in said
    kinds = packet.case.events.filter(kind=EventKind.PULL_OVERDUE)
    assert [one.actor_name for one in kinds] == ["Candor"]
    # Given to somebody, it has all its days again.
    chasing.assign(pulling.order_of(packet).pk, actor=ana, person=dora, at=late)
    assert pulling.order_of(packet).due_on == facts.today(late) + timedelta(days=5)


@pytest.mark.feature("C2", part=True)
@pytest.mark.feature("G5", part=True)
def test_of_a_restricted_request_only_a_named_and_bound_owner_sees_the_order(
    django_capture_on_commit_callbacks,
):
    dora, finn = pulling.owner(email="dora@x.example"), pulling.owner()
    packet = pulling.awaiting()
    order = pulling.order_of(packet)
    # Given to her while everybody at the desk could know of it: that no longer counts.
    chasing.assign(order.pk, actor=make.analyst(), person=dora)
    assert list(pulls.mine(dora)) == [order]
    counsel, at = make.counsel(), timezone.now()
    restricted.restrict(
        packet.case_id,
        named=[packet.case.owner],
        actor=counsel,
        reason="Counsel says so.",
        proof=make.proof(at),
        at=at,
    )
    ana = make.person(Role.ANALYST)
    assert (list(pulls.mine(dora)), pulls.who_sees(pulling.order_of(packet))) == (
        [],
        [],
    )
    before = everything()
    for act in (
        lambda: pulling.answer(packet, dora),
        lambda: chasing.assign(order.pk, actor=ana, person=dora),
        lambda: chasing.name_owner(
            order.pk, actor=ana, person=dora, proof=make.proof()
        ),
    ):
        with pytest.raises((PermissionDenied, CaseError)):
            act()
    assert everything() == before

    with django_capture_on_commit_callbacks(execute=True):
        chasing.name_owner(
            order.pk, actor=counsel, person=dora, proof=make.proof(at), at=at
        )
    assert [one.to for one in mail.outbox] == [["dora@x.example"]]
    assert (list(pulls.mine(dora)), list(pulls.mine(finn))) == ([], [])
    restricted.acknowledge(actor=dora)
    assert (list(pulls.mine(dora)), list(pulls.mine(finn))) == ([order], [])
    row = packet.case.exposures.get(person=dora)
    assert (row.ground, row.told_by) == ("compliance", counsel)
    assert not permissions.has_role_for(dora, Perm.VIEW)
    assert not permissions.visible_cases(dora).exists()
    pulling.answer(packet, dora)
    assert packets.collected(packet).status == S.COLLECTED


def test_nobody_to_ask_is_said_when_the_packet_is_ordered():
    dora = pulling.owner()
    found = pulling.case()
    dora.groups.clear()
    with pytest.raises(CollectionFailed, match=r"Part 5a is fetched by hand by “Supp"):
        packets.ordered(found)
    assert not Packet.objects.exists()
