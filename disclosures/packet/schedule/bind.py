"""The finished document: the designed pages as they are, and the schedules behind them.

The designed pages come as one PDF that holds a stand-in for each page of the schedules
that something leads to (``STAND_IN``). Its objects are copied under their numbers, so
outlines, links and structure stay what they are; then the schedules' pages are written
as they are read, each with its number, which is known only now.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pikepdf
from pikepdf import Dictionary, Name

from disclosures.packet.contents import Volume
from disclosures.packet.paper import Sheet
from disclosures.packet.schedule.attach import Attachment, attach
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
_MISCOUNTED = "The schedules' pages aren't as many as counted."
# What each volume says of itself in its catalog.
_SAID = (
    *("/Metadata", "/OutputIntents", "/Lang", "/MarkInfo", "/ViewerPreferences"),
    "/Extensions",
)
_FOOT_SHARE, _FOOT_LINES = 0.75, 4


@dataclass(frozen=True)
class Numbering:
    """What is printed at the foot of a page; ``label`` numbers one, counted from 0."""

    label: Callable[[int], str]
    footer: str
    pages: int


@dataclass(frozen=True)
class Further:
    """What a further volume needs besides pages: its title, and bookmarks to pages."""

    volume: Volume
    title: str
    marks: tuple[tuple[str, int], ...]


def bind(
    designed: Path, parts: Iterable[Path], out: Path, ink: Ink, **how: Any
) -> None:
    """Write the finished document, and its further volumes beside it.

    Raises:
        ValueError: the parts' pages aren't as many as were counted.
        PacketBroken: a file to attach isn't what was collected.
    """
    further: Sequence[Further] = how.pop("further", ())
    pages = itertools.chain.from_iterable(map(read, parts))
    with pikepdf.Pdf.open(designed) as pdf:
        stop = further[0].volume.first if further else how["numbering"].pages
        with out.open("wb") as file:
            _Binding(pdf, file, ink, **how).write(pages, stop)
        how.pop("attachments", None)
        for one in further:
            with (
                _bare(pdf, one.title) as own,
                out.with_name(one.volume.name).open("wb") as file,
            ):
                binding = _Binding(own, file, ink, first=one.volume.first, **how)
                binding.marks = one.marks
                binding.write(pages, one.volume.stop)
    if next(pages, None) is not None:
        raise ValueError(_MISCOUNTED)


class _Binding:
    def __init__(
        self,
        pdf: pikepdf.Pdf,
        file: IO[bytes],
        ink: Ink,
        *,
        sheet: Sheet,
        numbering: Numbering,
        attachments: Sequence[Attachment] = (),
        first: int = 0,
    ) -> None:
        self.attachments = attachments
        self.pdf, self.sheet, self.numbering = pdf, sheet, numbering
        self.writer = Writer(file)
        self.setter = Setter()
        self.setter.ink.merge(ink)
        self.writer.reserve(max(one.objgen[0] for one in pdf.objects))
        self.tree = PageTree(self.writer)
        self.resources = self.writer.reserve()
        # The number of its first page, of the first that is a schedule's, and so on.
        self.first, self.designed = first, first + len(pdf.pages)
        self.stand_ins: dict[int, int] = {}
        self.structure = self._structure()
        # Bookmarks of a further volume, and the pages that they lead to.
        self.marks: tuple[tuple[str, int], ...] = ()

    def write(self, pages: Iterator[PartPage], stop: int) -> None:
        """Copy, add the pages up to ``stop``, and end."""
        self._copy()
        for place in range(self.designed, stop):
            page = next(pages, None)
            if page is None:
                raise ValueError(_MISCOUNTED)
            self._page(page, place)
        fonts = embed(self.writer, self.setter.ink)
        self.writer.add(b"<</Font<<%b>>>>" % fonts, self.resources)
        if self.structure:
            self._hang(self.structure)
        self._end(stop)

    def _structure(self) -> Structure | None:
        tree: Any = self.pdf.Root.get("/StructTreeRoot")
        if tree is None:
            return None
        nums = tree.ParentTree.Nums
        key = int(nums[-2]) + 1 if len(nums) else 0
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
        following = structure.following
        self.writer.add(
            _open(tree, "/ParentTree", "/ParentTreeNextKey")
            + b"/ParentTree %d 0 R/ParentTreeNextKey %d>>" % (parents, following),
            tree.objgen[0],
        )

    def _attach(self) -> bytes:
        """The entries of the catalog for the files inside."""
        made = [(one.name, attach(self.writer, one)) for one in self.attachments]
        if not made:
            return b""
        listed = b"".join(
            b"%b %d 0 R" % (string(name), number) for name, number in sorted(made)
        )
        names: Any = self.pdf.Root.get("/Names", Dictionary())
        return b"/AF%b/Names%b/EmbeddedFiles<</Names[%b]>>>>" % (
            references([number for _, number in made]),
            *(_open(names, "/EmbeddedFiles"), listed),
        )

    def _end(self, stop: int) -> None:
        root: Any = self.pdf.Root
        labels = b" ".join(
            b"%d<</P%b>>" % (place - self.first, string(self.numbering.label(place)))
            for place in range(self.first, stop)
        )
        attached = self._attach()
        kept = {"/AF", "/Names"} if attached else set()
        body = _open(root, "/Pages", "/PageMode", "/PageLabels", *kept) + attached
        body += self._outline()
        body += b"/PageMode/UseOutlines/Pages %d 0 R" % self.tree.finish()
        body += b"/PageLabels<</Nums[%b]>>>>" % labels
        self.writer.add(body, root.objgen[0])
        info = self.pdf.trailer.get("/Info")
        self.writer.finish(root.objgen[0], info.objgen[0] if info is not None else 0)

    def _outline(self) -> bytes:
        if not self.marks:
            return b""
        count = len(self.marks)
        above = self.writer.reserve(count + 1)
        for at, (title, page) in enumerate(self.marks, start=1):
            before = b"/Prev %d 0 R" % (above + at - 1) if at > 1 else b""
            after = b"/Next %d 0 R" % (above + at + 1) if at < count else b""
            number = self.tree.pages[page - self.first]
            self.writer.add(
                b"<</Title%b/Parent %d 0 R%b%b/Dest[%d 0 R/XYZ 0 %.6g 0]>>"
                % (string(title), above, before, after, number, self.sheet.height),
                above + at,
            )
        body = (above + 1, above + count, count)
        self.writer.add(b"<</First %d 0 R/Last %d 0 R/Count %d>>" % body, above)
        return b"/Outlines %d 0 R" % above


def _bare(pdf: pikepdf.Pdf, title: str) -> pikepdf.Pdf:
    """A document without a page that says of itself what another does, title apart."""
    bare = pikepdf.new()
    for key in _SAID:
        if key in pdf.Root:
            thing = pdf.Root[key]
            if isinstance(thing, (Dictionary, pikepdf.Array, pikepdf.Stream)):
                thing = bare.copy_foreign(pdf.make_indirect(thing))
            bare.Root[key] = thing
    for key, value in pdf.docinfo.items():
        bare.docinfo[key] = str(value)
    bare.docinfo[Name.Title] = title
    with bare.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        said["dc:title"] = title
    if "/StructTreeRoot" in pdf.Root:
        document = bare.make_indirect(Dictionary(S=Name.Document, K=pikepdf.Array()))
        parents = Dictionary(Nums=pikepdf.Array())
        bare.Root.StructTreeRoot = bare.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot,
                K=pikepdf.Array([document]),
                ParentTree=parents,
            )
        )
        document.P = bare.Root.StructTreeRoot
    return bare


def _open(thing: Any, *without: str) -> bytes:
    """A dictionary without some entries, and without its end: more may follow."""
    entries = {key: value for key, value in thing.items() if key not in without}
    return Dictionary(entries).unparse()[:-2]
