"""On which grounds a request can be objected to, under whose law, and in which words.

Pure: the table is handed in (``cases.rules`` reads it from cited lines). A ground that
the table doesn't know under the law of the instrument can't be chosen there.
"""

from dataclasses import dataclass

from cases.enums import Instrument, Jurisdiction, ObjectionGround


@dataclass(frozen=True)
class Ground:
    """One line of the table: the provision behind a ground, and the letter's words."""

    rule_id: str
    ground: ObjectionGround
    jurisdiction: Jurisdiction
    instruments: frozenset[Instrument]  # empty: whatever was served
    citation: str
    mark: str  # V: read in the primary text; S: secondary page; M: from memory
    words: str

    @property
    def needs_counsel(self) -> bool:
        """Whether counsel has yet to confirm the provision."""
        return self.mark != "V"


@dataclass(frozen=True)
class ItemObjection:
    """What counsel objects to and why; without a pair, whatever else would go out."""

    ground: str
    reason: str
    target_id: int | None = None
    item_id: int | None = None


def grounds(
    rules: tuple[Ground, ...], *, jurisdiction: str, instrument: str
) -> dict[str, Ground]:
    """By ground, its line for this instrument; one that names it goes before others."""
    found: dict[str, Ground] = {}
    for rule in sorted(rules, key=lambda one: bool(one.instruments)):
        if rule.jurisdiction == jurisdiction and (
            not rule.instruments or instrument in rule.instruments
        ):
            found[rule.ground] = rule
    return {one.value: found[one] for one in ObjectionGround if one in found}
