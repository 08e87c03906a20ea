"""A packet of this site as an operator names it: ``LR-2023-0001/1``."""

from django.core.management.base import CommandError

from disclosures.models import Packet
from disclosures.models.packet import SEALED


def sealed(name: str) -> Packet:
    """The sealed packet with this name.

    Raises:
        CommandError: there is none, or it isn't sealed.
    """
    case, _, number = name.rpartition("/")
    packets = Packet.objects.select_related("case", "revision", "sign_off")
    packet = None
    if number.isascii() and number.isdigit():
        packet = packets.filter(case__number=case, number=int(number)).first()
    if packet is None:
        raise CommandError(f"There is no packet {name}; name it like LR-2023-0001/1.")
    if packet.status not in SEALED:
        status = packet.get_status_display()
        raise CommandError(f"Packet {name} is “{status}”, not sealed.")
    return packet
