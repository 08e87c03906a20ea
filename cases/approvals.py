"""Which scopes want more counsel than one, and why.

Pure: the table is handed in (``cases.rules`` reads it from cited lines). How many
counsel that is belongs to the site.
"""

from collections.abc import Collection
from dataclasses import dataclass

from cases.enums import DataClass, Instrument


@dataclass(frozen=True)
class Sensitive:
    """One line of the table: what it holds for, and the reason counsel reads."""

    rule_id: str
    instruments: frozenset[Instrument]
    data_classes: frozenset[DataClass]
    reason: str
    citation: str


def sensitive(
    rules: tuple[Sensitive, ...], *, instrument: str, data_classes: Collection[str]
) -> tuple[Sensitive, ...]:
    """The lines that hold for this instrument and what would be produced."""
    return tuple(
        rule
        for rule in rules
        if instrument in rule.instruments or rule.data_classes & set(data_classes)
    )
