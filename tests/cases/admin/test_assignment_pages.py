"""Whose a request is: on its page, in the list, in the queue."""

import pytest
from django.urls import reverse

from cases.enums import EventKind, Role
from tests import factories as make
from tests.cases.admin.conftest import client_of

pytestmark = pytest.mark.django_db


def hand_over(case) -> str:
    return reverse("admin:cases_case_verb", args=[case.pk, "hand_over"])


def test_the_owner_hands_a_request_over_on_its_page():
    case = make.opened()
    ana = make.person(Role.ANALYST, first_name="Ana", last_name="Petrov")
    auditor = make.person(Role.AUDITOR)
    client = client_of(case.owner)
    form = client.get(hand_over(case)).context["form"]
    assert list(form.fields["to"].queryset) == [ana]
    typed = {"to": auditor.pk, "reason": "On leave"}
    assert client.post(hand_over(case), typed).status_code == 200
    done = client.post(hand_over(case), {"to": ana.pk, "reason": "On leave"})
    page = reverse("admin:cases_case_change", args=[case.pk])
    assert (done.status_code, done.url, make.fresh(case).owner) == (302, page, ana)
    assert "Owner: Ana Petrov" in client.get(page).content.decode()
    assert "Owner: Ana Petrov (you)" in client_of(ana).get(page).content.decode()
    trail = client_of(auditor).get(f"{page}trail/?kind={EventKind.CASE_HANDED_OVER}")
    first = case.owner.username
    (entry,) = trail.context["entries"]
    assert entry.detail == f"{first} → Ana Petrov: On leave"


def test_who_may_not_hand_it_over_reads_who_can(at_desk):
    case, client = make.opened(), at_desk(Role.ANALYST)
    page = client.get(hand_over(case))
    said = (
        f"{case.owner.username} owns this request, so they or counsel can hand it over."
    )
    assert page.context["refusal"] == said
    refused = client.post(hand_over(case), {"to": client.user.pk, "reason": "Mine"})
    assert refused.status_code == 200
    assert make.fresh(case).owner == case.owner
    menu = client.get(reverse("admin:cases_case_change", args=[case.pk]))
    assert "hand_over" not in [one.name for one in menu.context["menu"]]


@pytest.mark.parametrize(("which", "found"), [("mine", 0), ("others", 1), ("", 2)])
def test_the_list_is_cut_down_to_ones_own(which, found):
    mine, theirs = make.opened(), make.opened()
    page = client_of(mine.owner).get(
        reverse("admin:cases_case_changelist"), {"owner": which} if which else {}
    )
    shown = list(page.context["cl"].result_list)
    assert shown == {0: [mine], 1: [theirs], 2: [mine, theirs]}[found]
    assert mine.owner.username in page.content.decode()


def test_the_queue_says_which_task_is_ones_own():
    mine = make.opened()
    make.opened()
    page = client_of(mine.owner).get(reverse("admin:index")).content.decode()
    assert page.count(">yours<") == 1
