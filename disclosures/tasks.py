"""Celery's envelopes: each calls one verb, and running one twice is harmless."""

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from cases import documents, queue
from cases.enums import TaskName
from disclosures import assembly, chasing, drawing, leftovers
from disclosures.models import BlockOrder, Packet
from disclosures.packet import assemble as pages
from disclosures.sources import duck


@worker_ready.connect
def make_ready(**_: object) -> None:
    """Start what reads files and draws pages: nobody's packet waits for its imports."""
    duck.make_ready()
    pages.make_ready()


@shared_task(name=TaskName.ASSEMBLE)
def assemble(*, packet_id: int) -> None:
    """Do the step that a packet's row asks for."""
    assembly.assemble(packet_id)


@shared_task(name=TaskName.DRAW)
def draw(*, block_id: int) -> None:
    """Draw a block of a packet's schedules."""
    drawing.draw(block_id)


@shared_task(name=TaskName.SWEEP)
def sweep() -> None:
    """Send a hint again for each packet or block with work left and nobody at it."""
    at = timezone.now()
    queue.sweep(Packet.objects.workable(), TaskName.ASSEMBLE, "packet_id", at=at)
    queue.sweep(BlockOrder.objects.waiting(), TaskName.DRAW, "block_id", at=at)


@shared_task(name=TaskName.CLEAR)
def clear() -> None:
    """Remove the files that killed workers and uploads left half-made."""
    leftovers.clear()
    documents.clear(at=timezone.now())


@shared_task(name=TaskName.REMIND)
def remind() -> None:
    """Remind of the pull orders that are past their day."""
    chasing.remind(at=timezone.now())
