"""The schedules' structure tree, made from the pages' tags while they are written.

A section an exhibit; in it a heading, paragraphs and a table, whose rows are headed by
their number. What goes on over a page's end stays one element (PDF 1.7, 14.7).
"""

from dataclasses import dataclass, field

from disclosures.packet.schedule.page import HEADING, ROW, SECTION, TABLE, Tags
from disclosures.packet.schedule.writer import Writer, references

_GOES_ON = "+"
_COLUMN = b"/A<</O/Table/Scope/Column>>"
_OF_ROW = b"/A<</O/Table/Scope/Row>>"


@dataclass
class _Element:
    """An element that may still go on: its contents by page and number on it."""

    number: int
    kind: bytes
    parent: int
    more: bytes = b""
    contents: list[tuple[int, int]] = field(default_factory=list)


class Structure:
    """The elements of the schedules; ``document`` is the element they hang under.

    ``key`` is the first number that is free in the parent tree.
    """

    def __init__(self, writer: Writer, document: int, key: int) -> None:
        self.sections: list[int] = []
        # Key and reference of each page's contents, for the parent tree.
        self.parents: list[tuple[int, int]] = []
        self._writer, self._document, self._key = writer, document, key
        self._section: list[int] = []
        self._table: tuple[int, int, int] | None = None
        self._is_headed = False
        self._rows: list[int] = []
        self._open: list[_Element] = []

    def page(self, page: int, tags: Tags) -> int:
        """Take a page's tags; the page's own key in the parent tree."""
        contents: list[int] = []
        if not self.sections and tags and tags[0][0] != SECTION:
            self._begin_section()  # of an exhibit that another volume begins
        for kind, count, times in tags:
            if kind == SECTION:
                self._begin_section()
            elif kind == TABLE:
                self._begin_table()
            elif count:
                # Of many rows only the last may go on on the next page.
                whole = times - 1 if kind == ROW else 0
                if whole:
                    self._take_rows(page, count, whole, contents)
                for _ in range(times - whole):
                    self._take(page, kind, count, contents)
        key = self._key + len(self.parents)
        self.parents.append((key, self._writer.add(references(contents))))
        return key

    @property
    def following(self) -> int:
        """The first number that is free in the parent tree now."""
        return self._key + len(self.parents)

    def finish(self) -> None:
        """Write what is still open."""
        self._end_section()

    def _take_rows(
        self, page: int, count: int, times: int, contents: list[int]
    ) -> None:
        """Rows that are whole: most elements are theirs, so these are made at once."""
        self._flush()
        _, _, body = self._table or self._begin_table()
        size = count + 1
        first = self._writer.reserve(size * times)
        row_of = b"<</S/TR/P %d 0 R/K[%%d 0 R%b]>>" % (body, b" %d 0 R" * (count - 1))
        head_of = b"<</S/TH/P %%d 0 R%b/Pg %d 0 R/K[%%d]>>" % (_OF_ROW, page)
        cell_of = b"<</S/TD/P %%d 0 R/Pg %d 0 R/K[%%d]>>" % page
        made: list[tuple[int, bytes]] = []
        for row in range(first, first + size * times, size):
            cells = range(row + 1, row + size)
            marked = len(contents)
            contents += cells
            made.append((row, row_of % tuple(cells)))
            made.append((row + 1, head_of % (row, marked)))
            for cell in cells[1:]:
                marked += 1
                made.append((cell, cell_of % (row, marked)))
        self._writer.add_all(made)
        self._rows += range(first, first + size * times, size)

    def _take(self, page: int, kind: str, count: int, contents: list[int]) -> None:
        if not (kind.endswith(_GOES_ON) and self._open):
            kind = kind.removesuffix(_GOES_ON)
            self._flush()
            self._open = self._elements(kind, count)
        for place in range(count):
            element = self._open[min(place, len(self._open) - 1)]
            element.contents.append((page, len(contents)))
            contents.append(element.number)

    def _elements(self, kind: str, count: int) -> list[_Element]:
        """New elements: a heading has all its contents, anything else one each."""
        if kind in (ROW, HEADING):
            return self._cells(kind, count)
        first = self._writer.reserve(1 if kind == "H2" else count)
        numbers = [first] if kind == "H2" else list(range(first, first + count))
        self._leave_table()
        self._section += numbers
        parent = self.sections[-1]
        return [_Element(number, kind.encode(), parent) for number in numbers]

    def _cells(self, kind: str, count: int) -> list[_Element]:
        # Of an exhibit that another volume begins; its heading was read there.
        table, head, body = self._table or self._begin_table()
        row = self._writer.reserve(1 + count)
        cells = list(range(row + 1, row + 1 + count))
        parent = head if kind == HEADING else body
        self._writer.add(b"<</S/TR/P %d 0 R/K%b>>" % (parent, references(cells)), row)
        if kind == HEADING:
            self._is_headed = True
            self._writer.add(b"<</S/THead/P %d 0 R/K[%d 0 R]>>" % (table, row), head)
            return [_Element(cell, b"TH", row, _COLUMN) for cell in cells]
        self._rows.append(row)
        first, *others = cells
        return [
            _Element(first, b"TH", row, _OF_ROW),
            *(_Element(cell, b"TD", row) for cell in others),
        ]

    def _begin_section(self) -> None:
        self._end_section()
        self.sections.append(self._writer.reserve())

    def _end_section(self) -> None:
        self._leave_table()
        if self.sections and self._section:
            body = (self._document, references(self._section))
            self._writer.add(b"<</S/Sect/P %d 0 R/K%b>>" % body, self.sections[-1])
        self._section = []

    def _begin_table(self) -> tuple[int, int, int]:
        self._leave_table()
        number = self._writer.reserve(3)
        table = self._table = (number, number + 1, number + 2)
        self._rows, self._is_headed = [], False
        self._section.append(number)
        return table

    def _leave_table(self) -> None:
        self._flush()
        if self._table is None:
            return
        table, head, body = self._table
        self._writer.add(
            b"<</S/Table/P %d 0 R/K%b>>"
            % (self.sections[-1], references([head, body][not self._is_headed :])),
            table,
        )
        rows = references(self._rows)
        self._writer.add(b"<</S/TBody/P %d 0 R/K%b>>" % (table, rows), body)
        self._table = None

    def _flush(self) -> None:
        for one in self._open:
            self._writer.add(
                b"<</S/%b/P %d 0 R%b%b>>"
                % (one.kind, one.parent, one.more, _kids(one.contents)),
                one.number,
            )
        self._open = []


def _kids(contents: list[tuple[int, int]]) -> bytes:
    first = contents[0][0]
    kids = b" ".join(
        b"%d" % number
        if page == first
        else b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (page, number)
        for page, number in contents
    )
    return b"/Pg %d 0 R/K[%b]" % (first, kids)
