"""Nobody who isn't named can tell that a restricted request exists.

Two walks over every address of the site by somebody who has every role, sits at the
desk and is a superuser. In the first every text of the restricted request, its packet
and its grants holds a canary. In the second the same walk is done without and with
such a request: every page is the same, letter by letter.
"""

import logging
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases import intake, keys, restricted, review
from cases.admin import verbs
from cases.enums import EventKind, Role
from cases.models import Case, SiteEvent
from compliance.security import TOKEN, FormatterWithoutValues
from tests import factories as make
from tests import restricting
from tests.compliance import who_may
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of
from tests.disclosures.admin.crawling import CANARY, addresses, body, leaks, plant

pytestmark = pytest.mark.django_db

# What everybody reads: the directory, which no request has to itself.
DIRECTORY = {"Agency", "AgencyContact", "ContactCheck", "SiteEvent"}
PASSING = re.compile(
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]+|(?<=nonce=")[^"]+'
    r'|(?<="X-CSRFToken": ")[^"]+|(?<=X-CSRFToken&quot;: &quot;)[^&]+'
    r"|results in [0-9.]+ seconds"
)


@pytest.fixture
def letter(small, django_capture_on_commit_callbacks):
    """A request whose packet was handed over, restricted, and full of canaries."""
    packet = packets.sealed_undrawn()
    packets.release(packet)
    counsel, other = make.counsel(), make.person(Role.AUDITOR)
    at = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        case = restricted.restrict(
            packet.case_id,
            named=[packet.case.owner, other],
            actor=counsel,
            reason="Counsel says so.",
            proof=make.proof(at),
            at=at,
        )
    number = case.number
    with transaction.atomic():
        planted = plant(DIRECTORY)
        assert planted >= {
            "Case.agency_reference",
            "Case.officer_name",
            "CaseDocument.name",
            "CaseUserPerm.reason",
            "Delivery.recipient_name",
            "Exhibit.part_title",
            "Exposure.name",
            "RequestedItem.wording",
            "ScopeItem.reason",
            "SignOff.note",
            "Target.identifier",
        }
        assert "Case.number" not in planted
    return make.fresh(case), packets.fresh(packet), number, counsel


def said_by_logs(caplog) -> str:
    """The lines as the site's own handler prints them."""
    printed = FormatterWithoutValues("%(levelname)s %(name)s: %(message)s")
    return "\n".join(printed.format(one) for one in caplog.records)


def kept_files() -> str:
    root = Path(settings.VAR_DIR)
    return "\n".join(str(one.relative_to(root)) for one in root.rglob("*"))


@pytest.mark.feature("G5")
@pytest.mark.parametrize("roles", [tuple(Role), (Role.ADMINISTRATOR,), (Role.AUDITOR,)])
def test_no_canary_reaches_who_isn_t_named(letter, at_desk, roles, caplog):
    case, packet, number, _counsel = letter
    root = at_desk(*roles, is_superuser=True)
    root.raise_request_exception = False  # an error's page is read like any other
    with caplog.at_level(logging.DEBUG):
        asked = addresses(case, packet)
        found = [
            address
            for address in asked
            if any(
                one in text
                for text in [heard(root.get(address))]
                for one in (CANARY, number)
            )
        ]
        posted = posts(root, case, number)
    assert found == []
    assert all(CANARY not in one and number not in one for one in posted)
    logs = said_by_logs(caplog)
    assert (CANARY in logs, number in logs) == (False, False)
    assert "django.request" in logs  # what was refused is there, and not by which token
    assert (TOKEN.search(logs), f"case {case.pk}" in logs) == (None, False)
    assert (CANARY in kept_files(), number in kept_files()) == (False, False)
    told = [one.subject + one.body + "".join(one.to) for one in mail.outbox]
    assert all(CANARY not in one and number not in one for one in told)
    # Who sat at the desk before it was restricted, and asked now: its own trail knows.
    kinds = case.events.filter(actor=root.user).values_list("kind", flat=True)
    assert set(kinds) <= {EventKind.GRANT_REFUSED}


def heard(answer) -> str:
    return body(answer) + str(answer.headers)


def posts(client, case, number) -> list[str]:
    """What the forms answer that take a number or an identifier."""
    verb = reverse("admin:cases_case_verb", args=[case.pk, "give_grant"])
    asked = [
        (reverse("admin:cases_find"), {"identifier": "alice"}),
        (reverse("admin:cases_bound"), {"is_understood": "on"}),
        (verb, {"to": f"user {client.user.pk}", "reason": "Mine"}),
    ]
    return [heard(client.post(address, said)) for address, said in asked]


def test_the_same_walk_by_who_is_named_finds_what_was_planted(letter, caplog):
    case, packet, _number, counsel = letter
    client = client_of(counsel)
    client.raise_request_exception = False  # some texts are no longer what pages expect
    with caplog.at_level(logging.DEBUG):
        found = set(leaks(client, addresses(case, packet)))
    listed = reverse("admin:cases_case_changelist")
    verb = reverse("admin:cases_case_verb", args=[case.pk, "record_told"])
    assert found >= {listed, verb}
    assert CANARY not in said_by_logs(caplog)  # not even where a page broke


