"""Plain text in one face: measured and broken without a loop over its characters.

Most cells of a schedule are seen once and never again, so setting them is the hot part
of the hot loop. A text of Windows-1252 is a byte a character, and the sum of a text's
widths is then a sum of bytes, which ``zlib`` takes at the speed of memory: the low half
of Adler-32 is one more than the sum of the bytes, modulo 65,521 (RFC 1950, 8.2).
"""

from collections.abc import Sequence
from zlib import adler32

# Where a line may end, after a space or else after one of these.
_MARKS = b"-/,;:)]}&?=|_.@+"
_MARK = b"-"
_MARKED = bytes(_MARK[0] if code in _MARKS else 0x78 for code in range(256))
# The part of a line that must be filled, for it to end where its text invites to.
FILLED = 0.5
# So many bytes can't sum up to the modulus of Adler-32.
_EXACT = 256
_LOW_HALF, _MODULUS = 0xFFFF, 65_521
_PARTED = b"\xff"
_SPACE = 32


class Plain:
    """Measures text of Windows-1252 by a face's ``widths``, in 1/1000 em a code.

    A width has at most two bytes.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        self._widths = widths
        self._low = bytes(width & 0xFF for width in widths)
        self._high = bytes(width >> 8 for width in widths)
        # A width that this can't hold counts as the widest, and the zero stays apart.
        rounded = [min(-(-width // 4), 254) for width in widths]
        self._rounded = bytes([255, *rounded[1:]])

    def width(self, text: bytes) -> int:
        """How wide the text is on one line, in 1/1000 em."""
        if len(text) > _EXACT:
            return sum(map(self._widths.__getitem__, text))
        high = (adler32(text.translate(self._high)) & _LOW_HALF) - 1
        return (high << 8) + (adler32(text.translate(self._low)) & _LOW_HALF) - 1

    def wider(self, cells: bytes, room: float) -> list[int]:
        """Which of many cells, each parted by a zero from the next, don't fit.

        Some more may be named that just do: a width is rounded up to a multiple of 4.
        """
        most = room / 4 + 1
        if most >= _MODULUS:
            return list(range(cells.count(b"\0") + 1))
        found = []
        for place, cell in enumerate(cells.translate(self._rounded).split(_PARTED)):
            if adler32(cell) & _LOW_HALF > most or len(cell) > _EXACT:
                found.append(place)
        return found

    def breaks(self, text: bytes, width: int, room: float) -> list[tuple[int, int]]:
        """Where each line begins and ends, for a text that is wider than its room."""
        found, start, left = [], 0, width
        marked = b""
        size = len(text)
        while left > room:
            stop, used = self._stop(text, start, room, left)
            if stop >= size:
                break
            full = stop
            if text[stop] == _SPACE and text[stop - 1] != _SPACE:
                stop += 1
            else:
                least = start + int((stop - start) * FILLED)
                at = text.rfind(b" ", least, stop)
                if at < 0:
                    marked = marked or text.translate(_MARKED)
                    at = marked.rfind(_MARK, least, stop)
                stop = at + 1 if at >= 0 else stop
            found.append((start, stop))
            left -= used + self._between(text, full, stop)
            start = stop
        if start < size:
            found.append((start, size))
        return found

    def _stop(self, text: bytes, start: int, room: float, left: int) -> tuple[int, int]:
        """Where the room is full, after one character at least; and what is used."""
        widths, size = self._widths, len(text)
        stop = min(start + int(room * (size - start) / left), size)
        used = self.width(text[start:stop])
        while used > room:
            stop -= 1
            used -= widths[text[stop]]
        while stop < size and used + widths[text[stop]] <= room:
            used += widths[text[stop]]
            stop += 1
        if stop == start:
            return start + 1, widths[text[start]]
        return stop, used

    def _between(self, text: bytes, one: int, other: int) -> int:
        """How much further the second place is than the first."""
        if other >= one:
            return self.width(text[one:other])
        return -self.width(text[other:one])
