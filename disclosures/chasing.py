"""What staff do with pull orders: give one to a person, return an answer, withdraw.

An answer is returned before the declaration is signed, with a reason that its owner
reads; what was made of it is taken out of the packet, and the answer itself stays on
record. Both acts collect, as the rules about persons count it. Who is told of a
restricted request is said by who may let others in.
Source: docs/policy.md, section "Pull orders".
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, exposure, permissions, persons
from cases.enums import Act, EventKind, Perm
from cases.exceptions import FourEyesViolation, IllegalTransition, require_storable
from cases.models import Case
from cases.proof import Proof
from disclosures import facts, pulls, reopening, workflow
from disclosures.enums import ExhibitStatus, PacketStatus, PullStatus
from disclosures.models import Declaration, Packet, PullOrder
from disclosures.models.pull import OPEN

_RELATED = ("exhibit__packet__case", "exhibit__target")


def orders(packet: Packet) -> QuerySet[PullOrder]:
    """The pull orders of a packet, with what their lines show."""
    found = PullOrder.objects.filter(exhibit__packet=packet)
    return found.select_related(*_RELATED, "assigned_to")


def able(case: Case) -> list[User]:
    """The data owners whom no earlier act on this case bars from fetching."""
    people = permissions.who_has_role(Perm.ANSWER_PULL).order_by("first_name", "pk")
    return [one for one in people if not persons.bars(case, one, Act.COLLECT)]


@transaction.atomic
def assign(
    order_id: int, *, actor: User, person: User, at: datetime | None = None
) -> PullOrder:
    """Give an order to one data owner; nobody else sees it then. Its days begin anew.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: it is no longer open, or its request is restricted.
        ValidationError: the person is no data owner, or their earlier acts bar them.
    """
    at = at or timezone.now()
    order = _locked(order_id)
    case = order.exhibit.packet.case
    permissions.require(actor, Perm.ORDER, case)
    if case.is_restricted:
        raise IllegalTransition(_("Who may let others in names the data owner here."))
    return _give(order, person, actor, at, is_named=False)


@transaction.atomic
def name_owner(
    order_id: int,
    *,
    actor: User,
    person: User,
    proof: Proof,
    at: datetime | None = None,
) -> PullOrder:
    """Give an order of a restricted request to one data owner, who is told by it.

    They stand in the register of those who know, and see the order, and nothing else of
    the request, once they have acknowledged its secrecy.

    Raises:
        PermissionDenied: ``actor`` may not say who knows of this request.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        FourEyesViolation: ``person`` is ``actor``.
        IllegalTransition: it is no longer open, or its request isn't restricted.
        ValidationError: the person is no data owner, or their earlier acts bar them.
    """
    at = at or timezone.now()
    order = _locked(order_id)
    case = order.exhibit.packet.case
    permissions.require(actor, Perm.GRANT, case)
    proof.require(at)
    if not case.is_restricted:
        raise IllegalTransition(_("This request isn't restricted: give the order."))
    if person == actor:
        raise FourEyesViolation(_("Nobody lets themselves in: another names you."))
    given = _give(order, person, actor, at, is_named=True)
    exposure.tell(case, person, by=actor, at=at)
    return given


def _give(
    order: PullOrder, person: User, actor: User, at: datetime, *, is_named: bool
) -> PullOrder:
    if order.status not in OPEN:
        raise IllegalTransition(_("%(order)s is no longer open.") % {"order": order})
    if person not in able(order.exhibit.packet.case):
        raise ValidationError(
            {"person": _("This person isn't a data owner who may fetch for it.")}
        )
    order.assigned_to, order.is_named = person, is_named
    pulls.renew(order, at)
    audit.record(
        order.exhibit.packet.case,
        EventKind.PULL_ASSIGNED,
        actor=actor,
        at=at,
        data={**pulls.said_of(order), "person": person.pk},
    )
    pulls.tell_after_commit([person])
    return order


def return_refusal(order: PullOrder) -> str:
    """Why the answer of an order can't be returned now; "" where it can."""
    packet = order.exhibit.packet
    if order.status != PullStatus.ANSWERED:
        return _("%(order)s has no answer that could be returned.") % {"order": order}
    at_rest = {PacketStatus.AWAITING, PacketStatus.COLLECTED, PacketStatus.FAILED}
    if packet.status not in at_rest or Declaration.objects.filter(packet=packet):
        return _(
            "An answer is returned before the packet is certified, while no worker "
            "is at it."
        )
    return ""


