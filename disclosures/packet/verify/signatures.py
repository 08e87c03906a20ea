"""The signatures of a production, as far as they can be checked where this runs.

With Python's ``cryptography`` each signature is checked against the certificate that
the manifest names: that the bytes are those which were signed, by its key. Whether that
certificate is whom the reader expects, was good that day and wasn't revoked is for the
recipient's own tools: the lines to run are printed.
"""

import hashlib
import importlib
import importlib.util
import re
from collections.abc import Iterator
from typing import Any

from disclosures.packet.verify import der
from disclosures.packet.verify.found import CHUNK, SIGNATURE, UNREADABLE, Finding
from disclosures.packet.verify.found import MANIFEST as SIGNED
from disclosures.packet.verify.reading import Production, read

UNSIGNED = "The production isn't signed."
NOT_CHECKED = "Signature not checked: Python's cryptography isn't installed here."
RUN = f"""To check it, inside the folder, with the roots that you trust:
  openssl cms -verify -binary -inform DER -in {SIGNATURE} \\
    -content {SIGNED} -CAfile ROOTS.pem -purpose any -out /dev/null
  pdfsig packet.pdf"""
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def findings(production: Production, manifest: dict[str, Any]) -> Iterator[Finding]:
    """What is wrong with the signatures; nothing where none is, or none can be checked.

    Each file of an intact production is read here once more.
    """
    said = manifest.get("signature")
    if not said or not is_checkable():
        return
    try:
        data = read(production, SIGNED)
        digest = hashlib.sha256(data).digest()
        message = read(production, SIGNATURE)
        yield from _one(SIGNATURE, message, digest, said["certificate_sha256"])
        for pdf in manifest["pdfs"]:
            yield from _pdf(production, pdf, said["certificate_sha256"])
    except (*UNREADABLE, KeyError, TypeError) as error:
        yield Finding(SIGNATURE, f"can't be checked ({type(error).__name__})")


def lines(manifest: dict[str, Any]) -> list[str]:
    """What a reader is told of the signatures of an intact production."""
    said = manifest.get("signature")
    if not said:
        return [UNSIGNED]
    if not is_checkable():
        return [NOT_CHECKED, *RUN.splitlines()]
    return [
        f"Signed by {said['signer']}, by the key of the certificate with SHA-256",
        f"  {said['certificate_sha256']}",
        f"Time stamped by {said['authority']}, {said['stamped_at']}.",
        "Whether you trust that certificate and that stamp isn't checked here.",
        *RUN.splitlines(),
    ]


def is_checkable() -> bool:
    """Whether ``cryptography`` is installed where this runs."""
    return importlib.util.find_spec("cryptography") is not None


def _pdf(
    production: Production, pdf: dict[str, Any], certificate: str
) -> Iterator[Finding]:
    """The PDF begins with what was drawn, and its signature covers it to the end."""
    name, drawn = pdf["file"], pdf["unsigned"]
    unsigned = hashlib.sha256()
    with production.open(name) as file:
        _through(file, drawn["bytes"], unsigned)
        tail = file.read()
    if unsigned.hexdigest() != drawn["sha256"]:
        yield Finding(name, "doesn't begin with the PDF that was drawn")
    found = _RANGE.findall(tail)
    size = drawn["bytes"] + len(tail)
    if len(found) != 1:
        yield Finding(name, "isn't signed as the manifest says")
        return
    start, first, second, rest = map(int, found[0])
    if start != 0 or second + rest != size or first < drawn["bytes"] or second < first:
        yield Finding(name, "holds something that its signature doesn't cover")
        return
    signed = hashlib.sha256()
    with production.open(name) as file:
        _through(file, first, signed)
        gap = file.read(second - first)
        _through(file, rest, signed)
    message = bytes.fromhex(gap.strip(b"<>").decode("ascii"))
    yield from _one(name, message, signed.digest(), certificate)


def _through(file: Any, length: int, digest: Any) -> None:
    while length and (chunk := file.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)


def _one(
    name: str, message: bytes, digest: bytes, certificate: str
) -> Iterator[Finding]:
    signed = der.signed(message)
    if signed.digest != digest:
        yield Finding(name, "its signature is of other bytes")
    by = [
        one
        for one in signed.certificates
        if hashlib.sha256(one).hexdigest() == certificate
    ]
    if not by:
        yield Finding(name, "wasn't signed by the certificate that the manifest names")
    elif not _holds(by[0], signed):
        yield Finding(name, "its signature doesn't hold")


def _holds(certificate: bytes, signed: der.Signed) -> bool:
    """Whether the key of a certificate made the signature, over SHA-256."""
    load: Any = importlib.import_module
    x509 = load("cryptography.x509")
    key = x509.load_der_x509_certificate(certificate).public_key()
    sha256 = load("cryptography.hazmat.primitives.hashes").SHA256()
    kinds = "cryptography.hazmat.primitives.asymmetric"
    how: tuple[Any, ...] = ()  # Ed25519 and its kin hash by themselves
    if hasattr(key, "curve"):
        how = (load(f"{kinds}.ec").ECDSA(sha256),)
    elif hasattr(key, "public_numbers"):
        how = (load(f"{kinds}.padding").PKCS1v15(), sha256)
    wrong = load("cryptography.exceptions")
    try:
        key.verify(signed.signature, signed.attributes, *how)
    except (wrong.InvalidSignature, wrong.UnsupportedAlgorithm):
        return False
    return True
