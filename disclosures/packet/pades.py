"""PAdES B-LT by pyHanko: the PDF sealed with what is needed to check it in years.

The only importer of pyHanko. It runs in a child (``signing``): what is slow or hangs
there, an authority most of all, is ended from outside. The signature goes behind the
drawn bytes, which stay as they are; with it go a time stamp (RFC 3161), the
certificates of both chains, and what their issuers say of revocation now. It was
checked against the site's roots before anybody gets it.
Source: ETSI EN 319 142-1, level B-LT
"""

import asyncio
import contextlib
import shutil
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from asn1crypto import x509
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    SigDSSPlacementPreference,
)
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    PathError,
    RevokedError,
    ValidationError,
)

from disclosures.exceptions import AuthorityOut, SigningRefused
from disclosures.packet.signer import Desk, Signature

FIELD = "Seal"
_HASH = "sha256"
_AUTHORITY_SECONDS = 20


def pdf(desk: Desk, unsigned: Path, signed: Path) -> Signature:
    """Sign a copy of the PDF and check it.

    Raises:
        AuthorityOut: no stamp came, or no word on revocation.
        SigningRefused: the key can't be used.
    """
    shutil.copyfile(unsigned, signed)
    with _said():
        _sign(desk, signed)
        return _checked(desk, signed)


def _sign(desk: Desk, signed: Path) -> None:
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=_HASH,
        subfilter=SigSeedSubFilter.PADES,
        validation_context=_context(desk),
        embed_validation_info=True,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        # Under the signature itself, so that it covers the file to its last byte.
        dss_settings=DSSContentSettings(
            include_vri=False,
            placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE,
        ),
    )
    maker = PdfSigner(meta, _signer(desk), timestamper=_stamper(desk))
    with signed.open("rb+") as file:
        maker.sign_pdf(IncrementalPdfFileWriter(file), in_place=True)


def manifest(desk: Desk, data: bytes) -> bytes:
    """A detached, time-stamped signature of these bytes: CMS, DER.

    Raises:
        AuthorityOut: no stamp came.
        SigningRefused: the key can't be used.
    """
    signing = _signer(desk).async_sign_general_data(
        data, _HASH, detached=True, use_cades=True, timestamper=_stamper(desk)
    )
    with _said():
        made: bytes = asyncio.run(signing).dump()
    return made


@contextlib.contextmanager
def _said() -> Iterator[None]:
    """What pyHanko says, in a sentence for staff; which it is, the cause tells."""
    try:
        yield
    except (PathError, ValidationError, SigningError, ValueError, OSError) as error:
        raise _sentence(error) from error


def _sentence(error: BaseException) -> AuthorityOut | SigningRefused:
    causes = list(_causes(error))
    for kind, refusal in _SENTENCES:
        if any(isinstance(one, kind) for one in causes):
            return refusal
    return SigningRefused(
        "The site's signing certificate doesn't lead to a root that the site trusts, "
        "or its signature doesn't hold."
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_SENTENCES: tuple[tuple[type[BaseException], AuthorityOut | SigningRefused], ...] = (
    (
        TimestampRequestError,
        AuthorityOut("The time-stamp authority can't be reached, or gave no stamp."),
    ),
    (RevokedError, SigningRefused("The site's signing certificate was revoked.")),
    (ExpiredError, SigningRefused("The site's signing certificate has expired.")),
    (
        InsufficientRevinfoError,
        AuthorityOut("Whether the signing certificate was revoked can't be found out."),
    ),
)


def _checked(desk: Desk, signed: Path) -> Signature:
    with signed.open("rb") as file:
        [embedded] = PdfFileReader(file).embedded_signatures
        status = validate_pdf_signature(embedded, _context(desk), _context(desk))
        if not status.bottom_line or status.timestamp_validity is None:
            raise ValueError("The signature doesn't hold.")
        certificate, stamp = embedded.signer_cert, status.timestamp_validity
    return Signature(
        signer=_name(certificate),
        certificate_sha256=certificate.sha256.hex(),
        authority=_name(stamp.signing_cert),
        stamped_at=stamp.timestamp.astimezone(UTC).isoformat(timespec="seconds"),
    )


def _name(certificate: x509.Certificate) -> str:
    """Whom a certificate names."""
    return str(certificate.subject.native["common_name"])


def _signer(desk: Desk) -> SimpleSigner:
    signer: SimpleSigner | None = SimpleSigner.load_pkcs12(
        desk.key, passphrase=desk.passphrase.encode()
    )
    if signer is None:
        raise ValueError("The key doesn't open.")
    return signer


def _stamper(desk: Desk) -> HTTPTimeStamper:
    return HTTPTimeStamper(desk.authority, timeout=_AUTHORITY_SECONDS)


def _context(desk: Desk) -> Any:
    """What is trusted: the site's roots, and revocation asked of the issuers."""
    return ValidationContext(
        trust_roots=list(load_certs_from_pemder([desk.roots])),
        other_certs=list(_signer(desk).cert_registry),
        allow_fetching=True,
        revocation_mode="hard-fail",
    )
