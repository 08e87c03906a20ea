"""Who gets in, and by what: allauth's adapters, closed, sealed and asking for more.

* Nobody signs up: people are entered by an administrator, single sign-on included.
* Whoever has a second factor proves access with it again, never by password alone.
* Factors are sealed at rest, and the last one can't be taken off.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest

from cases import keys
from cases.keys import Purpose
from compliance.demo_users import DEMO_PASSWORD, DEMO_USERS

# Recovery codes stand in for a factor and are none by themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class ClosedAdapter(DefaultAccountAdapter):
    """Accounts: no sign-up, and proof by the second factor where there is one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator enters people."""
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How this person proves access again; a password only without a factor."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if has_factor(user):
            methods = [one for one in methods if one["id"] != "reauthenticate"]
        return methods

    def send_notification_mail(self, *args: Any, **named: Any) -> None:
        """Nothing: the site's mail may not be set up, and the pages say it."""


class ClosedSocialAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: for people entered before, met by an address of their own."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: an administrator enters people."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> Any:
        """The one person with this verified address; nobody where two share it."""
        found = super().authenticate_by_email(sociallogin)
        if found and User.objects.filter(email__iexact=found[1]).count() > 1:
            return None
        return found


class SealingAdapter(DefaultMFAAdapter):
    """Second factors: sealed in the database, and never none where one is required."""

    def encrypt(self, text: str) -> str:
        """What goes into the database."""
        return keys.close(text, Purpose.FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        """What was put there."""
        return keys.reveal(encrypted_text, Purpose.FACTOR)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another factor remains."""
        others = Authenticator.objects.filter(
            user=authenticator.user, type__in=FACTORS
        ).exclude(pk=authenticator.pk)
        return not settings.SECOND_FACTOR_REQUIRED or others.exists()

    def get_totp_label(self, user: Any) -> str:
        """The name people sign in with."""
        return str(user.get_username())


def has_factor(user: Any) -> bool:
    """Whether this person has a second factor."""
    return bool(is_mfa_enabled(user, list(FACTORS)))


def showed_factor(request: HttpRequest) -> bool:
    """Whether this very session showed a second factor of this person."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def remember_enrolment(
    request: HttpRequest, authenticator: Authenticator, **_more: Any
) -> None:
    """Count the enrolment itself as showing the factor: it took a code or the key."""
    if authenticator.type in FACTORS:
        record_authentication(
            request,
            request.user,
            "mfa",
            id=authenticator.pk,
            type=authenticator.type,
            reauthenticated=True,
        )


authenticator_added.connect(remember_enrolment, dispatch_uid="candor enrolment")


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs: whether it has to warn that this is the demo."""
    if not settings.DEMO:
        return {"is_demo": False}
    return {
        "is_demo": True,
        "demo_users": DEMO_USERS,
        "demo_password": DEMO_PASSWORD,
    }
