"""One exhibit drawn by the engine alone, and read back as a recipient's tools do."""

import functools
import re

import pikepdf
from pikepdf import Array, Dictionary, Name

from disclosures.packet import paper
from disclosures.packet.contents import ColumnFacts
from disclosures.packet.legible import legible
from disclosures.packet.schedule import bind, draw, faces, plan
from disclosures.packet.schedule.page import Pages
from disclosures.packet.schedule.table import Table
from disclosures.packet.schedule.text import Ink, Setter
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import output

_MARKS = re.compile("[\u200e\u200f\u202a-\u202e]")
_BLANKS = re.compile(r"[\s\u2800]+")
# What stands under rows of which something is shown as a code; each way it is compared.
_NOTE = re.compile(
    r"Inrows[\d,]+to[\d,]+,signs.*?areshownastheircodes,suchas(\u202e|<U\+202E>)?\."
    r"Thefileholdsthemunchanged\."
)
_WORD = re.compile(
    r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)"[^>]*>(.*)</word>'
)
CODE = re.compile(r"<U\+([0-9A-F]{4,6})>")


def texts(count):
    """So many columns of text."""
    return tuple(
        ColumnFacts(f"c{n}", f"Column {n}", "Any.", "text") for n in range(count)
    )


def facts(folder, rows, columns=None):
    columns = columns or texts(len(rows[0]))
    folder.mkdir(parents=True, exist_ok=True)
    shown = given.exhibit(folder, 1, 1, 1, "3a", "PRODUCED", rows, columns=columns)
    return given.facts(folder, exhibits=(shown,))


def designed(folder):
    """A document of one empty tagged page, as the engine is given one."""
    path = folder / "designed.pdf"
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(612, 792))
    page.obj.StructParents = 0
    document = pdf.make_indirect(Dictionary(S=Name.Document, K=Array()))
    pdf.Root.StructTreeRoot = pdf.make_indirect(
        Dictionary(
            Type=Name.StructTreeRoot,
            K=Array([document]),
            ParentTree=Dictionary(Nums=Array([0, pdf.make_indirect(Array())])),
        )
    )
    document.P = pdf.Root.StructTreeRoot
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.save(path)
    return path


def drawn(folder, shown):
    """The exhibit of ``facts`` as a PDF behind one empty page."""
    ink, parts, count = Ink(), [], 1
    for block in plan.blocks(shown):
        part = folder / f"part-{block.number}"
        made = draw.draw(shown, block, part, tagged=True)
        ink.merge(made.ink)
        parts.append(part)
        count += sum(made.pages)
    out = folder / "schedule.pdf"
    numbering = bind.Numbering(label="X-{:06d}".format, footer="Page ", pages=count)
    bind.bind(
        designed(folder),
        parts,
        out,
        ink,
        sheet=paper.landscape(shown),
        numbering=numbering,
    )
    return out


def printed(text):
    """What is printed for a text, blanks aside."""
    return _BLANKS.sub("", legible(text, faces.covers))


def body(pdf, columns, of=None):
    """All that is read between the headings and the feet, blanks aside, as characters.

    The marks that poppler puts around text from right to left are its own. ``of`` says
    otherwise how a text is compared.
    """
    of = of or meant
    heading = of("Row" + "".join(one.title + one.name for one in columns))
    read = []
    for page in output("pdftotext", "-raw", str(pdf), "-").split("\f")[1:-1]:
        text = _NOTE.sub("", of(_MARKS.sub("", page)))
        read.append(re.sub(r"Page\d+of\d+X-\d+$", "", text.partition(heading)[2]))
    return "".join(read).removesuffix("EndofexhibitE001")


def said(rows, of=None):
    """What ``body`` must give for these rows."""
    return "".join(
        str(number) + "".join(map(of or meant, cells))
        for number, cells in enumerate(rows, start=1)
    )


def edges(shown):
    """Where the columns of the exhibit begin and end, its row numbers' first."""
    pages = Pages(paper.landscape(shown), Setter(), lambda *_: None, tagged=False)
    table = Table(pages, shown.exhibits[0], last_needs=0)
    return [table.left, *table.columns.edges]


def boxes(pdf):
    """Left and right edge, top and text of each word on the exhibit's pages."""
    found = re.split(r"<page ", output("pdftotext", "-bbox", str(pdf), "-"))[2:]
    return [
        [
            (float(left), float(right), float(top), word)
            for left, top, right, word in re.findall(_WORD, page)
        ]
        for page in found
    ]


@functools.cache
def _decoded(code):
    return chr(int(code, 16))


def meant(text):
    """The characters that a text shows, blanks aside; a code is its character."""
    # A code may be broken over two lines.
    shown = CODE.sub(lambda found: _decoded(found[1]), _BLANKS.sub("", text))
    return _BLANKS.sub("", shown)
