"""Who sees what: a grant opens a case, a role opens a step, nothing else does."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.admin import verbs
from cases.enums import CaseStatus, EventKind, Perm, Role
from cases.models import Case, CaseGroupPerm, Event
from tests import factories as make

pytestmark = pytest.mark.django_db


def addresses(case: Case) -> list[str]:
    """Every address below a case, verbs included."""
    paper = case.documents.first()
    target = case.targets.first()
    pages = [
        reverse("admin:cases_case_change", args=[case.pk]),
        reverse("admin:cases_case_trail", args=[case.pk]),
    ]
    for page in verbs.all_pages():
        row = [target.pk] if page.of_a_row and page.permission == Perm.INTAKE else []
        if not page.of_a_row or row:
            args = [case.pk, page.name, *row]
            pages.append(reverse("admin:cases_case_verb", args=args))
    if paper:
        for name in ("cases_paper", "cases_paper_file"):
            pages.append(reverse(f"admin:{name}", args=[case.pk, paper.pk]))
    return pages


def test_a_case_is_nothing_where_no_grant_opens_it(at_desk):
    case = make.in_review()
    strangers = [
        at_desk(Role.ANALYST, at_the_desk=False),
        at_desk(Role.ANALYST, at_the_desk=False, is_superuser=True),
    ]
    seen = {one.get(url).status_code for one in strangers for url in addresses(case)}
    assert seen == {404}
    posted = {one.post(url).status_code for one in strangers for url in addresses(case)}
    assert posted <= {404, 405}
    assert not Event.objects.filter(kind=EventKind.CASE_VIEWED).exists()


def test_an_ended_grant_closes_the_case(at_desk):
    case = make.in_review()
    desk = at_desk(Role.ANALYST)
    url = reverse("admin:cases_case_change", args=[case.pk])
    assert desk.get(url).status_code == 200
    CaseGroupPerm.objects.update(ends_at=make.AT)
    assert desk.get(url).status_code == 404


def test_a_superuser_of_no_role_sees_no_case(at_desk):
    case = make.in_review()
    admin = at_desk(is_superuser=True)
    assert {admin.get(url).status_code for url in addresses(case)} == {404}
    assert admin.get(reverse("admin:cases_case_changelist")).status_code == 403


def test_a_verb_page_is_forbidden_without_its_role(at_desk):
    case = make.in_review()
    auditor = at_desk(Role.AUDITOR)
    before = Event.objects.count()
    for page in verbs.all_pages():
        if page.of_a_row or page.permission == Perm.VIEW:
            continue
        url = reverse("admin:cases_case_verb", args=[case.pk, page.name])
        assert auditor.get(url).status_code == 403, page.name
        assert auditor.post(url).status_code == 403, page.name
    assert Event.objects.count() == before


def test_strangers_are_sent_to_the_sign_in():
    case = make.in_review()
    url = reverse("admin:cases_case_change", args=[case.pk])
    answer = Client().get(url)
    assert (answer.status_code, answer.url) == (302, f"/login/?next={url}")


def test_the_list_holds_the_visible_cases_only(at_desk):
    mine, hidden = make.opened(), make.opened(agency_reference="2023R-HIDDEN")
    CaseGroupPerm.objects.filter(content_object=hidden).delete()
    page = at_desk(Role.ANALYST).get(reverse("admin:cases_case_changelist"))
    assert [row.pk for row in page.context["cl"].result_list] == [mine.pk]
    assert b"2023R-HIDDEN" not in page.content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "2023R-ODD"}, 1),
        ({"q": "Department"}, 2),
        ({"q": "alice"}, 0),
        ({"status__exact": CaseStatus.RECEIVED}, 2),
        ({"secrecy__exact": "ordered"}, 0),
    ],
)
def test_the_list_is_searched_and_filtered(at_desk, query, found):
    make.received()
    make.opened(agency_reference="2023R-ODD")
    page = at_desk(Role.ANALYST).get(reverse("admin:cases_case_changelist"), query)
    assert page.context["cl"].result_count == found


@pytest.mark.parametrize("name", ["admin:cases_case_changelist", "admin:cases_trail"])
def test_a_list_asks_as_often_for_three_cases_as_for_one(at_desk, name):
    make.received()
    client = at_desk(Role.ANALYST)
    client.get(reverse(name))

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(reverse(name))
        return len(caught)

    one = asked()
    make.received()
    make.received()
    assert asked() == one


def test_no_form_of_the_theme_changes_a_case(at_desk):
    case = make.in_review()
    client = at_desk(Role.ANALYST, is_superuser=True)
    base = reverse("admin:cases_case_changelist")
    own = reverse("admin:cases_case_change", args=[case.pk])
    found = {
        client.get(f"{own}{name}/").status_code
        for name in ("change", "delete", "history")
    } | {client.get(f"{base}add/").status_code}
    assert found == {404}
    posted = client.post(
        base, {"action": "delete_selected", "_selected_action": case.pk}
    )
    assert posted.status_code in {200, 302}
    assert Case.objects.filter(pk=case.pk).exists()


@pytest.mark.feature("A3", part=True)
def test_opening_a_case_is_in_its_trail(at_desk):
    case = make.received()
    client = at_desk(Role.COUNSEL)
    client.get(reverse("admin:cases_case_change", args=[case.pk]))
    event = case.events.get(kind=EventKind.CASE_VIEWED)
    assert (event.actor, event.data) == (client.user, '{"page":"case"}')


@pytest.mark.parametrize("status", CaseStatus.values)
def test_the_page_of_a_case_says_whose_turn_it_is(at_desk, status):
    case = make.in_status(status)
    make.counsel()
    for role in (Role.ANALYST, Role.COUNSEL, Role.AUDITOR):
        page = at_desk(role).get(reverse("admin:cases_case_change", args=[case.pk]))
        for step in page.context["steps"]:
            assert step.is_mine or step.waits_for or step.because or not step.page


def test_who_waits_for_whom_is_named(at_desk):
    case = make.awaiting()
    make.person(Role.COUNSEL, first_name="Cora", last_name="Lindqvist")
    page = at_desk(Role.ANALYST).get(reverse("admin:cases_case_change", args=[case.pk]))
    assert b"Cora Lindqvist" in page.content
    assert [step.is_mine for step in page.context["steps"]] == [False]
