"""Long schedules, drawn a block at a time by any worker that is free.

The worker that seals a packet cuts its rows into blocks, closes each block's rows by
the case's key, orders the blocks and lets the packet go. Whoever draws the last one
sends the packet its hint, and the parts are bound. A block is a work order like a
packet: a lease, a fencing token, and a hint that the sweep sends again; what its worker
leaves half-made is named after the claim. The split is a function of the rows alone, so
any number of workers gives the same bytes.
"""

import dataclasses
import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import queue, sandbox, vault
from cases.enums import TaskName
from cases.exceptions import ClaimLost, NotOpened
from disclosures import attempts, facts, kept, leftovers
from disclosures.exceptions import CollectionFailed
from disclosures.models import BlockOrder, Packet
from disclosures.packet import assemble as pages
from disclosures.packet import tools
from disclosures.packet.contents import PacketFacts
from disclosures.packet.schedule import plan

DRAW_SECONDS, DRAW_MEGABYTES = 900, 1024
_RETRY_AFTER = timedelta(seconds=10)
_log = logging.getLogger(__name__)
Planned = tuple[plan.Block, ...]


def parts(
    packet: Packet, said: PacketFacts, planned: Planned, work: Path, held: queue.Claim
) -> dict[int, Path] | None:
    """The blocks that are drawn apart, by number, opened in ``work``.

    None when some are still to be drawn: they are ordered then, and the packet waits.

    Raises:
        CollectionFailed: a block couldn't be drawn; the next try orders all anew.
        ClaimLost: another worker has claimed the packet since.
    """
    apart = plan.apart(planned)
    if not apart:
        return {}
    ordered = {one.number: one for one in packet.blocks.all()}
    if failed := [one.failure for one in ordered.values() if one.failure]:
        forget(packet)
        raise CollectionFailed(failed[0])
    if all(_is_drawn(ordered.get(one.number)) for one in apart):
        try:
            return {
                one.number: _open(one, one.part_path, one.part_sha256, work / path)
                for one in ordered.values()
                if (path := f"part-{one.number}")
            }
        except CollectionFailed:
            forget(packet)
            raise
    _order(packet, said, apart, work, held)
    return None


def forget(packet: Packet) -> None:
    """Drop a packet's blocks with their files."""
    for one in packet.blocks.all():
        for path in filter(None, (one.rows_path, one.part_path)):
            (Path(settings.FILES_DIR) / path).unlink(missing_ok=True)
    packet.blocks.all().delete()


def draw(block_id: int, *, at: datetime | None = None) -> None:
    """Draw one block; the worker's entry. Twice is harmless.

    A block that can't be drawn says why, and its packet fails with that sentence.
    """
    at = at or timezone.now()
    held = queue.claim(
        BlockOrder.objects.waiting(), block_id, at=at, seconds=DRAW_SECONDS
    )
    if held is None:
        return
    block = BlockOrder.objects.select_related("packet__case").get(pk=block_id)
    try:
        with queue.heartbeat(held):
            attempts.require_left(held)
            _draw(block, held)
    except ClaimLost:
        return
    except (OperationalError, InterfaceError):
        queue.release(held, retry_at=timezone.now() + _RETRY_AFTER)
    except Exception as error:  # noqa: BLE001 - its text may hold records: not for logs
        _give_up(block, held, attempts.sentence(error, _log, "A block's drawing"))


def _is_drawn(block: BlockOrder | None) -> bool:
    return bool(block and block.drawn_at and block.made_with == tools.versions())


def _order(
    packet: Packet, said: PacketFacts, apart: Planned, work: Path, held: queue.Claim
) -> None:
    """Cut the rows, close them, and order the blocks."""
    forget(packet)
    made = []
    for block in apart:
        piece = block.slices[0]
        source = said.exhibits[piece.exhibit].path
        if source is None:
            raise CollectionFailed(_("A block of records has no file."))
        plain = work / f"rows-{block.number}"
        piece = plan.cut(source, piece, plain)
        path = _place(packet.pk, held.token, block.number, "rows")
        made.append(
            BlockOrder(
                packet=packet,
                number=block.number,
                piece=dataclasses.asdict(piece),
                made_with=tools.versions(),
                rows_path=path,
                rows_sha256=_close(plain, path, packet),
            )
        )
    with transaction.atomic():
        queue.hold(held)
        for one in BlockOrder.objects.bulk_create(made):
            queue.hint_after_commit(TaskName.DRAW, block_id=one.pk)


def _draw(block: BlockOrder, held: queue.Claim) -> None:
    piece = plan.Slice(**block.piece)
    packet = block.packet
    with leftovers.private_block(packet, held) as work:
        rows = _open(block, block.rows_path, block.rows_sha256, work / "rows")
        said = facts.packet_facts(packet)
        exhibits = list(said.exhibits)
        exhibits[piece.exhibit] = dataclasses.replace(
            exhibits[piece.exhibit], path=rows
        )
        drawn = work / "part"
        try:
            sandbox.run(
                pages.draw_apart,
                dataclasses.replace(said, exhibits=tuple(exhibits)),
                plan.Block(block.number, (piece,)),
                drawn,
                seconds=(held.deadline_at - timezone.now()).total_seconds(),
                megabytes=DRAW_MEGABYTES,
            )
        except (sandbox.ChildTimedOut, sandbox.ChildKilled) as error:
            raise CollectionFailed(
                _("Rendering took too much time or memory and was stopped.")
            ) from error
        # Named after the packet's claim and the block's: nobody else writes there.
        path = _place(packet.pk, packet.token, block.number, f"part-{held.token}")
        _finish(block, held, path, _close(drawn, path, packet))


def _finish(block: BlockOrder, held: queue.Claim, path: str, sha256: str) -> None:
    with transaction.atomic():
        queue.hold(held)
        BlockOrder.objects.filter(pk=block.pk).update(
            part_path=path,
            part_sha256=sha256,
            made_with=tools.versions(),
            drawn_at=timezone.now(),
            lease_until=None,
        )
        _go_on(block.packet_id)


def _give_up(block: BlockOrder, held: queue.Claim, sentence: str) -> None:
    try:
        with transaction.atomic():
            queue.hold(held)
            BlockOrder.objects.filter(pk=block.pk).update(
                failure=sentence, lease_until=None
            )
            _go_on(block.packet_id)
    except ClaimLost:
        return


def _go_on(packet_id: int) -> None:
    """Send the packet its hint once none of its blocks waits any more.

    Where two end at once neither may see the other's end: the sweep sends it then.
    """
    waiting = BlockOrder.objects.waiting().filter(packet_id=packet_id)
    if not waiting.exists():
        queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet_id)


def _place(packet: int, token: int, number: int, kind: str) -> str:
    return f"{leftovers.BLOCKS}/{packet}-{token}-{number:06d}-{kind}"


def _close(plain: Path, path: str, packet: Packet) -> str:
    """Put a plain file into the store, closed, and take it away; its SHA-256."""
    with plain.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    kept.keep(plain, path, packet)
    plain.unlink()
    return sha256


def _open(block: BlockOrder, path: str, sha256: str, plain: Path) -> Path:
    """A plain copy of one of a block's files.

    Raises:
        CollectionFailed: the file is missing or isn't what was written.
        KeyGone: the case's key was destroyed.
    """
    try:
        with plain.open("xb") as sink:
            vault.pour(Path(settings.FILES_DIR) / path, sink, case=block.packet.case)
        with plain.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except NotOpened:
        found = ""
    if found != sha256:
        raise CollectionFailed(_("A part of the schedules was changed or lost."))
    return plain
