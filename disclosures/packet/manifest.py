"""What a production says of itself: ``manifest.json``, the index, lists of checksums.

For machines; keys stand in a fixed order, so that equal inputs give equal bytes.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from disclosures.packet import inputs
from disclosures.packet.contents import (
    UNSIGNED,
    ExhibitFacts,
    PacketFacts,
    Rendered,
    Volume,
    bates,
    production_name,
)
from disclosures.packet.signer import Signature
from disclosures.packet.verify import SIGNATURE

FORMAT = "candor-production-2"
PDF, INDEX, EXHIBITS = "packet.pdf", "index.csv", "exhibits"
LOG = "redactions.csv"  # of what was withheld and redacted; a letter has none


@dataclass(frozen=True, order=True)
class File:
    """One file of a production: its name in it, its size in bytes, its hashes."""

    name: str
    bytes: int
    sha256: str
    sha512: str

    @property
    def data(self) -> dict[str, Any]:
        """As the manifest lists it."""
        return {"name": self.name, **self.measures}

    @property
    def measures(self) -> dict[str, Any]:
        """The same without the name."""
        return {"bytes": self.bytes, "sha256": self.sha256, "sha512": self.sha512}


@dataclass(frozen=True)
class Drawn:
    """One PDF: as it was drawn, as it is enclosed, and who signed it."""

    unsigned: File
    enclosed: File
    signature: Signature | None

    @property
    def data(self) -> dict[str, Any]:
        """As the manifest says it."""
        return {
            "file": self.enclosed.name,
            "unsigned": self.unsigned.measures,
            "signed": self.enclosed.measures if self.signature else None,
            "stamped_at": self.signature.stamped_at if self.signature else None,
        }


def text(
    facts: PacketFacts,
    rendered: Rendered,
    files: Iterable[File],
    drawn: Sequence[Drawn],
) -> str:
    """The manifest; ``drawn`` are the PDFs, the first of them first."""
    said = {
        "format": FORMAT,
        "production": production_name(facts),
        "case": facts.case_number,
        "organisation": facts.organisation.name,
        "agency": facts.agency,
        "agency_reference": facts.agency_reference,
        "instrument": facts.instrument,
        "served_on": facts.served_on.isoformat(),
        "prepared_on": facts.prepared_on.isoformat(),
        "scope": {"revision": facts.scope_revision, "sha256": facts.scope_digest},
        "sign_off": {
            "counsel": facts.counsel_name,
            "on": facts.signed_off_on.isoformat(),
            "legal_basis": facts.legal_basis,
        },
        "declaration": _declaration(facts),
        "data_map": {
            "title": facts.map_title,
            "version": facts.map_version,
            "sha256": facts.map_digest,
        },
        "pages": rendered.pages,
        "bates_first": bates(facts, facts.bates_start),
        "bates_last": bates(facts, rendered.bates_last),
        "volumes": [_volume(facts, one) for one in rendered.volumes],
        "attached": [one.file_name for one in facts.attached],
        "rows": sum(one.rows for one in facts.exhibits if one.file_name),
        "exhibits": [_exhibit(one, rendered) for one in facts.exhibits],
        "pdfs": [one.data for one in drawn],
        "signature": _signature(drawn[0].signature),
        "files": [one.data for one in files],
        "inputs": {"facts": {"sha256": inputs.digest(inputs.document(facts))}},
        "tools": rendered.tool_versions,
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def sums(files: Iterable[File], algorithm: str) -> str:
    """A list of checksums as ``sha256sum -c`` and its kin read it."""
    return "".join(f"{getattr(one, algorithm)}  {one.name}\n" for one in sorted(files))


def _signature(signature: Signature | None) -> Mapping[str, str] | None:
    if signature is None:
        return None
    return {"manifest": SIGNATURE, **signature.data}


def _declaration(facts: PacketFacts) -> dict[str, str] | None:
    signed = facts.declaration
    if signed == UNSIGNED:
        return None
    return {
        "custodian": signed.custodian_name,
        "role": signed.role,
        "place": signed.place,
        "form": signed.signing_place,
        "on": signed.signed_on.isoformat(),
    }


def _volume(facts: PacketFacts, volume: Volume) -> dict[str, Any]:
    return {
        "file": volume.name,
        "bates_first": bates(facts, facts.bates_start + volume.first),
        "bates_last": bates(facts, facts.bates_start + volume.stop - 1),
        "pages": volume.stop - volume.first,
    }


def _exhibit(exhibit: ExhibitFacts, rendered: Rendered) -> dict[str, Any]:
    first, last, pages = rendered.ranges[exhibit.number]
    return {
        "number": exhibit.number,
        "target": exhibit.target_number,
        "item": exhibit.item_number,
        "part": exhibit.part_code,
        "title": exhibit.title,
        "response": exhibit.code,
        "bates_first": first,
        "bates_last": last,
        "pages": pages,
        "file": f"{EXHIBITS}/{exhibit.file_name}" if exhibit.file_name else None,
        "rows": exhibit.rows if exhibit.file_name else None,
        "rows_in_all": exhibit.total if exhibit.file_name else None,
        "rows_collected": exhibit.collected_rows if exhibit.file_name else None,
        "rows_withheld": _not_produced(exhibit, of_columns=False),
        "values_redacted": _not_produced(exhibit, of_columns=True),
        "sha256_collected": exhibit.collected_sha256 or None,
        "bytes": exhibit.bytes if exhibit.file_name else None,
        "sha256": exhibit.sha256 or None,
        "source": exhibit.source_title or None,
        "snapshot_at": exhibit.snapshot_at or None,
        "query_sha256": hashlib.sha256(exhibit.sql.encode()).hexdigest()
        if exhibit.sql
        else None,
        **({"pull_order": exhibit.order} if exhibit.order else {}),
    }


def _not_produced(exhibit: ExhibitFacts, *, of_columns: bool) -> int | None:
    found = [n.count for n in exhibit.not_produced if bool(n.column) == of_columns]
    return sum(found) if exhibit.file_name else None


_INDEX_COLUMNS = (
    *("number", "target", "item", "part", "title", "response"),
    *("bates_first", "bates_last", "pages", "file", "rows", "bytes", "sha256"),
    *("rows_collected", "rows_withheld", "values_redacted"),
)


def index(facts: PacketFacts, rendered: Rendered) -> str:
    """The production index as a table: RFC 4180, like the exhibits."""
    out = io.StringIO(newline="")
    rows = csv.DictWriter(
        out, _INDEX_COLUMNS, extrasaction="ignore", lineterminator="\r\n"
    )
    rows.writeheader()
    rows.writerows(_exhibit(one, rendered) for one in facts.exhibits)
    return out.getvalue()
