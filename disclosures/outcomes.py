"""How each item of a case ended, read off what went out; reports count by it."""

from collections import Counter

from django.utils.translation import gettext as _

from cases import scope
from cases.enums import Disposition
from cases.models import Case, ScopeItem
from disclosures import produced
from disclosures.exceptions import PacketBroken
from disclosures.models import Packet


def of(packet: Packet) -> dict[int, Disposition]:
    """By scope item, how it ended, read off the packet's exhibits.

    Raises:
        PacketBroken: an item of the scope has no answer in the packet.
    """
    ended = _ended(packet)
    rows = scope.decisions(packet.case)
    if any(_pair(row) not in ended for row in rows):
        raise PacketBroken(_("An item of the scope has no answer in the packet."))
    return {row.pk: ended[_pair(row)] for row in rows}


def earlier(packet: Packet) -> dict[int, Disposition]:
    """The outcomes where the case was reopened and nothing more went out.

    What the packet answered ended as it did then; what was added since was withdrawn.
    """
    ended = _ended(packet)
    return {
        row.pk: ended.get(_pair(row), Disposition.WITHDRAWN)
        for row in scope.decisions(packet.case)
    }


def overall(per_item: dict[int, Disposition]) -> Disposition:
    """How the case ended, from how its items did; without an item it was withdrawn."""
    if not per_item:
        return Disposition.WITHDRAWN
    counts = Counter(per_item.values())
    if len(counts) == 1:
        return next(iter(counts))
    produced = counts[Disposition.FULL] + counts[Disposition.PARTIAL]
    if not produced:
        return (
            Disposition.OBJECTED
            if counts[Disposition.OBJECTED]
            else Disposition.NO_RECORDS
        )
    if counts[Disposition.OBJECTED] or counts[Disposition.PARTIAL]:
        return Disposition.PARTIAL
    return Disposition.FULL


def unproduced(case: Case) -> dict[int, Disposition]:
    """The outcomes where no packet went out: refused, or withdrawn before that."""
    refused = case.status == "refused"
    ended = Disposition.OBJECTED if refused else Disposition.WITHDRAWN
    rows = ScopeItem.objects.filter(target__case=case)
    return dict.fromkeys(rows.values_list("pk", flat=True), ended)


def _ended(packet: Packet) -> dict[tuple[int, int], Disposition]:
    return {
        (one.item, one.target): Disposition(one.outcome)
        for one in produced.produced(packet)
    }


def _pair(row: ScopeItem) -> tuple[int, int]:
    return row.item.number, row.target.number
