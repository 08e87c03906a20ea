"""Check a sealed production and print what isn't as it was sealed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases import keys
from cases.admin.addresses import RowToken
from disclosures import production
from disclosures.models import Packet
from disclosures.models.packet import SEALED
from disclosures.packet.verify import verify


class Command(BaseCommand):
    """``manage.py verify_packet PATH`` or ``--packet ID``; exit code 1 on a finding.

    A folder or zip, wherever it lies, is checked against its own manifest. A packet on
    the site's disk is checked against what the database says was sealed as well, the
    zip byte for byte.
    """

    help = "Checks a sealed production (folder or zip) against its manifest."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the place of the production, or the token of a packet on this site."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("path", type=Path, nargs="?", help="A folder or a zip.")
        what.add_argument(
            "--packet",
            metavar="ID",
            help="A packet sealed on this site: the last word of its page's address.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print every finding.

        Raises:
            CommandError: something isn't as it was sealed, or there is no such packet.
        """
        found = (
            verify(options["path"])
            if options["packet"] is None
            else production.findings(_sealed(options["packet"]))
        )
        for finding in found:
            self.stdout.write(str(finding))
        if found:
            count = len(found)
            raise CommandError(
                f"{count} {'finding' if count == 1 else 'findings'}: not as sealed."
            )
        self.stdout.write("Every file is as it was sealed.")


def _sealed(token: str) -> Packet:
    try:
        packet = Packet.objects.get(pk=keys.undisguise(token, RowToken.kind))
    except (ValueError, Packet.DoesNotExist):
        raise CommandError(f"There is no packet {token}.") from None
    if packet.status not in SEALED:
        status = packet.get_status_display()
        raise CommandError(f"Packet {token} is “{status}”, not sealed.")
    return packet
