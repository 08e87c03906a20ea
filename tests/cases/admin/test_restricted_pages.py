"""Restricted requests in the browser: opening one, being bound, letting others in."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import audit, permissions, restricted
from cases.enums import EventKind, ExposureGround, Instrument, Role
from cases.models import Agency, Case, Exposure
from tests import factories as make
from tests import restricting
from tests.signing import client_of

pytestmark = pytest.mark.django_db


def verb(case, name):
    return reverse("admin:cases_case_verb", args=[case.pk, name])


def typed(**changed):
    """The new request's form as a browser sends it."""
    facts = make.facts(**restricting.LETTER) | {"agency": make.agency().pk} | changed
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in facts.items()
    } | {"received_at": "2023-03-13T17:00"}


def errors(page):
    return {name: list(found) for name, found in page.context["form"].errors.items()}


def test_a_letter_is_opened_with_names_and_opens_to_its_clerk():
    clerk, counsel = make.clerk(), make.counsel()
    client = client_of(clerk)
    url = reverse("admin:cases_case_new")
    assert counsel.username in client.get(url).content.decode()
    done = client.post(url, typed(is_restricted="on", named=[counsel.pk]))
    case = Case.objects.get()
    assert (done.status_code, done.url) == (302, verb(case, "add_paper"))
    assert (case.is_restricted, case.number[:2]) == (True, "R-")
    assert [(one.person, bool(one.bound_at)) for one in case.exposures.all()] == [
        (clerk, True),
        (counsel, False),
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, "named"),
        ({"is_restricted": "on"}, "named"),
        ({"named": "counsel"}, "is_restricted"),
    ],
)
def test_a_letter_without_its_names_is_refused_where_the_clerk_looks(changed, field):
    client, counsel = client_of(make.clerk()), make.counsel()
    if "named" in changed:
        changed["named"] = [counsel.pk]
    page = client.post(reverse("admin:cases_case_new"), typed(**changed))
    assert list(errors(page)) == [field]
    assert '<details class="cd-more" open' in page.content.decode()
    assert (Case.objects.count(), Exposure.objects.count()) == (0, 0)


def test_no_agency_is_added_on_the_way():
    client, counsel = client_of(make.clerk()), make.counsel()
    said = typed(is_restricted="on", named=[counsel.pk], agency="")
    new = {"new_agency": "Bureau of Letters", "new_agency_jurisdiction": "US"}
    page = client.post(reverse("admin:cases_case_new"), said | new)
    assert list(errors(page)) == ["new_agency"]
    assert not Case.objects.exists()


def test_the_named_are_asked_on_their_front_page_and_then_see_it():
    case = restricting.case()
    ana = restricting.name(case, make.analyst(), is_bound=False)
    client, bound = client_of(ana), reverse("admin:cases_bound")
    front = client.get(reverse("admin:index")).content.decode()
    assert (bound in front, case.number in front) == (True, False)
    page = client.get(bound)
    assert case.agency_reference not in page.content.decode()
    assert errors(client.post(bound, {})) == {
        "is_understood": ["This field is required."]
    }
    assert not permissions.visible_cases(ana).exists()
    done = client.post(bound, {"is_understood": "on"})
    home = reverse("admin:cases_case_change", args=[case.pk])
    assert (done.status_code, done.url) == (302, home)
    assert bound not in client.get(reverse("admin:index")).content.decode()
    assert "There is nothing to acknowledge." in client.get(bound).content.decode()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_merely_knew_learns_which_it_is_and_sees_nothing(role):
    counsel, knew = make.counsel(), make.person(role)
    case = make.received()
    audit.record_reading(case, EventKind.CASE_VIEWED, actor=knew, data={"page": "case"})
    at = timezone.now()
    restricted.restrict(
        case.pk,
        named=[case.owner],
        actor=counsel,
        reason="Counsel says so.",
        proof=make.proof(at),
        at=at,
    )
    client, bound = client_of(knew), reverse("admin:cases_bound")
    assert bound in client.get(reverse("admin:index")).content.decode()
    done = client.post(bound, {"is_understood": "on"}, follow=True)
    assert done.redirect_chain == [(reverse("admin:index"), 302)]
    assert f"You knew it as {case.number}." in done.content.decode()
    assert case.exposures.get(person=knew).bound_at is not None
    assert not permissions.visible_cases(knew).exists()


