"""Change the key that seals what the database keeps closed, locking nobody out.

Targets, second factors and the keys of files are sealed by it, and the tokens in
addresses are made with it: an address that was written down before opens as long as its
key is kept.

1. ``rotate_keys`` puts a new key in front; older ones still open. Restart web, worker
   and beat, so that all of them know it.
2. ``rotate_keys --reseal`` seals every value by the newest key, fingerprints included.
3. ``rotate_keys --forget`` drops the older keys, once none is needed. Restart again.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import resealing, sitefile
from compliance.environment import site_lines

NAME = "CANDOR_KEYS"


class Command(BaseCommand):
    """Add a key, seal anew, or forget the older keys."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """The three steps; none given is the first."""
        step = parser.add_mutually_exclusive_group()
        step.add_argument(
            "--reseal", action="store_true", help="seal by the newest key"
        )
        step.add_argument("--forget", action="store_true", help="drop the older keys")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run one step.

        Raises:
            CommandError: the keys don't come from the site's file, or an older key is
                still needed.
        """
        if options["reseal"]:
            self._reseal()
            return
        keys = _keys_of_the_file()
        if options["forget"]:
            self._forget(keys)
            return
        _keep([sitefile.new_key(), *keys])
        self.stdout.write(
            f"A new key stands in front in {settings.SITE_FILE}. Restart web, worker"
            " and beat, then run: manage.py rotate_keys --reseal"
        )

    def _reseal(self) -> None:
        try:
            done = resealing.reseal()
        except ImproperlyConfigured as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"Sealed anew by the newest key: {done}.")

    def _forget(self, keys: list[str]) -> None:
        if needed := resealing.needing_an_older_key():
            raise CommandError(
                f"{needed} sealed values need an older key: rotate_keys --reseal first."
            )
        _keep(keys[:1])
        self.stdout.write(
            f"The older keys are gone from {settings.SITE_FILE}. Restart."
        )


def _keys_of_the_file() -> list[str]:
    lines = site_lines(settings.SITE_FILE)
    keys = [key.strip() for key in lines.get(NAME, "").split(",") if key.strip()]
    if not keys or keys != settings.SITE_KEYS:
        raise CommandError(
            f"The keys in use don't come from {settings.SITE_FILE}. Where {NAME} is"
            " set in the environment, put a new key in front of it there."
        )
    return keys


def _keep(keys: list[str]) -> None:
    lines = site_lines(settings.SITE_FILE)
    sitefile.write(settings.SITE_FILE, lines | {NAME: ",".join(keys)})
