"""How each item of a case ended, read off what went out; reports count by it."""

from collections import Counter

from cases import scope
from cases.enums import Disposition, ItemDecision
from cases.models import Case, ScopeItem
from disclosures.enums import ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit, Packet

_WITH_RECORDS = frozenset(
    {ResponseCode.PRODUCED, ResponseCode.DERIVED, ResponseCode.PRODUCED_PUBLIC}
)
_ANSWERED = _WITH_RECORDS | {ResponseCode.NARRATIVE_ANSWER}
_NOTHING_THERE = frozenset(
    {
        ResponseCode.NO_RESPONSIVE_RECORDS,
        ResponseCode.ACCOUNT_NOT_FOUND,
        ResponseCode.NOT_COLLECTED,
        ResponseCode.NOT_RETAINED,
        ResponseCode.HELD_BY_THIRD_PARTY,
    }
)
_REFUSED = frozenset(
    {
        ResponseCode.OBJECTED,
        ResponseCode.WITHHELD_INSUFFICIENT_PROCESS,
        ResponseCode.OUT_OF_SCOPE_AFTER_NARROWING,
    }
)
_INCOMPLETE = frozenset(
    {ResponseCode.PRODUCED_PARTIAL, ResponseCode.PENDING_SUPPLEMENT}
)


def of(packet: Packet) -> dict[int, Disposition]:
    """By scope item, how it ended, read off the packet's exhibits.

    Raises:
        PacketBroken: an item of the scope has no answer in the packet.
    """
    codes = _codes(packet)
    return {
        row.pk: _outcome(row.decision, codes.get((row.target_id, row.item_id), []))
        for row in scope.decisions(packet.case)
    }


def earlier(packet: Packet) -> dict[int, Disposition]:
    """The outcomes where the case was reopened and nothing more went out.

    What the packet answered ended as it did then; what was added since was withdrawn.
    """
    codes = _codes(packet)
    return {
        row.pk: _outcome(row.decision, codes[row.target_id, row.item_id])
        if (row.target_id, row.item_id) in codes
        else Disposition.WITHDRAWN
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


def _codes(packet: Packet) -> dict[tuple[int, int], list[str]]:
    codes: dict[tuple[int, int], list[str]] = {}
    for one in Exhibit.objects.filter(packet=packet):
        codes.setdefault((one.target_id, one.item_id), []).append(one.response_code)
    return codes


def _outcome(decision: str, codes: list[str]) -> Disposition:
    """A narrowed item is never produced in full: the paper asked for more."""
    found = set(codes)
    if not found or not found <= _REFUSED | _INCOMPLETE | _ANSWERED | _NOTHING_THERE:
        raise PacketBroken("An item of the scope has no answer in the packet.")
    if found & _INCOMPLETE:
        return Disposition.PARTIAL
    if found & _REFUSED:
        return Disposition.PARTIAL if found & _ANSWERED else Disposition.OBJECTED
    if not found & _ANSWERED:
        return Disposition.NO_RECORDS
    narrowed = decision == ItemDecision.NARROW
    return Disposition.PARTIAL if narrowed else Disposition.FULL
