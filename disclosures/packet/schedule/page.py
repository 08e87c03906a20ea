"""Pages being filled from top to bottom, and what is drawn on them besides rows.

A page is handed on as soon as it is full, so that no more than one is in memory. Its
tags are a list of what stands on it in order: kind, how many marked contents one such
thing has, and how many things of the kind follow each other. A ``+`` after a kind says
that the last one of the page before goes on.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from disclosures.packet.paper import Sheet
from disclosures.packet.schedule.faces import Role, faces
from disclosures.packet.schedule.text import Setter, Style

Tags = list[tuple[str, int, int]]
State = tuple[Style, bytes]
Sink = Callable[[bytes, Tags], None]

INK, GREY, QUIET = b".067 g", b".267 g", b".333 g"
NAVY, SHADE, BAND = b".078 .188 .31 rg", b".945 .957 .969 rg", b".91 .929 .953 rg"
RULE = b".6 g"
RUNNING = Style(Role.SANS, 7.5, 10.2)
# Kinds that only open something and have no content of their own.
SECTION, TABLE = "Sect", "Table"
# Rows, whose contents are cells: of a heading, and of the records.
HEADING, ROW = "THR", "TR"
_CONTENTS = {HEADING: "TH", ROW: "TD"}
_ELLIPSIS = "…"


@dataclass(frozen=True)
class Line:
    """One line: its style and colour, its operators and where it stands."""

    style: Style
    colour: bytes
    shown: bytes
    x: float


@functools.cache
def down(style: Style) -> float:
    """How far under the top of a line its letters stand."""
    measures = faces()[style.face].descriptor()
    above, below = measures["Ascent"][0] / 1000, -measures["Descent"][0] / 1000
    return (style.leading - (above + below) * style.size) / 2 + above * style.size


def lines(
    setter: Setter,
    text: str,
    style: Style,
    room: tuple[float, float],
    colour: bytes = INK,
) -> list[Line]:
    """A text's lines from ``x`` on in a ``width``; its own line breaks are kept.

    Where a line of the text ends, a blank is read.
    """
    x, width = room
    return [
        Line(style, colour, shown, x)
        for paragraph in text.replace("\n", " \n").split("\n")
        for shown in setter.lines(paragraph, style, width)
    ]


@dataclass(frozen=True)
class Kept:
    """The beginning of a page: how far down, what is drawn, and in which state."""

    y: float
    behind: tuple[bytes, ...]
    text: bytes
    filled: bytes
    state: State | None


def rectangle(x: float, width: float) -> bytes:
    """A pattern that is filled in with a rectangle's lower edge and its height."""
    return b"%.6g %%.6g %.6g %%.6g re f" % (x, width)


def beside(line: Line, after: float, style: Style, shown: bytes) -> Line:
    """The line with more in another style so far from its start."""
    more = b" %.6g 0 Td %b %b %.6g 0 Td %b"
    both = line.shown + more % (after, style.begin, shown, -after, line.style.begin)
    return Line(line.style, line.colour, both, line.x)


