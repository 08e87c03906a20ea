"""What isn't produced of an exhibit: marks put to its rows, as the file passes through.

The collected file is read, hashed to its end, and never changed. What goes out is made
of it in one pass: a withheld row is left out, a redacted cell has a visible mark in the
place of its value, and every other byte is as collected. Where several marks meet, a
row is withheld rather than redacted, and the older mark gives the reason; so each place
counts once, in one line of the log. A redacted column is marked in every row, whether
or not there is a value: that there is none may be about somebody too.
Source: docs/policy.md, section "Examination and redaction".
"""

import csv
import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from cases import chain
from disclosures import kept
from disclosures.datamap.terms import Column
from disclosures.enums import Redaction, ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import Examination, Exhibit, Mark
from disclosures.packet import withheld

MOST_RUNS = 100_000
BY_MAP = "the data map"  # who made such a mark, as the log prints it
_FIELD = re.compile(rb'("(?:[^"]|"")*"|[^",]*)(,|\r\n)')
_RUN = re.compile(r"\s*(\d{1,12})\s*(?:[-\u2013]\s*(\d{1,12})\s*)?", re.ASCII)

Runs = tuple[tuple[int, int], ...]


def runs(text: str) -> Runs:
    """The runs of row numbers that somebody wrote, in order, joined where they meet.

    Raises:
        ValueError: it isn't made of numbers and ranges, or a range ends before it
            begins; its text says which part.
    """
    found = []
    for part in text.split(","):
        match = _RUN.fullmatch(part)
        first, last = (match[1], match[2] or match[1]) if match else ("0", "0")
        if not 1 <= int(first) <= int(last):
            raise ValueError(part.strip())
        found.append((int(first), int(last)))
    return joined(found)


def joined(found: Iterable[tuple[int, int]]) -> Runs:
    """Runs in order, made one where they meet."""
    made: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if made and first <= made[-1][1] + 1:
            made[-1] = made[-1][0], max(made[-1][1], last)
        else:
            made.append((first, last))
    return tuple(made)


def as_text(found: Iterable[tuple[int, int]]) -> str:
    """Runs as they are kept: ``3-7,12``."""
    return ",".join(
        f"{first}" if first == last else f"{first}-{last}" for first, last in found
    )


def of_numbers(numbers: Iterable[int]) -> Runs:
    """Runs of single row numbers, which ascend."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return tuple((first, last) for first, last in found)


class _Alike(kept.Rows):
    """Numbers of the rows that have one value in one column; two passes find them."""

    def __init__(self, column: str, row: int) -> None:
        super().__init__()
        self._column, self._row = column, row
        self._place = 0
        self.value: bytes | None = None
        self.numbers: list[int] = []

    def row(self, number: int, line: bytes) -> None:
        if not number:
            names = next(csv.reader([line.decode()], strict=True), [])
            self._place = names.index(self._column)
            return
        if self.value is None and number != self._row:
            return
        cell = _FIELD.findall(line)[self._place][0]
        if number == self._row:
            self.value = cell
        if cell == self.value:
            self.numbers.append(number)


def alike(exhibit: Exhibit, column: str, row: int) -> Runs:
    """The rows that have the same value in this column as the given one.

    Raises:
        CustodyBroken: the file is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
    """
    first = _Alike(column, row)
    kept.read(exhibit, first)
    first.end()
    again = _Alike(column, row)
    again.value = first.value
    kept.read(exhibit, again)
    again.end()
    return of_numbers(again.numbers)


def sign(reason: str) -> str:
    """What stands in the place of a value."""
    return f"[redacted: {reason}]"


@dataclass(frozen=True)
class Line:
    """One line of the log: how many rows, or cells of a column, aren't produced.

    Without a ``column`` whole rows were withheld. ``by`` made the marks.
    """

    column: str
    reason: str
    count: int
    by: str


@dataclass(frozen=True)
class Produced:
    """The file that goes out for an exhibit, in figures; ``lines`` is its log."""

    rows: int
    size: int
    sha256: str
    lines: tuple[Line, ...] = ()

    @property
    def withheld(self) -> int:
        """How many rows are left out."""
        return sum(line.count for line in self.lines if not line.column)

    @property
    def redacted(self) -> int:
        """How many values have a mark in their place."""
        return sum(line.count for line in self.lines if line.column)


class _Reach:
    """Which rows a mark is about; asked in ascending order or not."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        found = runs(mark.rows) if mark.rows else ()
        self._firsts = [first for first, _last in found]
        self._lasts = [last for _first, last in found]

    def holds(self, number: int) -> bool:
        if not self._firsts:
            return True
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]


