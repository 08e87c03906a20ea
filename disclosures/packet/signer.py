"""Who signs a production, as ``seal`` sees it: the last step, by whatever means.

The site's own signer is ``signing``; a rebuild puts in the signature that was made.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Desk:
    """What a site signs with; paths of a PKCS#12 file and of the roots it trusts (PEM).

    ``authority`` is the address of its time-stamp authority (RFC 3161).
    """

    key: str
    passphrase: str
    roots: str
    authority: str

    def __repr__(self) -> str:
        """Without the pass-phrase: a trace may print this."""
        return f"Desk({self.key!r})"


@dataclass(frozen=True)
class Signature:
    """Whose key signed, and who stamped the time.

    ``signer`` and ``authority`` are the names in their certificates; ``stamped_at`` is
    ISO 8601, UTC, of the PDF's time stamp.
    """

    signer: str
    certificate_sha256: str
    authority: str
    stamped_at: str

    @property
    def data(self) -> dict[str, str]:
        """As the manifest says it."""
        return asdict(self)


class Signer(Protocol):
    """Signs the PDF, and what lists it."""

    def pdf(self, unsigned: Path, signed: Path) -> Signature:
        """Write the signed PDF to ``signed``: the drawn bytes and what follows them."""

    def manifest(self, data: bytes) -> bytes:
        """A detached signature (CMS, DER) of the manifest."""
