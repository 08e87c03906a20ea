"""The finished document: the designed pages as they are, and the schedules behind them.

The designed pages come as one PDF that holds a stand-in for each page of the schedules
that something leads to (``STAND_IN``). Its objects are copied under their numbers, so
outlines, links and structure stay what they are; then the schedules' pages are written
as they are read, each with its number, which is known only now.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pikepdf
from pikepdf import Dictionary, Name

from disclosures.packet.paper import Sheet
from disclosures.packet.schedule.draw import PartPage, read
from disclosures.packet.schedule.embed import embed
from disclosures.packet.schedule.faces import Role
from disclosures.packet.schedule.page import GREY, RULE
from disclosures.packet.schedule.tags import Structure
from disclosures.packet.schedule.text import Ink, Setter, Style
from disclosures.packet.schedule.writer import PageTree, Writer, references, string

# The type of a stand-in, and its key for the page's place among the schedules'.
STAND_IN, PLACE = Name.ScheduledPage, "/Place"
_FOOT = Style(Role.SANS, 7, 9.5)
_NUMBER = Style(Role.SANS_BOLD, 9, 12)
_FOOT_SHARE, _FOOT_LINES = 0.75, 4


@dataclass(frozen=True)
class Numbering:
    """What is printed at the foot of a page; ``label`` numbers one, counted from 0."""

    label: Callable[[int], str]
    footer: str
    pages: int


def bind(
    designed: Path, parts: Iterable[Path], out: Path, ink: Ink, **how: Any
) -> None:
    """Write the finished document.

    Raises:
        ValueError: the parts' pages aren't as many as were counted.
    """
    with pikepdf.Pdf.open(designed) as pdf, out.open("wb") as file:
        _Binding(pdf, file, ink, **how).write(parts)


class _Binding:
    def __init__(
        self,
        pdf: pikepdf.Pdf,
        file: IO[bytes],
        ink: Ink,
        *,
        sheet: Sheet,
        numbering: Numbering,
    ) -> None:
        self.pdf, self.sheet, self.numbering = pdf, sheet, numbering
        self.writer = Writer(file)
        self.setter = Setter()
        self.setter.ink.merge(ink)
        self.writer.reserve(max(one.objgen[0] for one in pdf.objects))
        self.tree = PageTree(self.writer)
        self.resources = self.writer.reserve()
        self.designed = len(pdf.pages)
        self.stand_ins: dict[int, int] = {}
        self.structure = self._structure()

    def write(self, parts: Iterable[Path]) -> None:
        """Copy, add, and end."""
        self._copy()
        count = self.designed
        for part in parts:
            for page in read(part):
                self._page(page, count)
                count += 1
        if count != self.numbering.pages:
            raise ValueError("The schedules' pages aren't as many as counted.")
        fonts = embed(self.writer, self.setter.ink)
        self.writer.add(b"<</Font<<%b>>>>" % fonts, self.resources)
        if self.structure:
            self._hang(self.structure)
        self._end()

    def _structure(self) -> Structure | None:
        tree: Any = self.pdf.Root.get("/StructTreeRoot")
        if tree is None:
            return None
        key = int(tree.ParentTree.Nums[-2]) + 1
        return Structure(self.writer, tree.K[0].objgen[0], key)

    def _copy(self) -> None:
        """The designed pages' objects; those that grow are written later."""
        parents = {
            page.obj.objgen[0]: self.tree.add(page.obj.objgen[0])
            for page in self.pdf.pages
        }
        later = {one.objgen[0] for one in self._later()}
        for thing in self.pdf.objects:
            one: Any = thing
            number = one.objgen[0]
            if not number or number in later:
                continue
            if isinstance(one, pikepdf.Stream):
                entries = _open(one.stream_dict, "/Length")[2:]
                self.writer.stream(one.read_raw_bytes(), entries, number)
            elif number in parents:
                above = b"/Parent %d 0 R>>" % parents[number]
                self.writer.add(_open(one, "/Parent") + above, number)
            elif isinstance(one, Dictionary) and one.get("/Type") == STAND_IN:
                self.stand_ins[int(one[PLACE])] = number
            elif not (isinstance(one, Dictionary) and one.get("/Type") == "/Pages"):
                self.writer.add(one.unparse(resolved=True), number)

    def _later(self) -> list[pikepdf.Object]:
        root: Any = self.pdf.Root
        later = [root]
        if self.structure:
            tree = root.StructTreeRoot
            later += [tree, tree.K[0]]
        return later

    def _page(self, page: PartPage, place: int) -> None:
        number = self.stand_ins.pop(place - self.designed, 0) or self.writer.reserve()
        content = self.writer.stream(page.content, b"/Filter/FlateDecode")
        foot = self.writer.stream(self._foot(place))
        entries = b""
        if self.structure:
            key = self.structure.page(number, page.tags)
            entries = b"/Tabs/S/StructParents %d" % key
        self.writer.add(
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.6g %.6g]/Resources %d 0 R"
            b"/Contents%b%b>>"
            % (
                *(self.tree.add(number), self.sheet.width, self.sheet.height),
                *(self.resources, references([content, foot]), entries),
            ),
            number,
        )

    def _foot(self, place: int) -> bytes:
        """The running foot: whose, which page of how many, and its number."""
        sheet, setter = self.sheet, self.setter
        width = sheet.right - sheet.left
        text = f"{self.numbering.footer}{place + 1} of {self.numbering.pages}"
        shown = setter.lines(text, _FOOT, width * _FOOT_SHARE)[:_FOOT_LINES]
        label = self.numbering.label(place)
        end = sheet.right - setter.width(label, _NUMBER)
        return (
            b"/Artifact BMC %b %.6g %.6g %.6g .4 re f BT %b %b %b %b %b %b ET EMC"
            % (
                RULE,
                *(sheet.left, sheet.bottom - 0.4, width),
                _FOOT.begin + b" " + GREY,
                b"1 0 0 1 %.6g %.6g Tm" % (sheet.left, sheet.bottom - 16.2),
                b" T* ".join(shown),
                _NUMBER.begin + b" 0 g",
                b"1 0 0 1 %.6g %.6g Tm" % (end, sheet.bottom - 16.8),
                setter.lines(label, _NUMBER, width)[0],
            )
        )

    def _hang(self, structure: Structure) -> None:
        """The sections under the document, their pages into the parent tree."""
        structure.finish()
        tree: Any = self.pdf.Root.StructTreeRoot
        document = tree.K[0]
        kids = [*(kid.objgen[0] for kid in document.K), *structure.sections]
        more = b"/K%b>>" % references(kids)
        self.writer.add(_open(document, "/K") + more, document.objgen[0])
        nums = tree.ParentTree.Nums.unparse(resolved=True)[1:-1]
        more = b" ".join(b"%d %d 0 R" % pair for pair in structure.parents)
        parents = self.writer.add(b"<</Nums[%b %b]>>" % (nums, more))
        following = structure.parents[-1][0] + 1
        self.writer.add(
            _open(tree, "/ParentTree", "/ParentTreeNextKey")
            + b"/ParentTree %d 0 R/ParentTreeNextKey %d>>" % (parents, following),
            tree.objgen[0],
        )

    def _end(self) -> None:
        root: Any = self.pdf.Root
        labels = b" ".join(
            b"%d<</P%b>>" % (place, string(self.numbering.label(place)))
            for place in range(self.numbering.pages)
        )
        body = _open(root, "/Pages", "/PageMode", "/PageLabels")
        body += b"/PageMode/UseOutlines/Pages %d 0 R" % self.tree.finish()
        body += b"/PageLabels<</Nums[%b]>>>>" % labels
        self.writer.add(body, root.objgen[0])
        info = self.pdf.trailer.get("/Info")
        self.writer.finish(root.objgen[0], info.objgen[0] if info is not None else 0)


def _open(thing: Any, *without: str) -> bytes:
    """A dictionary without some entries, and without its end: more may follow."""
    entries = {key: value for key, value in thing.items() if key not in without}
    return Dictionary(entries).unparse()[:-2]
