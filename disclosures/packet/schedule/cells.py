"""The cells of one column, set many at a time.

Cells that come again are remembered; where few do, as with times and keys, none are. A
batch of plain cells is set as one text: measured, escaped and parted again by calls
that each go over all of it. Only cells that wrap, or need shaping, are set one by one.
None of this makes a difference to what is drawn.
"""

from collections.abc import Sequence

from disclosures.packet.schedule import faces
from disclosures.packet.schedule.plain import Plain
from disclosures.packet.schedule.text import Setter, Style, escaped, plain_lines

# A cell's operators, from the start of its first line and back to it, and its lines;
# and those of many cells.
Cell = tuple[bytes, int]
Set = tuple[Sequence[bytes], Sequence[int]]
# How many cells a table remembers, and how many characters of a column's.
_REMEMBERED, _HELD = 24_000, 1 << 20
# After so many cells it is asked which part of them were new; a larger one isn't kept.
_TRIED, _NEW = 4_000, 0.7
_PARTED = "\0"
_PRINTABLE = bytes(range(32, 127))


class Cells:
    """Sets the cells of one of a table's ``columns`` columns, ``width`` points wide."""

    def __init__(
        self, setter: Setter, style: Style, width: float, *, columns: int
    ) -> None:
        self._setter, self._style, self._width = setter, style, width
        self._room = width * 1000 / style.size
        self._plain: Plain = faces.faces()[style.face].plain
        self._known: dict[str, Cell] = {}
        self._most = _REMEMBERED // columns
        self._seen = self._new = self._held = 0
        self._is_kept = True

    def set(self, cells: Sequence[str]) -> Set:
        """Set cells, one under the other."""
        if not self._is_kept:
            return self._fresh(cells)
        known = self._known
        different = dict.fromkeys(cells)
        new = [one for one in different if one not in known]
        self._weigh(len(cells), new)
        if not self._is_kept:
            return self._fresh(cells)
        if new:
            if not known:  # it was full
                new = list(different)
            known.update(zip(new, zip(*self._fresh(new), strict=True), strict=True))
        shown, lines = zip(*map(known.__getitem__, cells), strict=True)
        return shown, lines

    def _weigh(self, seen: int, new: list[str]) -> None:
        """Forget what is known if it is too much, or not worth it."""
        self._seen += seen
        self._new += len(new)
        self._held += sum(map(len, new))
        if self._seen >= _TRIED:
            self._is_kept = self._new < _NEW * self._seen
            self._seen = self._new = 0
        is_full = len(self._known) + len(new) > self._most or self._held > _HELD
        if is_full or not self._is_kept:
            self._known.clear()
            self._held = 0

    def _fresh(self, cells: Sequence[str]) -> Set:
        text = _PARTED.join(cells)
        odd: list[int] = []
        if not _is_plain(text, len(cells)) or not all(cells):
            odd = [place for place, one in enumerate(cells) if not _is_plain(one, 1)]
            plain = list(cells)
            for place in odd:
                plain[place] = ""
            text = _PARTED.join(plain)
        data = text.encode()
        wide = self._plain.wider(data, self._room)
        shown = b"(%b)Tj" % escaped(data).replace(b"\0", b")Tj\0(")
        drawn, lines = shown.split(b"\0"), [1] * len(cells)
        if len(odd) < len(cells):
            self._setter.ink.plain.add(self._style.face)
        for place in wide:
            drawn[place], lines[place] = self._wrapped(
                plain_lines(self._plain, cells[place].encode(), self._room)
            )
        for place in odd:
            drawn[place], lines[place] = self._odd(cells[place])
        return drawn, lines

    def _odd(self, cell: str) -> Cell:
        if not cell:
            return b"", 1
        text = self._setter.legible(cell)
        return self._wrapped(self._setter.lines(text, self._style, self._width))

    def _wrapped(self, lines: Sequence[bytes]) -> Cell:
        if len(lines) == 1:
            return lines[0], 1
        back = (len(lines) - 1) * self._style.leading
        return b"%b 0 %.6g Td" % (b" T* ".join(lines), back), len(lines)


def _is_plain(text: str, count: int) -> bool:
    """Whether so many cells are all ASCII that prints, and none of them is empty."""
    if not text.isascii():
        return False
    return bool(text) and len(text.encode().translate(None, _PRINTABLE)) == count - 1
