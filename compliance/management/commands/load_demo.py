"""Load the demo: the model case, on an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance import demo


class Command(BaseCommand):
    """Make the demo where there is none yet; a second run changes nothing."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run it.

        Raises:
            CommandError: this is not a demo.
        """
        try:
            made = demo.load()
        except RuntimeError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            "The demo is loaded." if made else "The demo is there already."
        )
