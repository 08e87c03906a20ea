"""Reading collected records on screen: noted first, whole as hashed, by the slice.

What holds here: whoever reads an exhibit's rows has the permission and a grant; the
opening is in the trail before the first row goes out; what is shown is hashed on each
reading and shown only if it is what was collected (``places``); no more than one slice
is in memory; and a character that hides or turns text round is shown as its code. The
files keep the exact characters.
"""

import contextlib
import csv
import io
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition
from disclosures import breaks, facts, harmless, kept, places
from disclosures.enums import ColumnType, ExhibitStatus
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
    days: places.Days = field(default=(), compare=False)  # rows of each day, in UTC


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
    found = _cut(exhibit, max(first_row, 1))
    _record(exhibit, actor, at, {"from_row": first_row})
    return found


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
            raise kept.no_csv(exhibit) from error
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


def _cut(exhibit: Exhibit, start: int) -> Reading:
    wanted = range(start, start + ROWS_AT_ONCE)
    try:
        found = places.rows(exhibit, wanted, time_column(exhibit))
        if found is None:
            return Reading()
        text = io.StringIO(found.lines.decode(), newline="")
        header, *rows = list(csv.reader(text, strict=True)) or [[]]
    except (csv.Error, UnicodeDecodeError) as error:
        raise kept.no_csv(exhibit) from error
    shown = tuple(
        Row(number, tuple(map(_shown, cells)))
        for number, cells in enumerate(rows, start=start)
    )
    return Reading(tuple(header), shown, exhibit.rows, found.days)


def columns(exhibit: Exhibit) -> tuple[str, ...]:
    """The names of an exhibit's columns, as its data map has them.

    Raises:
        PacketBroken: the frozen map is gone.
    """
    parts = facts.data_map(exhibit.packet).parts
    found = [one.columns for one in parts if one.code == exhibit.part_code]
    return tuple(column.name for column in found[0]) if found else ()


def time_column(exhibit: Exhibit) -> str:
    """The column that says when a row was made; "" where none does."""
    try:
        part = facts.data_map(exhibit.packet).part(exhibit.part_code)
    except (KeyError, PacketBroken):
        return ""
    times = [one.name for one in part.columns if one.type is ColumnType.TIMESTAMP]
    return part.window or next(iter(times), "")


def _shown(cell: str) -> str:
    if len(cell) > _LONGEST_CELL:
        return f"{legible(cell[:_LONGEST_CELL])} … ({len(cell):,} characters in all)"
    return legible(cell)
