"""A request on which a break in custody stands."""

import contextlib

from disclosures import breaks
from disclosures.exceptions import CustodyBroken
from disclosures.models import Packet
from tests.disclosures import packets


def standing(packet: Packet | None = None) -> Packet:
    """A packet on whose case a break in custody stands, its file being right again."""
    packet = packet or packets.collected()
    exhibit = packet.exhibits.get(part_code="2a")
    words = f"Exhibit {exhibit.label} was changed or lost after it was collected."
    with contextlib.suppress(CustodyBroken), breaks.noted():
        raise CustodyBroken(words, packet_id=packet.pk, exhibit_id=exhibit.pk)
    return packet
