"""The rows of an exhibit as a table, at any number of rows.

The hot loop of the packet: each distinct cell of a column is set once, a row is the
cells' operators put one after the other. A row is never parted, unless a whole page
can't hold it; the heading is repeated on each page.
"""

from collections.abc import Iterable
from itertools import chain

from disclosures.packet.contents import ColumnFacts, ExhibitFacts
from disclosures.packet.legible import legible
from disclosures.packet.schedule import faces, page
from disclosures.packet.schedule.cells import Cells, Set
from disclosures.packet.schedule.columns import Columns, columns
from disclosures.packet.schedule.faces import Role
from disclosures.packet.schedule.page import Kept, Line, Pages, down, lines, tall
from disclosures.packet.schedule.rows import Batch
from disclosures.packet.schedule.text import Style

# After how many rows it is asked again whether a column's cells are worth remembering.
_SETTLED = 5_000
_LEADING = 1.36
_SPACE, _SPACE_HEADING = 2.55, 3.1
_NUMBER_SHARE = 0.045
_MONO_SHARE = 0.8
# A heading that takes more of the page than this isn't repeated.
_REPEATED = 0.3
# How many lines of a row that is longer than a page stand under the first heading.
_BEGUN = 4


class Table:
    """One exhibit's columns on its pages; ``last_needs`` is kept under the last row."""

    def __init__(
        self, pages: Pages, exhibit: ExhibitFacts, *, last_needs: float
    ) -> None:
        self.pages, self.exhibit, self.last_needs = pages, exhibit, last_needs
        self.number_width = self._number_width()
        self.columns = self._columns()
        size = self.columns.size
        self.style = Style(Role.SANS, size, round(size * _LEADING, 3))
        self.above = _SPACE + down(self.style)
        self.patterns: dict[int, bytes] = {}
        self.shade = page.rectangle(self.left, self.right - self.left)
        self.is_headed = False
        self.repeated: Kept | None = None
        self.cells = [
            Cells(pages.setter, self.style, width, columns=len(exhibit.columns))
            for _, width in self.columns.text
        ]
        self.heading = [
            self._heading(column, room)
            for column, room in zip(exhibit.columns, self.columns.text, strict=True)
        ]

    def draw(self, batches: Iterable[Batch]) -> None:
        """Draw rows, the heading first."""
        self.pages.tag(page.TABLE, 0)
        for first, rows in batches:
            columns = zip(*rows, strict=True)
            drawn = [
                cells.set(column)
                for cells, column in zip(self.cells, columns, strict=True)
            ]
            self._rows(first, rows, drawn)
        self.pages.on_turn = None

    def _rows(self, first: int, rows: list[list[str]], drawn: list[Set]) -> None:
        pages, last = self.pages, self.exhibit.rows
        bottom, leading = pages.sheet.bottom, self.style.leading
        lines = map(max, zip(*(lines for _, lines in drawn), strict=True))
        cells = zip(*(shown for shown, _ in drawn), strict=True)
        for number, (most, shown) in enumerate(zip(lines, cells, strict=True), first):
            height = most * leading + 2 * _SPACE
            needs = height + self.last_needs if number == last else height
            if not self.is_headed:
                self._begin(needs)
            elif pages.y - needs < bottom and not pages.is_fresh:
                pages.turn()
            if pages.y - height < bottom:
                self._long(number, rows[number - first])
            else:
                self._row(number, shown, height)

    def _row(self, number: int, shown: tuple[bytes, ...], height: float) -> None:
        pages = self.pages
        y = pages.y
        pages.y = y - height
        if not number % 2:
            pages.shape(page.SHADE, self.shade % (y - height, height))
        if pages.is_fresh:
            pages.set(self.style, page.INK)
            pages.is_fresh = False
        digits = len(str(number))
        pattern = self.patterns.get(digits) or self._pattern(number, digits)
        if pages.tagged:
            first = pages.marks(len(shown) + 1)
            marked = chain.from_iterable(enumerate(shown, first + 1))
            pages.text.append(pattern % (y - self.above, first, number, *marked))
            pages.tag(page.ROW, len(shown) + 1)
        else:
            pages.text.append(pattern % (y - self.above, number, *shown))

    def _pattern(self, number: int, digits: int) -> bytes:
        """What all rows whose numbers are as long have in common."""
        x = self._number_x(number)
        begin = b"/%b<</MCID %%d>>BDC " if self.pages.tagged else b""
        end = b" EMC" if self.pages.tagged else b""
        parts = [b"1 0 0 1 %.6g %%.6g Tm " % x]
        parts += (begin and begin % b"TH", page.QUIET, b" (%d)Tj ", page.INK, end)
        for start, _ in self.columns.text:
            parts += (b" %.6g 0 Td " % (start - x), begin and begin % b"TD", b"%b", end)
            x = start
        self.patterns[digits] = b"".join(parts)
        return self.patterns[digits]

    def _long(self, number: int, cells: list[str]) -> None:
        """A row that no page holds: it begins here and goes on, line by line."""
        room = (self._number_x(number), self.number_width)
        setter = self.pages.setter
        counted = lines(setter, str(number), self.style, room, page.QUIET)
        texts = [
            lines(setter, setter.legible(cell), self.style, room)
            for cell, room in zip(cells, self.columns.text, strict=True)
        ]
        self.pages.flow(page.ROW, [counted, *texts], space=_SPACE)

    def _begin(self, first: float) -> None:
        """The heading, on this page if the first row has room under it too."""
        pages = self.pages
        self.is_headed = True
        pages.y -= 1.5 * 72 / 25.4
        height = self._heading_height() + 2 * _SPACE_HEADING
        if height + first > pages.sheet.top - pages.sheet.bottom:
            first = _BEGUN * self.style.leading
        if not pages.room(height + first):
            pages.turn()
        self._band(height)
        pages.flow(page.HEADING, self._low(), space=_SPACE_HEADING)
        pages.is_fresh, pages.on_turn = True, self._repeat

    def _repeat(self) -> None:
        """The heading on a further page; it was read on the first."""
        if self.repeated is None:
            self._draw_again()
            self.repeated = self.pages.kept()
        else:
            self.pages.begin_as(self.repeated)

    def _draw_again(self) -> None:
        pages = self.pages
        height = self._heading_height() + 2 * _SPACE_HEADING
        sheet = pages.sheet
        if height > _REPEATED * (sheet.top - sheet.bottom):
            return
        pages.y -= 1.5 * 72 / 25.4
        self._band(height)
        pages.text.append(b"/Artifact BMC")
        pages.y -= _SPACE_HEADING
        for line, y in self._placed():
            pages.set(line.style, line.colour)
            pages.text.append(b"1 0 0 1 %.6g %.6g Tm%b" % (line.x, y, line.shown))
        pages.text.append(b"EMC")
        pages.y -= self._heading_height() + _SPACE_HEADING

    def _placed(self) -> Iterable[tuple[Line, float]]:
        for cell in self._low():
            y = self.pages.y
            for line in cell:
                yield line, y - down(line.style)
                y -= line.style.leading

    def _band(self, height: float) -> None:
        pages = self.pages
        if pages.y - height < pages.sheet.bottom:
            return
        width = self.right - self.left
        pages.fill(page.BAND, self.left, width, height)
        line = page.rectangle(self.left, width)
        pages.shape(page.NAVY, line % (pages.y - height, 0.6))

    def _low(self) -> list[list[Line]]:
        """The heading's cells with blank lines above, so that all end at one height."""
        height = self._heading_height()
        cells = [self._number_heading(), *self.heading]
        return [[*_blank(height - tall(cell)), *cell] for cell in cells]

    def _heading_height(self) -> float:
        return max(map(tall, self.heading))

    def _heading(self, column: ColumnFacts, room: tuple[float, float]) -> list[Line]:
        setter, style = self.pages.setter, self.style
        bold = Style(Role.SANS_BOLD, style.size, style.leading)
        size = round(style.size * _MONO_SHARE, 3)
        mono = Style(Role.MONO, size, round(size * _LEADING, 3))
        cell = lines(setter, f"{column.title} ", bold, room, page.NAVY)
        if column.zone:
            after = setter.width(column.title + " ", bold)
            zone = lines(setter, f"{column.zone} ", style, room, page.NAVY)
            if after + setter.width(column.zone, style) <= room[1]:
                cell = [page.beside(cell[0], after, style, zone[0].shown)]
            else:
                cell += zone
        return cell + lines(setter, column.name, mono, room, page.GREY)

    def _number_heading(self) -> list[Line]:
        bold = Style(Role.SANS_BOLD, self.style.size, self.style.leading)
        width = self.pages.setter.width("Row", bold)
        x = max(self.left, self.left + self.number_width - 3.4 - width)
        return lines(self.pages.setter, "Row", bold, (x, 2 * width), page.NAVY)

    @property
    def left(self) -> float:
        """Where the table begins."""
        return self.pages.sheet.left

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.pages.sheet.right

    def _number_width(self) -> float:
        digits = len(str(self.exhibit.rows))
        least = _NUMBER_SHARE * (self.right - self.left)
        return max(least, digits * 4.4 + 6.8)

    def _number_x(self, number: int) -> float:
        digit = faces.faces()[Role.SANS].widths[48] * self.style.size / 1000
        end = self.left + self.number_width - 3.4
        return end - len(str(number)) * digit

    def _columns(self) -> Columns:
        one = Style(Role.SANS, 1, 1)
        setter = self.pages.setter
        return columns(
            self.exhibit,
            lambda text: setter.width(legible(text, faces.covers), one),
            self.left + self.number_width,
            self.right,
        )


def _blank(height: float) -> Iterable[Line]:
    """Nothing, as high as is wanted."""
    if height > 0:
        yield Line(Style(Role.SANS, 1, height), page.INK, b"", 0)
