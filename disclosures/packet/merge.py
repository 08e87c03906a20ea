"""One document of the front pages and the schedules' blocks, tags and all.

The front document holds an empty page for each page that was drawn apart. It is
exchanged for that page; its own running header and footer are laid over as an artifact.
Bookmarks and links that led to the empty page lead to the new one. The other documents'
structure trees are hung into the front's: elements under its Document, the pages'
content maps into its parent tree, heading ids into its tree of ids.
"""

import contextlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pydyf  # type: ignore[import-untyped]  # it has no types
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

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


def merge(
    front: Path, drawn: Mapping[int, Path], out: Path, *, labels: list[str]
) -> None:
    """Write the finished document.

    ``drawn`` says with which page of the front, from 0, each file's pages begin;
    ``labels`` are the numbers printed on the pages.

    Raises:
        ValueError: a file reaches over the end, or a page's own text can't be told from
            its footer.
    """
    with contextlib.ExitStack() as opened:
        pdf = opened.enter_context(Pdf.open(front))
        merging = _Merge(pdf)
        for first in sorted(drawn):
            merging.fill(first, opened.enter_context(Pdf.open(drawn[first])))
        merging.finish()
        pdf.Root.PageLabels = Dictionary(Nums=_labels(labels))
        pdf.Root.PageMode = Name.UseOutlines
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )


def _labels(labels: list[str]) -> Array:
    """A page label for each page, so that a reader can go to a Bates number."""
    numbered: list[Any] = []
    for place, label in enumerate(labels):
        numbered += [place, Dictionary(P=String(label))]
    return Array(numbered)


def _id(pair: tuple[Any, Any]) -> str:
    return str(pair[0])


class _Merge:
    """The front document while its empty pages are exchanged."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
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
                kids.append(one)
                continue
            for element in self.elements.pop(page, []):
                element.P = document
                kids.append(element)
        document.K = Array(kids)
        names = list(self.tree.IDTree.Names)
        pairs = sorted(zip(names[::2], names[1::2], strict=True), key=_id)
        self.tree.IDTree.Names = Array([part for pair in pairs for part in pair])

    def _lead_on(self) -> None:
        """Let links and bookmarks to an empty page lead to the page in its place."""
        names: Any = self.pdf.Root.Names.Dests.Names
        for place in range(1, len(names), 2):
            self._redirect(names[place])
        if "/Outlines" in self.pdf.Root:
            self._redirect_marks(self.pdf.Root.Outlines)

    def _redirect_marks(self, parent: Object) -> None:
        mark = parent.get("/First")
        while mark is not None:
            self._redirect(mark.Dest)
            self._redirect_marks(mark)
            mark = mark.get("/Next")

    def _redirect(self, destination: Object) -> None:
        new = self.exchanged.get(destination[0].objgen)
        if new is not None:
            destination[0] = new
