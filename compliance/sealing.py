"""Second factors lie sealed in the database: who copies it can't make a code from it.

The newest of ``settings.MFA_KEYS`` closes, any of them opens: ``manage.py rotate_keys``
adds one in front and seals anew what older ones closed.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def close(text: str) -> str:
    """The text as only the site's keys can open it.

    Raises:
        ImproperlyConfigured: there is no key.
    """
    return _box().encrypt(text.encode()).decode()


def reveal(sealed: str) -> str:
    """The text that was sealed.

    Raises:
        ImproperlyConfigured: there is no key, or none that opens this.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as fault:
        raise ImproperlyConfigured("No key of the site opens this factor.") from fault


def seal_anew(sealed: str) -> str:
    """The same, closed by the newest key.

    Raises:
        ImproperlyConfigured: there is no key, or none that opens this.
    """
    return close(reveal(sealed))


def newest() -> Fernet:
    """The key that closes.

    Raises:
        ImproperlyConfigured: there is no key.
    """
    if not settings.MFA_KEYS:
        raise ImproperlyConfigured("There is no key for second factors.")
    return _key(settings.MFA_KEYS[0])


def _box() -> MultiFernet:
    if not settings.MFA_KEYS:
        raise ImproperlyConfigured("There is no key for second factors.")
    return MultiFernet([_key(secret) for secret in settings.MFA_KEYS])


def _key(secret: str) -> Fernet:
    derived = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=b"candor second factor"
    )
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
