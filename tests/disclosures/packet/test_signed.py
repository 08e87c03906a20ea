"""A signed production, as the recipient's own tools see it."""

import hashlib
import json

import pikepdf
import pytest

from disclosures import signing
from disclosures.packet import seal
from disclosures.packet.verify import verify
from tests import authority as authorities
from tests.disclosures.packet.reading import output


@pytest.mark.feature("P8", part=True)
@pytest.mark.feature("P9", part=True)
def test_a_signed_production_is_sound_pdf_a_and_says_both_hashes(
    packet, authority, tmp_path
):
    facts, pdf, told = packet
    files = {one.file_name: one.path for one in facts.exhibits if one.file_name}
    signer = signing.SiteSigner(authority.desk())
    made = seal.seal(facts, told, pdf, files, tmp_path / "out", signer)
    assert verify(made.folder) == []
    manifest = json.loads((made.folder / "manifest.json").read_bytes())
    measures = [
        {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "sha512": hashlib.sha512(path.read_bytes()).hexdigest(),
        }
        for path in (pdf, made.folder / "packet.pdf")
    ]
    unsigned, signed = measures
    assert manifest["pdfs"] == [
        {
            "file": "packet.pdf",
            "unsigned": unsigned,
            "signed": signed,
            "stamped_at": made.signature.stamped_at,
        }
    ]
    assert manifest["signature"] == {
        "manifest": "manifest.json.p7s",
        "signer": authorities.SIGNER,
        "certificate_sha256": authority.signer.fingerprint(authorities.SHA256).hex(),
        "authority": authorities.STAMPS,
        "stamped_at": made.signature.stamped_at,
    }
    for check, sums in (("sha256sum", "SHA256SUMS"), ("sha512sum", "SHA512SUMS")):
        listed = output(check, "-c", "--strict", sums, cwd=made.folder).splitlines()
        assert "manifest.json.p7s: OK" in listed
    # As the recipient's own tools see it.
    detached = ("-inform", "DER", "-in", "manifest.json.p7s", "-content")
    roots = ("-CAfile", str(authority.folder / "roots.pem"), "-purpose", "any")
    check = ("openssl", "cms", "-verify", "-binary", *detached, "manifest.json", *roots)
    output(*check, "-out", "/dev/null", cwd=made.folder)
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(manifest))
    check = ("openssl", "cms", "-verify", "-binary", *detached, str(changed), *roots)
    output(*check, "-out", "/dev/null", cwd=made.folder, code=4)
    signed_pdf = str(made.folder / "packet.pdf")
    assert "No syntax or stream encoding errors" in output(
        "qpdf", "--check", signed_pdf
    )
    assert "Signature is Valid." in output("pdfsig", signed_pdf)
    # Nothing is shown on a page, as PDF/A has it: printed, neither hidden nor moved.
    with pikepdf.open(signed_pdf) as opened:
        [seal_field] = opened.Root.AcroForm.Fields
        assert list(map(int, seal_field.Rect)) == [0, 0, 0, 0]
        assert int(seal_field.F) & 0b100111 == 0b100
        assert opened.Root.MarkInfo.Marked is True
        assert opened.Root.Perms.DocMDP.SubFilter == "/ETSI.CAdES.detached"
    (made.folder / "manifest.json.p7s").unlink()
    assert "manifest.json.p7s: is missing" in map(str, verify(made.folder))
