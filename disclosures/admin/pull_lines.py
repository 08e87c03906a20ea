"""The pull orders of a packet as its page shows them, and what can be done to them."""

from typing import Any

from django.contrib.auth.models import User

from cases import audit, permissions
from cases.admin import verbs
from cases.admin.base import verb_url
from disclosures import chasing
from disclosures.enums import PullStatus
from disclosures.models import Packet, PullOrder

TONES: dict[str, str] = {
    PullStatus.WAITING: "info",
    PullStatus.ANSWERED: "ok",
    PullStatus.RETURNED: "warn",
    PullStatus.WITHDRAWN: "calm",
}


def lines(packet: Packet, *, may_read: bool) -> list[dict[str, Any]]:
    """The packet's orders for its page; the owners' words for who may read records."""
    found = []
    orders = chasing.orders(packet).prefetch_related("answers")
    for order in orders:
        answers = list(order.answers.all())
        found.append(
            {
                "order": order,
                "tone": TONES[order.status],
                "who": _who(order),
                "answer": next((a for a in answers if a.returned_at is None), None),
                "returned": [a for a in answers if a.returned_at],
                "may_read": may_read,
            }
        )
    return found


def _who(order: PullOrder) -> str:
    if order.assigned_to:
        return audit.name_of(order.assigned_to)
    return order.owner


def links(packet: Packet, user: User) -> list[tuple[str, str]]:
    """What this person can do to the packet's orders now: title and address."""
    case = packet.case
    found = []
    for name in ("assign_pull", "name_owner", "return_pull", "withdraw_pull"):
        page = verbs.get(name)
        may = permissions.allowed(user, page.permission, case)
        if may and not page.bars(case, user) and not verbs.refusal(page, case):
            found.append((str(page.title), verb_url(case, page.name)))
    return found
