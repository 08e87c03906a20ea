"""A PDF written from front to end: what is written is forgotten.

Objects that aren't streams go into object streams, all places into one cross-reference
stream at the end (PDF 1.7, 7.5.7 and 7.5.8). Memory is a few bytes an object.
"""

import array
import hashlib
import itertools
import sys
import zlib
from collections.abc import Iterable
from typing import IO, TypeVar

T = TypeVar("T")
_TOGETHER = 200
# Tags are so much alike that more effort takes twice the time and saves a twentieth.
_LEVEL, _LEVEL_PACKED = 6, 3
_FREE, _PLAIN, _PACKED = 0, 1, 2
_TREE = 64


class Writer:
    """Objects by number: ``reserve`` gives the numbers, each is written once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._position = 0
        self._kinds = array.array("B", [_FREE])
        self._places = array.array("Q", [0])
        self._indexes = array.array("L", [65535])
        self._waiting: list[tuple[int, bytes]] = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def reserve(self, count: int = 1) -> int:
        """The first of so many new numbers."""
        first = len(self._kinds)
        self._kinds.extend([_FREE] * count)
        self._places.extend([0] * count)
        self._indexes.extend([0] * count)
        return first

    def add(self, body: bytes, number: int = 0) -> int:
        """An object that isn't a stream."""
        number = number or self.reserve()
        self._waiting.append((number, body))
        if len(self._waiting) >= _TOGETHER:
            self._pack()
        return number

    def add_all(self, bodies: Iterable[tuple[int, bytes]]) -> None:
        """Objects that aren't streams, each with its number."""
        self._waiting += bodies
        if len(self._waiting) >= _TOGETHER:
            self._pack()

    def stream(self, data: bytes, entries: bytes = b"", number: int = 0) -> int:
        """A stream; ``data`` is as ``entries`` say, with ``/Filter`` if it has one."""
        number = number or self.reserve()
        self._note(number, _PLAIN, self._position, 0)
        self._write(
            b"%d 0 obj\n<<%b/Length %d>>stream\n%b\nendstream\nendobj\n"
            % (number, entries, len(data), data)
        )
        return number

    def flow(self, data: Iterable[bytes], entries: bytes) -> int:
        """A stream that is written as it comes; its length is told behind it."""
        number, length = self.reserve(), self.reserve()
        self._note(number, _PLAIN, self._position, 0)
        self._write(
            b"%d 0 obj\n<<%b/Length %d 0 R>>stream\n" % (number, entries, length)
        )
        start = self._position
        for part in data:
            self._write(part)
        self.add(b"%d" % (self._position - start), length)
        self._write(b"\nendstream\nendobj\n")
        return number

    def deflated(
        self, data: bytes, entries: bytes = b"", number: int = 0, level: int = _LEVEL
    ) -> int:
        """A stream that is compressed here."""
        packed = zlib.compress(data, level)
        return self.stream(packed, entries + b"/Filter/FlateDecode", number)

    def finish(self, root: int, info: int = 0) -> None:
        """Write what is left, and where everything is."""
        self._pack()
        number = self.reserve()
        self._note(number, _PLAIN, self._position, 0)
        width = max(3, (self._position.bit_length() + 7) // 8)
        table = self._table(width)
        name = self._digest.hexdigest()[:32].encode()
        start = self._position
        entries = b"/Type/XRef/Size %d/W[1 %d 2]/Root %d 0 R/ID[<%b><%b>]%b" % (
            *(len(self._kinds), width, root, name, name),
            b"/Info %d 0 R" % info if info else b"",
        )
        self.deflated(table, entries, number)
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _table(self, width: int) -> bytes:
        """Kind, place in so many bytes and index of each object, one after the other.

        A column of bytes at a time, as there may be millions of objects.
        """
        size = width + 3
        table = bytearray(size * len(self._kinds))
        table[::size] = self._kinds.tobytes()
        for column, values, count in (
            (1, self._places, width),
            (1 + width, self._indexes, 2),
        ):
            if sys.byteorder == "little":
                values.byteswap()
            data = values.tobytes()
            for at in range(count):
                first = values.itemsize - count + at
                table[column + at :: size] = data[first :: values.itemsize]
        return bytes(table)

    def _pack(self) -> None:
        if not self._waiting:
            return
        number = self.reserve()
        kinds, places, indexes = self._kinds, self._places, self._indexes
        for index, (packed, _) in enumerate(self._waiting):
            kinds[packed], places[packed], indexes[packed] = _PACKED, number, index
        bodies = [body for _, body in self._waiting]
        starts = itertools.accumulate((len(body) + 1 for body in bodies), initial=0)
        names = [packed for packed, _ in self._waiting]
        head = b" ".join(b"%d %d" % pair for pair in zip(names, starts, strict=False))
        entries = b"/Type/ObjStm/N %d/First %d" % (len(names), len(head) + 1)
        data = head + b"\n" + b"\n".join(bodies) + b"\n"
        self.deflated(data, entries, number, _LEVEL_PACKED)
        self._waiting = []

    def _note(self, number: int, kind: int, place: int, index: int) -> None:
        self._kinds[number], self._places[number] = kind, place
        self._indexes[number] = index

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._position += len(data)


class PageTree:
    """The ``pages`` in their order, in a tree whose nodes have at most 64 children."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.pages: list[int] = []
        self._parents: list[int] = []

    def add(self, page: int) -> int:
        """Take the next page; the number of its parent."""
        if len(self.pages) % _TREE == 0:
            self._parents.append(self._writer.reserve())
        self.pages.append(page)
        return self._parents[-1]

    def finish(self) -> int:
        """Write the tree; the number of its root."""
        nodes = [
            (parent, kids, len(kids))
            for parent, kids in zip(self._parents, _groups(self.pages), strict=True)
        ]
        while len(nodes) > 1:
            above = []
            for group in _groups(nodes):
                parent = self._writer.reserve()
                for node in group:
                    self._node(*node, parent)
                kids = [number for number, _, _ in group]
                above.append((parent, kids, sum(count for _, _, count in group)))
            nodes = above
        self._node(*nodes[0], 0)
        return nodes[0][0]

    def _node(self, number: int, kids: list[int], count: int, parent: int) -> None:
        above = b"/Parent %d 0 R" % parent if parent else b""
        entries = b"/Type/Pages%b/Count %d/Kids%b" % (above, count, references(kids))
        self._writer.add(b"<<%b>>" % entries, number)


def _groups(things: list[T]) -> list[list[T]]:
    return [things[at : at + _TREE] for at in range(0, len(things), _TREE)]


def references(numbers: list[int]) -> bytes:
    """An array of references."""
    return b"[%b]" % b" ".join(b"%d 0 R" % number for number in numbers)


def string(text: str) -> bytes:
    """A text string, in UTF-16 whatever it holds."""
    return b"<feff%b>" % text.encode("utf-16-be").hex().encode()
