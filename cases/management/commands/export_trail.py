"""Write the trail of one case, with its proofs, into a zip for a court."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases import evidence
from cases.models import Case


class Command(BaseCommand):
    """``manage.py export_trail LR-2023-00001 --by audrey OUT.zip``."""

    help = "Exports the trail of one case with what proves it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The case, who asks, and where to."""
        parser.add_argument("number")
        parser.add_argument("out", type=Path)
        parser.add_argument("--by", required=True, help="The user who asks.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file.

        Raises:
            CommandError: no such case or person, they may not, or the file is there.
        """
        case = Case.objects.filter(number=options["number"]).first()
        actor = User.objects.filter(username=options["by"]).first()
        if case is None or actor is None:
            raise CommandError("There is no such request or no such person.")
        try:
            with options["out"].open("xb") as out:
                evidence.export_trail(case.pk, actor=actor, out=out)
        except PermissionDenied:
            options["out"].unlink()
            raise CommandError("This person may not export the trail.") from None
        except FileExistsError:
            raise CommandError("That file is there already.") from None
        self.stdout.write(f"Written to {options['out']}.")
