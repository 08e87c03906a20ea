"""Take a person's second factors and sessions away, so that they enrol afresh.

For somebody who has lost every factor and the recovery codes. Whoever can run this on
the server could read the keys as well, so the command asks for no more proof; see the
person, or hear a voice you know, before. The next sign-in leads to enrolment, with the
new password that is printed here once: the old one alone mustn't be enough to enrol.
"""

import logging
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Reset one person's second factors."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it.

        Raises:
            CommandError: nobody has this name, or this is the demo.
        """
        if settings.DEMO:
            raise CommandError("The demo has no second factors.")
        password = secrets.token_urlsafe(18)
        user = reset(options["username"], password)
        self.stdout.write(
            f"{user.get_username()} enrols afresh at the next sign-in, which has to be"
            f" with this password, to be changed at once: {password}"
        )


@transaction.atomic
def reset(username: str, password: str) -> User:
    """Remove the person's factors, set the password, and end their sessions.

    Raises:
        CommandError: nobody has this name.
    """
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise CommandError(f"Nobody is called {username}.")
    Authenticator.objects.filter(user=user).delete()
    user.set_password(password)
    user.save(update_fields=["password"])
    for one in UserSession.objects.filter(user=user):
        one.end()
    logger.warning("The second factors of user %s were reset on the server.", user.pk)
    return user
