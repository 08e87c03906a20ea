"""The lives of packets and exhibits: their tables of steps."""

from datetime import datetime

from django.utils.translation import gettext as _

from cases import audit
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition
from cases.transitions import Machine, Transition, sources, table
from disclosures import gates
from disclosures.enums import ExhibitStatus, PacketStatus, PullStatus
from disclosures.models import Exhibit, Packet, PullOrder

S = PacketStatus
X = ExhibitStatus
P = PullStatus
# What each step of a packet asks, and a run before each part.
_FIT = (gates.intact, gates.not_over, gates.covered, gates.genuine)


def require_covered(packet_id: int) -> None:
    """Let a run go on, or stop it before it reads anything more.

    Raises:
        IllegalTransition: a newer packet replaced this one, the scope changed, or the
            instrument fell, the paper is no longer found authentic, or a break in
            custody stands.
    """
    packet = Packet.objects.select_related("case", "revision").get(pk=packet_id)
    if packet.status == S.SUPERSEDED:
        raise IllegalTransition(
            _("%(packet)s was replaced by a newer one.") % {"packet": packet}
        )
    for gate in _FIT:
        if refusal := gate(packet):
            raise IllegalTransition(refusal)


def _all_collected(packet: Packet) -> str:
    left = packet.exhibits.outstanding().count()
    return (
        _("%(left)s exhibits are still to be collected.") % {"left": left}
        if left
        else ""
    )


def _all_chosen(packet: Packet) -> str:
    """No target of the packet still waits for a person to say which account it is."""
    left = packet.accounts.to_choose()
    numbers = ", ".join(map(str, left.values_list("target__number", flat=True)))
    return (
        _("Target %(targets)s matches several accounts; a person chooses first.")
        % {"targets": numbers}
        if numbers
        else ""
    )


def _all_answered(packet: Packet) -> str:
    """No exhibit of the packet still waits for a data owner."""
    left = PullOrder.objects.open().filter(exhibit__packet=packet)
    names = ", ".join(left.values_list("reference", flat=True))
    return (
        _("Pull orders wait for an answer: %(names)s.") % {"names": names}
        if names
        else ""
    )


def _not_declared(packet: Packet) -> str:
    if packet.is_letter or gates.declared(packet):
        return ""
    return _("The declaration is signed: resume the sealing.")


def _certifies_nothing(packet: Packet) -> str:
    return "" if packet.is_letter else _("The custodian certifies the records first.")


PACKET = Machine(
    model=Packet,
    event=EventKind.PACKET_STATUS_CHANGED,
    case_of=lambda packet: packet.case,
    steps=table(
        Transition(
            "start_collecting",
            sources(S.QUEUED, S.COLLECTING),
            S.COLLECTING,
            Perm.ORDER,
            guards=_FIT,
            by_system=True,
        ),
        Transition(
            "finish_collecting",
            sources(S.COLLECTING),
            S.COLLECTED,
            Perm.ORDER,
            guards=(*_FIT, _all_chosen, _all_collected),
            by_system=True,
        ),
        Transition(
            "await_choice",  # several accounts match a target
            sources(S.COLLECTING),
            S.CHOOSING,
            Perm.ORDER,
            guards=_FIT,
            by_system=True,
        ),
        Transition(
            "choose_account",
            sources(S.CHOOSING),
            S.QUEUED,
            Perm.ORDER,
            guards=(*_FIT, _all_chosen),
        ),
        Transition(
            "await_owners",  # parts that people fetch by hand
            sources(S.COLLECTING),
            S.AWAITING,
            Perm.ORDER,
            guards=_FIT,
            by_system=True,
        ),
        Transition(
            "owners_answered",
            sources(S.AWAITING),
            S.QUEUED,
            Perm.ORDER,
            guards=(*_FIT, _all_answered),
            by_system=True,
        ),
        Transition(
            "return_answer",  # what a data owner uploaded won't do
            sources(S.COLLECTED),
            S.AWAITING,
            Perm.ORDER,
            guards=_FIT,
        ),
        Transition(
            "go_on",  # a letter of objection
            sources(S.COLLECTED),
            S.CERTIFIED,
            Perm.ORDER,
            guards=(gates.intact, gates.covered, _certifies_nothing),
            by_system=True,
        ),
        Transition(
            "certify",
            sources(S.COLLECTED),
            S.CERTIFIED,
            Perm.CERTIFY,
            guards=(*_FIT, gates.examined, gates.declared),
        ),
        Transition(
            "return_exhibit",  # an examiner sends one back
            sources(S.COLLECTED),
            S.QUEUED,
            Perm.EXAMINE,
            guards=_FIT,
        ),
        Transition(
            "start_sealing",
            sources(S.CERTIFIED, S.SEALING),
            S.SEALING,
            Perm.ORDER,
            guards=(*_FIT, gates.examined, gates.declared),
            by_system=True,
        ),
        Transition(
            "finish_sealing",
            sources(S.SEALING),
            S.SEALED,
            Perm.ORDER,
            guards=(*_FIT, gates.examined, gates.declared),
            by_system=True,
        ),
        Transition(
            "fail",
            sources(S.QUEUED, S.COLLECTING, S.CERTIFIED, S.SEALING),
            S.FAILED,
            Perm.ORDER,
            by_system=True,
        ),
        Transition(
            "resume_collecting",
            sources(S.FAILED),
            S.QUEUED,
            Perm.ORDER,
            guards=(*_FIT, _not_declared),
        ),
        Transition(
            "resume_sealing",
            sources(S.FAILED),
            S.CERTIFIED,
            Perm.ORDER,
            guards=(*_FIT, gates.declared),
        ),
        Transition(
            "release",
            sources(S.SEALED),
            S.RELEASED,
            Perm.RELEASE,
            guards=gates.GUARDS,
        ),
        Transition(
            "supersede",
            sources(
                S.QUEUED,
                S.COLLECTING,
                S.CHOOSING,
                S.AWAITING,
                S.COLLECTED,
                S.CERTIFIED,
                S.SEALING,
                S.SEALED,
                S.FAILED,
            ),
            S.SUPERSEDED,
            Perm.ORDER,
        ),
    ),
)

