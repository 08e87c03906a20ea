"""One engine draws one number of rows, in a process of its own, and tells what it took.

``main`` takes ENGINE ROWS FOLDER from the command line and prints a line of JSON: CPU
seconds of it and its children, after imports and fonts; the peak of its memory, and
what it had before; pages and bytes. ``schedule`` compresses the same content streams
once more, and tells how long that alone took.
"""

import csv
import html
import importlib
import itertools
import json
import resource
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import packet_rows
from disclosures.packet import assemble, paper, seal
from disclosures.packet.schedule import bind, draw, plan
from disclosures.packet.schedule.text import Ink

CHUNK = 500
_CSS = (
    "@page { size: A4 landscape; margin: 13mm } "
    "table { width: 100%; table-layout: fixed; border-collapse: collapse; "
    "font: 6.7pt 'Noto Sans' } td { padding: 2pt; overflow-wrap: anywhere } "
    "tr { break-inside: avoid }"
)
Told = dict[str, Any]


def schedule(count: int, folder: Path) -> Told:
    """Our engine: its blocks one after the other, bound behind one empty page."""
    said = packet_rows.facts(packet_rows.file(folder, count), count)
    ink, parts, pages = Ink(), [], 1
    work = folder / f"parts-{count}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for block in plan.blocks(said):
        part = work / f"part-{block.number:06d}"
        drawn = draw.draw(said, block, part, tagged=count <= assemble.TAGGED_ROWS)
        ink.merge(drawn.ink)
        parts.append(part)
        pages += sum(drawn.pages)
    out = work / "schedule.pdf"
    bind.bind(
        _empty(work, tagged=count <= assemble.TAGGED_ROWS),
        parts,
        out,
        ink,
        sheet=paper.landscape(said),
        numbering=bind.Numbering("EF-{:06d}".format, paper.footer(said), pages),
    )
    return {"pages": pages, "bytes": out.stat().st_size}


def _deflate(count: int, folder: Path) -> float:
    """CPU seconds of compressing the same content streams, and nothing else."""
    seconds = 0.0
    for part in sorted((folder / f"parts-{count}").glob("part-??????")):
        for page in draw.read(part):
            content = zlib.decompress(page.content)
            start = time.process_time()
            zlib.compress(content, 6)
            seconds += time.process_time() - start
    return seconds


def sealed(count: int, folder: Path) -> Told:
    """The whole packet: every part, the volumes, the folder and its zip."""
    said = packet_rows.facts(packet_rows.file(folder, count), count)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        pdf = Path(name) / "packet.pdf"
        told = assemble.render(said, pdf)
        files = {one.file_name: one.path for one in said.exhibits if one.path}
        made = seal.seal(said, told, pdf, files, Path(name) / "sealed")
        return {"pages": told.pages, "bytes": made.archive.stat().st_size}


def weasyprint(count: int, folder: Path) -> Told:
    """WeasyPrint, one table."""
    out = folder / "weasyprint.pdf"
    pages = _weasyprint(list(_rows(count, folder)), out)
    return {"pages": pages, "bytes": out.stat().st_size}


def weasyprint_chunks(count: int, folder: Path) -> Told:
    """WeasyPrint, a document for every 500 rows, merged."""
    pikepdf: Any = importlib.import_module("pikepdf")
    found, out = _rows(count, folder), folder / "chunks.pdf"
    with pikepdf.new() as whole:
        for number in itertools.count():
            chunk = list(itertools.islice(found, CHUNK))
            if not chunk:
                break
            part = folder / f"chunk-{number}.pdf"
            _weasyprint(chunk, part)
            with pikepdf.open(part) as opened:
                whole.pages.extend(opened.pages)
            part.unlink()
        whole.save(out)
        return {"pages": len(whole.pages), "bytes": out.stat().st_size}


