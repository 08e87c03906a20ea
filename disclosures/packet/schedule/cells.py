"""The cells of one column: each is set once, those that come again are remembered.

Where few come again, as times and keys don't, none are remembered any more. What is
remembered makes no difference to what is drawn.
"""

from disclosures.packet.legible import legible
from disclosures.packet.schedule import faces
from disclosures.packet.schedule.text import Setter, Style, plain_lines

# A cell's operators, from the start of its first line and back to it, and its lines.
Cell = tuple[bytes, int]
# How many cells a table remembers, and how long one may be.
_REMEMBERED, _LONGEST = 24_000, 200
# After so many new cells it is asked whether they come again, so often at least.
_TRIED, _AGAIN = 2_000, 0.2


class Cells:
    """Sets the cells of one of ``columns`` columns; ``known`` holds those it has."""

    def __init__(
        self, setter: Setter, style: Style, width: float, *, columns: int
    ) -> None:
        self.known: dict[str, Cell] = {}
        self._setter, self._style, self._width = setter, style, width
        self._room = width * 1000 / style.size
        self._plain = faces.faces()[style.face].plain
        self._most = _REMEMBERED // columns
        self._new = 0
        self._is_kept = True

    def set(self, cell: str) -> Cell:
        """Set a cell that isn't known."""
        shown = self._lines(cell)
        count = len(shown)
        if count > 1:
            back = (count - 1) * self._style.leading
            drawn = b"%b 0 %.6g Td" % (b" T* ".join(shown), back), count
        else:
            drawn = shown[0], 1
        if self._is_kept and len(cell) <= _LONGEST:
            self._keep(cell, drawn)
        return drawn

    def settle(self, rows: int) -> None:
        """After so many rows: whether cells come again often enough to remember them."""
        if self._new >= _TRIED:
            self._is_kept = self._new < (1 - _AGAIN) * rows
            if not self._is_kept:
                self.known.clear()

    def _keep(self, cell: str, drawn: Cell) -> None:
        self._new += 1
        if len(self.known) >= self._most:
            self.known.clear()
        self.known[cell] = drawn

    def _lines(self, cell: str) -> list[bytes] | tuple[bytes, ...]:
        # Printable text of Windows-1252 is legible as it is.
        if cell.isprintable():
            if cell.isascii():
                if cell:
                    self._setter.ink.plain.add(self._style.face)
                    return plain_lines(self._plain, cell.encode(), self._room)
                return (b"",)
        text = legible(cell, faces.covers)
        return self._setter.lines(text, self._style, self._width) or (b"",)
