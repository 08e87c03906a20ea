"""The matrix: every address and verb × every kind of user, on both profiles.

What is expected stands in ``who_may``; an address or a verb without a line there fails
here. A refusal leaves nothing behind but, where an ended grant was tried, its event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cases import audit, permissions
from cases.admin import verbs
from cases.enums import Profile, Role
from cases.models import Case, CaseGroupPerm, CaseUserPerm, Event, SiteEvent
from disclosures.models import Packet
from tests import factories as make
from tests.compliance import who_may
from tests.disclosures import conftest as of_disclosures
from tests.disclosures import packets
from tests.remembered import remembered
from tests.signing import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

small = of_disclosures.small  # the fixture


# Every role but the administrator's, who sees numbers without a grant.
LOOKING = tuple(role for role in Role if role != Role.ADMINISTRATOR)


@dataclass(frozen=True)
class World:
    """A case whose packet is handed over, and one whose packet is to be certified."""

    sealed: Packet
    collected: Packet

    def case_of(self, name: str) -> Case:
        """The case on which this page has something to show."""
        waiting = {"admin:disclosures_declaration", "certify_packet"}
        return (self.collected if name in waiting else self.sealed).case

    def verb(self, name: str) -> str:
        """The address of a verb's page."""
        case = self.case_of(name)
        row = [self._row_of(case, name)] if verbs.get(name).of_a_row else []
        return reverse("admin:cases_case_verb", args=[case.pk, name, *row])

    def _row_of(self, case: Case, name: str) -> int:
        if name in who_may.OF_NUMBERS:
            grants = CaseGroupPerm if "group" in name else CaseUserPerm
            return grants.objects.filter(content_object=case).latest("pk").pk
        return case.targets.earliest("pk").pk

    def page(self, name: str, wanted: frozenset[str]) -> str:
        """The address of a page, with what it wants to know."""
        case = self.case_of(name)
        paper = case.documents.latest("pk")
        known = {
            "case_id": case.pk,
            "packet_id": case.packets.get().pk,
            "document_id": paper.pk,
            "page": 1,
            "number": 1,
            "agency_id": case.agency_id,
            "contact_id": case.agency.contacts.latest("pk").pk,
            "person_id": self._row(name),
            "object_id": self._row(name),
            "id": self._row(name),
            "content_type_id": 1,
            "app_label": "cases",
            "order_id": 1,
        }
        return reverse(name, kwargs={one: known[one] for one in wanted})

    def _row(self, name: str) -> int:
        return User.objects.earliest("pk").pk if "user" in name else 1


@pytest.fixture
def world() -> World:
    sealed = one_of_two()
    return World(sealed, packets.fresh(Packet.objects.exclude(pk=sealed.pk).get()))


@remembered
def one_of_two() -> Packet:
    """The one of two that is handed over: on it is everything that a page may show."""
    sealed = packets.released()
    packets.examined()
    make.paper(sealed.case)
    make.authentic(make.fresh(sealed.case))  # another paper asks for another check
    packets.contact(sealed.case)
    make.let_in(sealed.case, make.person(Role.AUDITOR, at_the_desk=False))
    return sealed


def addresses() -> dict[str, frozenset[str]]:
    """Each named address of the site, and what it wants to know."""
    found: dict[str, frozenset[str]] = {}
    for name, pattern in _walk(get_resolver()):
        wanted = frozenset(pattern.pattern.converters) | frozenset(
            pattern.pattern.regex.groupindex
        )
        found[name] = min(found.get(name, wanted), wanted, key=len)
    return found


