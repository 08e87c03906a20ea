"""Make a sealed packet again from its frozen inputs and say what is equal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.exceptions import CaseError
from cases.sandbox import ChildKilled, ChildTimedOut
from disclosures import rebuilding
from disclosures.management.named import sealed
from disclosures.rebuilding import Outcome


class Command(BaseCommand):
    """``manage.py rebuild_packet ID``; exit code 1 unless all is equal.

    Nothing is changed: the packet is made in a scratch place that is removed.
    """

    help = "Makes a sealed packet again from its frozen inputs and compares."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the token of a packet on this site."""
        parser.add_argument(
            "packet",
            metavar="ID",
            help="A packet sealed on this site: the last word of its page's address.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was compared: inputs, versions, bytes.

        Raises:
            CommandError: there is no such packet, it can't be made again, or it came
                out otherwise.
        """
        packet = sealed(options["packet"])
        try:
            outcome = rebuilding.rebuild(packet)
        except (ChildTimedOut, ChildKilled) as fault:
            raise CommandError(f"The packet wasn't drawn: {fault}") from fault
        except CaseError as fault:
            raise CommandError(str(fault)) from fault
        if outcome.faults:
            self._say("These inputs aren't what they were:", outcome.faults)
            raise CommandError("The packet can't be made again.")
        self._tell(outcome)
        if not outcome.is_proved:
            raise CommandError(_otherwise(outcome))
        self.stdout.write("The packet was made again, and every byte is the same.")

    def _tell(self, outcome: Outcome) -> None:
        self.stdout.write("Every input is what was frozen.")
        if outcome.notes:
            said = "Today's rows say otherwise of these; what was frozen was used:"
            self._say(said, outcome.notes)
        if outcome.tools:
            self._say("These tools are of another version:", outcome.tools)
        else:
            self.stdout.write("Every tool is of the version that it was sealed with.")
        if outcome.is_signed:
            self.stdout.write(
                "A signature can't be made again: the sealed one stands behind what "
                "was drawn anew."
            )
        for name in outcome.equal:
            self.stdout.write(f"{name}: equal")
        for name in outcome.different:
            self.stdout.write(f"{name}: different")

    def _say(self, heading: str, lines: list[str]) -> None:
        self.stdout.write(heading)
        for line in lines:
            self.stdout.write(f"  {line}")


def _otherwise(outcome: Outcome) -> str:
    cause = (
        "Make it with the versions it was sealed with before you draw a conclusion."
        if outcome.tools
        else "Nothing that was compared explains it: the sealed files may not be those "
        "that the portal drew."
    )
    return f"The packet came out otherwise. {cause}"
