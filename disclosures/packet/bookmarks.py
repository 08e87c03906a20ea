"""The bookmarks of the schedules: by target, category, exhibit and block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disclosures.packet import volumes
from disclosures.packet.contents import PacketFacts, Volume


@dataclass(frozen=True)
class Mark:
    """An exhibit's place in the front document: what leads to its pages.

    ``group`` and ``category`` head those from it on; ``cuts`` are its blocks' titles.
    """

    number: str
    title: str
    group: str
    category: str
    cuts: tuple[str, ...]


def marks(facts: PacketFacts, cuts: Mapping[int, tuple[str, ...]]) -> tuple[Mark, ...]:
    """The exhibits' bookmarks; a group's stands with the first exhibit of it.

    ``cuts`` has the titles of the blocks of each exhibit, by its place, that has some.
    """
    groups, categories = _groups(facts)
    above: tuple[str, str] = ("", "")
    made = []
    for place, exhibit in enumerate(facts.exhibits):
        here = (groups[place], categories[place])
        made.append(
            Mark(
                number=exhibit.number,
                title=f"{exhibit.number}  {exhibit.title}",
                group=here[0] if here[0] != above[0] else "",
                category=here[1] if here != above else "",
                cuts=cuts.get(place, ()),
            )
        )
        above = here
    return tuple(made)


def _groups(facts: PacketFacts) -> tuple[list[str], list[str]]:
    """The bookmarks above each exhibit: its target and its category.

    Where the targets mix, its category alone.
    """
    numbers = [one.target_number for one in facts.exhibits]
    items = {i.number: f"Item {i.number}: {i.category_title}" for i in facts.items}
    categories = [items[one.item_number] for one in facts.exhibits]
    if numbers != sorted(numbers):
        return categories, [""] * len(categories)
    targets = {t.number: f"Target {t.number}: {t.identifier}" for t in facts.targets}
    return [targets[number] for number in numbers], categories


def further(
    facts: PacketFacts, found: Sequence[volumes.Stretch], volume: Volume
) -> tuple[tuple[str, int], ...]:
    """The bookmarks of a further volume: title, and page from 0 of all."""
    made = []
    for one in found:
        if one.page >= volume.stop or one.page + one.pages <= volume.first:
            continue
        exhibit = facts.exhibits[one.piece.exhibit]
        title = f"{exhibit.number} {exhibit.title}"
        if not (one.piece.is_first and one.piece.is_last):
            title += f" · {volumes.rows(one.piece)}"
        if one.page < volume.first:
            title += " (continued)"
        made.append((title, max(one.page, volume.first)))
    return tuple(made)
