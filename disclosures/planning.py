"""The plan of a packet: one exhibit for each answer that the signed scope wants.

Planned when the packet is ordered, so that a part that can't be answered is named then
and not at night. Objected and not-held items are answers too: the packet shows the
whole scope, and nobody has to ask again what was searched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cases import naming, permissions
from cases.authority import Cell, reach
from cases.enums import Instrument, ItemDecision, Perm, Reach
from cases.exceptions import InsufficientProcess
from cases.grounds import grounds
from cases.models.target import day_window
from cases.rules.load import authority_rules, ground_rules
from disclosures import facts
from disclosures.datamap import plan as graph
from disclosures.datamap import schema
from disclosures.enums import PartKind, ResponseCode
from disclosures.exceptions import CollectionFailed, PacketBroken
from disclosures.models import Exhibit, Packet

Window = tuple[datetime | None, datetime | None]

_NOT_HELD = {
    ItemDecision.NOT_COLLECTED: ResponseCode.NOT_COLLECTED,
    ItemDecision.NOT_RETAINED: ResponseCode.NOT_RETAINED,
    ItemDecision.HELD_BY_THIRD_PARTY: ResponseCode.HELD_BY_THIRD_PARTY,
}
_NOT_NAMED = "The order does not name this identifier, so nothing was searched for it."


@dataclass(frozen=True)
class Wanted:
    """One decided pair of the frozen scope, with the category it asks for."""

    target: dict[str, Any]
    item: dict[str, Any]
    decision: dict[str, Any]
    category: schema.Category


def plan_exhibits(packet: Packet) -> list[Exhibit]:
    """Write the packet's planned exhibits, in the order of item, target and part.

    Raises:
        CollectionFailed: the data map lacks a category of the scope, its parts can't
            be put in an order, or a source has no address here; the sentence names it.
        InsufficientProcess: the instrument doesn't reach what would be produced.
        PacketBroken: the frozen scope was changed, or the frozen map is gone.
    """
    the_map = facts.data_map(packet)
    planned = drafted(packet, the_map)
    order_of_parts(the_map, [one.part_code for one in planned])
    parts = planned_parts(packet, the_map)
    require_addresses(the_map, parts)
    require_owners(parts)
    return Exhibit.objects.bulk_create(planned)


def drafted(packet: Packet, the_map: schema.DataMap) -> list[Exhibit]:
    """The exhibits that the packet's scope asks for, not saved.

    Raises:
        CollectionFailed: the data map lacks a category of the scope.
        PacketBroken: the frozen scope was changed.
    """
    frozen = facts.frozen_scope(packet)
    unnamed_ids = naming.unnamed_in(frozen)
    planned: list[Exhibit] = []
    for wanted in wanted_pairs(packet, the_map):
        planned += (
            [_part_exhibit(packet, wanted, part) for part in wanted.category.parts]
            if _is_produced(wanted, unnamed_ids)
            else [_refused_exhibit(packet, wanted, frozen)]
        )
    for number, exhibit in enumerate(planned, start=1):
        exhibit.number = number
    return planned


def _is_produced(wanted: Wanted, unnamed: frozenset[int]) -> bool:
    """Whether the pair is fetched; never for a target that the order doesn't name."""
    produces = ItemDecision(wanted.decision["decision"]).produces
    if produces and wanted.target["id"] in unnamed:
        raise CollectionFailed(
            _("Target %(n)s isn't named in the order and can't be produced.")
            % {"n": wanted.target["number"]}
        )
    return produces


def planned_parts(packet: Packet, the_map: schema.DataMap) -> list[schema.Part]:
    """The parts that the signed scope wants of anybody, each once, as the map has them.

    Raises:
        CollectionFailed: the data map lacks a category of the scope.
        PacketBroken: the frozen scope was changed.
    """
    unnamed_ids = unnamed(packet)
    wanted = {
        part.code
        for one in wanted_pairs(packet, the_map)
        if _is_produced(one, unnamed_ids)
        for part in one.category.parts
    }
    return [part for part in the_map.parts if part.code in wanted]


def kinds(packet: Packet) -> list[str]:
    """The kinds of identifier that have to be resolved, each once.

    Raises:
        PacketBroken: the frozen scope was changed.
    """
    return list(dict.fromkeys(one["kind"] for one in targets(packet)))


