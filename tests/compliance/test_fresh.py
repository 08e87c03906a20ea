"""What binds the house takes a proof of the moment, and goes on after it."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse

from cases import scope
from cases.admin.verbs import all_pages
from cases.enums import ProofMethod, Role
from cases.exceptions import StaleProof
from cases.models import Case, Event, SignOff
from cases.proof import Proof
from disclosures.models import Declaration, Delivery
from tests import factories as make
from tests.signing import PASSWORD, code, show, signed_in, somebody

pytestmark = pytest.mark.django_db

TEN_MINUTES = 600.0


@pytest.fixture
def _site(settings):
    settings.DEMO = False
    settings.SECOND_FACTOR_REQUIRED = True


def page(case: Case, name: str) -> str:
    return reverse("admin:cases_case_verb", args=[case.pk, name])


def decision(case: Case, **changed: str) -> dict[str, str]:
    return {
        "scope_digest": scope.digest(case),
        "decision": "approved",
        "legal_basis": make.BASIS,
        "note": "Read from first to last.",
    } | changed


def test_the_pages_that_bind_take_fresh_proof_and_no_others_do():
    assert {one.name for one in all_pages() if one.fresh} == {
        "sign_off",
        "certify_packet",
        "release_packet",
        "give_grant",
        "change_grant",
        "change_group_grant",
        "end_grant",
        "end_group_grant",
        "restrict",
        "name_owner",
    }


# ---------------------------------------------------------------------- at a page


def written() -> list[object]:
    rows = (SignOff, Declaration, Delivery, Event, Case)
    return [list(model.objects.order_by("pk").values()) for model in rows]


@pytest.mark.feature("S4")
@pytest.mark.usefixtures("_site")
def test_an_old_session_is_asked_again_at_sign_off_and_the_post_goes_on():
    case, counsel = make.awaiting(), somebody(Role.COUNSEL)
    client = signed_in(counsel, "mfa", ago=TEN_MINUTES)
    before = written()
    asked = client.post(page(case, "sign_off"), decision(case))
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    for wrong in ({"code": "000000"}, {"code": ""}):
        assert client.post(asked.url, wrong).status_code == 200
    assert written() == before
    at = datetime.now(UTC)
    done = client.post(asked.url, {"code": code()})
    assert (done.status_code, done.url) == (
        302,
        reverse("admin:cases_case_change", args=[case.pk]),
    )
    made = SignOff.objects.get()
    assert (made.counsel, made.decision, made.note) == (
        counsel,
        "approved",
        "Read from first to last.",
    )
    assert made.proof_method == ProofMethod.TOTP
    assert at - timedelta(seconds=2) < made.proof_at <= made.decided_at


@pytest.mark.feature("S4")
@pytest.mark.usefixtures("_site")
def test_a_password_is_no_proof_where_there_is_a_second_factor():
    case, counsel = make.awaiting(), somebody(Role.COUNSEL)
    client = signed_in(counsel, "mfa", ago=TEN_MINUTES)
    show(client, counsel)
    before = written()
    asked = client.post(page(case, "sign_off"), decision(case))
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    by_password = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert by_password.url.startswith(reverse("mfa_reauthenticate"))
    assert written() == before


@pytest.mark.usefixtures("_site")
def test_a_recovery_code_goes_on_and_says_so():
    case, counsel = make.awaiting(), somebody(Role.COUNSEL)
    client = signed_in(counsel, "mfa", ago=TEN_MINUTES)
    asked = client.post(page(case, "sign_off"), decision(case)).url
    (first, *_more) = RecoveryCodes.activate(counsel).get_unused_codes()
    assert client.post(asked, {"code": first}).url == reverse(
        "admin:cases_case_change", args=[case.pk]
    )
    assert SignOff.objects.get().proof_method == ProofMethod.RECOVERY_CODE


@pytest.mark.usefixtures("_site")
def test_a_session_of_the_last_minutes_is_not_asked():
    case, counsel = make.awaiting(), somebody(Role.COUNSEL)
    client = signed_in(counsel, "mfa", ago=240)
    done = client.post(page(case, "sign_off"), decision(case))
    assert done.url == reverse("admin:cases_case_change", args=[case.pk])


@pytest.mark.usefixtures("_site")
def test_a_form_that_is_wrong_anyhow_asks_for_nothing():
    case, counsel = make.awaiting(), somebody(Role.COUNSEL)
    client = signed_in(counsel, "mfa", ago=TEN_MINUTES)
    assert client.post(page(case, "sign_off"), {}).status_code == 200


@pytest.mark.feature("S4")
def test_the_demo_asks_for_the_password():
    case, counsel = make.awaiting(), somebody(Role.COUNSEL, factor=False)
    client = signed_in(counsel, ago=TEN_MINUTES)
    before = written()
    asked = client.post(page(case, "sign_off"), decision(case))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert client.post(asked.url, {"password": "wrong"}).status_code == 200
    assert written() == before
    assert client.post(asked.url, {"password": PASSWORD}).status_code == 302
    assert SignOff.objects.get().proof_method == ProofMethod.PASSWORD


# -------------------------------------------------------------------- at the verb


@pytest.mark.parametrize(
    ("method", "age", "required"),
    [
        (ProofMethod.PASSWORD, timedelta(minutes=5), False),
        (ProofMethod.PASSWORD, timedelta(seconds=-1), False),
        (ProofMethod.NOT_RECORDED, timedelta(0), False),
        (ProofMethod.PASSWORD, timedelta(0), True),
        (ProofMethod.TOTP, timedelta(minutes=5), True),
    ],
)
def test_a_verb_refuses_a_proof_that_is_old_or_not_enough(
    settings, method, age, required
):
    settings.SECOND_FACTOR_REQUIRED = required
    with pytest.raises(StaleProof):
        Proof(method, make.AT - age).require(make.AT)


@pytest.mark.parametrize(
    ("method", "required"),
    [
        (ProofMethod.PASSWORD, False),
        (ProofMethod.TOTP, True),
        (ProofMethod.PASSKEY, True),
        (ProofMethod.RECOVERY_CODE, True),
    ],
)
def test_a_verb_takes_a_proof_of_the_last_five_minutes(settings, method, required):
    settings.SECOND_FACTOR_REQUIRED = required
    Proof(method, make.AT - timedelta(seconds=299)).require(make.AT)
