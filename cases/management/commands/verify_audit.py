"""Check the whole trail: its events, its chain and its signed checkpoints."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import ledger, verifying


class Command(BaseCommand):
    """``manage.py verify_audit``; exit code 1 where the trail isn't as sealed."""

    help = "Checks the trail and its signatures, and says what it can't vouch for."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print every fault, then what is and isn't vouched for.

        Raises:
            CommandError: something isn't as it was sealed, or can't be read.
        """
        report = verifying.verify()
        for fault in report.faults:
            self.stdout.write(fault)
        self.stdout.write(
            f"{report.links} events are in the chain, {report.signed} of them under a "
            f"signature by key {ledger.public_keys()[0]}."
        )
        if report.unsigned or report.unsealed:
            self.stdout.write(
                f"Not vouched for: {report.unsigned} events in the chain that no "
                f"checkpoint has signed yet, and {report.unsealed} that aren't in it "
                "yet. Whoever keeps the database could rewrite those unnoticed."
            )
        if not report.is_readable and len(report.faults) == 1:
            raise CommandError("The trail can't be checked against its signatures now.")
        if report.faults:
            raise CommandError("The trail is not as it was sealed.")
        self.stdout.write("The trail is as it was sealed.")