class Marking:
    """The standing marks of one exhibit, put to one row after the other."""

    def __init__(self, marks: Sequence[Mark], columns: Sequence[str]) -> None:
        """``columns`` are the file's own.

        Raises:
            PacketBroken: a mark is about a column that the file doesn't have.
        """
        if {one.column for one in marks} - {"", *columns}:
            raise PacketBroken(_("A redaction mark names a column that isn't there."))
        reaches = [_Reach(one) for one in marks]
        self._rows = [one for one in reaches if not one.mark.column]
        self._cells = [
            (columns.index(one.mark.column), one)
            for one in reversed(reaches)  # the older mark is put last, and stays
            if one.mark.column
        ]

    def withheld(self, number: int) -> Mark | None:
        """By which mark a row is left out."""
        return next((one.mark for one in self._rows if one.holds(number)), None)

    def redacted(self, number: int) -> dict[int, Mark]:
        """The places of a row's redacted cells, with the mark of each."""
        return {place: one.mark for place, one in self._cells if one.holds(number)}


class Redacted(kept.Rows):
    """Takes an exhibit's plain bytes and writes those of the produced file."""

    def __init__(self, marks: Sequence[Mark], sink: kept.Sink | None = None) -> None:
        super().__init__()
        self._marks, self._sink = marks, sink
        self._marking = Marking((), ())
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._sha256 = hashlib.sha256()
        self._written = self._kept_rows = 0

    def row(self, number: int, line: bytes) -> None:
        """Write the row with what is redacted in it, or leave it out."""
        if not number:
            names = next(csv.reader([line.decode()], strict=True), [])
            self._marking = Marking(self._marks, names)
            self._write(line)
            return
        if mark := self._marking.withheld(number):
            self._counts["", mark.reason, mark.made_by_name] += 1
            return
        if found := self._marking.redacted(number):
            line = self._put(line, found)
        self._kept_rows += 1
        self._write(line)

    def _put(self, line: bytes, found: dict[int, Mark]) -> bytes:
        fields = _FIELD.findall(line)
        if b"".join(map(b"".join, fields)) != line:
            raise csv.Error
        for place, mark in found.items():
            fields[place] = (sign(mark.reason).encode(), fields[place][1])
            self._counts[mark.column, mark.reason, mark.made_by_name] += 1
        return b"".join(field + end for field, end in fields)

    def _write(self, line: bytes) -> None:
        self._sha256.update(line)
        self._written += len(line)
        if self._sink is not None:
            self._sink.write(line)

    def produced(self) -> Produced:
        """What was made, once everything was taken.

        Raises:
            csv.Error: the last row isn't complete.
        """
        self.end()
        lines = tuple(
            Line(column, reason, count, by)
            for (column, reason, by), count in sorted(self._counts.items())
        )
        return Produced(self._kept_rows, self._written, self._sha256.hexdigest(), lines)


def by_map(exhibit: Exhibit, columns: Iterable[Column], *, at: datetime) -> None:
    """Mark the columns about other people, as the collection writes an exhibit down.

    Call it in the transaction that does so.
    """
    for column in columns:
        if column.third_party:
            Mark.objects.create(
                exhibit=exhibit,
                number=next_number(exhibit),
                column=column.name,
                reason=Redaction.THIRD_PARTY,
                is_of_map=True,
                made_by_name=BY_MAP,
                made_at=at,
            )


