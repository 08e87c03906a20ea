"""Files that a killed worker left half-made: known by the claim that wrote them.

What a worker writes is named after its packet and fencing token and says nothing else.
It is a leftover when no row names it and its claim can never write a result any more:
the packet was claimed anew since, or no worker has anything to do on it. A file whose
packet isn't in this database is somebody else's and stays.
"""

import re
import shutil
from pathlib import Path

from django.conf import settings

from cases import queue
from disclosures.models import Exhibit, Packet
from disclosures.models.packet import WORKABLE

COLLECTED, PACKETS = "collected", "packets"
_NAME = re.compile(r"\.?(?P<packet>\d+)-(?P<token>\d+)(?![0-9])")


def place(folder: str, held: queue.Claim) -> str:
    """Where a claim writes, relative to ``settings.FILES_DIR``; add what it needs."""
    return f"{folder}/{held.pk}-{held.token}"


def clear() -> list[str]:
    """Remove the leftovers; their paths, relative to ``settings.FILES_DIR``."""
    root = Path(settings.FILES_DIR)
    found = [
        (path, match)
        for folder in (COLLECTED, PACKETS)
        for path in sorted((root / folder).glob("*"))
        if (match := _NAME.match(path.name))
    ]
    # The packets first: once one is at rest, all that its rows name is committed.
    ids = {int(match["packet"]) for _, match in found}
    packets = {one.pk: one for one in Packet.objects.filter(pk__in=ids)}
    named = set(Exhibit.objects.filter(packet__in=ids).values_list("path", flat=True))
    named |= {one.folder for one in packets.values()}
    removed = []
    for path, match in found:
        packet = packets.get(int(match["packet"]))
        name = path.relative_to(root).as_posix()
        if packet and name not in named and _is_over(packet, int(match["token"])):
            _remove(path)
            removed.append(name)
    return removed


def _is_over(packet: Packet, token: int) -> bool:
    """Whether the claim with this token can't write a result any more."""
    return token < packet.token or packet.status not in WORKABLE


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
