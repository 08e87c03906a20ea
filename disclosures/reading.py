"""Reading collected records on screen: noted first, whole as hashed, by the slice.

What holds here: whoever reads an exhibit's rows has the permission and a grant; the
opening is in the trail before the first row is read; the file is hashed on each reading
and shown only if it is what was collected; no more than one slice is in memory; and a
character that hides or turns text round is shown as its code. The files keep the exact
characters.
"""

import csv
import itertools
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition
from disclosures import breaks, facts
from disclosures.enums import ExhibitStatus
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit
from disclosures.packet.legible import legible

ROWS_AT_ONCE = 50
# Of one cell, as a page shows it; the file holds the rest.
_LONGEST_CELL = 4000
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True)
class Row:
    """One row; ``number`` counts from 1 and is how the row is cited."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A slice of an exhibit's rows; without a file there is neither column nor row."""

    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    total: int = 0


@breaks.noted()
def open_exhibit(
    exhibit_id: int, *, actor: User, first_row: int = 1, at: datetime | None = None
) -> Reading:
    """Up to ``ROWS_AT_ONCE`` rows of a collected exhibit, from ``first_row`` on.

    Raises:
        PermissionDenied: ``actor`` may not open collected records of this case.
        IllegalTransition: the exhibit isn't collected yet, or a break in custody
            stands on the case.
        CustodyBroken: the file is missing or no longer what was collected.
        PacketBroken: it can't be read as CSV.
    """
    exhibit = Exhibit.objects.select_related("packet__case").get(pk=exhibit_id)
    case = exhibit.packet.case
    permissions.require(actor, Perm.READ_EXHIBITS, case)
    if exhibit.status != ExhibitStatus.COLLECTED:
        raise IllegalTransition(
            _("%(label)s isn't collected yet.") % {"label": exhibit.label}
        )
    breaks.require_none(case)
    path = facts.stored(exhibit)
    audit.record_reading(
        case,
        EventKind.EXHIBIT_OPENED,
        actor=actor,
        at=at,
        data={
            "packet": exhibit.packet_id,
            "exhibit": exhibit.pk,
            "number": exhibit.number,
            "from_row": first_row,
        },
    )
    return Reading() if path is None else _slice(exhibit, path, first_row)


def _slice(exhibit: Exhibit, path: Path, first_row: int) -> Reading:
    start = max(first_row, 1) - 1
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = tuple(next(reader, []))
            wanted = itertools.islice(reader, start, start + ROWS_AT_ONCE)
            rows = tuple(
                Row(number, tuple(map(_shown, cells)))
                for number, cells in enumerate(wanted, start=start + 1)
            )
    except (csv.Error, UnicodeDecodeError) as error:
        raise PacketBroken(
            _("Exhibit %(label)s can't be read as CSV.") % {"label": exhibit.label}
        ) from error
    return Reading(columns, rows, exhibit.rows)


def _shown(cell: str) -> str:
    if len(cell) > _LONGEST_CELL:
        return f"{legible(cell[:_LONGEST_CELL])} … ({len(cell):,} characters in all)"
    return legible(cell)
