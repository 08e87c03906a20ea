"""A site's first rows: who it is, its desk, and an administrator with a second factor.

Everything here leaves what is there alone, so that setting up twice changes nothing.
"""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cases.enums import Role
from cases.models import Organisation
from compliance import signin


@dataclass(frozen=True)
class Enrolment:
    """What the new administrator needs once, on paper or in an app, and never again."""

    user: User
    otpauth_url: str
    secret: str
    recovery_codes: tuple[str, ...]


@transaction.atomic
def found_organisation(facts: Mapping[str, str], desk: str) -> Organisation | None:
    """The organisation and its intake group; None where there is one already.

    Raises:
        ValidationError: a fact is missing or wrong, by field.
    """
    if Organisation.objects.exists():
        return None
    if facts.get("time_zone") not in zoneinfo.available_timezones():
        raise ValidationError(
            {"time_zone": "This isn't a time zone, such as Europe/Paris."}
        )
    group, _made = Group.objects.get_or_create(name=desk)
    site = Organisation(pk=1, intake_group=group, **facts)
    site.full_clean()
    site.save()
    return site


@transaction.atomic
def found_administrator(
    username: str, *, full_name: str, email: str, password: str
) -> User | None:
    """The first administrator; None where somebody has the name already.

    Raises:
        ValidationError: the name, the address or the password won't do.
    """
    if User.objects.filter(username=username).exists():
        return None
    first, _blank, last = full_name.strip().partition(" ")
    user = User(
        username=username,
        first_name=first,
        last_name=last,
        email=email,
        is_staff=True,
        is_superuser=True,
    )
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR.value))
    return user


@transaction.atomic
def enrol(user: User, secret: str) -> Enrolment:
    """Give somebody without a second factor an authenticator app's secret, and codes.

    Raises:
        ValidationError: the person has a second factor.
    """
    if is_mfa_enabled(user):
        raise ValidationError("This person has a second factor already.")
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    url = otpauth_url(user, secret)
    return Enrolment(user, url, secret, tuple(codes))


def new_secret() -> str:
    """A secret for an authenticator app."""
    return str(generate_totp_secret())


def otpauth_url(user: User, secret: str) -> str:
    """What an authenticator app reads off a picture."""
    return str(signin.SealingAdapter().build_totp_url(user, secret))
