"""The site's signature on a packet: PAdES with a time stamp, the last step of sealing.

The key comes from a PKCS#12 file that the settings name, and is in no database. A site
that names none seals unsigned, and its pages say so. A site that does never seals
unsigned: a key that is missing, expired or doesn't open, and an authority that is out
of reach, stop the seal with a sentence; when it is mended the packet goes on.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import sandbox
from disclosures.exceptions import AuthorityOut, SigningRefused
from disclosures.packet.signer import Desk, Signature

SECONDS, MEGABYTES = 180, 1024
SOON = timedelta(days=30)


def site_signer(at: datetime | None = None) -> "SiteSigner | None":
    """Who signs for the site; None where it signs nothing.

    Raises:
        SigningRefused: the site signs, and its key can't be used.
    """
    said = desk()
    if said is None:
        return None
    certificate(said, at or timezone.now())
    return SiteSigner(said)


def desk() -> Desk | None:
    """What the settings say; None where they name no key."""
    said = settings.SIGNING
    return Desk(**said) if any(said.values()) else None


def certificate(said: Desk, at: datetime) -> x509.Certificate:
    """The certificate of the site's key, fit to sign at this time.

    Raises:
        SigningRefused: key or roots can't be read or opened, or it isn't its time.
    """
    try:
        data = Path(said.key).read_bytes()
        x509.load_pem_x509_certificates(Path(said.roots).read_bytes())
    except (OSError, ValueError):
        raise SigningRefused(
            _("The site's signing key, or the roots it trusts, can't be read.")
        ) from None
    try:
        opened = pkcs12.load_key_and_certificates(data, said.passphrase.encode())
    except ValueError:
        raise SigningRefused(
            _("The site's signing key doesn't open with its pass-phrase.")
        ) from None
    key, found, _others = opened
    if key is None or found is None:
        raise SigningRefused(_("The site's signing key has no certificate."))
    first, last = found.not_valid_before_utc, found.not_valid_after_utc
    if not first <= at <= last:
        raise SigningRefused(
            _("The certificate of the site's signing key is good from %(a)s to %(b)s.")
            % {"a": _moment(first), "b": _moment(last)}
        )
    return found


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


class SiteSigner:
    """Signs in a child, so that an authority that hangs holds nobody up."""

    def __init__(self, said: Desk) -> None:
        """Have the fork server ready for it."""
        self._desk = said
        sandbox.preload("disclosures.packet.pades")

    def pdf(self, unsigned: Path, signed: Path) -> Signature:
        """Sign a copy of the PDF.

        Raises:
            AuthorityOut: no stamp came, or no word on revocation.
            SigningRefused: the key can't be used.
        """
        try:
            return sandbox.run(
                _pdf,
                *(self._desk, unsigned, signed),
                seconds=SECONDS,
                megabytes=MEGABYTES,
            )
        except (sandbox.ChildTimedOut, sandbox.ChildKilled) as error:
            raise _too_long() from error

    def manifest(self, data: bytes) -> bytes:
        """Sign the manifest, apart from it.

        Raises:
            AuthorityOut: no stamp came.
            SigningRefused: the key can't be used.
        """
        try:
            return sandbox.run(
                _manifest, self._desk, data, seconds=SECONDS, megabytes=MEGABYTES
            )
        except (sandbox.ChildTimedOut, sandbox.ChildKilled) as error:
            raise _too_long() from error


def _pdf(said: Desk, unsigned: Path, signed: Path) -> Signature:
    return _pades().pdf(said, unsigned, signed)


def _manifest(said: Desk, data: bytes) -> bytes:
    return _pades().manifest(said, data)


def _pades() -> Any:
    from disclosures.packet import pades  # noqa: PLC0415 - heavy: for the child alone

    return pades


def _too_long() -> AuthorityOut:
    return AuthorityOut(_("Signing took too much time or memory and was stopped."))
