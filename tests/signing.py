"""Sessions that have shown a password or a second factor, without a form in between."""

import time

from django.contrib.auth.models import User
from django.test import Client


def show(
    client: Client, user: User, method: str = "password", *, ago: float = 0, **said: str
) -> None:
    """Note in the session, as the sign-in does, that the person showed this."""
    session = client.session
    records = session.get("account_authentication_methods", [])
    record = {"method": method, "at": time.time() - ago, **said}
    session["account_authentication_methods"] = [*records, record]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def signed_in(user: User, method: str = "password", *, ago: float = 0) -> Client:
    """A client with a session that began by showing this."""
    client = Client()
    client.force_login(user)
    kind = {"type": "totp"} if method == "mfa" else {}
    show(client, user, method, ago=ago, **kind)
    return client
