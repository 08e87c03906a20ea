"""Who may see a request, as its pages show it, give it and end it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cases import grants
from cases.enums import EventKind, Role
from cases.models import CaseGroupPerm, CaseUserPerm, Event
from tests import factories as make
from tests.cases.admin.conftest import client_of
from tests.cases.admin.test_wall import addresses
from tests.signing import signed_in

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Los_Angeles")


def url(case, verb: str, *row: int) -> str:
    return reverse("admin:cases_case_verb", args=[case.pk, verb, *row])


def page_of(case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def outsider(*roles: Role, **fields: object):
    return make.person(*roles, at_the_desk=False, **fields)


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=ZONE)


def panel(response) -> list[tuple[object, ...]]:
    (context,) = [c for one, c in response.context["panels"] if one.name == "grants"]
    return [
        (one.who, one.lets_in, one.grant.reason, one.given_by, one.until, one.end_url)
        for one in context["lines"]
    ]


def test_the_cases_page_says_who_sees_it_by_what_why_and_until_when(at_desk):
    case = make.opened()
    ana = make.person(Role.ANALYST, first_name="Ana", last_name="Petrov")
    cora = make.person(Role.COUNSEL, first_name="Cora", last_name="Lindqvist")
    olga = outsider(Role.OUTSIDE_COUNSEL, first_name="Olga", last_name="Brandt")
    make.let_in(
        case, olga, actor=cora, reason="Item 4", ends_at=midnight(date(2199, 6, 3))
    )
    page = client_of(ana).get(page_of(case))
    desk = [case.opened_by.username, "Ana Petrov", "Cora Lindqvist"]
    until = "until the end of 2 Jun 2199"
    assert panel(page) == [
        ("Olga Brandt", ["Olga Brandt"], "Item 4", "Cora Lindqvist", until, ""),
        (make.DESK, desk, "New case", "Candor", "without an end", ""),
    ]
    for words in ("Who may see this request", "Olga Brandt", until, "Item 4"):
        assert words in page.content.decode()
    links = [line[-1] for line in panel(client_of(cora).get(page_of(case)))]
    shared = CaseGroupPerm.objects.get()
    assert links == [
        url(case, "end_grant", CaseUserPerm.objects.get().pk),
        url(case, "end_group_grant", shared.pk),
    ]


def test_counsel_lets_somebody_in_on_the_page_and_ends_it_there(at_desk):
    case, client = make.opened(), at_desk(Role.COUNSEL)
    olga = outsider(Role.OUTSIDE_COUNSEL)
    day = timezone.localdate() + timedelta(days=9)
    typed = {"to": f"user {olga.pk}", "reason": "Item 4", "ends_at": day.isoformat()}
    done = client.post(url(case, "give_grant"), typed)
    assert (done.status_code, done.url) == (302, url(case, "give_grant"))
    row = CaseUserPerm.objects.get()
    assert (row.user, row.reason, row.ends_at, row.given_by) == (
        olga,
        "Item 4",
        midnight(day + timedelta(days=1)),
        client.user,
    )
    form = client.get(url(case, "change_grant", row.pk)).context["form"]
    assert form.initial == {"reason": "Item 4", "ends_at": day}
    later = {"reason": "Item 4", "ends_at": (day + timedelta(days=1)).isoformat()}
    client.post(url(case, "change_grant", row.pk), later)
    changed = CaseUserPerm.objects.get(closed_at=None)
    assert changed.ends_at == midnight(day + timedelta(days=2))
    client.post(url(case, "end_grant", changed.pk))
    assert not CaseUserPerm.objects.filter(closed_at=None).exists()
    kinds = case.events.exclude(kind__in=["case.opened", "case.viewed"])
    assert list(kinds.values_list("kind", flat=True)) == [
        EventKind.GRANT_GIVEN,
        EventKind.GRANT_GIVEN,
        EventKind.GRANT_ENDED,
    ]


def test_a_group_is_let_in_changed_and_ended_on_the_page(at_desk):
    case, client = make.opened(), at_desk(Role.COUNSEL)
    team = Group.objects.create(name="Second desk")
    outsider(Role.ANALYST).groups.add(team)
    client.post(
        url(case, "give_grant"), {"to": f"group {team.pk}", "reason": "Much to do"}
    )
    row = CaseGroupPerm.objects.get(group=team)
    assert (row.reason, row.ends_at) == ("Much to do", None)
    client.post(url(case, "change_group_grant", row.pk), {"reason": "More to do"})
    changed = CaseGroupPerm.objects.get(group=team, closed_at=None)
    assert changed.reason == "More to do"
    shown = client.get(url(case, "end_group_grant", changed.pk))
    members = [one.username for one in team.user_set.all()]
    assert shown.context["only_here"] == members
    client.post(url(case, "end_group_grant", changed.pk))
    assert not CaseGroupPerm.objects.filter(group=team, closed_at=None).exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"ends_at": ""}, "Outside counsel is let in until a day. Name it."),
        ({"ends_at": "2023-03-01"}, "The end lies in the past."),
        ({"to": "user 0"}, "Select a valid choice."),
        ({"reason": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_refused_is_said_beside_the_field(at_desk, typed, words):
    case, client = make.opened(), at_desk(Role.COUNSEL)
    olga = outsider(Role.OUTSIDE_COUNSEL)
    good = {"to": f"user {olga.pk}", "reason": "Item 4", "ends_at": "2199-06-02"}
    before = Event.objects.count()
    page = client.post(url(case, "give_grant"), good | typed)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert (CaseUserPerm.objects.count(), Event.objects.count()) == (0, before)


def test_the_form_offers_neither_oneself_nor_who_could_not_look(at_desk):
    case, client = make.opened(), at_desk(Role.COUNSEL)
    emil, ana = outsider(Role.REPORT_EDITOR), outsider(Role.ANALYST)
    form = client.get(url(case, "give_grant")).context["form"]
    _choose, (_people, people), (_groups, groups) = form.fields["to"].choices
    offered = {value for value, _label in people}
    assert f"user {ana.pk}" in offered
    assert not {f"user {emil.pk}", f"user {client.user.pk}"} & offered
    # Not the desk, which counsel is in.
    assert [name for _value, name in groups] == ["Analyst", "Intake clerk"]


@pytest.mark.feature("S4", part=True)
def test_an_old_session_is_asked_again_who_it_is():
    case, cora, ana = make.opened(), make.counsel(), outsider(Role.ANALYST)
    client_of(cora)
    old = signed_in(cora, ago=600)
    asked = old.post(
        url(case, "give_grant"), {"to": f"user {ana.pk}", "reason": "Item 4"}
    )
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert not CaseUserPerm.objects.exists()


# --- an ended grant ---


@pytest.mark.feature("R4")
@pytest.mark.parametrize("how", ["by itself", "by counsel"])
def test_an_ended_grant_gives_404_everywhere_and_is_logged(how, caplog):
    case, cora = make.in_review(), make.counsel()
    olga = outsider(Role.OUTSIDE_COUNSEL)
    at = timezone.now()
    row = make.let_in(case, olga, actor=cora, ends_at=at + timedelta(days=1), at=at)
    client = client_of(olga)
    assert client.get(page_of(case)).status_code == 200
    if how == "by itself":
        CaseUserPerm.objects.filter(pk=row.pk).update(ends_at=timezone.now())
    else:
        now = timezone.now()
        grants.end(row, actor=cora, proof=make.proof(now), at=now)
    caplog.clear()
    seen = {client.get(one).status_code for one in addresses(case)}
    seen |= {client.post(one).status_code for one in addresses(case)} - {405}
    assert seen == {404}
    noted = case.events.filter(kind=EventKind.GRANT_REFUSED)
    assert [(one.actor, one.data) for one in noted] == [
        (olga, '{"page":"cases_case_change"}')
    ]
    lines = [one.getMessage() for one in caplog.records if one.name == "cases.grants"]
    assert lines == [
        f"No grant: user {olga.pk} asked for cases_case_change of case {case.pk}"
    ]


def test_the_trail_tells_of_grants_in_words(at_desk):
    case, auditor = make.opened(), at_desk(Role.AUDITOR)
    cora = make.counsel()
    olga = outsider(Role.OUTSIDE_COUNSEL, first_name="Olga", last_name="Brandt")
    end = midnight(date(2199, 6, 3))
    first = make.let_in(case, olga, actor=cora, reason="Item 4", ends_at=end)
    later = end + timedelta(hours=14)
    last = make.let_in(case, olga, actor=cora, reason="Item 5", ends_at=later)
    at = timezone.now()
    grants.end(last, actor=cora, proof=make.proof(at), at=at)
    client = client_of(olga)
    client.get(url(case, "sign_off"))
    team = Group.objects.create(name="Second desk")
    outsider(Role.ANALYST).groups.add(team)
    make.let_in(case, team, actor=cora, reason="Much to do")
    page = auditor.get(reverse("admin:cases_case_trail", args=[case.pk]))
    told = [(one.what, one.detail) for one in reversed(page.context["entries"])]
    assert told[1:] == [
        ("Grant given", "Olga Brandt, until the end of 2 Jun 2199. Item 4"),
        (
            "Grant given",
            "Olga Brandt, changed: until 3 Jun 2199, 14:00 PDT. Item 5",
        ),
        ("Grant ended", "Olga Brandt"),
        ("Page refused for want of a grant", "Decide as counsel"),
        ("Grant given", "Second desk, without an end. Much to do"),
    ]
    assert first.reason == "Item 4"


# --- what there isn't ---


def test_guardians_own_pages_do_not_exist(at_desk):
    case, client = make.opened(), at_desk(*Role, is_superuser=True)
    for name in ("permissions", "permissions_manage_user", "permissions_manage_group"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:cases_case_{name}", args=[case.pk, 1][: 1 + ("_" in name)])
    for path in ("", "user-manage/1/", "group-manage/1/"):
        found = client.get(f"{page_of(case)}permissions/{path}")
        assert found.status_code == 404


def test_a_page_asks_as_often_for_five_grants_as_for_one(at_desk):
    case, client = make.opened(), at_desk(Role.COUNSEL)
    make.let_in(case, outsider(Role.ANALYST), actor=client.user)

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    pages = [page_of(case), url(case, "give_grant"), reverse("admin:cases_trail")]
    assert asked(pages[0])
    few = [asked(one) for one in pages]
    for _ in range(2):
        make.let_in(case, outsider(Role.ANALYST), actor=client.user)
        team = Group.objects.create(name=f"Team {Group.objects.count()}")
        outsider(Role.ANALYST).groups.add(team)
        make.let_in(case, team, actor=client.user)
    assert [asked(one) for one in pages] == few
