"""Which instrument compels which class of data, and by which provision.

Pure: the table is handed in (``cases.rules`` reads it from dated, cited lines). What
the table doesn't say is not compelled; there is no cell that opens by default.
Source of the first table: law-and-practice 3.2, i.e. 18 U.S.C. 2702, 2703, 2709 and
Reg. (EU) 2023/1543 Art. 4.
"""

from dataclasses import dataclass
from datetime import date

from cases.enums import DataClass, Instrument, Jurisdiction, Reach


@dataclass(frozen=True)
class Cell:
    """One answer of the table: how far the instrument reaches, and why."""

    reach: Reach
    citation: str
    note: str
    mark: str  # V: read in the primary text; S: secondary page; M: from memory
    rule_id: str

    @property
    def compels(self) -> bool:
        """Whether data of the class must be produced on this instrument."""
        return self.reach in {Reach.COMPELS, Reach.POLICY}

    @property
    def needs_counsel(self) -> bool:
        """Whether counsel has yet to confirm the rule."""
        return self.mark != "V"


NO_RULE = Cell(
    reach=Reach.INSUFFICIENT,
    citation="",
    note="The authority table has no rule for this instrument and class of data.",
    mark="V",
    rule_id="",
)


@dataclass(frozen=True)
class Rule:
    """One line of the table: for whom it holds, since when, and what it says."""

    jurisdiction: Jurisdiction
    instruments: frozenset[Instrument]
    data_classes: frozenset[DataClass]
    issuers: frozenset[str]  # empty: whoever issued it
    valid_from: date
    valid_to: date | None
    cell: Cell

    def holds(
        self,
        jurisdiction: str,
        instrument: str,
        data_class: str,
        issuer: str,
        on: date,
    ) -> bool:
        """Whether the line answers this question on this day."""
        return (
            self.jurisdiction == jurisdiction
            and instrument in self.instruments
            and data_class in self.data_classes
            and (not self.issuers or issuer in self.issuers)
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )


def reach(
    rules: tuple[Rule, ...],
    *,
    jurisdiction: str,
    instrument: str,
    data_class: str,
    issuer: str,
    on: date,
) -> Cell:
    """What the table says on the day the instrument was issued.

    Raises:
        ValueError: two lines of the table answer the same question.
    """
    cells = [
        rule.cell
        for rule in rules
        if rule.holds(jurisdiction, instrument, data_class, issuer, on)
    ]
    if len(cells) > 1:
        clash = ", ".join(cell.rule_id for cell in cells)
        raise ValueError(f"The authority table contradicts itself: {clash}.")
    return cells[0] if cells else NO_RULE
