"""Files that a killed worker left half-made: known by the claim that wrote them.

What a worker writes is named after its packet and fencing token and says nothing else.
It is a leftover when no row names it and its claim can never write a result any more:
the packet was claimed anew since, or no worker has anything to do on it. A file whose
packet isn't in this database is somebody else's and stays.

Plain records stand in a folder of their own beside the store while a worker is at them
(``private``), under a name of the same kind.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from cases import queue
from disclosures.models import BlockOrder, Exhibit, Packet, PullAnswer
from disclosures.models.packet import WORKABLE

COLLECTED, PACKETS, BLOCKS, WORK = "collected", "packets", "blocks", "work"
UPLOADED = "uploaded"  # by data owners; closed, known by the rows of their answers
_UPLOADING = "upload-"
# No upload takes so long; what is older is nobody's any more.
_UPLOAD_SECONDS = 3600
_NAME = re.compile(r"\.?(?P<packet>\d+)-(?P<token>\d+)(?![0-9])")


def place(folder: str, held: queue.Claim) -> str:
    """Where a claim writes, relative to ``settings.FILES_DIR``; add what it needs."""
    return f"{folder}/{held.pk}-{held.token}"


@contextmanager
def private(held: queue.Claim) -> Iterator[Path]:
    """A folder for plain records that only this process's user may read; then gone.

    What earlier claims on the same packet left goes first: their workers were killed,
    or can't write a result any more.
    """
    for path in Path(settings.WORK_DIR).glob(f"{held.pk}-*"):
        match = _NAME.match(path.name)
        if match and int(match["token"]) < held.token:
            _remove(path)
    with _folder(f"{held.pk}-{held.token}-") as folder:
        yield folder


@contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    root = Path(settings.WORK_DIR)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    try:
        yield folder
    finally:
        _remove(folder)


def private_upload() -> AbstractContextManager[Path]:
    """The same for what somebody uploads: no worker has a claim on it."""
    return _folder(_UPLOADING)


@contextmanager
def private_block(packet: Packet, held: queue.Claim) -> Iterator[Path]:
    """The same for a block of a packet, which several workers draw at once.

    It is named after the packet's claim: what a killed worker left goes when the packet
    is claimed anew.
    """
    name = f"{packet.pk}-{packet.token}-block-{held.pk}-"
    for path in Path(settings.WORK_DIR).glob(f"{name}*"):
        if int(path.name.removeprefix(name).partition("-")[0]) < held.token:
            _remove(path)
    with _folder(f"{name}{held.token}-") as folder:
        yield folder


def _clear_uploads() -> list[str]:
    """Remove what uploads left that were killed: plain folders, files without a row."""
    before = time.time() - _UPLOAD_SECONDS
    work = sorted(Path(settings.WORK_DIR).glob(f"{_UPLOADING}*"))
    # Where a request's large files lie while it is answered; Django removes them then.
    work += sorted(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*"))
    closed = sorted((Path(settings.FILES_DIR) / UPLOADED).glob("*"))
    old = [one for one in (*work, *closed) if one.stat().st_mtime < before]
    removed = []
    for path in old:
        name = f"{path.parent.name}/{path.name}"
        named = Q(path=name) | Q(upload_path=name)
        if path in closed and PullAnswer.objects.filter(named).exists():
            continue
        _remove(path)
        removed.append(name)
    return removed


def clear() -> list[str]:
    """Remove the leftovers; their folder's name and their own."""
    root = Path(settings.FILES_DIR)
    places = {
        COLLECTED: root / COLLECTED,
        PACKETS: root / PACKETS,
        BLOCKS: root / BLOCKS,
        WORK: Path(settings.WORK_DIR),
    }
    found = [
        (f"{folder}/{path.name}", path, match)
        for folder, place in places.items()
        for path in sorted(place.glob("*"))
        if (match := _NAME.match(path.name))
    ]
    # The packets first: once one is at rest, all that its rows name is committed.
    ids = {int(match["packet"]) for _, _, match in found}
    packets = {one.pk: one for one in Packet.objects.filter(pk__in=ids)}
    named = set(Exhibit.objects.filter(packet__in=ids).values_list("path", flat=True))
    named |= {one.folder for one in packets.values()}
    BlockOrder.objects.exclude(packet__status__in=WORKABLE).delete()
    for block in BlockOrder.objects.filter(packet__in=ids):
        named |= {block.rows_path, block.part_path}
    removed = _clear_uploads()
    for name, path, match in found:
        packet = packets.get(int(match["packet"]))
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
