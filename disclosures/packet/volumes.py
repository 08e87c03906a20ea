"""The files that a long packet is parted into, and what leads from one to another.

Courts and viewers choke on a PDF of tens of thousands of pages. The first volume bears
the designed pages and as many of the schedules' as have room; each further one goes on
where the last stopped, on whichever page that is. Numbers run through all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from disclosures.packet.contents import Volume
from disclosures.packet.schedule.plan import Block, Slice

FIRST = "packet.pdf"


@dataclass(frozen=True)
class Stretch:
    """The pages of one exhibit in one block; ``page`` is the first, from 0 of all."""

    piece: Slice
    page: int
    pages: int


def volumes(pages: int, designed: int, most: int) -> tuple[Volume, ...]:
    """How so many pages are parted; the ``designed`` ones aren't, however many."""
    stops = [min(max(most, designed), pages)]
    while stops[-1] < pages:
        stops.append(min(stops[-1] + most, pages))
    return tuple(
        Volume(name(number), first, stop)
        for number, (first, stop) in enumerate(
            zip([0, *stops], stops, strict=False), start=1
        )
    )


def name(number: int) -> str:
    """The name of a volume's file."""
    return FIRST if number == 1 else f"packet-volume-{number:03d}.pdf"


def elsewhere(parted: Sequence[Volume], page: int) -> tuple[str, int] | None:
    """The file of a further volume, and which page of it, from 0, that a page is."""
    one = next(one for one in parted if page < one.stop)
    return (one.name, page - one.first) if one.first else None


def stretches(
    blocks: Sequence[Block], pages: Sequence[Sequence[int]], first: int
) -> tuple[Stretch, ...]:
    """Where each slice stands, ``pages`` being those of each block's slices."""
    found = []
    for block, counted in zip(blocks, pages, strict=True):
        for piece, count in zip(block.slices, counted, strict=True):
            found.append(Stretch(piece, first, count))
            first += count
    return tuple(found)


def cuts(blocks: Sequence[Block]) -> dict[int, list[Slice]]:
    """The slices of each exhibit, by its place."""
    found: dict[int, list[Slice]] = {}
    for piece in (piece for block in blocks for piece in block.slices):
        found.setdefault(piece.exhibit, []).append(piece)
    return found


def rows(piece: Slice) -> str:
    """The rows of a slice in words."""
    return f"Rows {piece.start + 1:,} to {piece.stop:,}"
