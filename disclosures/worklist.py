"""What needs whom today on the packets: goes by being done."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases import permissions, persons
from cases.enums import Act, CaseStatus, Perm
from cases.worklist import Task
from disclosures.enums import PacketStatus
from disclosures.models import Packet

_TURNS = {
    PacketStatus.FAILED: (Perm.ORDER, "resume_packet", Act.COLLECT),
    PacketStatus.COLLECTED: (Perm.CERTIFY, "certify_packet", Act.CERTIFY),
    PacketStatus.SEALED: (Perm.RELEASE, "release_packet", Act.RELEASE),
}


def tasks_for(user: User) -> list[Task]:
    """What this person can do next on the packets they see, oldest clock first."""
    cases = permissions.visible_cases(user).filter(status=CaseStatus.IN_PRODUCTION)
    theirs = persons.standing(user, cases)
    packets = Packet.objects.filter(case__in=cases, status__in=_TURNS)
    found = [
        task_on(packet)
        for packet in packets.select_related("case__agency")
        if theirs.may(packet.case, *_whose(packet))
    ]
    return sorted((task for task in found if task), key=lambda task: task.order)


def task_on(packet: Packet) -> Task | None:
    """The next step of one packet, whoever may do it."""
    turn = _TURNS.get(PacketStatus(packet.status))
    if turn is None:
        return None
    title, detail = _words()[turn[1]]
    return Task(packet.case, turn[1], title, detail, packet.case.due_on)


def perm_of(packet: Packet) -> Perm | None:
    """Whose turn it is; None while a worker is at it or nothing is left to do."""
    turn = _TURNS.get(PacketStatus(packet.status))
    return turn[0] if turn else None


def _whose(packet: Packet) -> tuple[Perm, Act]:
    perm, _verb, act = _TURNS[PacketStatus(packet.status)]
    return perm, act


def _words() -> dict[str, tuple[str, str]]:
    return {
        "resume_packet": (
            _("Look at the failed packet"),
            _("A part could not be collected or rendered."),
        ),
        "certify_packet": (
            _("Sign the declaration"),
            _("The records are collected; read the counts and certify."),
        ),
        "release_packet": (
            _("Hand the packet over"),
            _("It is sealed; confirm recipient and digest."),
        ),
    }