def require_addresses(the_map: schema.DataMap, parts: Iterable[schema.Part]) -> None:
    """Every source that will be read has its address on this server, before any is.

    Raises:
        CollectionFailed: one has none; it names the part.
    """
    for part in parts:
        if part.kind == PartKind.QUERY and part.source not in settings.SOURCE_URLS:
            raise CollectionFailed(
                _(
                    "Part %(part)s reads from “%(source)s”, which has no address on "
                    "this server. An administrator sets it; then order again."
                )
                % {"part": part.code, "source": the_map.source(part.source).title}
            )


def require_owners(parts: Iterable[schema.Part]) -> None:
    """Every part that people fetch has somebody who can, before any is ordered.

    Raises:
        CollectionFailed: nobody of the group is a data owner; it names the part.
    """
    able = permissions.who_has_role(Perm.ANSWER_PULL)
    for part in parts:
        if part.owner and not able.filter(groups__name=part.owner).exists():
            raise CollectionFailed(
                _(
                    "Part %(part)s is fetched by hand by “%(owner)s”, and nobody of "
                    "that group has the role of a data owner. An administrator sees to "
                    "it; then order again."
                )
                % {"part": part.code, "owner": part.owner}
            )


def targets(packet: Packet) -> list[dict[str, Any]]:
    """The targets of the frozen scope, as they were frozen.

    Raises:
        PacketBroken: the frozen scope was changed.
    """
    found: list[dict[str, Any]] = facts.frozen_scope(packet)["targets"]
    return found


def unnamed(packet: Packet) -> frozenset[int]:
    """The ids of the targets that the order doesn't name, as counsel signed it.

    Raises:
        PacketBroken: the frozen scope was changed.
    """
    return naming.unnamed_in(facts.frozen_scope(packet))


def wanted_pairs(packet: Packet, the_map: schema.DataMap) -> list[Wanted]:
    """The decided pairs of the frozen scope, by item and target.

    Raises:
        CollectionFailed: the data map lacks a category of the scope.
        InsufficientProcess: the instrument doesn't reach what would be produced.
        PacketBroken: the frozen scope was changed.
    """
    frozen = facts.frozen_scope(packet)
    targets = {one["id"]: one for one in frozen["targets"]}
    items = {one["id"]: one for one in frozen["items"]}
    pairs = []
    for decision in frozen["decisions"]:
        item = items[decision["item"]]
        try:
            category = the_map.category(item["category"])
        except KeyError:
            raise CollectionFailed(
                _("Item %(item)s: the data map has no category “%(category)s”.")
                % {"item": item["number"], "category": item["category"]}
            ) from None
        pair = Wanted(targets[decision["target"]], item, decision, category)
        _require_reach(pair, frozen)
        pairs.append(pair)
    return pairs


def _require_reach(wanted: Wanted, frozen: dict[str, Any]) -> None:
    """Asked again when it is ordered: what was signed may not be what the law says."""
    cell = _cell(wanted, frozen)
    produces = ItemDecision(wanted.decision["decision"]).produces
    if not produces or cell.reach != Reach.INSUFFICIENT:
        return
    raise InsufficientProcess(
        _(
            "Item %(item)s: a %(paper)s doesn't reach this data%(because)s. Take the "
            "scope back and object instead."
        )
        % {
            "item": wanted.item["number"],
            "paper": str(Instrument(frozen["instrument"]).label).lower(),
            "because": _because(cell),
        }
    )


def _cell(wanted: Wanted, frozen: dict[str, Any]) -> Cell:
    """What the authority table says of the frozen instrument and the item's class."""
    return reach(
        authority_rules(),
        jurisdiction=frozen["jurisdiction"],
        instrument=frozen["instrument"],
        data_class=wanted.category.data_class,
        issuer=frozen["issuer_kind"],
        on=date.fromisoformat(frozen["issued_on"]),
    )


def _because(cell: Cell) -> str:
    return f" ({cell.citation})" if cell.citation else ""


def order_of_parts(the_map: schema.DataMap, codes: list[str]) -> dict[str, int]:
    """By part code, when it is pulled: what others are derived from comes first.

    Raises:
        CollectionFailed: the parts form a circle or lack an input; it names the part.
    """
    wanted = [part.code for part in the_map.parts if part.code in set(codes)]
    try:
        ordered = graph.order(the_map, wanted)
    except graph.PlanError as error:
        raise CollectionFailed(str(error)) from None
    return {code: position for position, code in enumerate(ordered)}