@transaction.atomic
def return_answer(
    order_id: int, *, actor: User, reason: str, at: datetime | None = None
) -> PullOrder:
    """Send an answer back to who gave it, with a reason; the packet waits again.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: there is no answer, or it is too late.
        ValidationError: no reason.
    """
    at = at or timezone.now()
    order = _locked(order_id)
    exhibit, packet = order.exhibit, order.exhibit.packet
    _require_collector(packet.case, actor)
    if why := return_refusal(order):
        raise IllegalTransition(why)
    workflow.require_covered(packet.pk)
    reason = _reason(reason)
    pulls.send_back(exhibit, by=actor, collector=actor, reason=reason, at=at)
    order = _locked(order_id)
    if exhibit.status == ExhibitStatus.COLLECTED:
        because = _("The data owner's answer was returned.")
        reopening.reopen(exhibit, by=actor, because=because, at=at)
    if packet.status == PacketStatus.COLLECTED:
        Packet.objects.filter(pk=packet.pk).update(collected_at=None)
        workflow.move_packet(packet.pk, "return_answer", actor=actor, at=at)
    return order


@transaction.atomic
def withdraw(
    order_id: int, *, actor: User, reason: str, at: datetime | None = None
) -> PullOrder:
    """Take an order back: its exhibit answers that these records follow later, and why.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: it is no longer open, or the packet's scope changed.
        ValidationError: no reason.
    """
    at = at or timezone.now()
    order = _locked(order_id)
    packet = order.exhibit.packet
    _require_collector(packet.case, actor)
    if order.status not in OPEN:
        raise IllegalTransition(_("%(order)s is no longer open.") % {"order": order})
    workflow.require_covered(packet.pk)
    pulls.withdraw(order, by=actor, reason=_reason(reason), at=at)
    pulls.go_on(packet, at=at)
    return order


def remind(*, at: datetime) -> int:
    """Mail who sees each order that is past its day, and who ordered; once. How many.

    What is suspended is left alone.
    """
    late = PullOrder.objects.open().filter(
        due_on__lt=facts.today(at),
        reminded_at=None,
        exhibit__packet__status=PacketStatus.AWAITING,
    )
    reminded = 0
    for order in late.select_related(*_RELATED):
        if not pulls.suspended(order):
            _remind(order, at)
            reminded += 1
    return reminded


@transaction.atomic
def _remind(order: PullOrder, at: datetime) -> None:
    # Whoever comes second finds nothing to be told of.
    unsaid = PullOrder.objects.open().filter(pk=order.pk, reminded_at=None)
    if not unsaid.update(reminded_at=at):
        return
    packet = order.exhibit.packet
    audit.record(
        packet.case,
        EventKind.PULL_OVERDUE,
        actor=audit.SYSTEM,
        at=at,
        data=pulls.said_of(order),
    )
    pulls.tell_after_commit({*pulls.who_sees(order), *_who_chases(packet)})


def _who_chases(packet: Packet) -> Iterable[User]:
    """Who ordered the packet, while they may still do something about it."""
    return permissions.who_may(Perm.ORDER, packet.case).filter(pk=packet.ordered_by_id)


def _locked(order_id: int) -> PullOrder:
    """The order as it stands under the lock of its packet, which a worker takes too."""
    packets = PullOrder.objects.filter(pk=order_id).values("exhibit__packet")
    Packet.objects.select_for_update().get(pk__in=packets)
    found: PullOrder = PullOrder.objects.select_related(*_RELATED).get(pk=order_id)
    return found


def _require_collector(case: Case, actor: User) -> None:
    permissions.require(actor, Perm.ORDER, case)
    persons.require_other(case, actor, Act.COLLECT)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why.")})
    require_storable(reason=reason)
    return reason
