"""The designed pages as one document, tags and all, ready for the schedules.

The front document holds an empty page for each upright page that was drawn apart. It is
exchanged for that page; its own running footer is laid over as an artifact. Bookmarks
and links that led to the empty page lead to the new one. The other documents' structure
trees are hung into the front's: elements under its Document, the pages' content maps
into its parent tree, heading ids into its tree of ids.

The front's last page stands for all the schedules. It is taken out, and what led to it
leads to stand-ins, which ``schedule.bind`` exchanges for the schedules' pages.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pydyf  # type: ignore[import-untyped]  # it has no types
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from disclosures.packet.schedule.bind import PLACE, STAND_IN

_BEGIN = b"q\n"
_END = b"\nQ\n/Artifact BMC\nq\n/Sheet Do\nQ\nEMC\n"
_TAG = re.compile(rb"/\w+\s<</MCID \d+>>\sBDC\s|(?<=\n)EMC\n")


def finisher(name: str) -> Callable[[Any, Any], None]:
    """What is mended in a document just before WeasyPrint writes it.

    The ids of table headings become unique across documents and pages and are listed
    in a tree of ids; links say where they lead.
    """

    def finish(_document: Any, pdf: Any) -> None:
        ids = pydyf.Array()
        root = None
        for thing in pdf.objects:
            if not isinstance(thing, pydyf.Dictionary):
                continue
            if thing.get("Type") == "/StructTreeRoot":
                root = thing
            elif "ID" in thing and thing.get("S") == "/TH":
                thing["ID"].string = f"{name}-{len(ids):08d}"
                ids += [thing["ID"], thing.reference]
            elif "Contents" in thing and thing.get("Subtype") == "/Link":
                thing["Contents"].string = f"Go to {thing['Contents'].string}"
        if root is not None and ids:
            root["IDTree"] = pydyf.Dictionary({"Names": ids})

    return finish


@dataclass(frozen=True)
class Scheduled:
    """Where the schedules' pages stand among themselves, from 0.

    ``anchors`` has those that links lead to, ``firsts`` the first page of each thing
    that a bookmark leads to, ``top`` the upper edge of a page. ``elsewhere`` says of a
    page that is in another volume which file that is, and which page of it, from 0.
    """

    anchors: Mapping[str, int]
    firsts: tuple[int, ...]
    top: float
    elsewhere: Callable[[int], tuple[str, int] | None] = lambda _: None


def merge(
    front: Path, drawn: Mapping[int, Path], out: Path, scheduled: Scheduled
) -> None:
    """Write the designed pages.

    ``drawn`` says with which page of the front, from 0, each file's pages begin.

    Raises:
        ValueError: a file reaches over the end, or a page's own text can't be told from
            its footer.
    """
    with contextlib.ExitStack() as opened:
        pdf = opened.enter_context(Pdf.open(front))
        merging = _Merge(pdf, scheduled)
        for first in sorted(drawn):
            merging.fill(first, opened.enter_context(Pdf.open(drawn[first])))
        merging.finish()
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def _id(pair: tuple[Any, Any]) -> str:
    return str(pair[0])


class _Merge:
    """The front document while its empty pages are exchanged."""

    def __init__(self, pdf: Pdf, scheduled: Scheduled) -> None:
        self.pdf, self.scheduled = pdf, scheduled
        self.last = pdf.pages[-1].obj
        self.stand_ins: dict[int, Object] = {}
        self.begin = pdf.make_indirect(Stream(pdf, _BEGIN))
        self.end = pdf.make_indirect(Stream(pdf, _END))
        self.exchanged: dict[tuple[int, int], Object] = {}
        # The elements that take the place of an empty page's.
        self.elements: dict[tuple[int, int], list[Object]] = {}
        self.tree: Any = pdf.Root.get("/StructTreeRoot")

    def fill(self, first: int, source: Pdf) -> None:
        """Exchange the pages from ``first`` on for the source's pages."""
        if first + len(source.pages) > len(self.pdf.pages):
            raise ValueError("More pages were drawn than counted.")
        empty = self.pdf.pages[first].obj.objgen
        for place, page in enumerate(source.pages, start=first):
            self._exchange(place, page)
        if self.tree is not None:
            self.elements[empty] = self._take_tags(source, first)

    def finish(self) -> None:
        """Let what led to the empty pages, or stood on them, know the new ones."""
        self._lead_on()
        if self.tree is not None:
            self._hang()
        del self.pdf.pages[-1]

    def _exchange(self, place: int, page: pikepdf.Page) -> None:
        empty = self.pdf.pages[place].obj
        overlay = self._overlay(empty)
        # The front has the same colour space; its profile needn't come once a block.
        if "/ColorSpace" in page.Resources:
            del page.Resources["/ColorSpace"]
        self.pdf.pages[place] = page
        new = self.pdf.pages[place].obj
        resources = Dictionary(dict(new.Resources.items()))
        resources.ColorSpace = empty.Resources.ColorSpace
        resources.XObject = Dictionary(Sheet=overlay)
        new.Resources = resources
        new.Contents = Array([self.begin, new.Contents, self.end])
        if self.tree is not None:
            new.StructParents = empty.StructParents
        self.exchanged[empty.objgen] = new

    def _overlay(self, empty: Object) -> Object:
        """An empty page's running header and footer, without tags of their own."""
        content = _TAG.sub(b"", empty.Contents.read_bytes())
        if b"MCID" in content or b"BDC" in content:
            raise ValueError("A page's footer can't be told from its text.")
        form = Stream(self.pdf, content)
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.BBox = empty.MediaBox
        form.Resources = empty.Resources
        return self.pdf.make_indirect(form)

    def _take_tags(self, source: Pdf, first: int) -> list[Object]:
        """Copy a block's structure tree; its pages were copied before."""
        tree = self.pdf.copy_foreign(source.Root.StructTreeRoot)
        ours, theirs = self.tree.ParentTree.Nums, tree.ParentTree.Nums
        for page in range(len(source.pages)):
            ours[2 * (first + page) + 1] = theirs[2 * page + 1]
        if "/IDTree" in tree:
            self.tree.IDTree.Names.extend(tree.IDTree.Names)
        return list(tree.K[0].K)

    def _hang(self) -> None:
        """Put the new pages' elements where the empty pages' stood."""
        document = self.tree.K[0]
        kids: list[Object] = []
        for one in document.K:
            page = one.Pg.objgen
            if page not in self.exchanged:
                if page != self.last.objgen:
                    kids.append(one)
                continue
            for element in self.elements.pop(page, []):
                element.P = document
                kids.append(element)
        document.K = Array(kids)
        pairs = _pairs(self.tree.ParentTree.Nums)
        kept = [pair for pair in pairs if pair[0] != self.last.StructParents]
        self.tree.ParentTree.Nums = Array([part for pair in kept for part in pair])
        names = sorted(_pairs(self.tree.IDTree.Names), key=_id)
        self.tree.IDTree.Names = Array([part for pair in names for part in pair])

    def _lead_on(self) -> None:
        """Let links and bookmarks to an empty page lead to the page in its place."""
        kept, away = [], {}
        for name, destination in _pairs(self.pdf.Root.Names.Dests.Names):
            place = self.scheduled.anchors.get(str(name))
            if place is not None and (there := self._elsewhere(place)):
                away[str(name)] = there
            else:
                self._redirect(destination, place)
                kept += [name, destination]
        if away:
            self.pdf.Root.Names.Dests.Names = Array(kept)
            self._send_away(away)
        if "/Outlines" in self.pdf.Root:
            self._redirect_marks(self.pdf.Root.Outlines, iter(self.scheduled.firsts))

    def _send_away(self, away: Mapping[str, Object]) -> None:
        """Let the links to a name that is in another volume lead there."""
        for page in self.pdf.pages:
            for note in page.get("/Annots", Array()):
                if (there := away.get(str(note.get("/Dest", "")))) is not None:
                    del note.Dest
                    note.A = there

    def _elsewhere(self, place: int) -> Object | None:
        """What leads to a page of another volume; None for one of this."""
        there = self.scheduled.elsewhere(place)
        if there is None:
            return None
        name, page = there
        return Dictionary(
            S=Name.GoToR,
            F=Dictionary(Type=Name.Filespec, F=String(name), UF=String(name)),
            D=Array([page, Name.XYZ, 0, Decimal(str(self.scheduled.top)), 0]),
        )

    def _redirect_marks(self, parent: Object, firsts: Iterator[int]) -> int | None:
        """A mark of the schedules leads to its exhibit, or the first one under it."""
        found = None
        mark = parent.get("/First")
        while mark is not None:
            is_ours = mark.Dest[0].objgen == self.last.objgen
            place = self._redirect_marks(mark, firsts)
            if is_ours and place is None:
                place = next(firsts)
            if place is not None and (there := self._elsewhere(place)):
                del mark.Dest
                mark.A = there
            else:
                self._redirect(mark.Dest, place)
            found = place if found is None else found
            mark = mark.get("/Next")
        return found

    def _redirect(self, destination: Object, place: int | None) -> None:
        new = self.exchanged.get(destination[0].objgen)
        if new is not None:
            destination[0] = new
        elif place is not None:
            destination[0] = self._stand_in(place)
            destination[2], destination[3] = 0, self.scheduled.top

    def _stand_in(self, place: int) -> Object:
        if place not in self.stand_ins:
            made = Dictionary({"/Type": STAND_IN, PLACE: place})
            self.stand_ins[place] = self.pdf.make_indirect(made)
        return self.stand_ins[place]


def _pairs(flat: Object) -> list[tuple[Any, Any]]:
    """What an array of a tree has, two by two."""
    whole: list[Any] = list(flat)
    return list(zip(whole[::2], whole[1::2], strict=True))
