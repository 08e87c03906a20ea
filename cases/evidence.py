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
from cases.enums import EventKind, Perm
from cases.models import AuditCheckpoint, AuditSeal, Case, Organisation

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
        PermissionDenied: ``actor`` may not export the trail.
        ImproperlyConfigured: there is no key to sign with.
    """
    at = at or timezone.now()
    case = Case.objects.get(pk=case_id)
    permissions.require(actor, Perm.EXPORT_TRAIL, case)
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


@dataclass(frozen=True)
class _Segment:
    """The links that one checkpoint holds, and the tree over their leaves."""

    row: AuditCheckpoint
    first: int
    tree: chain.Tree

    def proof(self, link: AuditSeal) -> chain.Proof:
        """The way from this link's leaf to the root that was signed."""
        return chain.proof(self.tree, link.position - self.first)


def _entries(case: Case) -> tuple[list[dict[str, object]], list[AuditCheckpoint]]:
    """Each event of the case as its line has it, and the checkpoints they lead to.

    Raises:
        LookupError: an event that was sealed is gone.
    """
    links = list(AuditSeal.objects.filter(case_id=case.pk).order_by("position"))
    entries: list[dict[str, object]] = []
    checkpoints: list[AuditCheckpoint] = []
    over: _Segment | None = None
    for link, text in zip(links, ledger.texts(links), strict=True):
        if text is None:
            raise LookupError(f"The event of link {link.position} is gone.")
        if over is None or over.row.last < link.position:
            over = _segment_over(link)
            checkpoints += [over.row] if over else []
        entries.append(
            {
                "position": link.position,
                "text": text,
                "checkpoint": over.row.number if over else None,
                "proof": over.proof(link) if over else [],
            }
        )
    return entries, checkpoints


def _segment_over(link: AuditSeal) -> _Segment | None:
    """The segment this link lies in; None where no checkpoint reaches it yet."""
    reaching = AuditCheckpoint.objects.filter(last__gte=link.position)
    row = reaching.order_by("last").first()
    if row is None:
        return None
    first = chain.read_checkpoint(row.document).first
    leaves = AuditSeal.objects.filter(position__range=(first, row.last))
    in_order = leaves.order_by("position").values_list("leaf", flat=True)
    return _Segment(row, first, chain.tree(list(in_order)))