def test_no_agency_is_added_by_a_correction_either():
    clerk = make.clerk()
    case = restricting.case(by=clerk)
    client = client_of(clerk)
    said = typed(
        agency="", new_agency="Bureau of Letters", new_agency_jurisdiction="US"
    )
    page = client.post(verb(case, "correct_facts"), said)
    assert list(errors(page)) == ["new_agency"]
    assert not Agency.objects.filter(name="Bureau of Letters").exists()


def test_counsel_lets_persons_in_by_name_and_ground():
    case = restricting.case()
    counsel, ana = restricting.counsel_of(case), make.analyst()
    client = client_of(counsel)
    page = client.get(verb(case, "give_grant"))
    offered = dict(page.context["form"].fields["to"].choices)
    assert set(offered) == {"", "People"}
    said = {"to": f"user {ana.pk}", "reason": "To prepare it", "ends_at": ""}
    done = client.post(verb(case, "give_grant"), said | {"ground": "compliance"})
    assert done.status_code == 302
    assert case.exposures.get(person=ana).ground == ExposureGround.COMPLIANCE
    assert errors(client.post(verb(case, "give_grant"), said)) == {
        "ground": ["This field is required."]
    }


def test_an_ordinary_request_asks_for_no_ground():
    case, counsel = make.opened(), make.counsel()
    page = client_of(counsel).get(verb(case, "give_grant"))
    assert list(page.context["form"].fields) == ["to", "reason", "ends_at"]


def test_a_request_is_restricted_on_its_page():
    clerk, counsel = make.clerk(), make.counsel()
    case = make.received(by=clerk)
    client = client_of(counsel)
    said = {"named": [clerk.pk], "reason": "Counsel says so."}
    done = client.post(verb(case, "restrict"), said)
    assert done.status_code == 302
    assert make.fresh(case).is_restricted
    again = client.get(verb(case, "restrict")).content.decode()
    assert "This request is restricted already." in again


def test_the_register_stands_on_the_page_and_leaves_as_a_file():
    case = restricting.case()
    counsel = restricting.counsel_of(case)
    client = client_of(counsel)
    said = {"name": "Mara Lindt", "ground": "attorney"}
    assert errors(client.post(verb(case, "record_told"), said)) == {
        "is_told": ["This field is required."]
    }
    client.post(verb(case, "record_told"), said | {"is_told": "on"})
    client.post(
        verb(case, "record_told"),
        {"name": "Ben Okafor, forensics", "ground": "compliance", "is_told": "on"},
    )
    page = client.get(reverse("admin:cases_case_change", args=[case.pk]))
    shown = page.content.decode()
    assert ("Mara Lindt" in shown, "Who knows of this request" in shown) == (True, True)
    answer = client.get(reverse("admin:cases_register_file", args=[case.pk]))
    lines = answer.content.decode().splitlines()
    assert [line.split(",")[0].strip('"') for line in lines] == [
        "name",
        case.opened_by.username,
        "Ben Okafor",
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="register.csv"'


def test_who_may_not_let_others_in_has_no_file():
    case = restricting.case()
    ana = restricting.name(case, make.person(Role.ANALYST))
    url = reverse("admin:cases_register_file", args=[case.pk])
    assert client_of(ana).get(url).status_code == 403


def test_an_ordinary_request_has_no_register_and_says_so():
    case, counsel = make.opened(), make.counsel()
    url = reverse("admin:cases_register_file", args=[case.pk])
    page = client_of(counsel).get(url, follow=True)
    assert "Only a restricted request has a register." in page.content.decode()
    assert Instrument(case.instrument) != Instrument.NATIONAL_SECURITY_LETTER
