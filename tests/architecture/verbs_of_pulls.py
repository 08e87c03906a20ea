"""What each act on a pull order leaves in the trail, a line a verb."""

from datetime import timedelta

from django.utils import timezone

from cases.enums import Role
from disclosures import answering, assembly, chasing
from tests import factories as make
from tests import restricting
from tests.architecture.acting import row
from tests.disclosures import packets, pulling

P_MOVED = "packet.status.changed"


def _order():
    return pulling.order_of(pulling.awaiting())


def _answered():
    packet = pulling.awaiting()
    pulling.answer(packet)
    packets.collected(packet)
    return pulling.order_of(packet)


def _theirs(order, by):
    """The order, given to who is about to act."""
    type(order).objects.filter(pk=order.pk).update(assigned_to=by)
    return order.pk


def _restricted():
    """An order of a request that is restricted, and somebody who could fetch."""
    order = _order()
    case = order.exhibit.packet.case
    type(case).objects.filter(pk=case.pk).update(is_restricted=True)
    return order


def _name(order, by):
    restricting.put(order.exhibit.packet.case, by)
    return chasing.name_owner(
        order.pk, actor=by, person=pulling.owner(), proof=make.proof(timezone.now())
    )


VERBS = {
    "disclosures.assembly.assemble, asking data owners": row(
        None,
        lambda: packets.ordered(pulling.case()),
        lambda it, by: assembly.assemble(it.pk),
        f"{P_MOVED} start_collecting",
        "pull.issued",
        f"{P_MOVED} await_owners",
    ),
    "disclosures.answering.open_order": row(
        Role.DATA_OWNER,
        _order,
        lambda it, by: answering.open_order(_theirs(it, by), actor=by),
        "pull.opened",
    ),
    "disclosures.answering.answer": row(
        Role.DATA_OWNER,
        _order,
        lambda it, by: _theirs(it, by) and pulling.answer(it.exhibit.packet, by),
        "pull.answered",
        f"{P_MOVED} owners_answered",
    ),
    "disclosures.chasing.assign": row(
        Role.ANALYST,
        _order,
        lambda it, by: chasing.assign(it.pk, actor=by, person=pulling.owner()),
        "pull.assigned",
    ),
    "disclosures.chasing.name_owner": row(
        Role.COUNSEL, _restricted, _name, "pull.assigned", "case.exposure.recorded"
    ),
    "disclosures.chasing.remind": row(
        None,
        _order,
        lambda it, by: chasing.remind(at=timezone.now() + timedelta(days=30)),
        "pull.overdue",
    ),
    "disclosures.chasing.return_answer": row(
        Role.ANALYST,
        _answered,
        lambda it, by: chasing.return_answer(it.pk, actor=by, reason="Too little."),
        "pull.returned",
        f"{P_MOVED} return_answer",
    ),
    "disclosures.chasing.withdraw": row(
        Role.ANALYST,
        _order,
        lambda it, by: chasing.withdraw(it.pk, actor=by, reason="Not at hand."),
        "pull.withdrawn",
        f"{P_MOVED} owners_answered",
    ),
}
