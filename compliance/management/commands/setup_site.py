"""Set up a real site: its keys, who it is, and the first administrator.

Asks for what isn't given; ``--noinput`` takes everything from the options. A second run
leaves what is there as it is. The keys go into ``var/site.env`` (``CANDOR_SITE_FILE``),
which each start reads.
"""

import getpass
import io
import secrets
import subprocess
import sys
from typing import Any

import segno
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.enums import Profile
from cases.models import Organisation
from compliance import founding, sitefile

_FACTS = {
    "name": "Name of the organisation",
    "address": "Address as letters print it (; between lines)",
    "letterhead": "Lines under the name on letters (; between; may stay empty)",
    "contact": "Contact for requesters, as letters print it",
    "custodian_title": "Title of the custodian of records",
    "time_zone": "Time zone, such as Europe/Paris",
    "court": "Court where a motion to quash or modify is filed",
    "bates_prefix": "Prefix of the page numbers (Bates), such as ACME",
    "profile": f"Rules about persons ({' or '.join(Profile.values)})",
}
_MAY_STAY_EMPTY = {"letterhead"}
_SEVERAL_LINES = {"address", "letterhead"}
_ADMIN = {
    "admin": "User name of the first administrator",
    "admin_name": "Full name of the first administrator",
    "admin_email": "E-mail of the first administrator",
}
DESK = "Intake desk"


class Command(BaseCommand):
    """Make keys, organisation and first administrator, unless they are there."""

    help = __doc__
    requires_system_checks: list[
        str
    ] = []  # the first run has no keys to pass them with

    def add_arguments(self, parser: CommandParser) -> None:
        """One option for each thing that would be asked."""
        for name, words in {**_FACTS, **_ADMIN}.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=words, default="")
        parser.add_argument("--intake-group", default=DESK, help="sees every new case")
        parser.add_argument("--hosts", default="", help="host names, commas between")
        parser.add_argument("--noinput", action="store_true", help="ask nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it.

        Raises:
            CommandError: this is the demo, or something needed is missing or wrong.
        """
        if settings.DEMO:
            raise CommandError("This is the demo: unset CANDOR_DEMO to set up a site.")
        if self._make_keys(options["hosts"]):
            return
        call_command("migrate", interactive=False, verbosity=0)
        try:
            self._organisation(options)
            self._administrator(options)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        self.stdout.write(sitefile.KEEP.format(path=settings.SITE_FILE))
        call_command("check", stdout=self.stdout)

    def _make_keys(self, hosts: str) -> bool:
        """Whether keys were made and a process that has read them did the rest."""
        wanted = {
            "SECRET_KEY": "" if _has_secret() else sitefile.new_key(),
            "CANDOR_KEYS": "" if settings.SITE_KEYS else sitefile.new_key(),
            "CANDOR_AUDIT_KEYS": "" if settings.AUDIT_KEYS else sitefile.new_key(),
            "CANDOR_HOSTS": "" if settings.HOSTS else hosts,
        }
        added = sitefile.complete(settings.SITE_FILE, wanted)
        if not added:
            return False
        self.stdout.write(f"Written to {settings.SITE_FILE}: {', '.join(added)}.")
        self.stdout.flush()
        again = subprocess.run([sys.executable, *sys.argv], check=False)  # noqa: S603 - itself
        if again.returncode:
            raise CommandError("Set-up stopped; run it again when that is mended.")
        return True

    def _organisation(self, options: dict[str, Any]) -> None:
        if Organisation.objects.exists():
            self.stdout.write("The organisation is there and stays as it is.")
            return
        facts = self._asked(_FACTS, options)
        for name in _SEVERAL_LINES:
            lines = (line.strip() for line in facts[name].split(";"))
            facts[name] = "\n".join(lines)
        made = founding.found_organisation(facts, options["intake_group"])
        self.stdout.write(f"Organisation: {made}.")

    def _administrator(self, options: dict[str, Any]) -> None:
        asked = self._asked(_ADMIN, options)
        password = self._password(noinput=options["noinput"])
        user = founding.found_administrator(
            asked["admin"],
            full_name=asked["admin_name"],
            email=asked["admin_email"],
            password=password,
        )
        if user is None:
            self.stdout.write(f"{asked['admin']} is there and stays as they are.")
            return
        secret = founding.new_secret()
        self._show(founding.otpauth_url(user, secret), secret)
        if not options["noinput"]:
            self._confirm(secret)
        made = founding.enrol(user, secret)
        if options["noinput"]:
            self.stdout.write(f"Password, to be changed at once: {password}")
        self.stdout.write("Recovery codes, each good once:")
        self.stdout.write("  " + "  ".join(made.recovery_codes))

    def _asked(self, wanted: dict[str, str], options: dict[str, Any]) -> dict[str, str]:
        if options["noinput"]:
            missing = [
                f"--{name.replace('_', '-')}"
                for name in wanted
                if not options[name] and name not in _MAY_STAY_EMPTY
            ]
            if missing:
                raise CommandError(f"Still needed: {', '.join(missing)}.")
            return {name: options[name] for name in wanted}
        return {
            name: options[name] or input(f"{words}: ").strip()
            for name, words in wanted.items()
        }

    def _password(self, *, noinput: bool) -> str:
        if noinput:
            return secrets.token_urlsafe(18)
        first = getpass.getpass("Password (14 letters or more): ")
        if first != getpass.getpass("The same again: "):
            raise CommandError("The two passwords differ.")
        return first

    def _show(self, url: str, secret: str) -> None:
        picture = io.StringIO()
        segno.make(url).terminal(picture, compact=True)
        self.stdout.write(picture.getvalue())
        self.stdout.write(f"Read this with an authenticator app, or type in: {secret}")
        self.stdout.write(url)

    def _confirm(self, secret: str) -> None:
        for _attempt in range(5):
            code = input("The code that the app shows now: ").strip()
            if validate_totp_code(secret, code):
                return
            self.stdout.write("That isn't the code; look again.")
        raise CommandError(
            "No code fitted. Check the clock of this machine and the app's."
        )


def _has_secret() -> bool:
    try:
        return bool(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's answer to an empty one
        return False
