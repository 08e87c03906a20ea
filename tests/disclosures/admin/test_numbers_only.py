"""Who keeps the site going sees that requests exist, by number, and nothing else.

Every text of a request, its packet and its grants is replaced by a canary, and every
address of the site is asked for by somebody without a grant.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from cases import audit
from cases.enums import EventKind, Role
from cases.models import CaseGroupPerm, CaseUserPerm
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of
from tests.disclosures.admin.crawling import CANARY, addresses, body, leaks, plant

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(small, at_desk):
    """A packet handed over on a case full of canaries, and a grant on it."""
    packet = packets.sealed_undrawn()
    packets.release(packet)
    case = packet.case
    ana = make.person(Role.ANALYST, at_the_desk=False)
    make.let_in(case, ana)
    with transaction.atomic():
        data = {"page": CANARY}
        audit.record(case, EventKind.CASE_VIEWED, actor=ana, at=make.AT, data=data)
    planted = plant()
    assert planted >= {
        "Agency.name",
        "Case.agency_reference",
        "Case.officer_name",
        "CaseDocument.name",
        "CaseGroupPerm.reason",
        "CaseUserPerm.reason",
        "Delivery.recipient_name",
        "Exhibit.part_title",
        "RequestedItem.wording",
        "ScopeItem.reason",
        "SignOff.note",
        "Target.identifier",
    }
    return make.fresh(case), packets.fresh(packet), ana


@pytest.mark.feature("S2")
def test_a_superuser_without_a_grant_reads_numbers_and_nothing_else(told, at_desk):
    case, packet, _ana = told
    root = at_desk(at_the_desk=False, is_superuser=True)
    asked = addresses(case, packet)
    assert leaks(root, asked) == []
    page = root.get(reverse("admin:cases_numbers"))
    assert list(page.context["page"].object_list) == [(case.pk, case.number)]
    assert case.number in body(page)
    assert "give_grant" not in body(page)
    assert not case.events.filter(actor=root.user).exists()


@pytest.mark.feature("S2")
def test_an_administrator_reads_numbers_and_grants_and_nothing_else(told, at_desk):
    case, packet, ana = told
    adam = at_desk(Role.ADMINISTRATOR, at_the_desk=False, is_superuser=True)
    CaseUserPerm.objects.update(reason="A second opinion")
    CaseGroupPerm.objects.update(reason="New case")
    asked = addresses(case, packet)
    page = reverse("admin:cases_case_verb", args=[case.pk, "give_grant"])
    assert leaks(adam, asked) == []
    shown = body(adam.get(page))
    assert (case.number in shown, ana.username in shown) == (True, True)
    assert page in body(adam.get(reverse("admin:cases_numbers")))


def test_the_same_walk_by_somebody_let_in_finds_what_was_planted(told):
    case, packet, ana = told
    client = client_of(ana)
    client.raise_request_exception = False  # some texts are no longer what pages expect
    found = set(leaks(client, addresses(case, packet)))
    cases = reverse("admin:cases_case_changelist")
    verb = reverse("admin:cases_case_verb", args=[case.pk, "hand_over"])
    assert found >= {cases, verb, "/cases/agency/"}


@pytest.mark.parametrize("role", [None, *Role])
def test_numbers_are_for_who_keeps_the_site_going(at_desk, role):
    make.opened()
    client = at_desk(*([role] if role else []))
    status = client.get(reverse("admin:cases_numbers")).status_code
    assert status == (200 if role == Role.ADMINISTRATOR else 403)


@pytest.mark.feature("S2", part=True)
def test_people_and_roles_are_never_deleted(at_desk):
    case = make.opened()
    root = at_desk(Role.ADMINISTRATOR, is_superuser=True)
    desk = make.organisation().intake_group
    for kind, pk in (("user", case.opened_by_id), ("group", desk.pk)):
        address = reverse(f"admin:auth_{kind}_delete", args=[pk])
        assert root.get(address).status_code == 403
        assert root.post(address, {"post": "yes"}).status_code == 403
        listed = reverse(f"admin:auth_{kind}_changelist")
        asked = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        root.post(listed, asked)
    assert case.opened_by in desk.user_set.all()


def test_numbers_are_found_and_paged(at_desk):
    cases = [make.opened() for _ in range(3)]
    adam = at_desk(Role.ADMINISTRATOR)
    url = reverse("admin:cases_numbers")

    def found(**query: str) -> list[str]:
        return [number for _, number in adam.get(url, query).context["page"]]

    assert found() == [one.number for one in reversed(cases)]
    assert found(number=cases[1].number[-5:]) == [cases[1].number]
    assert found(number="none") == []
