"""Second factors lie sealed: who copies the database can't make a code from it."""

from cases import keys

_PURPOSE = keys.Purpose.FACTOR


def close(text: str) -> str:
    """The text as only the site's keys can open it.

    Raises:
        ImproperlyConfigured: there is no key.
    """
    return keys.close(text, _PURPOSE)


def reveal(sealed: str) -> str:
    """The text that was sealed.

    Raises:
        ImproperlyConfigured: there is no key, or none that opens this.
    """
    return keys.reveal(sealed, _PURPOSE)


def seal_anew(sealed: str) -> str:
    """The same, closed by the newest key.

    Raises:
        ImproperlyConfigured: there is no key, or none that opens this.
    """
    return close(reveal(sealed))


def is_newest(sealed: str) -> bool:
    """Whether the newest key closed this."""
    return keys.is_newest(sealed, _PURPOSE)