class Signed:
    """What counsel signed for, exhibit by exhibit: read once for a run."""

    def __init__(self, packet: Packet, the_map: schema.DataMap) -> None:
        """Read the frozen scope.

        Raises:
            CollectionFailed: the data map lacks a category of the scope.
            InsufficientProcess: the instrument doesn't reach what would be produced.
            PacketBroken: the frozen scope was changed.
        """
        self.the_map = the_map
        self._bounds = {
            _bounds(one) for one in drafted(packet, the_map) if not one.response_code
        }

    def require(self, exhibit: Exhibit) -> None:
        """Hold one exhibit to it, before anything is asked.

        Raises:
            PacketBroken: it doesn't have this part, for this item, target and window.
        """
        if _bounds(exhibit) not in self._bounds:
            raise PacketBroken(
                _(
                    "%(label)s isn't in the scope that counsel signed. Nothing was "
                    "asked for it."
                )
                % {"label": exhibit.label}
            )


def _bounds(exhibit: Exhibit) -> tuple[Any, ...]:
    return (
        exhibit.target_id,
        exhibit.item_id,
        exhibit.part_code,
        exhibit.window_since,
        exhibit.window_until,
    )


def signed_window(wanted: Wanted) -> Window:
    """The half-open UTC window that counsel signed: the target's, narrowed if it is."""
    zone = wanted.target["time_zone"]
    asked = day_window(*_days(wanted.target), zone)
    narrowed = day_window(*_days(wanted.decision), zone)
    sinces = [since for since, _ in (asked, narrowed) if since]
    untils = [until for _, until in (asked, narrowed) if until]
    return max(sinces, default=None), min(untils, default=None)


def _days(window: dict[str, Any]) -> tuple[date | None, date | None]:
    first, last = (
        date.fromisoformat(day) if day else None
        for day in (window["first_day"], window["last_day"])
    )
    return first, last


def _part_exhibit(packet: Packet, wanted: Wanted, part: schema.Part) -> Exhibit:
    since, until = signed_window(wanted)
    bounded = part.kind != PartKind.STATEMENT and not part.timeless
    return Exhibit(
        packet=packet,
        target_id=wanted.target["id"],
        item_id=wanted.item["id"],
        part_code=part.code,
        part_title=part.title,
        kind=part.kind,
        window_since=since if bounded else None,
        window_until=until if bounded else None,
    )


def _refused_exhibit(packet: Packet, wanted: Wanted, frozen: dict[str, Any]) -> Exhibit:
    """The answer to an item that isn't produced; its code is known at once."""
    code, statement = _refusal(wanted, frozen)
    return Exhibit(
        packet=packet,
        target_id=wanted.target["id"],
        item_id=wanted.item["id"],
        part_code=f"item_{wanted.item['number']}",
        part_title=wanted.category.title,
        kind=PartKind.STATEMENT,
        response_code=code,
        statement=statement,
    )


def _refusal(wanted: Wanted, frozen: dict[str, Any]) -> tuple[ResponseCode, str]:
    reason = wanted.decision["reason"]
    if wanted.decision["decision"] == ItemDecision.NOT_NAMED:
        return ResponseCode.NOT_NAMED, f"{_NOT_NAMED} {reason}"
    if code := _NOT_HELD.get(wanted.decision["decision"]):
        return code, reason
    cell = _cell(wanted, frozen)
    if cell.compels:
        return ResponseCode.OBJECTED, _on_ground(wanted.decision, frozen)
    return (
        ResponseCode.WITHHELD_INSUFFICIENT_PROCESS,
        f"{reason} The instrument doesn't compel this class of data{_because(cell)}.",
    )


def _on_ground(decision: dict[str, Any], frozen: dict[str, Any]) -> str:
    """An objection in the letter's words: its ground, the provision, the reason."""
    reason: str = decision["reason"]
    known = grounds(
        ground_rules(),
        jurisdiction=frozen["jurisdiction"],
        instrument=frozen["instrument"],
    )
    ground = known.get(decision.get("ground", ""))
    if ground is None:
        return reason
    because = f" ({ground.citation})" if ground.citation else ""
    return f"{ground.ground.label}{because}. {ground.words} {reason}"


def in_utc(instant: datetime | None) -> datetime | None:
    """The instant in UTC; rows come back in the database's own idea of it."""
    return instant.astimezone(UTC) if instant else None