def next_number(exhibit: Exhibit) -> int:
    """The number that the exhibit's next mark takes."""
    last: int | None = exhibit.marks.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def standing(exhibit: Exhibit) -> list[Mark]:
    """The exhibit's standing marks, the oldest first; one query, or none if fetched."""
    return [one for one in exhibit.marks.all() if one.lifted_at is None]


def digest(exhibit: Exhibit) -> str:
    """SHA-256 over what was collected, when, and the marks that stand on it."""
    finished = exhibit.finished_at
    said = [
        exhibit.sha256,
        finished.timestamp() if finished else None,
        as_data(standing(exhibit)),
    ]
    return hashlib.sha256(chain.canonical(said).encode()).hexdigest()


def as_data(marks: Iterable[Mark]) -> list[list[Any]]:
    """Marks as a digest covers them."""
    return [[one.number, one.rows, one.column, one.reason] for one in marks]


def passed(exhibit: Exhibit) -> Examination | None:
    """The examination that passed the exhibit exactly as it stands now."""
    found = [
        one
        for one in exhibit.examinations.all()
        if one.produced_sha256 and one.voided_at is None
    ]
    last = found[-1] if found else None
    return last if last and last.marks_digest == digest(exhibit) else None


def produced(exhibit: Exhibit) -> Produced:
    """What goes out of a collected exhibit: as it was passed, or as it would be now.

    Raises:
        CustodyBroken: the file is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
        PacketBroken: it can't be read as CSV, or a mark is about no column of it.
    """
    if not standing(exhibit):
        return Produced(exhibit.rows, exhibit.size, exhibit.sha256)
    if found := passed(exhibit):
        lines = tuple(Line(*line) for line in found.log)
        return Produced(
            found.produced_rows, found.produced_size, found.produced_sha256, lines
        )
    return derive(exhibit)


def derive(exhibit: Exhibit, sink: kept.Sink | None = None) -> Produced:
    """Make what goes out of the collected file, into ``sink`` if there is one.

    Believe what went into the sink once this has returned, and not before.

    Raises:
        CustodyBroken: the file is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
        PacketBroken: it can't be read as CSV, or a mark is about no column of it.
    """
    redacted = Redacted(standing(exhibit), sink)
    try:
        kept.read(exhibit, redacted)
        return redacted.produced()
    except (csv.Error, UnicodeDecodeError) as error:
        raise kept.no_csv(exhibit) from error


def answer(exhibit: Exhibit, made: Produced) -> dict[str, str]:
    """Code, its label and the statement of an answer as it goes out.

    An answer in full of which something isn't produced is one in part, and says so.
    """
    code, words = exhibit.response_code, [exhibit.said]
    if made.lines:
        words.append(withheld.statement(made.withheld, made.redacted))
        if code == ResponseCode.PRODUCED:
            code = ResponseCode.PRODUCED_PARTIAL
    return {
        "code": code,
        "code_label": str(ResponseCode(code).label) if code else "",
        "statement": " ".join(filter(None, words)),
    }


def copy(exhibit: Exhibit, folder: Path) -> Path | None:
    """What goes out, in a private folder; None where the answer has no file.

    Nothing that isn't produced is ever written there.

    Raises:
        CustodyBroken: the file is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
        PacketBroken: what came out isn't what the examiner passed.
    """
    if not exhibit.path or not standing(exhibit):
        return kept.copy(exhibit, folder)
    plain = folder / exhibit.file_name
    with plain.open("xb") as sink:
        made = derive(exhibit, sink)
    if made != produced(exhibit):
        plain.unlink()
        raise PacketBroken(
            _("Exhibit %(label)s as redacted isn't what was passed.")
            % {"label": exhibit.label}
        )
    return plain