EXHIBIT = Machine(
    model=Exhibit,
    event=None,  # a run's events name its packet and totals; see ``collection``
    case_of=lambda exhibit: exhibit.packet.case,
    steps=table(
        Transition(
            "collect",
            sources(X.PLANNED, X.FAILED),
            X.COLLECTED,
            Perm.ORDER,
            by_system=True,
        ),
        Transition(
            "fail", sources(X.PLANNED, X.FAILED), X.FAILED, Perm.ORDER, by_system=True
        ),
        Transition(
            "reopen", sources(X.COLLECTED), X.PLANNED, Perm.ORDER, by_system=True
        ),
    ),
)

PULL = Machine(
    model=PullOrder,
    event=None,  # the verbs leave their own; an owner has no permission on the case
    case_of=lambda order: order.exhibit.packet.case,
    steps=table(
        Transition(
            "answer",
            sources(P.WAITING, P.RETURNED),
            P.ANSWERED,
            Perm.ORDER,
            by_system=True,
        ),
        Transition(
            "return",  # by who orders, or by who examines; their verbs have asked
            sources(P.ANSWERED),
            P.RETURNED,
            Perm.ORDER,
            by_system=True,
        ),
        Transition("withdraw", sources(P.WAITING, P.RETURNED), P.WITHDRAWN, Perm.ORDER),
    ),
)


def move_packet(
    packet_id: int, name: str, *, actor: audit.Actor, at: datetime, reason: str = ""
) -> Packet:
    """Move a packet along the named step and write the event that says so.

    Raises:
        PermissionDenied: ``actor`` lacks the step's permission on the case, or is the
            system and the step needs a person.
        IllegalTransition: the packet isn't in one of the sources, or a guard refused.
    """
    packet: Packet = PACKET.take(packet_id, name, actor=actor, at=at, reason=reason)
    return packet


def move_exhibit(exhibit_id: int, name: str, *, at: datetime) -> Exhibit:
    """Move an exhibit along the named step; a verb that lets a person do it has asked.

    Raises:
        IllegalTransition: the exhibit isn't in one of the sources.
    """
    exhibit: Exhibit = EXHIBIT.take(exhibit_id, name, actor=audit.SYSTEM, at=at)
    return exhibit


def move_pull(
    order_id: int, name: str, *, actor: audit.Actor, at: datetime
) -> PullOrder:
    """Move a pull order along the named step; who may answer one its verb has asked.

    Raises:
        PermissionDenied: ``actor`` lacks the step's permission on the case.
        IllegalTransition: the order isn't in one of the sources.
    """
    order: PullOrder = PULL.take(order_id, name, actor=actor, at=at)
    return order
