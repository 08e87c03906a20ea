"""What the templates are given: the facts, put in the order of the pages, as text.

Numbers and dates are formatted here; a template places them and decides nothing.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from disclosures.packet import bookmarks, numbering, withheld, wording
from disclosures.packet.contents import (
    AnswerFacts,
    ColumnFacts,
    ExhibitFacts,
    MatrixRow,
    PacketFacts,
    TargetFacts,
    dictionary,
    matrix,
    production_name,
    with_file,
)

# Anchor, title, bookmark: the parts in order.
PARTS = (
    ("letter", "Cover letter"),
    ("response", "Response table"),
    ("declaration", "Declaration of the custodian"),
    ("index", "Production index"),
    ("dictionary", "Data dictionary"),
    ("provenance", "Provenance"),
    ("redactions", "Withheld and redacted"),
    ("schedules", "Record schedules"),
)
_TYPES = {
    "text": "Text",
    "integer": "Whole number",
    "timestamp": "Time, ISO 8601",
    "boolean": "Yes or no",
    "json": "JSON",
    "address": "Network address",
}


@dataclass(frozen=True)
class Leaf:
    """One upright page in the front document, empty until it is filled."""

    anchor: str
    mark: str


def part(facts: PacketFacts, name: str) -> dict[str, Any]:
    """What a part that is drawn apart says.

    Raises:
        KeyError: no such part.
    """
    says = {
        "declaration": _oath,
        "dictionary": _columns,
        "provenance": _origins,
        "redactions": _redactions,
    }
    template = f"disclosures/packet/{name}.html"
    return {"part": template, "facts": facts, **says[name](facts)}


def front(
    facts: PacketFacts,
    where: numbering.Places,
    pages: Mapping[Any, int] | None,
    cuts: Mapping[int, tuple[str, ...]],
) -> dict[str, Any]:
    """The parts with page numbers, and an empty page for each upright page drawn apart.

    One more, the last, stands for the schedules: all that leads to them leads there.
    ``where`` has the page of each anchor; ``pages`` counts the pages of exhibits by
    their place and of parts by their name, and is None when the front's own pages are
    to be counted: then there are no empty ones.
    """
    titles = dict(PARTS)
    return {
        "facts": facts,
        "title": title(facts),
        "parts": [
            {
                "anchor": anchor,
                "title": title,
                "page": numbering.label(facts, where[anchor]),
            }
            for anchor, title in PARTS
        ],
        "legend_page": numbering.label(facts, where["legend"]),
        "dates": _dates(facts),
        "production": production_name(facts),
        "targets": [_target(target) for target in facts.targets],
        "enclosed": wording.enclosed(facts),
        "not_enclosed": wording.not_enclosed(facts),
        "narrowing": facts.narrowing,
        "tally": wording.tally(facts),
        "items": _items(facts, where),
        "legend": _legend(facts),
        "index": [_index_row(facts, where, one) for one in facts.exhibits],
        "leaves": {
            name: [
                Leaf(name if page == 0 else "", titles[name] if page == 0 else "")
                for page in range(pages[name] if pages else 0)
            ]
            for name in numbering.APART
        },
        "marks": bookmarks.marks(facts, cuts) if pages else (),
    }


def title(facts: PacketFacts) -> str:
    """What a reader shows as the document's name."""
    production = production_name(facts).capitalize().replace("-", " ")
    return f"{facts.case_number}, {production}"


def _dates(facts: PacketFacts) -> dict[str, str]:
    return {
        "prepared": wording.day(facts.prepared_on),
        "issued": wording.day(facts.issued_on),
        "served": wording.day(facts.served_on),
        "signed_off": wording.day(facts.signed_off_on),
        "signed": wording.day(facts.declaration.signed_on),
    }


def _oath(facts: PacketFacts) -> dict[str, Any]:
    return {
        "dates": _dates(facts),
        "declaration": _declaration(wording.declaration(facts)),
        "hashes": [
            {"number": one.number, "file": one.file_name, "sha256": one.sha256}
            for one in with_file(facts)
        ],
    }


def _columns(facts: PacketFacts) -> dict[str, Any]:
    return {"dictionary": [_entry(one) for one in dictionary(facts)]}


def _origins(facts: PacketFacts) -> dict[str, Any]:
    return {
        "dates": _dates(facts),
        "revision": str(facts.scope_revision),
        "provenance": _provenance(facts),
    }


def _redactions(facts: PacketFacts) -> dict[str, Any]:
    return {
        "log": [
            {**line, "count": f"{line['count']:,}"} for line in withheld.lines(facts)
        ],
        "reasons": withheld.reasons(facts),
        "extents": withheld.extents(facts),
    }


def running(exhibit: ExhibitFacts) -> str:
    """What stands above each page of an exhibit."""
    number, target = exhibit.number, exhibit.target_number
    return f"Exhibit {number} {exhibit.title} · Target {target}"


def exhibit_head(facts: PacketFacts, exhibit: ExhibitFacts) -> dict[str, Any]:
    """What an exhibit's first page says above its rows."""
    item = next(one for one in facts.items if one.number == exhibit.item_number)
    answer = next(
        (one for one in item.answers if one.exhibit_number == exhibit.number), None
    )
    target = next(t for t in facts.targets if t.number == exhibit.target_number)
    return {
        "number": exhibit.number,
        "title": exhibit.title,
        "item": str(item.number),
        "wording": item.wording,
        "target": _target(target),
        "code": exhibit.code,
        "code_label": exhibit.code_label,
        "statement": exhibit.statement,
        "limits": exhibit.limits,
        "rows": _rows(exhibit),
        "file": exhibit.file_name,
        "source": exhibit.source_title,
        "snapshot": exhibit.snapshot_at,
        "window": answer.window_label if answer else "",
        "sha256": exhibit.sha256,
    }


