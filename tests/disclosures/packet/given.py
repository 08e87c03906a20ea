"""A small packet to draw and seal: two targets, four items, records and statements."""

import csv
import dataclasses
import hashlib
from datetime import date
from pathlib import Path

from disclosures.packet.contents import (
    AnswerFacts,
    ColumnFacts,
    DeclarationFacts,
    ExhibitFacts,
    ItemFacts,
    OrganisationFacts,
    PacketFacts,
    TargetFacts,
)

EVENT_COLUMNS = (
    ColumnFacts("id", "Event ID", "Key of the event.", "integer"),
    ColumnFacts("time", "Time", "When it was recorded.", "timestamp", "UTC"),
    ColumnFacts("address", "Network address", "Where it came from.", "address"),
    ColumnFacts("additional", "Details", "As the service keeps them.", "json"),
)
LABELS = {
    "PRODUCED": "Produced",
    "DERIVED": "Derived from other exhibits",
    "PRODUCED_PUBLIC": "Produced from a public source",
    "NO_RESPONSIVE_RECORDS": "Searched, no responsive records",
    "NOT_COLLECTED": "Not collected by the service",
    "NOT_RETAINED": "Not retained",
    "OBJECTED": "Objected",
}
WINDOW = "from the beginning to 1 April 2023, 00:00:00 (not included), UTC"
WORDINGS = (
    "Connection records;",
    "Records of session times and durations;",
    "Means and source of payment of any such services;",
    "IP download logs of any packages uploaded by…",
)


def event(number):
    return [
        str(1000 + number),
        f"2023-03-{number % 28 + 1:02d}T10:11:{number % 60:02d}.000001+00:00",
        f"192.0.2.{number % 250}",
        f'{{"method": "totp", "mark": "row-{number:05d}-end"}}',
    ]


def write(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([column.name for column in columns])
        writer.writerows(rows)


def exhibit(folder, number, target, item, part, code, rows=None, **changes):
    """One exhibit with its file in ``folder``; without rows it is a statement."""
    name = f"E{number:03d}_t{target}_{part}.csv" if rows is not None else ""
    columns = changes.pop("columns", EVENT_COLUMNS) if name else ()
    path = folder / name if name else None
    digest, size = "", 0
    if path:
        write(path, columns, rows)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        size = path.stat().st_size
    made = ExhibitFacts(
        number=f"E{number:03d}",
        target_number=target,
        item_number=item,
        part_code=part,
        title=f"Part {part}",
        code=code,
        code_label=LABELS[code],
        statement=f"Statement of part {part}.",
        limits=(f"Limit of part {part}.",) if name else (),
        columns=columns,
        rows=len(rows or ()),
        total=len(rows or ()),
        file_name=name,
        sha256=digest,
        bytes=size,
        path=path,
        source_title="Service database" if name else "",
        snapshot_at="2023-05-02T14:03:11.482913+00:00" if name else "",
        sql="SELECT id, time\nFROM user_events\nWHERE source_id = :account"
        if name
        else "",
        parameters_note="key of the account (:account): 00000000-1111" if name else "",
        read_as="role reader, in a read-only transaction" if name else "",
        odd_cells=0,
    )
    return dataclasses.replace(made, **changes)


def exhibits(folder, rows=40, events=event):
    made, number = [], 0
    for target in (1, 2):
        shown = rows if target == 1 else 3
        for item, part, code, records in (
            (1, "3a", "PRODUCED", [events(n) for n in range(shown)]),
            (1, "3b", "NO_RESPONSIVE_RECORDS", []),
            (2, "4a", "DERIVED", [events(n) for n in range(2)]),
            (3, "7a", "NOT_COLLECTED", None),
            (4, "9a", "PRODUCED_PUBLIC", [events(n) for n in range(2)]),
            (4, "9b", "NOT_RETAINED", None),
        ):
            number += 1
            made.append(exhibit(folder, number, target, item, part, code, records))
    return tuple(made)


def items(shown):
    return tuple(
        ItemFacts(
            number=number,
            wording=wording,
            category_title=f"Category {number}",
            answers=tuple(
                AnswerFacts(
                    target_number=one.target_number,
                    exhibit_number=one.number,
                    part_code=one.part_code,
                    part_title=one.title,
                    code=one.code,
                    code_label=one.code_label,
                    statement=one.statement,
                    rows=one.rows,
                    total=one.total,
                    window_label=WINDOW,
                )
                for one in shown
                if one.item_number == number
            ),
        )
        for number, wording in enumerate(WORDINGS, start=1)
    )


def facts(folder: Path, **changes) -> PacketFacts:
    """The packet; ``rows`` and ``events`` make its exhibits, the rest changes it."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {key: changes.pop(key) for key in ("rows", "events") if key in changes}
    shown = changes.pop("exhibits", None) or exhibits(folder, **kinds)
    made = PacketFacts(
        organisation=OrganisationFacts(
            name="Example Package Index",
            address_lines=("1 Example Street", "Portland, Oregon"),
            time_zone="America/New_York",
            custodian_title="Director of Infrastructure",
            contact="legal@example.org",
        ),
        case_number="2023-0001",
        agency="U.S. Department of Examples",
        officer="Jordan Avery",
        agency_reference="GJ-2023-0417-B",
        instrument="Grand jury subpoena",
        issued_on=date(2023, 3, 20),
        served_on=date(2023, 3, 24),
        packet_number=1,
        bates_prefix="EPI-0001",
        bates_start=41,
        legal_basis="18 U.S.C. 2703(c)(2).",
        counsel_name="Morgan Reyes",
        signed_off_on=date(2023, 4, 28),
        scope_digest="5f" * 32,
        scope_revision=3,
        map_title="Example map",
        map_version="2023-05",
        map_digest="ab" * 32,
        declaration=DeclarationFacts(
            custodian_name="Alex Quill",
            role="Director of Infrastructure",
            practice="Events are written by the service as they happen.",
            place="Portland, Oregon",
            signing_place="inside_us",
            signed_on=date(2023, 5, 2),
        ),
        prepared_on=date(2023, 5, 2),
        targets=(
            TargetFacts(1, "User name", "clever_otter", "k-1", "Account found", "All"),
            TargetFacts(2, "User name", "night-ship", "k-2", "Account found", "All"),
        ),
        items=items(shown),
        exhibits=shown,
    )
    return dataclasses.replace(made, **changes)
