"""Certifying and handing over take a proof of the moment, kept with the decision."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.enums import ProofMethod, Role
from cases.models import Case, Event
from disclosures import facts
from disclosures.models import Declaration, Delivery, Packet
from tests.disclosures import packets
from tests.signing import code, signed_in, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

TEN_MINUTES = 600.0


def page(case: Case, name: str) -> str:
    return reverse("admin:cases_case_verb", args=[case.pk, name])


def written() -> list[object]:
    rows = (Declaration, Delivery, Packet, Event, Case)
    return [list(model.objects.order_by("pk").values()) for model in rows]


@pytest.mark.feature("S4")
def test_an_old_session_is_asked_again_at_certification(settings):
    packet, carl = packets.examined(), somebody(Role.CUSTODIAN)
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(carl, "mfa", ago=TEN_MINUTES)
    url = page(packet.case, "certify_packet")
    given = vars(packets.statement(carl)) | {
        "exhibits_digest": facts.exhibits_digest(packet),
    }
    before = written()
    asked = client.post(url, given)
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert client.post(asked.url, {"code": "000000"}).status_code == 200
    assert written() == before
    assert client.post(asked.url, {"code": code()}).status_code == 302
    made = Declaration.objects.get()
    assert (made.custodian, made.proof_method) == (carl, ProofMethod.TOTP)
    assert made.proof_at <= made.signed_at


@pytest.mark.feature("S4")
def test_an_old_session_is_asked_again_at_release(settings):
    packet, rita = packets.sealed(), somebody(Role.RELEASE_OFFICER)
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(rita, "mfa", ago=TEN_MINUTES)
    url = page(packet.case, "release_packet")
    form = client.get(url).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    given |= {
        "in_hand_sha256": packet.manifest_sha256,
        "method": "encrypted_mail",
        "handed_over_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S"),
    }
    before = written()
    asked = client.post(url, given)
    assert asked.status_code == 302, asked.context["form"].errors
    assert client.post(asked.url, {"code": "000000"}).status_code == 200
    assert written() == before
    assert client.post(asked.url, {"code": code()}).status_code == 302
    made = Delivery.objects.get()
    assert (made.released_by, made.proof_method) == (rita, ProofMethod.TOTP)
    assert made.proof_at <= made.recorded_at
