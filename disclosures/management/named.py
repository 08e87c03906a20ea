"""A packet of this site as an operator names it: by the token of its page."""

from django.core.management.base import CommandError

from cases import keys
from cases.admin.addresses import RowToken
from disclosures.models import Packet
from disclosures.models.packet import SEALED


def sealed(token: str) -> Packet:
    """The sealed packet with this token.

    Raises:
        CommandError: there is none, or it isn't sealed.
    """
    packets = Packet.objects.select_related("case", "revision", "sign_off")
    try:
        packet = packets.get(pk=keys.undisguise(token, RowToken.kind))
    except (ValueError, Packet.DoesNotExist):
        raise CommandError(f"There is no packet {token}.") from None
    if packet.status not in SEALED:
        status = packet.get_status_display()
        raise CommandError(f"Packet {token} is “{status}”, not sealed.")
    return packet
