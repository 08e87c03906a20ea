"""The custody ledger: what became of each file of a packet, from pull to hand-over.

Read from rows and events that are there anyway, so it can't say anything else than they
do. Each file of a sealed packet walks back to one pull: of an exhibit to its query and
snapshot, of a page or list to the exhibits that were certified.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.models import Event
from disclosures import breaks, facts, kept, marks
from disclosures.exceptions import PacketBroken
from disclosures.models import Declaration, Delivery, Exhibit, Packet
from disclosures.packet.seal import EXHIBITS

COLUMNS = ("file", "sha256", "bytes", "at", "who", "what", "detail", "event")


@dataclass(frozen=True)
class Step:
    """One thing that befell a file: when (UTC), by whom, what, and the event of it."""

    at: datetime
    who: str
    what: str
    detail: str = ""
    event: int | None = None


@dataclass(frozen=True)
class Artefact:
    """One file of the packet, as it was sealed, and its steps, the pull first."""

    name: str
    sha256: str
    size: int
    exhibit: Exhibit | None
    steps: tuple[Step, ...]


@breaks.noted()
def ledger(packet: Packet) -> list[Artefact]:
    """Each file of a sealed packet with its way through the house.

    Raises:
        CustodyBroken: an exhibit is no longer what was collected.
        KeyGone: the case's key was destroyed.
        PacketBroken: a file of the packet comes from no exhibit that was collected.
    """
    if not packet.files:
        return []
    kept.require_intact(packet)
    exhibits = {
        f"{EXHIBITS}/{one.file_name}": one
        for one in packet.exhibits.select_related(
            "target", "item", "packet"
        ).prefetch_related("marks", "examinations")
        if one.path
    }
    later, made_of = _later(packet), _made_of(packet)
    found = []
    for name, size, sha256 in packet.files:
        exhibit = exhibits.get(name)
        if name.startswith(f"{EXHIBITS}/") and (
            exhibit is None or marks.produced(exhibit).sha256 != sha256
        ):
            raise PacketBroken(_("%(name)s comes from no pull.") % {"name": name})
        own = [_pulled(packet, exhibit), *later[exhibit.pk]] if exhibit else [made_of]
        steps = sorted([*own, *later[None]], key=_when)
        found.append(Artefact(name, sha256, size, exhibit, tuple(steps)))
    return found


def _when(step: Step) -> tuple[datetime, int]:
    return step.at, step.event or 0


def _pulled(packet: Packet, exhibit: Exhibit) -> Step:
    """The pull of one exhibit: from where, by which query, as of when."""
    snapshot = exhibit.snapshot_at
    parts = [
        _("part %(part)s") % {"part": exhibit.part_code},
        exhibit.source_title or _("derived from other exhibits of this run"),
        _("%(n)s of %(total)s rows") % {"n": exhibit.rows, "total": exhibit.in_all}
        if exhibit.is_capped
        else _("%(n)s rows") % {"n": exhibit.rows},
    ]
    if exhibit.read_as:
        parts.append(exhibit.read_as)
    if snapshot:
        parts.append(_("as of %(time)s") % {"time": _utc(snapshot)})
    at = exhibit.finished_at or packet.collected_at or packet.ordered_at
    return Step(at, audit.SYSTEM.name, _("Pulled"), "; ".join(parts))


def _made_of(packet: Packet) -> Step:
    """What pages and lists are made of: the exhibits, as they were certified."""
    digest = facts.exhibits_digest(packet)
    at = packet.collected_at or packet.ordered_at
    detail = _("made of the exhibits under digest %(digest)s") % {"digest": digest}
    return Step(at, audit.SYSTEM.name, _("Collected"), detail)


_WORDS = {
    EventKind.PACKET_REQUESTED: gettext_lazy("Ordered"),
    EventKind.PACKET_RESUMED: gettext_lazy("Resumed"),
    EventKind.ACCOUNT_CHOSEN: gettext_lazy("Account chosen"),
    EventKind.PULL_ISSUED: gettext_lazy("Asked of a data owner"),
    EventKind.PULL_ANSWERED: gettext_lazy("Answered by the data owner"),
    EventKind.PULL_RETURNED: gettext_lazy("Answer returned"),
    EventKind.EXHIBIT_MARKED: gettext_lazy("Marked for redaction"),
    EventKind.MARK_LIFTED: gettext_lazy("Redaction mark lifted"),
    EventKind.COLUMN_RELEASED: gettext_lazy("Column released by counsel"),
    EventKind.EXHIBIT_PASSED: gettext_lazy("Examined and passed"),
    EventKind.EXHIBIT_RETURNED: gettext_lazy("Examined and returned"),
    EventKind.PACKET_CERTIFIED: gettext_lazy("Certified"),
    EventKind.PACKET_SEALED: gettext_lazy("Sealed"),
    EventKind.EXHIBIT_OPENED: gettext_lazy("Read"),
    EventKind.CUSTODY_BROKEN: gettext_lazy("Found changed or lost"),
    EventKind.CUSTODY_SETTLED: gettext_lazy("Break in custody settled"),
    EventKind.PACKET_OPENED: gettext_lazy("Downloaded"),
    EventKind.PACKET_RELEASED: gettext_lazy("Handed over"),
    EventKind.PACKET_ACKNOWLEDGED: gettext_lazy("Acknowledged"),
}


def _later(packet: Packet) -> dict[int | None, list[Step]]:
    """What befell each exhibit by its id, and the packet as a whole under None."""
    found: dict[int | None, list[Step]] = defaultdict(list)
    for row in Event.objects.filter(case=packet.case, kind__in=_WORDS).order_by("pk"):
        said = audit.data_of(row)
        if said.get("packet", packet.pk) == packet.pk:
            what = str(_WORDS[EventKind(row.kind)])
            step = Step(row.at, row.actor_name, what, _detail(packet, row), row.pk)
            found[said.get("exhibit")].append(step)
    return found


def _detail(packet: Packet, row: Event) -> str:
    match EventKind(row.kind):
        case EventKind.PACKET_CERTIFIED:
            signed = Declaration.objects.filter(packet=packet).first()
            return signed.exhibits_digest if signed else ""
        case EventKind.PACKET_SEALED:
            return packet.manifest_sha256
        case EventKind.PACKET_RELEASED:
            made = Delivery.objects.filter(packet=packet).first()
            return made.get_method_display() if made else ""
        case EventKind.PULL_ISSUED | EventKind.PULL_ANSWERED | EventKind.PULL_RETURNED:
            return str(audit.data_of(row)["reference"])
        case _:
            return ""


def write(
    packet_id: int, *, actor: User, out: IO[str], at: datetime | None = None
) -> None:
    """Write the ledger as CSV, a line a step, and the event that says so.

    Raises:
        PermissionDenied: ``actor`` may not export the trail.
        PacketBroken: a file of the packet comes from no exhibit that was collected.
    """
    packet = Packet.objects.select_related("case").get(pk=packet_id)
    permissions.require(actor, Perm.EXPORT_TRAIL, packet.case)
    files = ledger(packet)
    with transaction.atomic():
        audit.record(
            packet.case,
            EventKind.CUSTODY_EXPORTED,
            actor=actor,
            at=at or timezone.now(),
            data={"packet": packet.pk, "files": len(files)},
        )
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for one in files:
        for step in one.steps:
            rows.writerow(
                [
                    *(one.name, one.sha256, one.size, _utc(step.at), step.who),
                    *(step.what, step.detail, step.event or ""),
                ]
            )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
