"""A few rows out of a large exhibit, wherever they stand, in the time of a small one.

The first reading passes the whole file, hashed to its end as ever, and notes on the way
where each block of rows begins, the block's own SHA-256, and how many rows each day
has. A later reading opens the blocks it shows and no other, and believes them only if
their hashes are those noted; otherwise the whole file is read, which says what is
wrong.
Source: docs/decisions/0021-pages-of-large-exhibits.md.
"""

import csv
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from cases import vault
from cases.exceptions import NotOpened
from disclosures import kept
from disclosures.models import Exhibit, RowPlaces

# A smaller file is opened whole, and hashed, each time.
SMALL = 1 << 20
_BLOCK_ROWS, _BLOCK_BYTES = 2_000, 1 << 18
_FIELD = rb'(?:"(?:[^"]|"")*"|[^",]*)'
_DAY = rb"(\d{4}-\d\d-\d\d)T"

Days = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Found:
    """The header and the wanted rows, as they stand in the file; rows of each day."""

    lines: bytes
    days: Days


class _Noting(kept.Rows):
    """Takes plain bytes; keeps header and wanted rows, notes blocks and days."""

    def __init__(self, wanted: range, column: str) -> None:
        super().__init__()
        self.kept: list[bytes] = []
        self.blocks: list[list[int | str]] = []
        self.days: Counter[bytes] = Counter()
        self._wanted, self._column = wanted, column
        self._day: re.Pattern[bytes] | None = None  # finds the day in a row
        self._first = self._at = self._length = 0
        self._lines: list[bytes] = []  # of the block that isn't complete yet

    def row(self, number: int, line: bytes) -> None:
        """Note one row."""
        if not number:
            names = next(csv.reader([line.decode()], strict=True), [])
            if self._column in names:
                self._day = _day_at(names.index(self._column))
        elif self._day is not None:
            found = self._day.match(line)
            self.days[found[1] if found else b""] += 1
        if not number or number in self._wanted:
            self.kept.append(line)
        self._lines.append(line)
        self._length += len(line)
        if number - self._first >= _BLOCK_ROWS or self._length >= _BLOCK_BYTES:
            self._close(number + 1)

    def ended(self) -> None:
        """Note the last block.

        Raises:
            csv.Error: the last row isn't complete.
        """
        self.end()
        if self._length:
            self._close(0)

    def _close(self, following: int) -> None:
        digest = hashlib.sha256(b"".join(self._lines)).hexdigest()
        self.blocks.append([self._first, self._at, self._length, digest])
        self._first, self._at = following, self._at + self._length
        self._length = 0
        self._lines.clear()


def _day_at(place: int) -> re.Pattern[bytes]:
    """What finds the day of a row in its column of that place."""
    return re.compile(b"(?:%b,){%d}%b" % (_FIELD, place, _DAY))


def rows(exhibit: Exhibit, wanted: range, column: str) -> Found | None:
    """Rows of an exhibit by their numbers, header included; None without a file.

    ``column`` is the one that says when a row was made, "" where none does.

    Raises:
        CustodyBroken: the file is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
        csv.Error: it isn't CSV.
        UnicodeDecodeError: it isn't UTF-8.
    """
    if found := _by_places(exhibit, wanted):
        return found
    noting = _Noting(wanted, column)
    if not kept.read(exhibit, noting):
        return None
    noting.ended()
    days = tuple((day.decode(), n) for day, n in sorted(noting.days.items()))
    if exhibit.size > SMALL:
        said: dict[str, Any] = {"blocks": noting.blocks, "days": days}
        RowPlaces.objects.update_or_create(
            exhibit=exhibit, defaults={"sha256": exhibit.sha256, **said}
        )
    return Found(b"".join(noting.kept), days)


def _by_places(exhibit: Exhibit, wanted: range) -> Found | None:
    """The rows out of their blocks; None where the whole file has to be read."""
    row = RowPlaces.objects.filter(exhibit=exhibit, sha256=exhibit.sha256).first()
    if row is None or exhibit.size <= SMALL:
        return None
    lines = _Noting(wanted, "")
    ends = [block[0] for block in row.blocks[1:]] + [exhibit.rows + 1]
    for place, (block, end) in enumerate(zip(row.blocks, ends, strict=True)):
        first, start, length, digest = block
        if place and (end <= wanted.start or first >= wanted.stop):
            continue
        if (plain := _block(exhibit, start, length)) is None:
            return None
        if hashlib.sha256(plain).hexdigest() != digest:
            return None
        lines.number = first
        lines.write(plain)
        lines.end()
    days = tuple((str(day), int(n)) for day, n in row.days)
    return Found(b"".join(lines.kept), days)


def _block(exhibit: Exhibit, start: int, length: int) -> bytes | None:
    file = Path(settings.FILES_DIR) / exhibit.path
    try:
        return vault.piece(file, start, length, case=exhibit.packet.case)
    except NotOpened:
        return None
