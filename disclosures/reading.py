"""Reading collected records on screen: noted first, whole as hashed, by the slice.

What holds here: whoever reads an exhibit's rows has the permission and a grant; the
opening is in the trail before the first row is read; the file is hashed on each reading
and shown only if it is what was collected; no more than one slice is in memory; and a
character that hides or turns text round is shown as its code. The files keep the exact
characters.
"""

import contextlib
import csv
import io
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition
from disclosures import breaks, harmless, kept
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
        KeyGone: the case's key was destroyed.
    """
    exhibit = _readable(exhibit_id, actor)
    found = _Slice(first_row)
    has_file = kept.read(exhibit, found)
    _record(exhibit, actor, at, {"from_row": first_row})
    return _slice(exhibit, found) if has_file else Reading()


@breaks.noted()
def open_copy(
    exhibit_id: int, *, actor: User, at: datetime | None = None
) -> BinaryIO | None:
    """A whole exhibit for a spreadsheet, which runs no cell of it; None without a file.

    What is handed out isn't the exhibit: the packet holds every cell exactly.

    Raises:
        PermissionDenied: ``actor`` may not open collected records of this case.
        IllegalTransition: the exhibit isn't collected yet, or a break in custody
            stands on the case.
        CustodyBroken: the file is missing or no longer what was collected.
        PacketBroken: it can't be read as CSV.
        KeyGone: the case's key was destroyed.
    """
    exhibit = _readable(exhibit_id, actor)
    root = Path(settings.WORK_DIR)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as closing:
        # It has no name: whatever ends this process, the system frees it.
        out = closing.enter_context(tempfile.TemporaryFile(dir=root))
        copy = harmless.Copy(out)
        try:
            if has_file := kept.read(exhibit, copy):
                copy.end()
        except (csv.Error, UnicodeDecodeError) as error:
            raise _no_csv(exhibit) from error
        _record(exhibit, actor, at, {"from_row": 1, "copy": True})
        if not has_file:
            return None
        closing.pop_all()
    out.seek(0)
    return out


def _readable(exhibit_id: int, actor: User) -> Exhibit:
    exhibit = Exhibit.objects.select_related("packet__case").get(pk=exhibit_id)
    case = exhibit.packet.case
    permissions.require(actor, Perm.READ_EXHIBITS, case)
    if exhibit.status != ExhibitStatus.COLLECTED:
        raise IllegalTransition(
            _("%(label)s isn't collected yet.") % {"label": exhibit.label}
        )
    breaks.require_none(case)
    return exhibit


def _record(
    exhibit: Exhibit, actor: User, at: datetime | None, said: dict[str, Any]
) -> None:
    audit.record_reading(
        exhibit.packet.case,
        EventKind.EXHIBIT_OPENED,
        actor=actor,
        at=at,
        data={
            "packet": exhibit.packet_id,
            "exhibit": exhibit.pk,
            "number": exhibit.number,
            **said,
        },
    )


class _Slice(kept.Rows):
    """Keeps the header and some rows of an exhibit, whatever its size."""

    def __init__(self, first_row: int) -> None:
        super().__init__()
        self.start = max(first_row, 1) - 1
        self._wanted = range(self.start + 1, self.start + 1 + ROWS_AT_ONCE)
        self._kept: list[bytes] = []

    def row(self, number: int, line: bytes) -> None:
        """Keep it, if it is one of them."""
        if not number or number in self._wanted:
            self._kept.append(line)

    def rows(self) -> list[list[str]]:
        """The header, and the rows, once everything was taken.

        Raises:
            csv.Error: it isn't CSV.
            UnicodeDecodeError: it isn't UTF-8.
        """
        self.end()
        text = b"".join(self._kept).decode()
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _slice(exhibit: Exhibit, found: _Slice) -> Reading:
    try:
        header, *rows = found.rows() or [[]]
    except (csv.Error, UnicodeDecodeError) as error:
        raise _no_csv(exhibit) from error
    shown = tuple(
        Row(number, tuple(map(_shown, cells)))
        for number, cells in enumerate(rows, start=found.start + 1)
    )
    return Reading(tuple(header), shown, exhibit.rows)


def _no_csv(exhibit: Exhibit) -> PacketBroken:
    return PacketBroken(
        _("Exhibit %(label)s can't be read as CSV.") % {"label": exhibit.label}
    )


def _shown(cell: str) -> str:
    if len(cell) > _LONGEST_CELL:
        return f"{legible(cell[:_LONGEST_CELL])} … ({len(cell):,} characters in all)"
    return legible(cell)