def reportlab(count: int, folder: Path) -> Told:
    """ReportLab, one long table of paragraphs, which break their lines."""
    platypus: Any = importlib.import_module("reportlab.platypus")
    style = importlib.import_module("reportlab.lib.styles").ParagraphStyle(
        "cell", fontSize=6.7, leading=9.1
    )
    sizes: Any = importlib.import_module("reportlab.lib.pagesizes")
    out = folder / "reportlab.pdf"
    table = platypus.LongTable(
        [
            [platypus.Paragraph(html.escape(cell), style) for cell in row]
            for row in _rows(count, folder)
        ],
        colWidths=[105, 120, 80, 95, 100, 230],
    )
    platypus.SimpleDocTemplate(
        str(out), pagesize=sizes.landscape(sizes.A4), leftMargin=36, rightMargin=36
    ).build([table])
    return {"bytes": out.stat().st_size}


def typst(count: int, folder: Path) -> Told:
    """Typst, one table read from the file."""
    compiler: Any = importlib.import_module("typst")
    path, out = packet_rows.file(folder, count), folder / "typst.pdf"
    source = folder / "typst.typ"
    source.write_text(
        '#set page(paper: "a4", flipped: true, margin: 13mm)\n'
        '#set text(font: "Noto Sans", size: 6.7pt)\n'
        f"#table(columns: (2fr, 2.3fr, 1.5fr, 1.8fr, 2fr, 4fr), stroke: none,\n"
        f'  ..csv("{path.name}").flatten())\n',
        encoding="utf-8",
    )
    compiler.compile(str(source), output=str(out))
    return {"bytes": out.stat().st_size}


ENGINES: dict[str, Callable[[int, Path], Told]] = {
    one.__name__: one
    for one in (
        *(schedule, sealed),
        *(weasyprint, weasyprint_chunks, reportlab, typst),
    )
}
_NEEDS = {
    "weasyprint_chunks": "weasyprint",
    "weasyprint": "weasyprint",
    "reportlab": "reportlab.platypus",
    "typst": "typst",
}


def _weasyprint(found: list[list[str]], out: Path) -> int:
    library: Any = importlib.import_module("weasyprint")
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>"
        for row in found
    )
    page = f'<html lang="en"><title>-</title><style>{_CSS}</style><table>{body}</table>'
    document = library.HTML(string=page).render(pdf_variant="pdf/a-3u")
    document.write_pdf(str(out), pdf_variant="pdf/a-3u")
    return len(document.pages)


def _rows(count: int, folder: Path) -> Iterator[list[str]]:
    with packet_rows.file(folder, count).open(encoding="utf-8", newline="") as file:
        yield from itertools.islice(csv.reader(file), 1, None)


def _empty(folder: Path, *, tagged: bool) -> Path:
    """A document of one empty page, as the engine is given the designed ones."""
    pikepdf: Any = importlib.import_module("pikepdf")
    path = folder / "designed.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(612, 792))
        if tagged:
            document = pdf.make_indirect(
                pikepdf.Dictionary(S=pikepdf.Name.Document, K=pikepdf.Array())
            )
            parents = pikepdf.Array([0, pdf.make_indirect(pikepdf.Array())])
            pdf.pages[0].obj.StructParents = 0
            pdf.Root.StructTreeRoot = pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.StructTreeRoot,
                    K=pikepdf.Array([document]),
                    ParentTree=pikepdf.Dictionary(Nums=parents),
                )
            )
            document.P = pdf.Root.StructTreeRoot
        pdf.save(path)
    return path


def _cpu() -> float:
    found = (
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return sum(one.ru_utime + one.ru_stime for one in found)


def _peak() -> float:
    """The most memory that this process has had, in MB; ``ru_maxrss`` would be its
    parent's where that had more."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Draw, and tell."""
    engine, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if needed := _NEEDS.get(engine):
        importlib.import_module(needed)
    packet_rows.file(folder, count)
    if engine in {"schedule", "sealed"}:
        draw.warm()
    if engine == "sealed":
        importlib.import_module("disclosures.packet.letters").warm()
    idle, start = _peak(), _cpu()
    told = ENGINES[engine](count, folder)
    told |= {"cpu": _cpu() - start, "peak": _peak(), "idle": idle}
    if engine == "schedule":
        told["deflate"] = _deflate(count, folder)
    print(json.dumps(told))
