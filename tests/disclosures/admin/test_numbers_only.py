"""Who keeps the site going sees that requests exist, by number, and nothing else.

Every text of a request, its packet and its grants is replaced by a canary, and every
address of the site is asked for by somebody without a grant.
"""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import Error, models, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from cases import audit, keys
from cases.admin import verbs
from cases.enums import EventKind, Role
from cases.models import Case, CaseGroupPerm, CaseUserPerm
from disclosures.models import Packet
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of

pytestmark = pytest.mark.django_db

TEXTS = (models.CharField, models.TextField, models.JSONField)
# Not of a request: who we are, and what the service holds of whomever.
OF_THE_HOUSE = {"Organisation", "Category", "DataMapVersion"}
CANARY = "canary"
# Where a value stands in a route.
GAP = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
TOKEN = re.compile(r"<(case|row):(\w+)>")
ENDS = re.compile(r"[\^$]|\\Z")
# Addresses that end a session, or lead to another host.
LEFT_OUT = ("accounts/logout", "accounts/sso", "logout/", "static", "oidc")


def plant() -> set[str]:
    """Put a canary into each text of each row; where one went."""
    planted = set()
    found = [
        model
        for app in ("cases", "disclosures")
        for model in apps.get_app_config(app).get_models()
        if model.__name__ not in OF_THE_HOUSE
    ]
    for model in found:
        for field in model._meta.concrete_fields:
            name = f"{model.__name__}.{field.name}"
            if not isinstance(field, TEXTS) or field.choices or name == "Case.number":
                continue
            for row in model._default_manager.all():
                if sings(row, field):
                    planted.add(name)
    return planted


def sings(row: models.Model, field: models.Field) -> bool:
    """Whether the row takes a canary there: a constraint may know the text's form."""
    text = f"{CANARY}{row.pk}"
    value = [text] if isinstance(field, models.JSONField) else text
    try:
        with transaction.atomic():
            same = type(row)._default_manager.filter(pk=row.pk)
            same.update(**{field.name: value})
    except Error:
        return False
    return True


def routes(patterns: list, before: str = "") -> Iterator[str]:
    """Every route of the site, from its beginning."""
    for one in patterns:
        route = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from routes(one.url_patterns, route)
        else:
            yield route


def addresses(case: Case, packet: Packet) -> list[str]:
    """Each route with what may stand in it, and with what searches ask for."""
    known = {
        "case_id": [case.pk],
        "packet_id": [packet.pk],
        "document_id": list(case.documents.values_list("pk", flat=True)),
        "verb": [one.name for one in verbs.all_pages()],
        "row_id": [1, case.targets.first().pk, CaseUserPerm.objects.get().pk],
        "object_id": [case.opened_by_id, case.pk, Group.objects.latest("pk").pk],
        "id": [case.opened_by_id],
        "app_label": ["auth", "cases", "disclosures"],
    }
    found = set()
    for route in routes(get_resolver().url_patterns):
        names = [one for pair in GAP.findall(route) for one in pair if one]
        kinds = {name: kind for kind, name in TOKEN.findall(route)}
        choices = [
            [
                keys.disguise(value, kinds[name]) if name in kinds else value
                for value in known.get(name, [1])
            ]
            for name in names
        ]
        for values in product(*choices):
            path = GAP.sub("{}", route).format(*values)
            path = "/" + ENDS.sub("", path).replace(r"\.", ".").lstrip("/")
            found.add(path)
    asked = sorted(one for one in found if not any(out in one for out in LEFT_OUT))
    more = [
        "/search/?s=canar",
        "/search/?s=canar&extended=1",
        "/?q=canar",
        f"{reverse('admin:cases_case_changelist')}?q=canar&all=",
        f"{reverse('admin:cases_agency_changelist')}?q=canar",
        f"{reverse('admin:auth_user_changelist')}?q=canar",
        f"{reverse('admin:cases_numbers')}?number=canar",
        *(
            f"/autocomplete/?term=canar&app_label=cases&model_name={model}"
            f"&field_name={field}"
            for model, field in (
                ("case", "agency"),
                ("case", "owner"),
                ("target", "case"),
                ("casedocument", "case"),
                ("caseuserperm", "content_object"),
            )
        ),
    ]
    return asked + more


def body(answer) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode("utf-8", "replace")
    return answer.content.decode("utf-8", "replace")


def leaks(client: Client, asked: list[str]) -> list[str]:
    """The addresses at which the person reads a canary."""
    found = []
    for address in asked:
        answer = client.get(address)
        if CANARY in body(answer) + str(answer.headers):
            found.append(address)
    return found


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
