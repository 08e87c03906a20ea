"""Where a packet stands, as it goes: its stages, and how far the worker is.

Everything is read off the rows, so a page that is loaded again, or by somebody else,
shows the same. No identifier and no account key is among it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import queue
from cases.exceptions import CaseError
from disclosures import collection, facts
from disclosures.enums import ExhibitStatus, PacketStatus
from disclosures.models import Declaration, Packet
from disclosures.models.packet import WORKABLE

_S = PacketStatus
_REACHED: dict[str, int] = {
    _S.QUEUED: 0,
    _S.COLLECTING: 1,
    _S.CHOOSING: 1,
    _S.AWAITING: 1,
    _S.COLLECTED: 2,
    _S.CERTIFIED: 3,
    _S.SEALING: 4,
    _S.SEALED: 5,
    _S.RELEASED: 6,
}
_COLLECTING, _SEALING = 1, 4
# A worker that is up takes a packet within a second; the sweep sends a hint each 15 s.
_NOBODY_CAME = timedelta(seconds=40)


@dataclass(frozen=True)
class Stage:
    """One stage of a packet's life; ``state`` is done, now, stopped or todo."""

    label: str
    state: str


@dataclass(frozen=True)
class Progress:
    """How far a packet is; ``words`` say it in a sentence."""

    packet: Packet
    stages: list[Stage]
    words: str
    done: int
    total: int
    rows: int
    seconds: int | None
    warning: str = ""

    @property
    def is_live(self) -> bool:
        """Whether a worker has something to do, so that looking again is worth it."""
        return self.packet.status in WORKABLE

    @property
    def is_measured(self) -> bool:
        """Whether exhibits are being counted up."""
        return self.packet.status in {_S.QUEUED, _S.COLLECTING} or (
            self.packet.status == _S.FAILED and self.done < self.total
        )


def of(packet: Packet, *, at: datetime | None = None) -> Progress:
    """The progress of a packet as its rows tell it."""
    at = at or timezone.now()
    collected = Q(status=ExhibitStatus.COLLECTED)
    counted = packet.exhibits.aggregate(
        total=Count("pk"), done=Count("pk", filter=collected), rows=Sum("rows")
    )
    done, total, rows = counted["done"], counted["total"], counted["rows"] or 0
    since = _began(packet)
    seconds = max(0, int((at - since).total_seconds())) if since else None
    return Progress(
        packet=packet,
        stages=stages(packet),
        words=_words(packet, done, total, rows),
        done=done,
        total=total,
        rows=rows,
        seconds=seconds,
        warning=_warning(packet, at),
    )


def stages(packet: Packet) -> list[Stage]:
    """The stages of a packet's life, and where it stands in them."""
    labels = [
        _("Ordered"),
        _("Collecting"),
        _("Waiting for the custodian"),
        _("Certified"),
        _("Rendering and sealing"),
        _("Sealed"),
        _("Handed over"),
    ]
    reached, stopped = _reached(packet)
    last = len(labels) - 1
    found = []
    for place, label in enumerate(labels):
        state = "done" if place < reached or reached == last else "todo"
        if place == reached and reached != last:
            state = "stopped" if stopped else "now"
        found.append(Stage(label, state))
    return found


def _reached(packet: Packet) -> tuple[int, bool]:
    """How far it came, and whether it stopped there."""
    if packet.status in _REACHED:
        return _REACHED[packet.status], packet.status == _S.CHOOSING
    if packet.sealed_at:
        return _REACHED[_S.SEALED], True
    if Declaration.objects.filter(packet=packet).exists():
        return _SEALING, True
    return (_REACHED[_S.COLLECTED] if packet.collected_at else _COLLECTING), True


def _began(packet: Packet) -> datetime | None:
    """When the worker's present step became due."""
    if packet.status in {_S.QUEUED, _S.COLLECTING}:
        return packet.ordered_at
    if packet.status in {_S.CERTIFIED, _S.SEALING}:
        return packet.collected_at if packet.is_letter else packet.declaration.signed_at
    return None


def _warning(packet: Packet, at: datetime) -> str:
    waits = packet.status in {_S.QUEUED, _S.CERTIFIED}
    since = _began(packet)
    if waits and since and packet.lease_until is None and at - since > _NOBODY_CAME:
        return _(
            "No worker has taken this up yet. Nothing is lost; ask whoever runs the "
            "portal whether the worker is running."
        )
    if packet.status in WORKABLE and packet.failure:
        return _("%(why)s Nothing is lost; the worker tries again by itself.") % {
            "why": packet.failure
        }
    if packet.status in WORKABLE and packet.attempts > 1:
        return _("Attempt %(n)s of %(most)s: an earlier one did not finish.") % {
            "n": packet.attempts,
            "most": queue.MAX_ATTEMPTS,
        }
    return ""


def _words(packet: Packet, done: int, total: int, rows: int) -> str:
    pages = packet.pages or 0
    sealed = ngettext("Sealed: %(pages)s page.", "Sealed: %(pages)s pages.", pages)
    said = {
        _S.QUEUED: _("Ordered; a worker begins in a moment."),
        _S.COLLECTING: _("%(done)s of %(total)s exhibits done, %(rows)s rows so far."),
        _S.CHOOSING: _("Several accounts match a target. Nothing was searched yet."),
        _S.AWAITING: _(
            "%(done)s of %(total)s exhibits done, %(rows)s rows so far. The others are "
            "fetched by data owners; the collection goes on when they have answered."
        ),
        _S.COLLECTED: _("All %(total)s exhibits are collected, %(rows)s rows in all."),
        _S.CERTIFIED: _("The letter is ready; sealing begins in a moment.")
        if packet.is_letter
        else _("The declaration is signed; sealing begins in a moment."),
        _S.SEALING: _("The pages are being drawn, numbered and sealed."),
        _S.SEALED: sealed,
        _S.RELEASED: sealed,
        _S.FAILED: _("Stopped with %(done)s of %(total)s exhibits collected."),
        _S.SUPERSEDED: _("A newer packet has taken this one's place; it can't go out."),
    }[PacketStatus(packet.status)]
    counts = {
        "done": done,
        "total": total,
        "rows": f"{rows:,}",
        "pages": f"{pages:,}",
    }
    return f"{said % counts} {_current(packet)}".strip()


def _current(packet: Packet) -> str:
    """Which part the worker is at; the order is the run's own."""
    if packet.status != _S.COLLECTING:
        return ""
    try:
        left = collection.outstanding(packet, facts.data_map(packet))
    except CaseError:
        return ""
    if not left:
        return ""
    return _("Now: %(part)s.") % {"part": collection.part_name(left[0])}
