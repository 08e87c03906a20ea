"""Who did what on a case bars some next acts, by the site's profile."""

import pytest
from django.db import transaction

from cases import review
from cases.enums import Act, Profile, Role
from cases.exceptions import FourEyesViolation
from cases.models import Event
from disclosures import assembly, persons
from disclosures.enums import PacketStatus
from disclosures.models import Declaration, Delivery, Packet
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

EVERYTHING = (
    *(Role.ANALYST, Role.COUNSEL, Role.CUSTODIAN, Role.RELEASE_OFFICER),
    Role.INTAKE_CLERK,
)
SAYS = {
    Act.PREPARE: "prepared the scope",
    Act.APPROVE: "approved the scope",
    Act.COLLECT: "ordered the collection",
}


def all_rounder():
    """Somebody whose roles alone would let them do everything."""
    return make.person(*EVERYTHING, first_name="Al", last_name="Rounder")


def did(act, who):
    """A packet of a case on which ``who`` did this act, collected and not certified."""
    if act == Act.PREPARE:
        return packets.collected(packets.ordered(packets.case(by=who)))
    if act == Act.APPROVE:
        analyst = make.analyst()
        found = packets.unsigned()
        review.start(found.pk, actor=analyst, at=make.AT)
        make.submit(found, analyst)
        make.sign(found, who)
        return packets.collected(packets.ordered(make.fresh(found)))
    return packets.collected(packets.ordered(by=who))


def written():
    return (
        list(Packet.objects.values()),
        Event.objects.count(),
        Declaration.objects.count(),
        Delivery.objects.count(),
    )


# By profile: who may certify, and who may release.
RULES = {
    Profile.TWO_PEOPLE: {
        Act.PREPARE: (True, False),
        Act.APPROVE: (True, True),
        Act.COLLECT: (True, False),
    },
    Profile.STANDARD: {
        Act.PREPARE: (True, False),
        Act.APPROVE: (False, False),
        Act.COLLECT: (True, False),
    },
}


@pytest.mark.feature("R2", part=True)
@pytest.mark.parametrize("act", list(SAYS))
@pytest.mark.parametrize("profile", list(RULES))
def test_who_did_this_may_certify_and_release_as_the_profile_says(profile, act):
    packets.profile(profile)
    who = all_rounder()
    packet = did(act, who)
    may_certify, may_release = RULES[profile][act]
    refusal = f"You {SAYS[act]} of this case: another person does this."

    if may_certify:
        packets.certify(packet, who)
    else:
        before = written()
        with pytest.raises(FourEyesViolation) as refused, transaction.atomic():
            packets.certify(packet, who)
        assert str(refused.value) == refusal
        assert written() == before
        packets.certify(packet)
    packet = packets.sealed_undrawn(packets.fresh(packet))

    if may_release:
        packets.release(packet, who)
        assert packets.fresh(packet).status == PacketStatus.RELEASED
    else:
        before = written()
        with pytest.raises(FourEyesViolation) as refused, transaction.atomic():
            packets.release(packet, who)
        assert str(refused.value) == refusal
        assert written() == before


@pytest.mark.feature("R2", part=True)
@pytest.mark.parametrize("profile", list(Profile))
def test_who_approved_neither_orders_nor_resumes(profile):
    packets.profile(profile)
    who, analyst = all_rounder(), make.analyst()
    found = packets.unsigned()
    review.start(found.pk, actor=analyst, at=make.AT)
    make.submit(found, analyst)
    make.sign(found, who)
    before = written()

    with pytest.raises(FourEyesViolation) as refused, transaction.atomic():
        packets.ordered(make.fresh(found), by=who)
    assert str(refused.value) == (
        "You approved the scope of this case: another person does this."
    )
    assert written() == before

    packet = packets.failed(packets.ordered(make.fresh(found)))
    before = written()
    with pytest.raises(FourEyesViolation), transaction.atomic():
        assembly.resume(packet.pk, actor=who)
    assert written() == before


@pytest.mark.feature("R2", part=True)
@pytest.mark.parametrize("profile", list(Profile))
def test_who_only_resumed_or_only_decided_an_item_doesn_t_release(profile):
    packets.profile(profile)
    resumer, decider, analyst = all_rounder(), all_rounder(), make.analyst()
    found = packets.unsigned()
    review.start(found.pk, actor=analyst, at=make.AT)
    review.decide(found.pk, actor=decider, choices=make.choices(found), at=make.AT)
    review.submit(found.pk, actor=analyst, at=make.AT)
    make.sign(found)
    packet = packets.failed(packets.ordered(make.fresh(found)))
    assembly.resume(packet.pk, actor=resumer)
    packet = packets.sealed_undrawn(packets.certified(packets.collected(packet)))
    before = written()

    for who, act in ((resumer, Act.COLLECT), (decider, Act.PREPARE)):
        with pytest.raises(FourEyesViolation) as refused, transaction.atomic():
            packets.release(packet, who)
        assert str(refused.value) == (
            f"You {SAYS[act]} of this case: another person does this."
        )
    assert written() == before


def test_several_acts_are_named_together():
    packets.profile(Profile.STANDARD)
    who = all_rounder()
    packet = packets.collected(packets.ordered(packets.case(by=who), by=who))

    assert persons.bars(packet.case, who, Act.RELEASE) == {Act.PREPARE, Act.COLLECT}
    assert persons.bars(packet.case, who, Act.CERTIFY) == frozenset()
    with pytest.raises(FourEyesViolation) as refused:
        persons.require_other(packet.case, who, Act.RELEASE)
    assert str(refused.value) == (
        "You ordered the collection and prepared the scope of this case: another "
        "person does this."
    )


def test_what_was_done_on_another_case_bars_nothing():
    who = all_rounder()
    other = packets.case(by=who)
    packet = packets.collected(packets.ordered(packets.case()))

    assert persons.bars(packet.case, who, Act.RELEASE) == frozenset()
    assert persons.bars(other, who, Act.RELEASE) == {Act.PREPARE}
