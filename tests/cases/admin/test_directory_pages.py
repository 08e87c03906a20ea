"""The pages of agencies and of the organisation: who sees what, and what they write."""

import pytest
from django.urls import reverse

from cases.enums import Role
from cases.models import Agency, AgencyContact, Organisation
from tests import directory

pytestmark = pytest.mark.django_db


def url(name, *ids):
    return reverse(f"admin:cases_{name}", args=ids)


def test_an_agency_with_its_address_is_entered_and_checked_on_its_pages(at_desk):
    clerk = at_desk(Role.INTAKE_CLERK)
    counsel = at_desk(Role.COUNSEL, first_name="Cora", last_name="Lind")
    facts = {"name": "Bureau", "jurisdiction": "US", "address": ""}

    added = clerk.post(url("agency_add"), facts)
    agency = Agency.objects.get()
    assert added.url == url("agency_change", agency.pk)
    clerk.post(url("agency_edit", agency.pk), facts | {"name": "Federal Bureau"})
    clerk.post(
        url("contact_add", agency.pk),
        {"kind": "email", "recipient": "Desk", "address": "desk@bureau.example"},
    )
    contact = AgencyContact.objects.get()
    page = clerk.get(url("agency_change", agency.pk)).content.decode()
    for words in ("Federal Bureau", "Not checked yet", "Waits to be checked by: Cora"):
        assert words in page
    check = url("contact_check", agency.pk, contact.pk)
    refused = clerk.get(check).content.decode()
    assert "You entered this address: another person checks it." in refused
    answer = counsel.post(
        check,
        {
            "method": "call_back",
            "source": "The bureau's website",
            "evidence": "The desk spelled it out.",
            "outcome": "confirmed",
        },
    )
    assert answer.status_code == 302
    page = clerk.get(url("agency_change", agency.pk)).content.decode()
    assert "Good until" in page
    assert "The desk spelled it out." in page
    assert "Federal Bureau" in clerk.get(url("agency_changelist")).content.decode()
    counsel.post(url("contact_retire", agency.pk, contact.pk), {"reason": "Moved."})
    page = clerk.get(url("agency_change", agency.pk)).content.decode()
    assert "No address yet" in page
    assert "Moved." in page


def test_an_address_is_found_under_its_own_agency_only(at_desk):
    counsel = at_desk(Role.COUNSEL)
    contact = directory.entered()
    other = Agency.objects.create(name="Another", jurisdiction="US")
    assert counsel.get(url("contact_check", other.pk, contact.pk)).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_who_gets_to_which_page(at_desk, role):
    contact = directory.entered()
    client = at_desk(role)
    agency = contact.agency_id
    intake = role in {Role.INTAKE_CLERK, Role.ANALYST}
    checks = intake or role == Role.COUNSEL
    looks = role not in {Role.REPORT_EDITOR, Role.ADMINISTRATOR, Role.DATA_OWNER}
    edits = role == Role.ADMINISTRATOR
    wanted = {
        url("agency_changelist"): looks,
        url("agency_change", agency): looks,
        url("agency_add"): intake,
        url("agency_edit", agency): intake,
        url("contact_add", agency): intake,
        url("contact_check", agency, contact.pk): checks,
        url("contact_retire", agency, contact.pk): checks,
        url("organisation_changelist"): looks or edits,
        url("organisation_edit"): edits,
    }
    found = {page: client.get(page).status_code == 200 for page in wanted}
    assert found == wanted


def test_an_administrator_changes_the_organisation_on_a_page(at_desk):
    admin = at_desk(Role.ADMINISTRATOR)
    form = admin.get(url("organisation_edit")).context["form"]
    data = {name: form.initial[name] for name in form.fields} | {"contact_days": 30}

    answer = admin.post(url("organisation_edit"), data)

    assert answer.status_code == 302
    assert Organisation.objects.get().contact_days == 30
    page = admin.get(url("organisation_changelist")).content.decode()
    assert "Package Index Foundation" in page
