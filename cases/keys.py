"""The site's keys: what lies sealed in the database, and how it is found all the same.

The newest of ``settings.SITE_KEYS`` closes, any of them opens: ``rotate_keys`` adds one
in front and seals anew what older ones closed. Each purpose has keys of its own,
derived from them (HKDF), so a value of one can't be opened as another.

A sealed value can't be searched for. What has to be found has a *fingerprint* beside
it: an HMAC under a derived key, equal for equal values and good for nothing else.
"""

import base64
import hmac
import unicodedata
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Purpose(StrEnum):
    """What a key is for; the text goes into its derivation and never changes."""

    FACTOR = "candor second factor"
    TARGET = "candor target"
    ADDRESS = "candor address"
    CASE_KEY = "candor case key"


def close(text: str, purpose: Purpose) -> str:
    """The text as only the site's keys can open it.

    Raises:
        ImproperlyConfigured: there is no key.
    """
    return _box(purpose).encrypt(text.encode()).decode()


def reveal(sealed: str, purpose: Purpose) -> str:
    """The text that was sealed.

    Raises:
        ImproperlyConfigured: there is no key, or none that opens this.
    """
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as fault:
        raise ImproperlyConfigured("No key of the site opens this value.") from fault


def is_newest(sealed: str, purpose: Purpose) -> bool:
    """Whether the newest key closed this."""
    try:
        _key(_secrets()[0], purpose).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def fingerprint(text: str, purpose: Purpose) -> str:
    """The HMAC of a value under the newest key, in hex."""
    return fingerprints(text, purpose)[0]


def fingerprints(text: str, purpose: Purpose) -> list[str]:
    """The same under each key, newest first: what to look for during a rotation."""
    found = []
    for secret in _secrets():
        key = _derived(secret, f"{purpose} fingerprint")
        found.append(hmac.digest(key, text.encode(), "sha256").hex())
    return found


def disguise(number: int, kind: str) -> str:
    """A row's number as an address shows it: always the same, and telling nothing.

    Neither how many rows there are nor which came after which can be read from it, and
    none can be made up. ``kind`` keeps tokens of different things apart.
    """
    box = _address_box(_secrets()[0])
    closed = box.encrypt(number.to_bytes(8, "big"), [kind.encode()])
    return base64.urlsafe_b64encode(closed).decode()


def undisguise(token: str, kind: str) -> int:
    """The number behind a token that any of the site's keys made.

    Raises:
        ValueError: none of them made it for this kind.
    """
    try:
        closed = base64.urlsafe_b64decode(token)
    except ValueError:
        raise ValueError("This isn't a token.") from None
    for secret in _secrets():
        try:
            opened = _address_box(secret).decrypt(closed, [kind.encode()])
        except InvalidTag:
            continue
        return int.from_bytes(opened, "big")
    raise ValueError("No key of the site made this token.")


def normalised(identifier: str) -> str:
    """An identifier as it is looked for: whatever its case, Unicode form or plus-tag.

    ``Ana+lists@Example.ORG`` and ``ana@example.org`` are one person's address; a name
    in full-width letters is the name.
    """
    text = unicodedata.normalize("NFKC", identifier).strip().casefold()
    text = unicodedata.normalize("NFKC", text)
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    return f"{local.partition('+')[0]}@{domain}"


def _secrets() -> list[str]:
    if not settings.SITE_KEYS:
        raise ImproperlyConfigured("The site has no key to seal with.")
    return list(settings.SITE_KEYS)


def _box(purpose: Purpose) -> MultiFernet:
    return MultiFernet([_key(secret, purpose) for secret in _secrets()])


def _key(secret: str, purpose: Purpose) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret, purpose)))


def _address_box(secret: str) -> AESSIV:
    return AESSIV(_derived(secret, Purpose.ADDRESS))


@lru_cache(maxsize=64)
def _derived(secret: str, info: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode())
    return derived.derive(secret.encode())
