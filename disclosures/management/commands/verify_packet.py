"""Check a sealed production, in a folder or a zip, and print what isn't as sealed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disclosures.packet.verify import verify


class Command(BaseCommand):
    """``manage.py verify_packet PATH``: exit code 1 when anything is found."""

    help = "Checks a sealed production (folder or zip) against its manifest."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the place of the production."""
        parser.add_argument("path", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print every finding.

        Raises:
            CommandError: something isn't as it was sealed.
        """
        findings = verify(options["path"])
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            count = len(findings)
            raise CommandError(
                f"{count} {'finding' if count == 1 else 'findings'}: not as sealed."
            )
        self.stdout.write("Every file is as it was sealed.")
