"""The manifest of a transmission: seven elements and the delivery, frozen with it."""

import hashlib
import json
from datetime import UTC, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.enums import Role
from cases.models import Organisation
from disclosures import production
from disclosures.models import Delivery
from tests.disclosures import packets

pytestmark = pytest.mark.django_db


def measures(path):
    data = path.read_bytes()
    return {
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "sha512": hashlib.sha512(data).hexdigest(),
    }


@pytest.mark.feature("P2", part=True)
def test_a_hand_over_states_the_seven_elements_and_until_when(at_desk):
    packet = packets.sealed_undrawn()
    sent, by = timezone.now(), packets.officer()
    until = sent + timedelta(days=30)
    row = packets.release(packet, by, handed_over_at=sent, expires_at=until)
    said = json.loads(row.transmission)
    case, site = packet.case, Organisation.objects.get()
    assert said["sender_and_recipient"] == {
        "sender": {
            "name": site.name,
            "address": site.address.splitlines(),
            "contact": site.contact,
        },
        "recipient": {
            "name": case.officer_name,
            "authority": case.agency.name,
            "address": row.recipient_address,
        },
    }
    assert said["order"] == {
        "instrument": case.get_instrument_display(),
        "agency_reference": case.agency_reference,
        "issued_on": case.issued_on.isoformat(),
        "served_on": case.served_on.isoformat(),
        "case": case.number,
        "production": "production-0001",
        "scope_sha256": packet.revision.digest,
    }
    iso = {"timespec": "seconds"}
    assert said["sent_at"] == sent.astimezone(UTC).isoformat(**iso)
    assert said["means"] == {
        "method": "encrypted_mail",
        "in_words": "Encrypted e-mail",
        "accessible_until": until.astimezone(UTC).isoformat(**iso),
    }
    folder, archive = production.folder(packet), production.archive(packet)
    inside = [name for name, _size, _sha256 in packet.files if name != archive.name]
    wanted = [{"name": archive.name, **measures(archive)}]
    wanted += [{"name": name, **measures(folder / name)} for name in inside]
    by_name = sorted(said["files"], key=lambda one: one["name"])
    assert by_name == sorted(wanted, key=lambda one: one["name"])
    assert said["delivery"] == {
        "released_by": row.released_by_name,
        "recorded_at": row.recorded_at.astimezone(UTC).isoformat(**iso),
        "shown_by": "manifest",
        "manifest_sha256": packet.manifest_sha256,
        "note": "",
    }
    # What the site says of itself later changes nothing of it, and it is on the page.
    Organisation.objects.update(name="Renamed")
    desk = at_desk(Role.RELEASE_OFFICER)
    page = reverse("admin:disclosures_packet", args=[packet.case_id, packet.pk])
    file = reverse("admin:disclosures_transmission", args=[packet.case_id, packet.pk])
    assert file in desk.get(page).content.decode()
    answer = desk.get(file)
    assert hashlib.sha256(answer.content).hexdigest() == row.transmission_sha256
    assert answer.content.decode() == row.transmission
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(transmission_sha256="")


def test_there_is_no_manifest_before_the_hand_over(at_desk):
    packet = packets.sealed_undrawn()
    desk = at_desk(Role.RELEASE_OFFICER)
    args = [packet.case_id, packet.pk]
    answer = desk.get(reverse("admin:disclosures_transmission", args=args))
    assert answer.status_code == 404
