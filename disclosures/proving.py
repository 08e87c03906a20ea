"""Proof that nothing redacted stands in a finished production, before it is sealed.

Two proofs, since a value that is redacted in one place may lawfully stand in another
(the address of a person's own log-in, where a team-mate used it too):

* by place: each enclosed file is read beside what was collected, cell by cell. A marked
  cell has its mark and nothing else, a withheld row isn't there, and all else is as it
  was. The printed schedules are drawn from these files alone.
* by search: each redacted value that stands nowhere in what is lawfully enclosed is
  sought in the whole finished production (``packet.search``).

A hit, or a place that isn't as it has to be, stops the seal.
Source: docs/decisions/0022-proof-of-redaction.md; features.md, row P6.
"""

import csv
import io
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from disclosures import kept, marks
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit, Mark, Packet
from disclosures.packet import contents, letters, seal, search, withheld, wording

_OWN_WORDS = (wording, withheld)  # modules whose sentences the packet prints


def prove(packet: Packet, said: contents.PacketFacts, folder: Path) -> None:
    """Let a finished production be sealed that holds nothing redacted.

    ``folder`` is the production as it will be handed over; its archive lies beside.

    Raises:
        PacketBroken: it does; the sentence names the place and never the value.
        CustodyBroken: an exhibit is no longer what was collected.
        KeyGone: the case's key was destroyed.
    """
    gone: dict[str, str] = {}
    rows = packet.exhibits.select_related("target").prefetch_related("marks")
    for exhibit in rows:
        exhibit.packet = packet
        if exhibit.path and marks.standing(exhibit):
            enclosed = folder / seal.EXHIBITS / exhibit.file_name
            gone |= _by_place(exhibit, enclosed)
    if not gone:
        return
    lawful = search.plain("\n".join(_lawful(said, folder)))
    sought = {value: place for value, place in gone.items() if not _in(value, lawful)}
    archive = folder.with_suffix(".zip")
    if found := search.search(folder, search.Sought(sought), archive):
        raise PacketBroken(
            _("What is redacted at %(found)s The packet wasn't sealed.")
            % {"found": found}
        )


def _in(value: str, text: str) -> bool:
    return search.plain(value) in text


def _lawful(said: contents.PacketFacts, folder: Path) -> Iterator[str]:
    """What the packet may hold: its facts, its own words, the files proved by place."""
    yield from _texts(said)
    for module in _OWN_WORDS:
        yield Path(str(module.__file__)).read_text(encoding="utf-8")
    pages = letters.TEMPLATES / "disclosures" / "packet"
    for path in sorted(pages.glob("*.html")):
        yield path.read_text(encoding="utf-8")
    for path in sorted((folder / seal.EXHIBITS).glob("*.csv")):
        yield path.read_text(encoding="utf-8")


def _texts(one: Any) -> Iterator[str]:
    if isinstance(one, str):
        yield one
    elif is_dataclass(one):
        for each in fields(one):
            yield from _texts(getattr(one, each.name))
    elif isinstance(one, tuple | list):
        for inner in one:
            yield from _texts(inner)


def _by_place(exhibit: Exhibit, enclosed: Path) -> dict[str, str]:
    """Each value that isn't enclosed with its place, once every place was compared."""
    with enclosed.open("rb") as file:
        comparing = _Comparing(exhibit, file)
        kept.read(exhibit, comparing)
        comparing.ended()
    return comparing.gone


class _Comparing(kept.Rows):
    """Takes the collected bytes and reads the enclosed file beside them.

    It shares nothing with what made that file but the runs of rows of each mark.
    """

    def __init__(self, exhibit: Exhibit, enclosed: Any) -> None:
        super().__init__()
        self.gone: dict[str, str] = {}
        self._exhibit = exhibit
        text = io.TextIOWrapper(enclosed, "utf-8", newline="")
        self._enclosed = csv.reader(text, strict=True)
        self._columns: list[str] = []
        self._whole: list[tuple[Mark, marks.Runs]] = []
        self._cells: list[tuple[Mark, marks.Runs]] = []
        for one in marks.standing(exhibit):
            found = marks.runs(one.rows) if one.rows else ((1, exhibit.rows),)
            (self._cells if one.column else self._whole).append((one, found))

    def row(self, number: int, line: bytes) -> None:
        """Compare one row."""
        (cells,) = csv.reader(io.StringIO(line.decode(), newline=""), strict=True)
        if not number:
            self._columns = cells
        elif any(_holds(found, number) for _mark, found in self._whole):
            for place, cell in enumerate(cells):
                self._leave_out(number, place, cell)
            return
        wanted = list(cells)
        for place, cell in enumerate(cells) if number else ():
            if mark := self._mark(number, self._columns[place]):
                wanted[place] = marks.sign(mark.reason)
                self._leave_out(number, place, cell)
        if next(self._enclosed, None) != wanted:
            raise self._not_so(number)

    def ended(self) -> None:
        """Nothing more is enclosed.

        Raises:
            PacketBroken: there is.
        """
        self.end()
        if next(self._enclosed, None) is not None:
            raise self._not_so(self.number)

    def _mark(self, number: int, column: str) -> Mark | None:
        found = (
            mark
            for mark, rows in self._cells
            if mark.column == column and _holds(rows, number)
        )
        return next(found, None)

    def _leave_out(self, number: int, place: int, cell: str) -> None:
        if cell:
            column = self._columns[place]
            where = f"{self._exhibit.label}, row {number}, column {column},"
            self.gone.setdefault(cell, where)

    def _not_so(self, number: int) -> PacketBroken:
        return PacketBroken(
            _("%(label)s as enclosed isn't what was passed, from row %(row)s on.")
            % {"label": self._exhibit.label, "row": number}
        )


def _holds(found: marks.Runs, number: int) -> bool:
    place = bisect_right(found, (number, sys.maxsize)) - 1
    return place >= 0 and number <= found[place][1]
