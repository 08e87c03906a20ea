"""An address is entered by one, checked by another, and the check goes stale."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cases import agencies
from cases.enums import ContactKind, ContactMethod, ContactOutcome, Role
from cases.exceptions import FourEyesViolation, IllegalTransition
from cases.models import Agency, AgencyContact, ContactCheck, Organisation, SiteEvent
from tests import directory
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

ENTERS = {Role.INTAKE_CLERK, Role.ANALYST}
CHECKS = ENTERS | {Role.COUNSEL}
DAY = timedelta(days=1)


def confirm(contact, by=None, at=make.AT, **changed):
    return agencies.check_contact(
        contact.pk, actor=by or make.counsel(), check=directory.check(**changed), at=at
    )


def told():
    return [
        (one.kind, one.actor, json.loads(one.data)) for one in SiteEvent.objects.all()
    ]


def test_an_address_is_entered_and_confirmed_and_the_trail_says_by_whom():
    agency, clerk, counsel = make.agency(), make.clerk(), make.counsel()

    made = directory.entered(
        by=clerk, recipient=" Dana  Whitlock ", address=" d@doj.example "
    )
    assert (made.recipient, made.address) == ("Dana Whitlock", "d@doj.example")
    assert agencies.usable(agency, make.AT) == []
    check = confirm(made, counsel, source=" Website ", evidence=" Spelled out. ")

    assert agencies.usable(agency, make.AT) == [made]
    assert (check.entered_by, check.checked_by) == (clerk, counsel)
    assert (check.source, check.evidence) == ("Website", "Spelled out.")
    ids = {"agency": agency.pk, "contact": made.pk}
    assert told() == [
        ("agency.contact.entered", clerk, ids | {"of": "email"}),
        (
            "agency.contact.checked",
            counsel,
            ids | {"check": check.pk, "outcome": "confirmed", "method": "call_back"},
        ),
    ]


@pytest.mark.feature("V2")
def test_the_same_person_can_t_both_enter_an_address_and_confirm_it():
    counsel = make.person(Role.COUNSEL, Role.ANALYST)
    made = directory.entered(by=counsel)

    words = refusal(lambda: confirm(made, counsel), FourEyesViolation)
    assert words == "You entered this address: another person checks it."
    # Nor by the database, whatever the verb says.
    row = ContactCheck(
        contact=made,
        outcome=ContactOutcome.CONFIRMED,
        method=ContactMethod.CALL_BACK,
        source="x",
        evidence="x",
        entered_by=counsel,
        checked_by=counsel,
        checked_by_name="x",
        checked_at=make.AT,
    )
    by_another = "contact_checked_by_another"
    with pytest.raises(IntegrityError, match=by_another), transaction.atomic():
        row.save()
    assert agencies.usable(make.agency(), make.AT) == []
    confirm(made)
    assert agencies.usable(make.agency(), make.AT) == [made]


def test_a_check_goes_stale_after_the_sites_days():
    agency, made = make.agency(), directory.entered()
    Organisation.objects.update(contact_days=30)
    confirm(made)

    good = make.AT + 30 * DAY - timedelta(seconds=1)
    assert agencies.usable(agency, good) == [made]
    assert agencies.usable(agency, make.AT + 30 * DAY) == []
    confirm(made, at=make.AT + 30 * DAY)
    assert agencies.usable(agency, make.AT + 30 * DAY) == [made]
    assert agencies.usable(agency, make.AT - DAY) == []


def test_the_last_check_counts_and_a_retired_address_is_none():
    agency, made = make.agency(), directory.entered()
    confirm(made)
    confirm(made, outcome=ContactOutcome.FAILED)
    assert agencies.usable(agency, make.AT) == []
    confirm(made)
    assert agencies.usable(agency, make.AT) == [made]
    by = make.counsel()
    agencies.retire_contact(made.pk, actor=by, reason=" Moved. ", at=make.AT)
    assert agencies.usable(agency, make.AT) == []
    assert told()[-1] == (
        "agency.contact.retired",
        by,
        {"agency": agency.pk, "contact": made.pk, "reason": "Moved."},
    )
    words = refusal(lambda: confirm(made), IllegalTransition)
    assert words == "This address was taken out of use."
    # The place it leaves can be taken again.
    directory.entered()


def test_an_address_of_another_agency_is_none_of_this_one():
    other = Agency.objects.create(name="Another", jurisdiction="US")
    directory.contact(of=other, at=make.AT)
    assert agencies.usable(make.agency(), make.AT) == []


@pytest.mark.parametrize("role", list(Role))
def test_who_may_enter_check_and_retire(role):
    made, person = directory.entered(), make.person(role)
    acts = {
        "enter": lambda: directory.entered(by=person, address="other@agency.example"),
        "check": lambda: confirm(made, person),
        "retire": lambda: agencies.retire_contact(
            made.pk, actor=person, reason="Moved.", at=make.AT
        ),
    }
    for name, act in acts.items():
        if role in (ENTERS if name == "enter" else CHECKS):
            act()
        else:
            refusal(act, PermissionDenied)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "dana at agency"}, "address"),
        ({"kind": ContactKind.PORTAL, "address": "http://agency.example"}, "address"),
        ({"kind": ContactKind.PORTAL, "address": "agency.example"}, "address"),
        ({"kind": "pigeon"}, "kind"),
        ({"address": " "}, "address"),
        ({"recipient": " "}, "recipient"),
        ({"recipient": "a\0b"}, "recipient"),
        ({"address": f"{'x' * 320}@a.example"}, "address"),
    ],
)
def test_an_address_that_can_t_be_one_is_refused(changed, field):
    clerk = make.clerk()
    make.agency()
    assert list(refusal(lambda: directory.entered(by=clerk, **changed))) == [field]


@pytest.mark.parametrize("kind", list(ContactKind))
def test_each_kind_of_address_can_be_entered_once(kind):
    clerk = make.clerk()
    address = {
        ContactKind.PORTAL: "https://upload.agency.example/records",
        ContactKind.EMAIL: "records@agency.example",
        ContactKind.POSTAL: "450 Golden Gate Avenue, San Francisco",
    }[kind]
    directory.entered(by=clerk, kind=kind, address=address)
    words = refusal(lambda: directory.entered(by=clerk, kind=kind, address=address))
    assert words == {"__all__": ["The agency has this address already."]}
    assert AgencyContact.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [{"source": " "}, {"evidence": " "}, {"method": "guess"}, {"outcome": "maybe"}],
)
def test_a_check_that_shows_nothing_is_refused(changed):
    made, counsel = directory.entered(), make.counsel()
    assert list(refusal(lambda: confirm(made, counsel, **changed))) == list(changed)


def test_a_retirement_says_why_and_happens_once():
    made, counsel = directory.entered(), make.counsel()
    retire = agencies.retire_contact
    words = refusal(lambda: retire(made.pk, actor=counsel, reason=" "))
    assert words == {"reason": ["Say why it is retired."]}
    retire(made.pk, actor=counsel, reason="Moved.")
    refusal(lambda: retire(made.pk, actor=counsel, reason="Moved."), IllegalTransition)


# ------------------------------------------------------------------- the agency itself


def test_an_agency_is_corrected_and_the_trail_keeps_what_it_said():
    agency, clerk = make.agency(), make.clerk()
    facts = {"name": "Justice", "jurisdiction": "US", "address": "1 Main Street"}

    agencies.change_agency(agency.pk, actor=clerk, facts=facts, at=make.AT)

    assert Agency.objects.values("name", "jurisdiction", "address").get() == facts
    assert told() == [
        (
            "agency.changed",
            clerk,
            {
                "agency": agency.pk,
                "changed": {
                    "name": ["Department of Justice", "Justice"],
                    "address": ["", "1 Main Street"],
                },
            },
        )
    ]


def test_a_correction_that_can_t_be_is_refused():
    agency, clerk = make.agency(), make.clerk()
    Agency.objects.create(name="Another", jurisdiction="US")

    def change(actor=clerk, **facts):
        return lambda: agencies.change_agency(agency.pk, actor=actor, facts=facts)

    assert refusal(change(name=agency.name)) == ["Nothing is different."]
    assert list(refusal(change(name=" "))) == ["name"]
    assert list(refusal(change(name="Another"))) == ["name"]
    assert list(refusal(change(jurisdiction="XX"))) == ["jurisdiction"]
    refusal(change(make.counsel(), name="Justice"), PermissionDenied)
