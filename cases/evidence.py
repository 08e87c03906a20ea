"""The trail of one case for a court: its events, what proves them, and how to check.

The zip is checked with nothing but Python and ``cryptography``: ``check.py`` is
``cases.chain``, as it stands. It holds the events of one case alone; the proofs name
other leaves by their hashes and say nothing of them.
"""

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cases import audit, chain, ledger, permissions
from cases.enums import EventKind, Perm, Trail
from cases.models import AuditCheckpoint, AuditSeal, Case, Event, Organisation

README = """\
The trail of request {number}, exported {at} by {who}.

trail.jsonl       one event a line, oldest first: its text as it was sealed, its place
                  in the chain, and the proof that leads to its checkpoint
checkpoints/      the signed documents that the proofs lead to
keys.txt          the public keys that check the signatures
check.py          checks all of it: python check.py .
                  It needs Python 3.11 and the package "cryptography".

An event can't be changed, left out, put in or moved without check.py saying so, as far
as it is signed. The key in keys.txt came with this file: compare it with the one that
{organisation} publishes, and give it to check.py:

    python check.py . {key}

{unsigned} of the {count} events are not signed yet. For those this file proves nothing.
"""


def export_trail(
    case_id: int, *, actor: User, out: IO[bytes], at: datetime | None = None
) -> None:
    """Write the zip to ``out`` and the event that says so.

    What is committed is sealed and signed first. The event of the export itself comes
    after what is exported, so it isn't in the file.

    Raises:
        PermissionDenied: ``actor`` may not read the trail.
        ImproperlyConfigured: there is no key to sign with.
    """
    at = at or timezone.now()
    case = Case.objects.get(pk=case_id)
    permissions.require(actor, Perm.READ_TRAIL, case)
    ledger.seal()
    ledger.sign(at=at, now=True)
    with transaction.atomic():
        entries, checkpoints = _entries(case)
        audit.record(
            case,
            EventKind.TRAIL_EXPORTED,
            actor=actor,
            at=at,
            data={"events": len(entries)},
        )
    keys = ledger.public_keys()
    unsigned = sum(entry["checkpoint"] is None for entry in entries)
    said = README.format(
        number=case.number,
        at=timezone.localtime(at).isoformat(timespec="seconds"),
        who=audit.name_of(actor),
        organisation=Organisation.objects.get().name,
        key=keys[0],
        unsigned=unsigned,
        count=len(entries),
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", said)
        lines = (json.dumps(one, ensure_ascii=False) for one in entries)
        archive.writestr("trail.jsonl", "".join(f"{line}\n" for line in lines))
        archive.writestr("keys.txt", "".join(f"{key}\n" for key in keys))
        archive.write(Path(chain.__file__), "check.py")
        for row in checkpoints:
            name = f"checkpoints/{ledger.file_name(row.number)}"
            archive.writestr(name, ledger.as_file(row))


@dataclass(frozen=True)
class Signed:
    """How many events a case has, and how many of them a checkpoint holds."""

    count: int
    signed: int


def signed(case: Case) -> Signed:
    """Where the trail of a case stands."""
    newest = AuditCheckpoint.objects.aggregate(last=Max("last"))["last"] or 0
    links = AuditSeal.objects.filter(case_id=case.pk, position__lte=newest)
    return Signed(case.events.count(), links.count())


def _entries(case: Case) -> tuple[list[dict[str, object]], list[AuditCheckpoint]]:
    """Each event of the case as its line has it, and the checkpoints they lead to."""
    links = list(AuditSeal.objects.filter(trail=Trail.CASES, case_id=case.pk))
    events = Event.objects.in_bulk([link.event_id for link in links])
    rows = list(AuditCheckpoint.objects.order_by("number"))
    entries: list[dict[str, object]] = []
    used: dict[int, AuditCheckpoint] = {}
    segments: dict[int, tuple[int, list[str]]] = {}
    ends = iter(rows)
    row = next(ends, None)
    for link in links:
        while row and row.last < link.position:
            row = next(ends, None)
        entry: dict[str, object] = {
            "position": link.position,
            "text": ledger.text_of(ledger.stored(events[link.event_id]), link.of_case),
            "checkpoint": row.number if row else None,
            "proof": [],
        }
        if row:
            if row.number not in segments:
                segments = {row.number: _segment(row)}
            first, leaves = segments[row.number]
            entry["proof"] = chain.proof(leaves, link.position - first)
            used[row.number] = row
        entries.append(entry)
    return entries, list(used.values())


def _segment(row: AuditCheckpoint) -> tuple[int, list[str]]:
    """Where a checkpoint's links begin, and their leaves."""
    first = chain.read_checkpoint(row.document).first
    leaves = AuditSeal.objects.filter(position__range=(first, row.last))
    return first, list(leaves.order_by("position").values_list("leaf", flat=True))
