"""What was withheld and redacted, as the packet says it: the log, in print and as CSV.

Pure. The log has a line for each exhibit, column, reason and decider; a line without a
column is about whole rows. Its totals are the marks in the enclosed files: nothing else
in the packet holds the text of a mark.
Source: law-and-practice 6.1, part 07.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

from disclosures.packet.contents import ExhibitFacts, PacketFacts

COLUMNS = ("exhibit", "what", "column", "reason", "count", "decided_by")
ROWS, VALUES = "rows withheld", "values redacted"

# In the packet's own words; the closed list is ``disclosures.enums.Redaction``.
REASONS = {
    "THIRD_PARTY": "It is about a person other than the one whose account is named.",
    "OUT_OF_SCOPE": "It lies outside the scope approved for this production.",
    "INSUFFICIENT_PROCESS": "The legal process served doesn't compel its disclosure.",
    "PRIVILEGED": "It is privileged, or immune from disclosure.",
    "PRESS": "It is protected as material of the press.",
    "SECRET": "It is a password, key or token that opens an account or a system.",
}


def statement(rows: int, values: int) -> str:
    """What an answer says of which something isn't produced; English, as all of it."""
    return f"Of this exhibit {amounts(rows, values)}; the log of redactions says why."


def amounts(rows: int, values: int) -> str:
    """``2 rows were withheld and 1 value was replaced by a mark``."""
    found = []
    if rows:
        found.append(f"{_count(rows, 'row was', 'rows were')} withheld")
    if values:
        found.append(f"{_count(values, 'value was', 'values were')} replaced by a mark")
    return " and ".join(found)


def lines(facts: PacketFacts) -> list[dict[str, Any]]:
    """The log, a dict a line, by exhibit, as both print and CSV give it."""
    return [
        {
            "exhibit": exhibit.number,
            "what": VALUES if one.column else ROWS,
            "column": one.column,
            "reason": one.reason,
            "count": one.count,
            "decided_by": one.by,
        }
        for exhibit in facts.exhibits
        for one in exhibit.not_produced
    ]


def reasons(facts: PacketFacts) -> list[tuple[str, str]]:
    """The reasons that occur, each with its meaning, in the order of the list."""
    used = {one.reason for exhibit in facts.exhibits for one in exhibit.not_produced}
    return [(code, words) for code, words in REASONS.items() if code in used]


def as_csv(facts: PacketFacts) -> str:
    """The log as a table: RFC 4180, a heading alone where nothing was withheld."""
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    rows.writeheader()
    rows.writerows(lines(facts))
    return out.getvalue()


def extents(facts: PacketFacts) -> list[dict[str, Any]]:
    """Of each exhibit that holds less than was collected: how much, and the hash."""
    return [
        {
            "number": one.number,
            "collected": f"{one.collected_rows:,}",
            "produced": f"{one.rows:,}",
            "sha256": one.collected_sha256,
        }
        for one in facts.redacted
    ]


def of_exhibits(exhibits: Iterable[ExhibitFacts]) -> str:
    """``amounts`` of these exhibits together."""
    found = [line for one in exhibits for line in one.not_produced]
    return amounts(
        sum(line.count for line in found if not line.column),
        sum(line.count for line in found if line.column),
    )


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
