"""Looking at a page of a verb changes nothing but the trail, which says who looked.

Each registered verb page is asked for in every status of a case and of a packet. A page
whose address names a row adds one line to ``ROWS``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.admin import verbs
from cases.enums import CaseStatus, EventKind, Role
from cases.models import Case, Event
from disclosures.enums import PacketStatus
from tests import factories as make
from tests.disclosures import packets
from tests.signing import signed_in

# The rows of a case that such a page may be about.
ROWS: dict[str, Callable[[Case], Any]] = {
    "correct_target": lambda case: case.targets.all(),
    "remove_target": lambda case: case.targets.all(),
    "change_grant": lambda case: case.caseuserperm_set.all(),
    "end_grant": lambda case: case.caseuserperm_set.all(),
    "change_group_grant": lambda case: case.casegroupperm_set.all(),
    "end_group_grant": lambda case: case.casegroupperm_set.all(),
}
# What looking leaves in the trail: the page, and what it shows of the thread.
LOOKS = (EventKind.CASE_VIEWED, EventKind.THREAD_READ)
# What a session keeps of itself, and the reading's own event.
LEFT_OUT = {"django_session", "cases_event"}


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but what a reading may write."""
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in LEFT_OUT:
                name = connection.ops.quote_name(table)
                cursor.execute(f"SELECT * FROM {name}")  # noqa: S608 - own names
                rows[table] = sorted(cursor.fetchall(), key=repr)
    return rows


def addresses(case: Case) -> list[tuple[str, str]]:
    """Each verb page of the case, by name and address."""
    found = []
    for page in verbs.all_pages():
        rows = [[row.pk] for row in ROWS[page.name](case)] if page.of_a_row else [[]]
        for more in rows:
            args = [case.pk, page.name, *more]
            found.append((page.name, reverse("admin:cases_case_verb", args=args)))
    return found


def everybody() -> tuple[User, Client]:
    """Somebody of every role, signed in."""
    user = make.person(*Role, is_staff=True)
    client = signed_in(user)
    client.get(reverse("admin:index"))  # the first page of a session is noted in it
    return user, client


def test_every_page_about_a_row_has_its_line():
    assert set(ROWS) == {page.name for page in verbs.all_pages() if page.of_a_row}


def look_at_all(case: Case) -> None:
    user, client = everybody()
    before = snapshot()
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    seen = 0
    for name, address in addresses(case):
        for ask in (client.get, client.head):
            answer = ask(address)
            assert answer.status_code in {200, 405}, name
            seen += answer.status_code == 200
    assert snapshot() == before
    told = list(Event.objects.filter(pk__gt=last))
    assert {(one.kind, one.actor) for one in told} == {(one, user) for one in LOOKS}
    assert len([one for one in told if one.kind == EventKind.CASE_VIEWED]) == seen


@pytest.mark.django_db
@pytest.mark.parametrize("status", CaseStatus.values)
def test_every_state_change_is_a_post(status):
    look_at_all(make.in_status(status))


@pytest.mark.django_db
@pytest.mark.parametrize("status", PacketStatus.values)
def test_every_state_change_of_a_packet_is_a_post(status, small):
    look_at_all(packets.in_status(status).case)


@pytest.mark.django_db
def test_a_post_from_elsewhere_is_refused():
    case = make.in_review()
    user = make.person(*Role, is_staff=True)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(user).cookies
    before = snapshot(), Event.objects.count()
    for name, address in addresses(case):
        assert client.post(address, {}).status_code == 403, name
    assert (snapshot(), Event.objects.count()) == before
