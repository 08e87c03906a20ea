"""What was produced: the last of the three sets, beside asked and narrowed.

Each pair of item and target ends in one outcome, read off the response codes of its
exhibits. Until the packet is handed over the set follows them; at the hand-over it is
frozen with its digest. The cover letter, the closing of a case and the figures of a
report read it here, and so they can't disagree.
"""

import json
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from cases import chain, scope
from cases.enums import Disposition, ItemDecision
from cases.extent import Entry, Extent, as_data, from_data
from disclosures import marks
from disclosures.enums import ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import Packet, ProducedScope

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
        ResponseCode.NOT_NAMED,
    }
)
_INCOMPLETE = frozenset(
    {ResponseCode.PRODUCED_PARTIAL, ResponseCode.PENDING_SUPPLEMENT}
)


def produced(packet: Packet) -> Extent:
    """What the packet answers, pair by pair; as frozen, once it was handed over.

    Raises:
        PacketBroken: the frozen text was changed, or a pair has no answer.
    """
    row = ProducedScope.objects.filter(packet=packet).first()
    if row is None:
        return _as_it_stands(packet)
    if scope.digest_of(row.document) != row.digest:
        raise PacketBroken(_("What was produced was changed after it was frozen."))
    return from_data(json.loads(row.document))


def freeze(packet: Packet, *, at: datetime) -> ProducedScope:
    """Write down what this packet answers. Call it in the hand-over's transaction.

    Raises:
        PacketBroken: a pair has no answer.
    """
    document = chain.canonical(as_data(_as_it_stands(packet)))
    return ProducedScope.objects.create(
        packet=packet,
        document=document,
        digest=scope.digest_of(document),
        frozen_at=at,
    )


def _as_it_stands(packet: Packet) -> Extent:
    codes: dict[tuple[int, int], list[str]] = {}
    lacking = set()  # records that there are and that don't go out
    rows = packet.exhibits.select_related("item", "target").prefetch_related("marks")
    for one in rows:
        pair = one.item.number, one.target.number
        codes.setdefault(pair, []).append(one.response_code)
        if one.is_capped or marks.standing(one):
            lacking.add(pair)
    try:
        narrowed = scope.narrowed(packet.revision)
    except ValueError as error:
        raise PacketBroken(str(error)) from None
    return tuple(
        _answered(one, codes.get(pair, []), is_lacking=pair in lacking)
        for one in narrowed
        for pair in [(one.item, one.target)]
    )


def _answered(entry: Entry, codes: list[str], *, is_lacking: bool) -> Entry:
    outcome = _outcome(entry.outcome, codes)
    if is_lacking and outcome == Disposition.FULL:
        outcome = Disposition.PARTIAL
    return replace(entry, outcome=outcome, codes=tuple(dict.fromkeys(codes)))


def _outcome(decision: str, codes: list[str]) -> Disposition:
    """A narrowed item is never produced in full: the paper asked for more."""
    found = set(codes)
    if not found or not found <= _REFUSED | _INCOMPLETE | _ANSWERED | _NOTHING_THERE:
        raise PacketBroken(_("An item of the scope has no answer in the packet."))
    if found & _INCOMPLETE:
        return Disposition.PARTIAL
    if found & _REFUSED:
        return Disposition.PARTIAL if found & _ANSWERED else Disposition.OBJECTED
    if not found & _ANSWERED:
        return Disposition.NO_RECORDS
    narrowed = decision == ItemDecision.NARROW
    return Disposition.PARTIAL if narrowed else Disposition.FULL
