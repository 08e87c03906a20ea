"""Mail to colleagues: that something waits, and nothing of what, on which request."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.utils.translation import gettext as _

_log = logging.getLogger(__name__)


def something_waits(people: Iterable[User]) -> None:
    """Mail each of these people; call it once what waits is committed.

    A mail that can't be sent leaves the task on their front page; it stops nothing.
    """
    addresses = sorted({one.email for one in people if one.is_active and one.email})
    for address in addresses:
        try:
            send_mail(
                _("Something waits for you"),
                _("Sign in to see what: %(site)s") % {"site": settings.SITE_URL},
                None,
                [address],
            )
        except OSError as error:
            _log.warning("A notice couldn't be sent: %s", type(error).__name__)