def page_at(client, address: str) -> tuple[int, str]:
    """What a reader sees: status and page, without what is new at each loading."""
    answer = client.get(address)
    return answer.status_code, PASSING.sub("", body(answer))


def walk(client, case, packet) -> dict[str, tuple[int, str]]:
    """Each address and its page; that it was read is forgotten again."""
    with transaction.atomic():
        pages = {
            address: page_at(client, address) for address in addresses(case, packet)
        }
        transaction.set_rollback(True)
    return pages


@pytest.mark.feature("G5", part=True)
def test_every_page_is_the_same_with_and_without_it(at_desk, monkeypatch):
    packet = packets.collected()
    root = at_desk(*Role, is_superuser=True)
    root.raise_request_exception = False
    counsel, clerk = make.counsel(), make.clerk()
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    before = walk(root, packet.case, packet)
    export = reverse("admin:cases_case_trail_export", args=[packet.case_id])
    new_each_time = {export} | different(before, walk(root, packet.case, packet))
    # One's own keys are made anew, and a chain over all events counts them all: what
    # an exported trail tells is among the limits in docs/security.md.
    assert new_each_time <= {
        *(one for one in before if one.startswith("/accounts/")),
        export,
    }
    letter = restricting.case(by=clerk, counsel=counsel)
    make.stored_paper(letter)
    make.target(letter)
    wordings = intake.standard_list()
    intake.set_items(letter.pk, actor=clerk, wordings=wordings, at=make.AT)
    assert different(before, walk(root, packet.case, packet)) <= new_each_time


# Tokens of rows, and digests over what holds their numbers: neither can be read.
OPAQUE = re.compile(
    r"(?<=/)[A-Za-z0-9_-]{32}(?=/)"
    r'|(?<=value=")[A-Za-z0-9_-]{32}(?=")'
    r"|\b[0-9a-f]{64}\b|\b[0-9a-f]{8,12}(?=…)"
)


@pytest.mark.feature("G5", part=True)
def test_a_request_that_comes_after_it_looks_as_if_it_hadn_t_come(at_desk, monkeypatch):
    """Numbers of rows run on behind the letter's: no later request's page shows one."""
    root = at_desk(*Role, is_superuser=True)
    root.raise_request_exception = False
    counsel, clerk, ana = make.counsel(), make.clerk(), make.analyst()
    make.agency()  # which everybody reads: no secret of a request's
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    worlds = []
    for with_letter in (False, True):
        with transaction.atomic():
            if with_letter:
                letter = restricting.case(by=clerk, counsel=counsel)
                make.stored_paper(letter)
                make.stored_paper(letter)
                make.target(letter)
            worlds.append(pages_of_a_request(root, clerk, ana))
            transaction.set_rollback(True)
    without, behind = worlds
    assert {name for name in without if without[name] != behind[name]} == set()


def pages_of_a_request(client, clerk, ana) -> dict[str, tuple[int, str]]:
    """The pages of one request under review, their tokens left out."""
    case = make.received(by=clerk)
    make.stored_paper(case)
    review.start(case.pk, actor=ana, at=make.AT)
    review.decide(case.pk, actor=ana, choices=make.choices(case), at=make.AT)
    pages = {one.name for one in verbs.all_pages()}
    urls = {name: verb_of(case, name) for name in pages - who_may.OF_NUMBERS}
    urls["case"] = reverse("admin:cases_case_change", args=[case.pk])
    urls["list"] = reverse("admin:cases_case_changelist")
    found = {}
    for name, url in urls.items():
        status, page = page_at(client, url)
        found[name] = status, OPAQUE.sub("", page)
    return found


def verb_of(case, name: str) -> str:
    row = [case.targets.get().pk] if verbs.get(name).of_a_row else []
    return reverse("admin:cases_case_verb", args=[case.pk, name, *row])


def different(one, other) -> set[str]:
    assert set(one) == set(other)
    return {address for address in one if one[address] != other[address]}


@pytest.mark.feature("G5", part=True)
def test_a_search_finds_it_for_the_named_alone(at_desk):
    letter = restricting.case()
    make.target(letter, "alice")
    found = []
    for client in (
        at_desk(*Role, is_superuser=True),
        client_of(restricting.counsel_of(letter)),
    ):
        page = client.post(reverse("admin:cases_find"), {"identifier": "ALICE"})
        found.append([one.case for one in page.context["found"]])
    assert found == [[], [letter]]


def test_an_address_of_it_answers_as_one_of_nothing(at_desk):
    letter = restricting.case()
    root = at_desk(*Role, is_superuser=True)
    pages = []
    for pk in (letter.pk, letter.pk + 1000):
        address = reverse("admin:cases_case_change", args=[pk])
        token = keys.disguise(pk, "case")
        page = root.get(address)
        pages.append((page.status_code, PASSING.sub("", body(page)).replace(token, "")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 404


def test_lists_say_in_the_trail_how_many_ordinary_requests_they_showed(at_desk):
    make.opened()
    letter = restricting.case()
    client = client_of(restricting.counsel_of(letter))
    page = client.get(reverse("admin:cases_case_changelist"))
    assert page.context["cl"].result_count == 2
    assert '"count":1' in SiteEvent.objects.latest("pk").data
    assert Case.objects.count() == 2