class Pages:
    """The pages of a block, one after the other."""

    def __init__(
        self, sheet: Sheet, setter: Setter, sink: Sink, *, tagged: bool
    ) -> None:
        self.sheet, self.setter, self.tagged = sheet, setter, tagged
        self.y = sheet.top
        self.is_fresh = True
        self.marked = 0
        self.behind: list[bytes] = []
        self.text: list[bytes] = []
        # What is drawn first on each page that a thing goes on to.
        self.on_turn: Callable[[], None] | None = None
        self._sink = sink
        self._tags: Tags = []
        self._running = b""
        self._state: State | None = None
        self._filled = b""

    def open(self, running: str, *, is_first: bool) -> None:
        """Begin pages under a running head, of a new exhibit or of one that goes on."""
        self._running = self._head(running)
        self.tag(SECTION if is_first else SECTION + "+", 0)
        self._begin()

    def close(self) -> None:
        """Hand on the page that is open, if there is one."""
        if self._running:
            self._end()
            self._running = b""

    def turn(self) -> None:
        """Go on to the next page."""
        self._end()
        self._begin()
        if self.on_turn:
            self.on_turn()
            self.is_fresh = True

    def tag(self, kind: str, contents: int) -> None:
        """Note what comes next, with how many marked contents."""
        last = self._tags[-1] if self._tags else ("", 0, 0)
        if contents and last[:2] == (kind, contents):
            self._tags[-1] = (kind, contents, last[2] + 1)
        else:
            self._tags.append((kind, contents, 1))

    def mark(self, kind: str) -> bytes:
        """The operator that begins the next marked content."""
        if not self.tagged:
            return b""
        self.marked += 1
        return b"/%b<</MCID %d>>BDC " % (kind.encode(), self.marked - 1)

    def marks(self, count: int) -> int:
        """The first number of so many marked contents that come next."""
        self.marked += count
        return self.marked - count

    def set(self, style: Style, colour: bytes) -> None:
        """Set the style and the colour, unless they are."""
        if (style, colour) != self._state:
            self.text.append(style.begin + b" " + colour)
            self._state = (style, colour)

    def fill(self, colour: bytes, x: float, width: float, height: float) -> None:
        """A rectangle from here down, behind the text."""
        self.shape(colour, rectangle(x, width) % (self.y - height, height))
        self.is_fresh = False

    def shape(self, colour: bytes, shape: bytes) -> None:
        """Fill a shape behind the text."""
        if colour != self._filled:
            self.behind.append(colour)
            self._filled = colour
        self.behind.append(shape)

    def kept(self) -> Kept:
        """What stands on this page so far, to begin others with."""
        text = b"\n".join(self.text)
        return Kept(self.y, tuple(self.behind), text, self._filled, self._state)

    def begin_as(self, kept: Kept) -> None:
        """Draw on an empty page what was drawn on another."""
        self.y, self.behind, self.text = kept.y, list(kept.behind), [kept.text]
        self._filled, self._state = kept.filled, kept.state

    def room(self, height: float) -> bool:
        """Whether as much fits on this page; what fits on no page does on a new one."""
        return self.y - height >= self.sheet.bottom or self.is_fresh

    def flow(self, kind: str, cells: Sequence[Sequence[Line]], *, space: float) -> None:
        """Draw cells side by side; what doesn't fit goes on on the next page.

        They aren't parted if a page can hold them. ``space`` is kept above and below.
        """
        height = max(map(tall, cells), default=0) + 2 * space
        if not self.room(height):
            self.turn()
        self.y -= space
        done = [0] * len(cells)
        going_on = ""
        while True:
            stops = [self._stop(cell, at) for cell, at in zip(cells, done, strict=True)]
            self.tag(kind + going_on, len(cells))
            heights = [
                self._draw(kind, cell[at:stop])
                for cell, at, stop in zip(cells, done, stops, strict=True)
            ]
            self.y -= max(heights, default=0)
            self.is_fresh = False
            done, going_on = stops, "+"
            if all(at == len(cell) for cell, at in zip(cells, done, strict=True)):
                break
            self.turn()
        self.y -= space

    def _stop(self, cell: Sequence[Line], at: int) -> int:
        """How many of a cell's lines fit; at least one does."""
        left = self.y - self.sheet.bottom
        stop = at
        while stop < len(cell) and left >= cell[stop].style.leading:
            left -= cell[stop].style.leading
            stop += 1
        is_stuck = stop == at and at < len(cell) and self.is_fresh
        return stop + is_stuck

    def _draw(self, kind: str, cell: Sequence[Line]) -> float:
        begin = self.mark(_CONTENTS.get(kind, kind))
        self.text.append(begin)
        y = self.y
        for line in cell:
            self.set(line.style, line.colour)
            at = (line.x, y - down(line.style), line.shown)
            self.text.append(b"1 0 0 1 %.6g %.6g Tm%b" % at)
            y -= line.style.leading
        if begin:
            self.text.append(b"EMC")
        return self.y - y

    def _head(self, running: str) -> bytes:
        """The running head and its rule; one line, as all of it stands below it."""
        sheet = self.sheet
        shown, width = running, sheet.right - sheet.left
        while len(self.setter.lines(shown, RUNNING, width)) > 1:
            shown = shown.removesuffix(_ELLIPSIS)[:-1] + _ELLIPSIS
        return b"/Artifact BMC %b %.6g %.6g %.6g .4 re f BT %b %b %b ET EMC" % (
            RULE,
            *(sheet.left, sheet.top + 0.2, width),
            RUNNING.begin + b" " + GREY,
            b"1 0 0 1 %.6g %.6g Tm" % (sheet.left, sheet.top + 8.1),
            self.setter.lines(shown, RUNNING, width)[0],
        )

    def _begin(self) -> None:
        self.y, self.marked = self.sheet.top, 0
        self.is_fresh = True
        self.behind, self.text, self._state = [], [], None
        self._filled = b""

    def _end(self) -> None:
        behind = b"\n".join(self.behind)
        body = b"%b\n/Artifact BMC %b EMC\nBT\n%b\nET\n" % (
            self._running,
            behind,
            b"\n".join(self.text),
        )
        self._sink(body, self._tags if self.tagged else [])
        self._tags = []


def tall(cell: Sequence[Line]) -> float:
    """A cell's height."""
    return sum(line.style.leading for line in cell)
