"""The canonical CSV of an exhibit: written in pieces, hashed on the way, or absent.

RFC 4180 with CRLF, UTF-8, a header row of column names. NULL is an empty cell, an
empty text is a quoted one (``""``). The file takes its name only when it is complete;
after a failure nothing of it is left. The bytes are the records exactly: nothing is
neutralised for spreadsheets here. A row outside the signed scope (``guard``) isn't
written. Where they go is handed in: to a file on disk, or to one that is closed on the
way.
"""

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from disclosures.sources.base import Out
from disclosures.sources.cells import Cells
from disclosures.sources.guard import Guard

_QUOTED = re.compile(r'[",\r\n]')
_CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"|([^",\n]*)')
_NEWLINE = "\r\n"
_BETWEEN = "\n,"  # two rows that come by COPY
_GROWING = ".part"


class PlainFile:
    """A file on disk that grows under a temporary name, for this user alone to read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._growing = path.with_name(f"{path.name}{_GROWING}")

    def __enter__(self) -> Self:
        """Begin the file; what an earlier, interrupted pull left is thrown away."""
        self._growing.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = os.fdopen(os.open(self._growing, flags, 0o600), "wb")
        return self

    def write(self, data: bytes, /) -> int:
        """Take a piece."""
        return self._file.write(data)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the whole file its name, or leave nothing."""
        try:
            self._file.close()
            if error is None:
                self._growing.replace(self._path)
        finally:
            self._growing.unlink(missing_ok=True)


class CsvFile:
    """One exhibit's file on its way; ``rows``, ``size`` and the hashes grow with it.

    It holds at most ``most_rows`` (0: as many as there are); ``total`` counts those as
    well that found no room.
    """

    def __init__(self, out: Out | Path, guard: Guard, most_rows: int = 0) -> None:
        self.rows = 0
        self.total = 0
        self._most_rows = most_rows
        self.size = 0
        self.cells = Cells(guard.columns)
        self._guard = guard
        self._out = PlainFile(out) if isinstance(out, Path) else out
        self._sha256 = hashlib.sha256()
        self._sha512 = hashlib.sha512()
        self._header = ",".join(column.name for column in guard.columns) + _NEWLINE

    def __enter__(self) -> Self:
        """Begin the file."""
        self._guard.begin()
        self._out.__enter__()
        self._append(self._header)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the whole file its name, or leave nothing."""
        self._out.__exit__(kind, error, trace)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append those rows, as the driver returned them, that lie in the scope.

        Raises:
            MisfitError: a value's type doesn't fit its column.
        """
        rows, odd = list(rows), self.cells.odd
        made = [self.cells.row(row) for row in rows]
        kept = self._kept(self._guard.belonging(made))
        if len(kept) < len(rows):
            self.cells.odd = odd  # counted again: what was left out isn't in the file
            for place in kept:
                self.cells.row(rows[place])
            made = [made[place] for place in kept]
        self._end([",".join(map(_cell, cells)) for cells in made])

    def write_lines(self, lines: Sequence[str]) -> None:
        """Append those rows, CSV already, that lie in the scope.

        Each is a row's cells in their canonical form, a line feed behind them; a first
        cell in front says how many of them are odd, or nothing.
        """
        positions = self._guard.positions
        judged = self._guard.judged(_columns(lines, positions), len(lines))
        kept = self._kept(judged)
        if len(kept) < len(lines):
            lines = [lines[place] for place in kept]
        whole = "".join(lines)
        if whole[:1] == "," and whole.count(_BETWEEN) + 1 == whole.count("\n") == len(
            lines
        ):
            # No cell is odd or holds a line feed: what stands between rows is replaced.
            self.rows += len(lines)
            self._append(f"{whole[1:-1].replace(_BETWEEN, _NEWLINE)}{_NEWLINE}")
            return
        odd = (line.partition(",")[0] for line in lines if line[0] != ",")
        self.cells.odd += sum(map(int, odd))
        self._end([line[line.index(",") + 1 : -1] for line in lines])

    def _kept(self, judged: list[bool]) -> list[int]:
        """The places of the rows that belong and find room."""
        kept = [place for place, belongs in enumerate(judged) if belongs]
        self.total += len(kept)
        return kept[: self._most_rows - self.rows] if self._most_rows else kept

    def _end(self, lines: list[str]) -> None:
        self.rows += len(lines)
        self._append(_NEWLINE.join([*lines, ""]))

    @property
    def sha256(self) -> str:
        """The hash of what has been written."""
        return self._sha256.hexdigest()

    @property
    def sha512(self) -> str:
        """The longer hash of what has been written."""
        return self._sha512.hexdigest()

    def _append(self, text: str) -> None:
        data = text.encode()
        self._sha256.update(data)
        self._sha512.update(data)
        self._out.write(data)
        self.size += len(data)


def discard(out: Path) -> None:
    """Remove what a process that was killed left of a file: it holds records."""
    for path in (out, out.with_name(f"{out.name}{_GROWING}")):
        path.unlink(missing_ok=True)


def _columns(
    lines: Sequence[str], positions: Collection[int]
) -> dict[int, list[str | None]]:
    """The cells in some places of the lines, which have one cell more in front."""
    if not positions:
        return {}
    columns: dict[int, list[str | None]] = {
        place: [
            line.split(",", place + 2)[place + 1].rstrip("\n") or None for line in lines
        ]
        for place in positions
    }
    last = max(positions)
    # A comma may stand inside a cell: read those lines with care.
    quoted = [number for number, line in enumerate(lines) if '"' in line]
    for number in quoted:
        cells = _read(lines[number], last + 2)
        for place in positions:
            columns[place][number] = cells[place + 1]
    return columns


def _read(line: str, count: int) -> list[str | None]:
    """The first so many cells of a line."""
    found: list[str | None] = []
    at = 0
    while len(found) < count:
        match = _CELL.match(line, at)
        quoted, plain = match.groups() if match else (None, "")
        found.append(plain or None if quoted is None else quoted.replace('""', '"'))
        at = match.end() + 1 if match else at
    return found


def _cell(text: str | None) -> str:
    if text is None:
        return ""
    if not text or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
