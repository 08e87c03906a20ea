"""People with a second factor, and sessions that showed one or a password."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.test import Client

from cases.enums import Role
from tests import factories as make

PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def show(
    client: Client, user: User, method: str = "password", *, ago: float = 0, **said: str
) -> None:
    """Note in the session, as the sign-in does, that the person showed this."""
    session = client.session
    records = session.get("account_authentication_methods", [])
    record = {"method": method, "at": time.time() - ago, **said}
    session["account_authentication_methods"] = [*records, record]
    session["account_authentication_methods_user"] = str(user.pk)
    # The first page would note these; here each page takes the same queries.
    session.setdefault("candor_started_at", time.time())
    session.setdefault("candor_seen_at", time.time())
    session.save()


def signed_in(user: User, method: str = "password", *, ago: float = 0) -> Client:
    """A client with a session that began by showing this."""
    client = Client()
    client.force_login(user)
    kind = {"type": "totp"} if method == "mfa" else {}
    show(client, user, method, ago=ago, **kind)
    return client


def code(secret: str = SECRET) -> str:
    """What the app shows now."""
    (counter,) = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter))


def lasting_code(secret: str = SECRET) -> str:
    """The same, with time left to type it into a page on a busy machine."""
    left = 30 - time.time() % 30
    if left < 12:
        time.sleep(left)
    return code(secret)


def somebody(role: Role, *, factor: bool = True) -> User:
    """A person of the desk with a password, and perhaps an authenticator app."""
    user = make.person(role, is_staff=True, first_name="Cora", last_name="Lind")
    user.set_password(PASSWORD)
    user.save()
    if factor:
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)
    return user


def client_of(user: User) -> Client:
    """A browser of this person of the desk, who has just signed in."""
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = signed_in(user)
    client.user = user
    return client
