"""The canonical CSV of an exhibit: written in pieces, hashed on the way, or absent.

RFC 4180 with CRLF, UTF-8, a header row of column names. NULL is an empty cell, an
empty text is a quoted one (``""``). The file takes its name only when it is complete;
after a failure nothing of it is left. The bytes are the records exactly: nothing is
neutralised for spreadsheets here. A row outside the signed scope (``guard``) isn't
written. Where they go is handed in: to a file on disk, or to one that is closed on the
way.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cases.growing import growing, half_of
from disclosures.sources.base import Out
from disclosures.sources.cells import Cells
from disclosures.sources.guard import Guard

_QUOTED = re.compile(r'[",\r\n]')
_CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"|([^",\n]*)')
_NEWLINE = "\r\n"


class PlainFile:
    """A file on disk that grows under a temporary name, for this user alone to read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Begin the file; what an earlier, interrupted pull left is thrown away."""
        self._stack = ExitStack()
        self._file = self._stack.enter_context(growing(self._path))
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
        self._stack.__exit__(kind, error, trace)


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

    def write_copied(self, rows: Sequence[bytes]) -> None:
        """Append those rows, as COPY sends them (``pgcopy``), that lie in the scope.

        Each is CSV in the canonical forms with a line feed. A last cell more says how
        many of the others are odd; it is empty where none is and the row belongs.

        Raises:
            UnicodeError: they aren't UTF-8.
        """
        whole, count = b"".join(rows), len(rows)
        ended = whole.replace(b",\n", _NEWLINE.encode())
        if (
            ended.count(b"\r") - whole.count(b"\r") == count == whole.count(b"\n")
            and not 0 < self._most_rows < self.rows + count
        ):  # every row ends with an empty cell, and no other line feed is in them
            whole.isascii() or whole.decode()
            self.rows += count
            self.total += count
            self._put(ended)
            return
        self._judge([str(row, "utf-8")[:-1].rpartition(",") for row in rows])

    def _judge(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Append those lines, each with its odd cells behind, that lie in the scope."""
        lines = [line for line, _comma, _odd in rows]
        judged = self._guard.judged(_columns(lines, self._guard.positions), len(lines))
        kept = self._kept(judged)
        self.cells.odd += sum(int(rows[place][2] or 0) for place in kept)
        self._end([lines[place] for place in kept])

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
        self._put(text.encode())

    def _put(self, data: bytes) -> None:
        self._sha256.update(data)
        self._sha512.update(data)
        self._out.write(data)
        self.size += len(data)


def discard(out: Path) -> None:
    """Remove what a process that was killed left of a file: it holds records."""
    for path in (out, half_of(out)):
        path.unlink(missing_ok=True)


def _columns(
    lines: Sequence[str], positions: Collection[int]
) -> dict[int, list[str | None]]:
    """The cells in some places of the lines."""
    columns: dict[int, list[str | None]] = {
        place: [line.split(",", place + 1)[place] or None for line in lines]
        for place in positions
        if not any('"' in line for line in lines)
    }
    if columns or not positions:
        return columns
    # A comma may stand inside a cell: read with care.
    cut = [_read(line, max(positions) + 1) for line in lines]
    return {place: [cells[place] for cells in cut] for place in positions}


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