def _target(target: TargetFacts) -> dict[str, str]:
    return {
        "number": str(target.number),
        "kind": target.kind_label,
        "identifier": target.identifier,
        "account": target.account_key,
        "resolution": target.resolution_label,
        "window": target.window_label,
    }


def _items(facts: PacketFacts, where: numbering.Places) -> list[dict[str, Any]]:
    """The response table, an item's targets under its wording."""
    grouped = itertools.groupby(matrix(facts), key=lambda row: row.item.number)
    items = []
    for number, rows in grouped:
        listed = list(rows)
        items.append(
            {
                "number": str(number),
                "wording": listed[0].item.wording,
                "title": listed[0].item.category_title,
                "targets": [_answers(facts, where, row) for row in listed],
            }
        )
    return items


def _answers(
    facts: PacketFacts, where: numbering.Places, row: MatrixRow
) -> dict[str, Any]:
    """One target's answers; dates stand beside the target when they are all alike."""
    windows = {one.window_label for one in row.answers}
    alike = len(windows) == 1
    return {
        "number": str(row.target.number),
        "identifier": row.target.identifier,
        "window": min(windows) if alike else "",
        "answers": [
            {
                "exhibit": one.exhibit_number,
                "part": one.part_title,
                "label": one.code_label,
                "statement": one.statement,
                "rows": _rows(one) if one.rows else "",
                "window": "" if alike else one.window_label,
                "pages": numbering.span(facts, where, one.exhibit_number),
            }
            for one in row.answers
        ],
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _rows(one: AnswerFacts | ExhibitFacts) -> str:
    """How many rows are enclosed; of how many, where some were left out."""
    if one.rows == one.total:
        return _count(one.rows, "row")
    return f"{one.rows:,} of {_count(one.total, 'row')}"


def _legend(facts: PacketFacts) -> list[dict[str, str]]:
    labels = wording.LABELS | {one.code: one.code_label for one in facts.exhibits}
    return [
        {"code": code, "label": labels[code], "words": words}
        for code, words in wording.legend(facts)
    ]


def _declaration(said: wording.Declaration) -> dict[str, Any]:
    return {
        "title": said.title,
        "subtitle": said.subtitle,
        "opening": said.opening,
        "statutory": said.statutory,
        "place": said.place,
        "paragraphs": [
            {
                "number": str(paragraph.number),
                "heading": paragraph.heading,
                "text": paragraph.text,
                "points": list(zip(ascii_lowercase, paragraph.points, strict=False)),
                "closing": paragraph.closing,
            }
            for paragraph in said.paragraphs
        ],
    }


def _index_row(
    facts: PacketFacts, where: numbering.Places, exhibit: ExhibitFacts
) -> dict[str, Any]:
    first, last = numbering.first_and_last(facts, where, exhibit.number)
    pages = where[f"{exhibit.number}-last"] - where[exhibit.number] + 1
    return {
        "number": exhibit.number,
        "title": exhibit.title,
        "where": f"Item {exhibit.item_number} · Target {exhibit.target_number}",
        "label": exhibit.code_label,
        "file": exhibit.file_name,
        "extent": _extent(exhibit, pages),
        "sha256": _halves(exhibit.sha256),
        "pages": f"{first}\n{last}",
    }


def _extent(exhibit: ExhibitFacts, pages: int) -> str:
    extent = _count(pages, "page")
    if exhibit.file_name:
        extent += f"\n{_rows(exhibit)}\n{_count(exhibit.bytes, 'byte')}"
    return extent


def _halves(digest: str) -> str:
    return f"{digest[:32]}\n{digest[32:]}" if digest else "Statement, no file"


def _entry(exhibit: ExhibitFacts) -> dict[str, Any]:
    return {
        "code": exhibit.part_code,
        "title": exhibit.title,
        "limits": exhibit.limits,
        "columns": [
            {
                "name": column.name,
                "title": column.title,
                "description": column.description,
                "type": _type(column),
                "third_party": column.third_party,
            }
            for column in exhibit.columns
        ],
    }


def _type(column: ColumnFacts) -> str:
    name = _TYPES.get(column.type, column.type)
    return f"{name}, {column.zone}" if column.zone else name


def _provenance(facts: PacketFacts) -> list[dict[str, Any]]:
    """Each query, or each pull order, once, with the exhibits it made."""
    groups: dict[tuple[str, str, str], list[ExhibitFacts]] = {}
    for exhibit in with_file(facts):
        key = (exhibit.part_code, exhibit.source_title, exhibit.order or exhibit.sql)
        groups.setdefault(key, []).append(exhibit)
    return [
        {
            "code": code,
            "title": made[0].title,
            "source": source,
            "sql": "" if made[0].order else sql,
            "order": made[0].order,
            "exhibits": [
                {
                    "number": one.number,
                    "target": str(one.target_number),
                    "parameters": one.parameters_note,
                    "snapshot": one.snapshot_at,
                    "rows": _rows(one),
                }
                for one in made
            ],
        }
        for (code, source, sql), made in groups.items()
    ]
