"""A data owner sees the pull order and nothing else of the case: a walk over the site.

Every text of the case that the order doesn't ask for holds a canary, or a name of its
own that could be known again; the owner opens every address, before and after they
have answered.
"""

import logging

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases import restricted
from cases.enums import EventKind, Role
from disclosures import chasing
from tests import factories as make
from tests.disclosures import packets, pulling
from tests.disclosures.admin.conftest import client_of
from tests.disclosures.admin.crawling import CANARY, addresses, body, plant
from tests.disclosures.admin.test_restricted_crawl import kept_files, said_by_logs

pytestmark = pytest.mark.django_db

# What the order asks, and what a changed text of would suspend it: looked at by name.
KEPT = {
    *("PullOrder", "TargetAccount", "ScopeRevision", "SignOff", "ScopeItem"),
    *("Target", "RequestedItem", "AuthenticityFinding", "CaseDocument", "Case"),
    *("Exhibit", "Organisation", "CaseKey"),
}
NAMED = {
    "agency_reference": "CANARYDOCKET",
    "officer_name": "Olive Canary",
    "officer_email": "canary@agency.example",
    "issuing_authority": "Canary the Prosecutor",
    "issuing_court": "Court of Canary",
}


@pytest.fixture
def asked(small, django_capture_on_commit_callbacks):
    """A packet that waits for its data owner, and what nobody else may read of it."""
    dora = pulling.owner(email="dora@x.example")
    ana = make.analyst()
    ana.first_name, ana.last_name = "Ana", "Canarina"
    ana.save()
    with django_capture_on_commit_callbacks(execute=True):
        found = pulling.case("ALICE", by=ana, **NAMED)
        packet = packets.collected(packets.ordered(found, by=ana))
    with transaction.atomic():
        planted = plant(KEPT)
    assert planted >= {"Agency.name", "CaseGroupPerm.reason", "Packet.bates_prefix"}
    return packet, dora


def secrets_of(packet):
    """What would tell of the case: as its rows have it, lower case."""
    case = packet.case
    paper = case.documents.first()
    said = [
        *(CANARY, case.number, "ALICE", str(case.get_instrument_display())),
        *(paper.name, paper.sha256, packet.revision.digest, "All tickets"),
        *(packets.fresh(packet).exhibits.values_list("sha256", flat=True)),
    ]
    return [one.lower() for one in said if one]


def heard(client, address):
    answer = client.get(address)
    text = (body(answer) + str(answer.headers)).lower()
    # An order's own words are its own: the account's name is not the identifier.
    return answer.status_code, text.replace("acct-alice", "").replace(">alice<", "")


def leaking(client, packet):
    """The addresses at which the owner reads any of it; and those that answer."""
    secrets = secrets_of(packet)
    found, open_ = [], []
    for address in addresses(packet.case, packet):
        status, text = heard(client, address)
        # Django's own page of a superuser isn't theirs; a search term comes back.
        text = text.replace("canar&", "").replace('value="canar"', "")
        if any(one in text for one in secrets):
            found.append(address)
        if status == 200:
            open_.append(address)
    return found, open_


@pytest.mark.feature("C2")
@pytest.mark.feature("G5", part=True)
@pytest.mark.parametrize("is_restricted", [False, True])
def test_the_owner_sees_the_pull_order_and_nothing_else_of_the_case(
    asked, is_restricted, caplog, django_capture_on_commit_callbacks
):
    packet, dora = asked
    if is_restricted:
        with django_capture_on_commit_callbacks(execute=True):
            name_in_secret(packet, dora)
    client = client_of(dora)
    client.raise_request_exception = False
    order = pulling.order_of(packet)
    own = reverse("admin:disclosures_pull_order", args=[order.pk])
    listed = reverse("admin:disclosures_pullorder_changelist")
    with caplog.at_level(logging.DEBUG):
        found, open_ = leaking(client, packet)
        page = body(client.get(own))
        assert found == []
        assert {own, listed, "/"} <= set(open_)
        bound = reverse("admin:cases_bound")  # everybody's, and says of none
        cases_ = [one for one in open_ if "/case/" in one or "/trail" in one]
        assert cases_ == [bound]
        for said in (order.reference, "acct-alice", "1 January 2022, 05:00:00", "UTC"):
            assert said in page
        pulling.answer(packet, dora)
        found, _open = leaking(client, packet)
        assert found == []
        page = body(client.get(own))
    # Once it is answered, whose records they were is no longer shown.
    assert (order.reference in page, "acct-alice" in page) == (True, False)
    logs = said_by_logs(caplog).lower()
    told = "".join(one.subject + one.body for one in mail.outbox).lower()
    for secret in (*secrets_of(packet), "acct-alice", order.reference.lower()):
        assert secret not in told
        assert secret not in logs
        assert secret not in kept_files().lower()
    kinds = packet.case.events.filter(actor=dora).values_list("kind", flat=True)
    mine = {EventKind.PULL_OPENED, EventKind.PULL_ANSWERED}
    bound = {EventKind.EXPOSURE_ACKNOWLEDGED} if is_restricted else set()
    assert set(kinds) == mine | bound


def name_in_secret(packet, dora):
    """Restrict the request, name the owner, and have them acknowledge its secrecy."""
    counsel, at = make.counsel(), timezone.now()
    restricted.restrict(
        packet.case_id,
        named=[packet.case.owner],
        actor=counsel,
        reason="Canary says so.",
        proof=make.proof(at),
        at=at,
    )
    order = pulling.order_of(packet)
    chasing.name_owner(
        order.pk, actor=counsel, person=dora, proof=make.proof(at), at=at
    )
    client = client_of(dora)
    page = client.post(reverse("admin:cases_bound"), {"is_understood": "on"})
    assert page.url == reverse("admin:index")  # and no request's page
    said = body(client.get(page.url))
    assert packet.case.number not in said
    assert "You knew it as" not in said


@pytest.mark.feature("C2", part=True)
def test_nobody_else_finds_an_order_by_its_address(asked):
    packet, dora = asked
    own = reverse("admin:disclosures_pull_order", args=[pulling.order_of(packet).pk])
    other = make.person(Role.DATA_OWNER, at_the_desk=False)
    nothing = reverse("admin:disclosures_pull_order", args=[10**6])
    for client in (client_of(other), client_of(dora)):
        assert client.get(nothing).status_code == 404
    assert client_of(other).get(own).status_code == 404
    assert client_of(other).post(own, {}).status_code == 404
    assert client_of(make.analyst()).get(own).status_code == 403
