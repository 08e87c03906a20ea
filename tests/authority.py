"""A certificate authority for tests: it issues, revokes and stamps time, over HTTP.

It listens on 127.0.0.1. The signer's certificate is good for a month, what stands
behind it for years; revocation is told by list (CRL) and when asked (OCSP).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from disclosures.packet.signer import Desk

STAMPING, REVOCATION = {"/stamps"}, {"/ocsp", "/root.crl"}
SHA256 = hashes.SHA256()
PASSPHRASE = "swordfish of the records desk"
SIGNER, STAMPS = "Example Package Index Records", "Example Time Stamps"
MONTH, YEARS = timedelta(days=30), timedelta(days=3650)
_ENCODING = serialization.Encoding


@dataclass
class Authority:
    """A running authority; put numbers of certificates into ``revoked``, or stop it."""

    url: str
    folder: Path
    revoked: set[int] = field(default_factory=set)
    out: set[str] = field(default_factory=set)  # what answers nothing but errors

    def __post_init__(self) -> None:
        """Make the root, and the one who stamps."""
        self.key, self.root = _pair(), None
        self.root = self._issued("Example Root", self.key, YEARS, ca=True)
        self._stamps = rsa.generate_private_key(65537, 2048)  # all that it can
        self._stamper = self._issued(
            STAMPS, self._stamps, YEARS, usage=Usage.TIME_STAMPING
        )

    def desk(
        self, *, begins: timedelta = -MONTH, lasts: timedelta = MONTH, **changed: str
    ) -> Desk:
        """What a site that signs by this authority has set; a key made for it."""
        key, roots = self.folder / "desk.p12", self.folder / "roots.pem"
        pair = _pair()
        self.signer = self._issued(SIGNER, pair, lasts, begins=begins)
        lock = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        key.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"desk", pair, self.signer, [self.root], lock
            )
        )
        roots.write_bytes(self.root.public_bytes(_ENCODING.PEM))
        said = {
            "key": str(key),
            "passphrase": PASSPHRASE,
            "roots": str(roots),
            "authority": f"{self.url}/stamps",
        }
        return Desk(**(said | changed))

    def _issued(
        self,
        name: str,
        pair: Any,
        lasts: timedelta,
        *,
        begins: timedelta = -MONTH,
        ca: bool = False,
        usage: Any = None,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        subject = _name(name)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.root.subject if self.root else subject)
            .public_key(pair.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + lasts)
            .add_extension(
                x509.BasicConstraints(ca=ca, path_length=None), critical=True
            )
            .add_extension(_usage(ca=ca), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(pair.public_key()),
                critical=False,
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    self.key.public_key()
                ),
                critical=False,
            )
        )
        if not ca:
            made = self._with_places(made)
        if usage:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        return made.sign(self.key, hashes.SHA256())

    def _with_places(self, made: Any) -> Any:
        """Where its revocation is told."""
        listed = [x509.UniformResourceIdentifier(f"{self.url}/root.crl")]
        asked = x509.UniformResourceIdentifier(f"{self.url}/ocsp")
        point = x509.DistributionPoint(listed, None, None, None)
        access = x509.AccessDescription(Access.OCSP, asked)
        return made.add_extension(
            x509.CRLDistributionPoints([point]), critical=False
        ).add_extension(x509.AuthorityInformationAccess([access]), critical=False)

    # ------------------------------------------------------------------ its answers

    def crl(self) -> bytes:
        """The list of what is revoked."""
        now = datetime.now(UTC)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=7))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    self.key.public_key()
                ),
                critical=False,
            )
        )
        for serial in self.revoked:
            one = x509.RevokedCertificateBuilder().serial_number(serial)
            made = made.add_revoked_certificate(
                one.revocation_date(now - timedelta(hours=2)).build()
            )
        return made.sign(self.key, hashes.SHA256()).public_bytes(_ENCODING.DER)

    def status(self, asked: bytes) -> bytes:
        """Whether one certificate is revoked, by OCSP."""
        request, now = ocsp.load_der_ocsp_request(asked), datetime.now(UTC)
        revoked = request.serial_number in self.revoked
        made = ocsp.OCSPResponseBuilder().add_response_by_hash(
            request.issuer_name_hash,
            request.issuer_key_hash,
            request.serial_number,
            request.hash_algorithm,
            ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            now - timedelta(minutes=1),
            now + timedelta(days=1),
            now - timedelta(hours=2) if revoked else None,
            None,
        )
        made = made.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root)
        answer = made.sign(self.key, hashes.SHA256())
        return answer.public_bytes(_ENCODING.DER)

    def stamp(self, asked: bytes) -> bytes:
        """A time stamp (RFC 3161)."""
        der = self._stamps.private_bytes(
            _ENCODING.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        maker = DummyTimeStamper(
            tsa_cert=asn1.Certificate.load(self._stamper.public_bytes(_ENCODING.DER)),
            tsa_key=keys.PrivateKeyInfo.load(der),
        )
        request = tsp.TimeStampReq.load(asked)
        return maker.request_tsa_response(request).dump()


@contextmanager
def running(folder: Path) -> Iterator[Authority]:
    """The authority, until the block ends."""
    server = _Server(("127.0.0.1", 0), _Answering)
    made = Authority(f"http://127.0.0.1:{server.server_port}", folder)
    server.authority = made
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    authority: Authority
    daemon_threads = True


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, asked: bytes) -> None:
        authority = self.server.authority
        if self.path in authority.out:
            self.send_error(503)
            return
        kind, said = {
            "/root.crl": ("application/pkix-crl", lambda _asked: authority.crl()),
            "/ocsp": ("application/ocsp-response", authority.status),
            "/stamps": ("application/timestamp-reply", authority.stamp),
        }[self.path]
        data = said(asked)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


def _pair() -> Any:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example Authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