def _walk(resolver: URLResolver, place: str = "") -> Iterator[tuple[str, Any]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inside = f"{one.namespace}:" if one.namespace else ""
            yield from _walk(one, place + inside)
        elif isinstance(one, URLPattern) and one.name:
            yield f"{place}{one.name}", one


def of_the_matrix() -> dict[str, frozenset[str]]:
    """The addresses below the gate, verbs' pages apart."""
    return {
        name: wanted
        for name, wanted in addresses().items()
        if not name.startswith(who_may.SIGNING_IN)
        and name not in who_may.OPEN | {"admin:cases_case_verb"}
    }


def of_role(letter: str, world: World) -> User:
    """Somebody of this role who is on both cases, by the desk or by name."""
    user = make.person(who_may.ROLES[letter])
    if letter == "O":
        for packet in (world.sealed, world.collected):
            make.let_in(packet.case, user, ends_at=timezone.now() + timedelta(days=7))
    return user


def client_of(user: User, **fields: Any) -> Client:
    """A browser of this person, who just signed in."""
    User.objects.filter(pk=user.pk).update(**({"is_staff": True} | fields))
    return signed_in(user)


def answered(client: Client, url: str, method: str = "get") -> str:
    """How the site answers, in a word."""
    answer = getattr(client, method)(url)
    if answer.status_code == 302 and answer.url.startswith("/login/"):
        return "sign in"
    if answer.status_code in {403, 404, 405}:
        return str(answer.status_code)
    if answer.status_code == 286:  # a part of a page: have it loaded whole
        return "reload" if not answer.content else "in"
    assert answer.status_code in {200, 204, 302, 400}, (url, answer.status_code)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return "in"


def by_role(name: str, letter: str) -> str:
    """What a line of the table says for a role on a page of a case it is let in to."""
    is_let_in = letter in who_may.DESK
    if letter in (who_may.VERBS | who_may.PAGES)[name]:
        return "in"
    return "403" if is_let_in else "404"


def everything(client: Client, world: World, method: str = "get") -> dict[str, str]:
    """By page and verb of a case, how the site answers; only verbs take a POST."""
    known = addresses()
    urls = {name: world.verb(name) for name in who_may.VERBS}
    if method == "get":
        urls |= {name: world.page(name, known[name]) for name in who_may.PAGES}
    return {name: answered(client, url, method) for name, url in urls.items()}


def opened(got: dict[str, str]) -> dict[str, str]:
    """The same for somebody signed in: a part that has the page loaded anew is in."""
    return {name: "in" if one == "reload" else one for name, one in got.items()}


def expected(letter: str) -> dict[str, str]:
    """By page and verb of a case, what the table says for a role."""
    return {name: by_role(name, letter) for name in who_may.VERBS | who_may.PAGES}


def without_a_look(got: dict[str, str], opens: frozenset[str]) -> dict[str, str]:
    """What somebody whom no grant lets in finds other than 404; ``opens`` is right."""
    return {
        name: one
        for name, one in got.items()
        if one != ("in" if name in opens else "404")
    }


def written() -> dict[str, int]:
    """How many rows each table has; sessions and readings apart."""
    apart = {Session, UserSession}
    rows = {
        model.__name__: model._base_manager.count()
        for model in apps.get_models()
        if model not in apart
    }
    readings = ("case.viewed", "case.grant.refused")
    lists = SiteEvent.objects.filter(kind="list.opened").count()
    return rows | {
        "Event": Event.objects.exclude(kind__in=readings).count(),
        "SiteEvent": rows["SiteEvent"] - lists,
    }


# ---------------------------------------------------------------- the table is whole


def test_every_address_and_verb_has_a_line():
    lines = [
        *who_may.PAGES,
        *who_may.SITE,
        *who_may.PEOPLE,
        *who_may.CLOSED,
    ]
    assert set(lines) ^ set(of_the_matrix()) == set()
    assert len(lines) == len(set(lines))
    assert set(who_may.VERBS) == {page.name for page in verbs.all_pages()}


def test_every_page_of_a_case_is_named_as_one():
    below = {name for name, wanted in of_the_matrix().items() if "case_id" in wanted}
    assert below == set(who_may.PAGES)


# ------------------------------------------------------------------------- on a case


@pytest.mark.feature("R1", part=True)
@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("letter", who_may.ROLES)
def test_a_role_with_a_grant(world, letter, profile):
    packets.profile(profile)
    client = client_of(of_role(letter, world))
    assert opened(everything(client, world)) == expected(letter)


@pytest.mark.parametrize("letter", who_may.ROLES)
def test_a_role_that_may_not_posts_in_vain(world, letter):
    client = client_of(of_role(letter, world))
    right = expected(letter)
    before = written()
    for name in who_may.VERBS:
        if right[name] != "in":
            assert answered(client, world.verb(name), "post") == right[name], name
    assert written() == before


@pytest.mark.parametrize("superuser", [False, True])
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_role_without_a_grant(world, method, superuser):
    user = make.person(*LOOKING, at_the_desk=False, is_superuser=superuser)
    client = client_of(user)
    before = written()
    assert set(everything(client, world, method).values()) == {"404"}
    assert written() == before


@pytest.mark.parametrize("letter", who_may.ROLES)
def test_a_role_without_a_grant(world, letter):
    client = client_of(make.person(who_may.ROLES[letter], at_the_desk=False))
    opens = who_may.OF_NUMBERS if letter == "M" else frozenset()
    assert without_a_look(everything(client, world), opens) == {}


@pytest.mark.feature("R4", part=True)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_role_with_an_ended_grant(world, method):
    user = make.person(*LOOKING, at_the_desk=False)
    for packet in (world.sealed, world.collected):
        make.let_in(packet.case, user)
    client = client_of(user)
    assert "404" not in everything(client, world).values()
    CaseUserPerm.objects.filter(user=user).update(ends_at=timezone.now())
    before = written()
    assert set(everything(client, world, method).values()) == {"404"}
    assert written() == before


def test_an_ended_grant_of_the_desk_closes_what_it_opened(world):
    client = client_of(make.person(*LOOKING))
    assert "404" not in everything(client, world).values()
    CaseGroupPerm.objects.update(ends_at=timezone.now())
    assert set(everything(client, world).values()) == {"404"}


@pytest.mark.feature("S2", part=True)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_superuser_of_no_role(world, method):
    client = client_of(make.person(is_superuser=True))  # the desk's grant and no role
    before = written()
    assert set(everything(client, world, method).values()) == {"404"}
    assert written() == before


@pytest.mark.parametrize("who", ["nobody", "inactive", "not_staff"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_isnt_of_the_desk_sees_nothing(world, who, method):
    user = make.person(*Role)
    client = Client()
    if who != "nobody":
        client = client_of(user, is_staff=who == "inactive")
    User.objects.filter(pk=user.pk).update(is_active=who != "inactive")
    before = written()
    got = everything(client, world, method)
    parts = {"admin:disclosures_declaration", "admin:disclosures_packet_live"}
    assert got == {name: "reload" if name in parts else "sign in" for name in got}
    site = {
        name: answered(client, world.page(name, wanted), method)
        for name, wanted in of_the_matrix().items()
        if name not in who_may.PAGES
    }
    assert set(site.values()) <= {"sign in", "404"}, site
    assert written() == before


# ----------------------------------------------------------------------- on the site


@pytest.mark.parametrize("letter", who_may.ROLES)
def test_a_role_on_pages_of_the_site(world, letter):
    client = client_of(of_role(letter, world))
    known = of_the_matrix()
    got = {
        name: answered(client, world.page(name, known[name])) for name in who_may.SITE
    }
    hidden = {"admin:app_list": "404"}  # the theme's answer where an app shows nothing
    inside = dict.fromkeys(who_may.BY_PERSON, "404")  # none is given to them
    assert got == {
        name: inside.get(name, "in") if letter in letters else hidden.get(name, "403")
        for name, letters in who_may.SITE.items()
    }
    if letter == "M":
        kept = {n: answered(client, world.page(n, known[n])) for n in who_may.PEOPLE}
        assert set(kept.values()) == {"in"}, kept
    shut = who_may.CLOSED | (frozenset() if letter == "M" else who_may.PEOPLE)
    for method in ("get", "post"):
        found = {n: answered(client, world.page(n, known[n]), method) for n in shut}
        assert set(found.values()) <= {"403", "404", "405"}, found


def test_a_superuser_of_no_role_on_pages_of_the_site(world):
    client = client_of(make.person(is_superuser=True, at_the_desk=False))
    known = of_the_matrix()
    got = {
        name: answered(client, world.page(name, wanted))
        for name, wanted in known.items()
        if name not in who_may.PAGES
    }
    inside = {name for name, one in got.items() if one == "in"}
    everybodys = {n for n, line in who_may.SITE.items() if line == who_may.EVERYBODY}
    assert inside == everybodys | {"admin:cases_numbers"}


# ------------------------------------------------------------------------ the system


def test_the_system_passes_for_nobody(world):
    assert not any(
        permissions.allowed(audit.SYSTEM, page.permission, world.sealed.case)
        for page in verbs.all_pages()
    )
