"""A page asks the database as often for three rows as for one.

A page of the admin that shows rows adds one line to ``PAGES``: its address, and what
makes so many of its rows. The verb pages of a case are tried all, without a line.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import intake
from cases.admin import verbs
from cases.enums import Jurisdiction, Role
from cases.models import Agency, Case
from disclosures import freezing
from disclosures.models import Packet
from tests import directory
from tests import factories as make
from tests.disclosures import packets, pulling
from tests.signing import signed_in

NAMES = ("alice", "bob", "carol", "dave")


def received(rows: int) -> Case:
    """A case with so many targets, papers and corrections."""
    case = make.received()
    for number in range(1, rows):
        make.target(case, NAMES[number])
        make.stored_paper(case)
        make.let_in(case, make.person(Role.ANALYST, at_the_desk=False))
        facts = make.facts(agency_reference=f"X-{number}")
        intake.correct_facts(case.pk, actor=case.opened_by, facts=facts, at=make.AT)
    make.check(case)  # with the new papers, so that as much is left to do
    return case


def cases(rows: int) -> None:
    """So many of each that waits for somebody."""
    for _ in range(rows):
        make.received()
        make.decided()
        make.awaiting()
        make.refused()


def waiting(rows: int) -> None:
    """So many packets of each kind that waits for somebody, and of approved cases."""
    for _ in range(rows):
        packets.case()
        packets.collected()
        packets.failed()


def agencies(rows: int) -> None:
    for _ in range(rows):
        name = f"Agency {Agency.objects.count()}"
        Agency.objects.create(name=name, jurisdiction=Jurisdiction.UNITED_STATES)


def contacts(rows: int) -> Agency:
    """An agency with so many addresses that wait, and as many that are checked."""
    agency = Agency.objects.create(name=f"Of {rows}", jurisdiction="US")
    for number in range(rows):
        directory.entered(of=agency, address=f"new{number}@agency.example")
        directory.contact(of=agency, address=f"good{number}@agency.example")
    return agency


def freezes(rows: int) -> None:
    one, other = make.counsel(), make.counsel()
    for _ in range(rows):
        freezing.throw(actor=one, reason="Why.", at=make.AT)
        freezing.lift(actor=other, reason="So.", proof=make.proof(), at=make.AT)


def collected(rows: int) -> Packet:
    return packets.collected(packets.ordered(packets.case(*NAMES[:rows])))


def asking(rows: int) -> Packet:
    return pulling.awaiting(pulling.case(*NAMES[:rows]))


def pull_orders(rows: int) -> None:
    asking(rows)
    for person in User.objects.filter(groups__name=Role.ANALYST):
        person.groups.add(*pulling.owner().groups.all())


def of_case(case: Case) -> list[int]:
    return [case.pk]


def of_packet(packet: Packet) -> list[int]:
    return [packet.case_id, packet.pk]


def of_exhibit(packet: Packet) -> list[int]:
    return [packet.case_id, packet.pk, 1]


def one_of(row: Agency) -> list[int]:
    return [row.pk]


def alone(_: object) -> list[int]:
    return []


Line = tuple[Callable[[int], Any], Callable[[Any], list[int]]]
PAGES: dict[str, Line] = {
    "index": (cases, alone),
    "index, packets": (waiting, alone),
    "cases_case_changelist": (cases, alone),
    "cases_case_new": (agencies, alone),
    "cases_case_change": (received, of_case),
    "cases_case_trail": (received, of_case),
    "cases_trail": (cases, alone),
    "cases_find": (cases, alone),
    "cases_numbers": (cases, alone),
    "cases_site_trail": (freezes, alone),
    "cases_agency_changelist": (agencies, alone),
    "cases_agency_change": (contacts, one_of),
    "disclosures_packet": (collected, of_packet),
    "disclosures_packet_live": (collected, of_packet),
    "disclosures_declaration": (collected, of_packet),
    "disclosures_exhibit": (collected, of_exhibit),
    "disclosures_freeze_changelist": (freezes, alone),
    "disclosures_freeze_throw": (freezes, alone),
    "disclosures_pullorder_changelist": (pull_orders, alone),
    "disclosures_packet, pull orders": (asking, of_packet),
}
WITHOUT_ROWS = {
    *("cases_paper", "cases_paper_page", "cases_paper_file"),  # one paper
    *("cases_organisation_changelist", "cases_organisation_edit"),  # the one row
    *("cases_agency_edit", "cases_contact_check", "cases_contact_retire"),  # one row
    *("disclosures_production", "disclosures_exhibit_copy"),  # a file
    "cases_break_glass",  # a form
    "cases_bound",  # what one was told of and hasn't read
    "cases_register_file",  # a file
    "cases_case_trail_export",  # a file
    *("disclosures_custody", "disclosures_custody_file"),  # of one sealed packet
    "disclosures_freeze_lift",  # the one that stands
    "disclosures_pull_order",  # one order
}
# Each of them below, tried for every verb.
VERB = "cases_case_verb"
# The theme's forms, which nobody may open here.
THEMES_OWN = ("_add", "_delete", "_history")


def names_of(patterns: list[Any]) -> Iterator[str]:
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from names_of(one.url_patterns)
        elif one.name and one.name.startswith(("index", "cases_", "disclosures_")):
            yield one.name


def test_every_page_with_rows_has_its_line():
    ours = {
        name
        for name in names_of(admin.site.get_urls())
        if not name.endswith(THEMES_OWN)
    }
    named = {line.partition(",")[0] for line in PAGES}
    assert ours == {*named, *WITHOUT_ROWS, VERB}


def everybody() -> Client:
    return signed_in(make.person(*Role, is_staff=True))


def asked(client: Client, address: str) -> list[str]:
    """What the page asks, once everything that is asked once a process was."""
    assert client.get(address).status_code in {200, 286}, address
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return [one["sql"] for one in caught]


def compare(client: Client, one: str, three: str) -> None:
    few, many = asked(client, one), asked(client, three)
    assert len(many) == len(few), "\n".join(sorted(many))


@pytest.mark.django_db
@pytest.mark.parametrize("line", PAGES)
def test_admin_pages_under_one_query_count(line, small):
    make_rows, ids = PAGES[line]
    name = line.partition(",")[0]
    client = everybody()
    given = make_rows(1)
    few = asked(client, reverse(f"admin:{name}", args=ids(given)))
    given = make_rows(3)
    many = asked(client, reverse(f"admin:{name}", args=ids(given)))
    assert len(many) == len(few), "\n".join(sorted(many))


@pytest.mark.django_db
def test_verb_pages_under_one_query_count():
    client = everybody()
    few, many = received(1), received(3)
    for page in verbs.all_pages():
        if not page.of_a_row:
            compare(
                client,
                *(
                    reverse(f"admin:{VERB}", args=[case.pk, page.name])
                    for case in (few, many)
                ),
            )
