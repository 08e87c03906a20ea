"""Packets are signed, stamped, and checked offline when the certificate has expired."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cases import keys
from compliance import checks
from disclosures import assembly, production, signing
from disclosures.enums import PacketStatus
from disclosures.exceptions import AuthorityOut, SigningRefused
from disclosures.models import Packet
from tests import authority as authorities
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.packet.reading import output
from tests.disclosures.test_dump import dump

MONTH = timedelta(days=30)


@pytest.fixture
def blank(tmp_path):
    path = tmp_path / "blank.pdf"
    path.write_bytes(make.pdf(2))
    return path


def said(desk):
    """A desk as the settings have it."""
    names = ("key", "passphrase", "roots", "authority")
    return {name: getattr(desk, name) for name in names}


def trusted(path, at, stamps_at, store=None):
    """Whether a signed PDF holds at a time, with nothing fetched from anywhere."""
    roots = list(load_certs_from_pemder([path.parent / "authority" / "roots.pem"]))
    with path.open("rb") as file:
        reader = PdfFileReader(file)
        [embedded] = reader.embedded_signatures
        context = {"trust_roots": roots, "moment": at, "allow_fetching": False}
        stamps = ValidationContext(trust_roots=roots, moment=stamps_at)
        kept = (
            DocumentSecurityStore.read_dss(reader)
            if store is None
            else DocumentSecurityStore(writer=None)
        )
        hard = context | {"revocation_mode": "hard-fail", "retroactive_revinfo": True}
        context = kept.as_validation_context(hard)
        status = validate_pdf_signature(embedded, context, stamps)
        return status.bottom_line, status.timestamp_validity.timestamp


@pytest.mark.feature("P8")
def test_a_signed_pdf_holds_offline_after_its_certificate_has_expired(
    authority, blank, tmp_path
):
    signed = tmp_path / "signed.pdf"
    desk = authority.desk(lasts=MONTH)
    made = signing.SiteSigner(desk).pdf(blank, signed)
    assert signed.read_bytes().startswith(blank.read_bytes())
    assert (made.signer, made.authority) == (authorities.SIGNER, authorities.STAMPS)
    # The authority answers no more, and the certificate is good no more.
    authority.out |= authorities.STAMPING | authorities.REVOCATION
    later = datetime.now(UTC) + timedelta(days=400)
    is_good, stamped = trusted(signed, later, later)
    assert not is_good  # taken for a signature of that day
    assert stamped.isoformat(timespec="seconds") == made.stamped_at
    # The stamp, good for years, says of which day it is; what was kept says the rest.
    assert trusted(signed, stamped, later) == (True, stamped)
    assert trusted(signed, stamped, later, store="empty")[0] is False
    told = output("pdfsig", str(signed))
    for line in (
        f"Signer Certificate Common Name: {authorities.SIGNER}",
        "Signature Type: ETSI.CAdES.detached",
        "Total document signed",
        "Signature Validation: Signature is Valid.",
    ):
        assert f"  - {line}\n" in told
    data = bytearray(signed.read_bytes())
    data[len(blank.read_bytes()) // 2] ^= 1
    signed.write_bytes(data)
    assert "Signature is Valid" not in output("pdfsig", str(signed))


def revoked(authority):
    desk = authority.desk()
    authority.revoked.add(authority.signer.serial_number)
    return desk


def without_stamps(authority):
    authority.out |= authorities.STAMPING
    return authority.desk()


def without_word(authority):
    authority.out |= authorities.REVOCATION
    return authority.desk()


def other_roots(authority):
    with authorities.running(authority.folder.parent) as other:
        return authority.desk(roots=other.desk().roots)


@pytest.mark.parametrize(
    ("broken", "refusal", "sentence"),
    [
        (revoked, SigningRefused, "The site's signing certificate was revoked."),
        (without_stamps, AuthorityOut, "The time-stamp authority can't be reached"),
        (without_word, AuthorityOut, "Whether the signing certificate was revoked"),
        (other_roots, SigningRefused, "The site's signing certificate doesn't lead"),
    ],
)
def test_what_can_t_be_signed_is_refused_with_its_reason(
    authority, blank, tmp_path, broken, refusal, sentence
):
    signer = signing.SiteSigner(broken(authority))
    with pytest.raises(refusal) as caught:
        signer.pdf(blank, tmp_path / "signed.pdf")
    assert str(caught.value).startswith(sentence)
    assert authorities.PASSPHRASE not in str(caught.value)


@pytest.mark.django_db
@pytest.mark.feature("P8", part=True)
def test_a_site_that_signs_never_seals_unsigned_and_goes_on_when_mended(
    small, settings, authority
):
    packet, good = packets.certified(), authority.desk()
    settings.SIGNING = said(good)
    stops = [
        ({"key": "/nowhere.p12"}, "The site's signing key, or the roots it trusts, "),
        ({"passphrase": "wrong"}, "The site's signing key doesn't open with its pass-"),
    ]
    for changed, sentence in stops:
        settings.SIGNING = said(good) | changed
        refused(packet, sentence)
        [warning] = checks.signing_key_is_fit(None)
        assert warning.msg.startswith(f"No packet can be sealed: {sentence}")
        packet = resumed(packet)
    settings.SIGNING = said(authority.desk(begins=-2 * MONTH, lasts=-MONTH))
    refused(packet, "The certificate of the site's signing key is good from ")
    packet = resumed(packet)
    # The authority is out: tried again by itself, without a person.
    settings.SIGNING = said(authority.desk())
    authority.out |= authorities.STAMPING
    assembly.assemble(packet.pk)
    packet = packets.fresh(packet)
    assert packet.status == PacketStatus.SEALING
    assert packet.failure.startswith("The time-stamp authority can't be reached")
    assert not list(Path(settings.FILES_DIR).glob("packets/*/production-*"))
    authority.out.clear()
    Packet.objects.update(lease_until=None)
    packet = packets.sealed(packet)
    assert (packet.status, packet.failure) == (PacketStatus.SEALED, "")
    assert (packet.signer, packet.stamper) == (authorities.SIGNER, authorities.STAMPS)
    assert packet.unsigned_sha256 != packet.pdf_sha256
    assert production.findings(packet) == []
    text = dump()
    assert authorities.SIGNER in text
    assert authorities.PASSPHRASE not in text
    # What was drawn is made again; the signature stands behind it.
    shown = io.StringIO()
    call_command("rebuild_packet", keys.disguise(packet.pk, "row"), stdout=shown)
    assert "packet.pdf: equal\n" in shown.getvalue()
    assert "A signature can't be made again" in shown.getvalue()


def refused(packet, sentence):
    assembly.assemble(packet.pk)
    packet = packets.fresh(packet)
    assert packet.status == PacketStatus.FAILED
    assert packet.failure.startswith(sentence)
    assert packet.files == []


def resumed(packet):
    packet = packets.fresh(packet)
    return assembly.resume(packet.pk, actor=packet.ordered_by)


def test_half_a_signing_desk_is_refused_at_the_start(settings, authority):
    whole = said(authority.desk())
    assert checks.signing_is_whole(None) == []
    assert checks.signing_key_is_fit(None) == []
    settings.SIGNING = whole
    assert checks.signing_is_whole(None) == []
    for name in whole:
        settings.SIGNING = whole | {name: ""}
        assert [one.id for one in checks.signing_is_whole(None)] == ["compliance.E012"]
    settings.SIGNING = whole | {"authority": "tsa.example"}
    assert [one.id for one in checks.signing_is_whole(None)] == ["compliance.E012"]
    settings.SIGNING = said(authority.desk(lasts=timedelta(days=20)))
    [warning] = checks.signing_key_is_fit(None)
    assert warning.msg.startswith("The certificate of the signing key ends on 20")
    assert "swordfish" not in repr(authority.desk())
