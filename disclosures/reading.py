"""Reading collected records on screen: noted first, whole as hashed, by the slice.

What holds here: whoever reads an exhibit's rows has the permission and a grant; the
opening is in the trail before the first row is read; the file is hashed on each reading
and shown only if it is what was collected; no more than one slice is in memory; and a
character that hides or turns text round is shown as its code. The files keep the exact
characters.
"""

import csv
import io
import sys
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition
from disclosures import breaks, kept
from disclosures.enums import ExhibitStatus
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit
from disclosures.packet.legible import legible

ROWS_AT_ONCE = 50
# Of one cell, as a page shows it; the file holds the rest.
_LONGEST_CELL = 4000
_NEWLINE = b"\r\n"
_AT_ONCE = 1 << 20
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
        KeyGone: the case's key was destroyed.
    """
    exhibit = Exhibit.objects.select_related("packet__case").get(pk=exhibit_id)
    case = exhibit.packet.case
    permissions.require(actor, Perm.READ_EXHIBITS, case)
    if exhibit.status != ExhibitStatus.COLLECTED:
        raise IllegalTransition(
            _("%(label)s isn't collected yet.") % {"label": exhibit.label}
        )
    breaks.require_none(case)
    found = _Slice(first_row)
    has_file = kept.read(exhibit, found)
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
    return _slice(exhibit, found) if has_file else Reading()


class _Slice:
    """Takes an exhibit's bytes as they come, and keeps the header and some rows of it.

    A row ends with a line break outside quotes: the writer doubles a quote inside.
    """

    def __init__(self, first_row: int) -> None:
        self.start = max(first_row, 1) - 1
        self._wanted = range(self.start + 1, self.start + 1 + ROWS_AT_ONCE)
        self._kept: list[bytes] = []
        self._row = 0  # the header is row 0
        self._line: list[bytes] = []  # of a row that isn't complete yet
        self._is_quoted = False
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes, /) -> int:
        """Take a piece."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _AT_ONCE:
            self._work()
        return len(data)

    def _work(self) -> None:
        *lines, rest = b"".join(self._waiting).split(_NEWLINE)
        self._waiting, self._size = [rest], 0
        for line in lines:
            self._line.append(line)
            self._is_quoted ^= line.count(b'"') % 2 == 1
            if not self._is_quoted:
                if not self._row or self._row in self._wanted:
                    self._kept.append(_NEWLINE.join(self._line) + _NEWLINE)
                self._line = []
                self._row += 1

    def rows(self) -> list[list[str]]:
        """The header, and the rows, once everything was taken.

        Raises:
            csv.Error: it isn't CSV.
            UnicodeDecodeError: it isn't UTF-8.
        """
        self._work()
        if self._line or self._waiting != [b""]:
            raise csv.Error
        text = b"".join(self._kept).decode()
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _slice(exhibit: Exhibit, found: _Slice) -> Reading:
    try:
        header, *rows = found.rows() or [[]]
    except (csv.Error, UnicodeDecodeError) as error:
        raise PacketBroken(
            _("Exhibit %(label)s can't be read as CSV.") % {"label": exhibit.label}
        ) from error
    shown = tuple(
        Row(number, tuple(map(_shown, cells)))
        for number, cells in enumerate(rows, start=found.start + 1)
    )
    return Reading(tuple(header), shown, exhibit.rows)


def _shown(cell: str) -> str:
    if len(cell) > _LONGEST_CELL:
        return f"{legible(cell[:_LONGEST_CELL])} … ({len(cell):,} characters in all)"
    return legible(cell)
