"""Every gate of a release: shut, it refuses with its sentence; opened, it lets pass."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases import agencies, intake, review
from cases.enums import ContactOutcome, Finding, ObjectionOutcome, Role, Secrecy
from cases.exceptions import CaseError
from cases.models import CaseGroupPerm, CaseUserPerm, ContactCheck, ScopeItem
from disclosures import breaks, delivery, freezing, gates, production
from disclosures.enums import PacketStatus
from disclosures.models import Declaration, Delivery, Examination, Packet
from tests import directory, rulings
from tests import factories as make
from tests.disclosures import breaking, packets
from tests.refusals import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

DAYS = timedelta(days=200)


@dataclass(frozen=True)
class Shut:
    """One way to shut one gate, what it says, and how it is opened again."""

    gate: str
    shut: Callable[[Packet], Any]
    words: str
    opened: Callable[[Packet, Any], Any] | None = None  # None: this packet is lost

    def __str__(self) -> str:
        return f"{self.gate}-{self.shut.__name__}"


def freeze(packet):
    return freezing.throw(
        actor=make.person(Role.COUNSEL, first_name="Cora", last_name="Lind"),
        reason="Forged papers are about.",
    )


def thaw(packet, made):
    now = timezone.now()
    freezing.lift(
        actor=make.counsel(), reason="Checked.", proof=make.proof(now), at=now
    )


def stay(packet):
    return rulings.stay(packet.case)


def quash(packet):
    return rulings.quashed(packet.case)


def quash_after_a_stay(packet):
    rulings.stay(packet.case)
    return rulings.quashed(packet.case)


def withdraw(packet):
    return rulings.withdrawn(packet.case)


def object_to_it(packet):
    return rulings.objection(packet.case)


def sustain(packet):
    made = rulings.objection(packet.case)
    return rulings.resolved(made, ObjectionOutcome.SUSTAINED)


def change_the_scope(packet):
    ScopeItem.objects.filter(target__case=packet.case).update(reason="Another.")


def change_it_back(packet, made):
    ScopeItem.objects.filter(target__case=packet.case).update(reason="")


def take_the_scope_back(packet):
    review.revise(packet.case_id, actor=make.analyst(), reason="Why.", at=make.AT)


def sign_anew(packet):
    packets.demand(packet.case)


def void_a_passing(packet):
    Examination.objects.filter(exhibit__number=3).update(voided_at=timezone.now())


def lose_the_declaration(packet):
    Declaration.objects.filter(packet=packet).delete()


def doubt_the_paper(packet):
    make.check(packet.case, outcome=Finding.DOUBTFUL)


def serve_another_paper(packet):
    make.stored_paper(packet.case)


def find_it_authentic(packet, made):
    make.check(packet.case)


def forget_secrecy(packet):
    intake.record_secrecy(packet.case_id, actor=make.clerk(), secrecy=Secrecy.UNKNOWN)


def record_secrecy(packet, made):
    intake.record_secrecy(packet.case_id, actor=make.clerk(), secrecy=Secrecy.NONE)


def retire_the_address(packet):
    contact = packet.case.agency.contacts.get()
    agencies.retire_contact(contact.pk, actor=make.counsel(), reason="Moved.")


def enter_another(packet, made):
    directory.contact(of=packet.case.agency)


def fail_the_address(packet):
    contact = packet.case.agency.contacts.get()
    check = directory.check(outcome=ContactOutcome.FAILED)
    agencies.check_contact(contact.pk, actor=make.counsel(), check=check)


def let_the_check_go_stale(packet):
    ContactCheck.objects.update(checked_at=timezone.now() - DAYS)


def check_again(packet, made):
    contact = packet.case.agency.contacts.get()
    agencies.check_contact(contact.pk, actor=make.counsel(), check=directory.check())


def flip_a_byte(packet):
    path = production.folder(packet) / "packet.pdf"
    whole = path.read_bytes()
    path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    return whole


def put_it_back(packet, whole):
    (production.folder(packet) / "packet.pdf").write_bytes(whole)
    settle_the_break(packet)


def settle_the_break(packet, _made=None):
    breaks.settle(packet.case_id, actor=make.counsel(), finding="Restored.")


CHANGED = "The scope changed after this packet was ordered; order another."
OVER = (
    " on 2023-03-14: nothing more is collected, sealed or handed over. An analyst, "
    "counsel or the release officer closes the request."
)
WAYS = (
    Shut(
        "frozen",
        freeze,
        "Cora Lind has stopped all releases. Another counsel or administrator can "
        "lift it.",
        thaw,
    ),
    Shut(
        "custody",
        breaking.standing,
        "Exhibit E003 was changed or lost after it was collected. Nothing more is "
        "read, certified, sealed or handed over on this request until counsel has "
        "dealt with it.",
        settle_the_break,
    ),
    Shut(
        "standing",
        stay,
        "The instrument was stayed on 2023-03-14. Counsel records it when the stay is "
        "lifted.",
        lambda packet, made: rulings.lifted(packet.case),
    ),
    Shut("standing", quash, "The instrument was quashed" + OVER),
    Shut("standing", quash_after_a_stay, "The instrument was quashed" + OVER),
    Shut(
        "standing",
        withdraw,
        "The instrument was taken back by the requester" + OVER,
    ),
    Shut(
        "objection",
        object_to_it,
        "The objection lodged on 2023-03-14 is pending. Counsel records how it is "
        "decided.",
        lambda packet, made: rulings.resolved(made),
    ),
    Shut(
        "objection",
        sustain,
        "The objection lodged on 2023-03-14 was sustained after this scope was "
        "prepared. The analyst takes the scope back and has counsel sign it anew, or "
        "counsel records that the instrument was quashed.",
    ),
    Shut(
        "genuine",
        doubt_the_paper,
        "The paper was found doubtful. An intake clerk, an analyst or counsel checks "
        "it again",
        find_it_authentic,
    ),
    Shut(
        "genuine",
        serve_another_paper,
        "The papers, the agency or the officer changed after the paper was checked. An "
        "intake clerk, an analyst or counsel checks it again.",
        find_it_authentic,
    ),
    Shut("covered", change_the_scope, CHANGED, change_it_back),
    Shut("covered", take_the_scope_back, CHANGED),
    Shut("covered", sign_anew, CHANGED),
    Shut("examined", void_a_passing, "Not examined yet: E003."),
    Shut("declared", lose_the_declaration, "The custodian's declaration isn't signed."),
    Shut(
        "secrecy",
        forget_secrecy,
        "The agency may not be told of the request. Nobody has recorded yet what the "
        "paper says about secrecy.",
        record_secrecy,
    ),
    Shut(
        "recipient",
        retire_the_address,
        "Department of Justice has no delivery address in the directory. A clerk or "
        "analyst enters one, and another person checks it.",
        enter_another,
    ),
    Shut(
        "recipient",
        fail_the_address,
        "No delivery address of Department of Justice has passed a check. A clerk, "
        "analyst or counsel who didn't enter it checks it on the agency's page.",
        check_again,
    ),
    Shut(
        "recipient",
        let_the_check_go_stale,
        "The delivery addresses of Department of Justice were last checked more than "
        "180 days ago. A clerk, analyst or counsel who didn't enter one does so again.",
        check_again,
    ),
    Shut(
        "whole",
        flip_a_byte,
        "The packet is no longer what was sealed: ",
        put_it_back,
    ),
)


@pytest.mark.feature("R3")
@pytest.mark.feature("V1", part=True)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_shut_gate_refuses_and_an_open_one_lets_pass(way):
    packet = packets.sealed_undrawn()
    officer = packets.officer()
    assert [gate.name for gate in gates.GATES if gate.question(packet)] == []

    made = way.shut(packet)

    packet = packets.fresh(packet)
    shut = {
        gate.name: words for gate in gates.GATES if (words := gate.question(packet))
    }
    assert list(shut) == [way.gate]
    assert shut[way.gate].startswith(way.words)
    acts = [
        lambda: packets.release(packet, officer),
        lambda: delivery.open_packet(packet.pk, actor=officer),
    ]
    if way.shut is flip_a_byte:  # that it was found is written down, and no more
        with pytest.raises(CaseError) as caught:
            acts.pop(0)()
        assert str(caught.value).startswith(way.words)
        assert packet.case.custody_breaks.standing().count() == 1
        assert not Delivery.objects.exists()
    for act in acts:
        assert refusal(act, CaseError).startswith(way.words)
    if way.opened is None:
        return
    way.opened(packet, made)
    packet = packets.fresh(packet)
    assert b"".join(delivery.open_packet(packet.pk, actor=officer))
    packets.release(packet, officer)
    assert packets.fresh(packet).status == PacketStatus.RELEASED


def test_every_gate_is_shut_by_some_way_here():
    assert [gate.name for gate in gates.GATES] == list(
        dict.fromkeys(way.gate for way in WAYS)
    )


def test_all_that_stands_in_the_way_is_said_at_once():
    packet = packets.sealed_undrawn()
    freeze(packet)
    stay(packet)
    forget_secrecy(packet)
    words = refusal(lambda: packets.release(packet), CaseError)
    assert [part in words for part in ("stopped all", "stayed on", "secrecy")] == [
        True,
        True,
        True,
    ]


# ------------------------------------------------------------------------- grants


@pytest.mark.feature("R4", part=True)
def test_an_ended_grant_of_the_officer_bars_the_release():
    packet = packets.sealed_undrawn()
    officer = packets.officer()
    CaseGroupPerm.objects.update(ends_at=timezone.now() - timedelta(seconds=1))

    refusal(lambda: packets.release(packet, officer), PermissionDenied)
    refusal(lambda: delivery.open_packet(packet.pk, actor=officer), PermissionDenied)


def test_an_ended_grant_of_who_approved_leaves_the_approval_as_it_was():
    packet = packets.sealed_undrawn()
    officer = packets.officer()
    counsel = packet.sign_off.counsel
    counsel.groups.clear()
    assert not CaseUserPerm.objects.filter(user=counsel).exists()

    packets.release(packet, officer)

    assert packets.fresh(packet).status == PacketStatus.RELEASED


def test_who_collected_can_t_take_the_packet_out_either():
    both = make.person(Role.ANALYST, Role.RELEASE_OFFICER)
    ordered = packets.ordered(by=both)
    packet = packets.sealed_undrawn(packets.certified(packets.collected(ordered)))
    words = refusal(lambda: delivery.open_packet(packet.pk, actor=both), CaseError)
    assert words == "You ordered the collection of this case: another person does this."
