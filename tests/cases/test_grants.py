"""Who is let in, by whom, and until when; refusals write nothing."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases import grants, permissions
from cases.enums import EventKind, Perm, Role
from cases.exceptions import FourEyesViolation, IllegalTransition, StaleProof
from cases.models import CaseGroupPerm, CaseUserPerm, Event
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

NEXT_YEAR = timezone.now() + timedelta(days=365)
NEXT_WEEK = timezone.now() + timedelta(days=7)


def outsider(*roles: Role, **fields: object):
    """Somebody whom no case is granted to."""
    return make.person(*(roles or (Role.ANALYST,)), at_the_desk=False, **fields)


give = make.let_in


def end(grant, *, actor=None, at=None):
    at = at or timezone.now()
    actor = actor or make.counsel()
    return grants.end(grant, actor=actor, proof=make.proof(at), at=at)


def events(case):
    kinds = Event.objects.filter(case=case, kind__startswith="case.grant")
    return [(one.kind, one.actor, one.data) for one in kinds.order_by("pk")]


# --- giving ---


def test_a_grant_opens_the_case_and_says_why_and_until_when():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    assert list(permissions.visible_cases(ana)) == []
    at = timezone.now()
    given = give(case, ana, actor=cora, ends_at=NEXT_WEEK, at=at, proof=make.proof(at))
    row = CaseUserPerm.objects.get()
    assert row == given
    assert (row.user, row.reason, row.given_by, row.given_at) == (
        ana,
        "A second opinion",
        cora,
        at,
    )
    assert (row.ends_at, row.closed_at) == (NEXT_WEEK, None)
    assert list(permissions.visible_cases(ana)) == [case]
    assert events(case) == [
        (
            EventKind.GRANT_GIVEN,
            cora,
            f'{{"proof":"password","replaces":null,"until":"{NEXT_WEEK.isoformat()}",'
            f'"user":{ana.pk},"user_grant":{row.pk}}}',
        )
    ]


def test_a_group_is_let_in_together():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    team = Group.objects.create(name="Second desk")
    ana.groups.add(team)
    row = give(case, team, actor=cora)
    assert isinstance(row, CaseGroupPerm)
    assert list(permissions.visible_cases(ana)) == [case]
    assert events(case) == [
        (
            EventKind.GRANT_GIVEN,
            cora,
            f'{{"group":{team.pk},"group_grant":{row.pk},"proof":"password",'
            '"replaces":null,"until":null}',
        )
    ]


@pytest.mark.feature("S2", part=True)
def test_an_administrator_lets_people_in_without_seeing_the_case():
    case, ana = make.opened(), outsider()
    adam = outsider(Role.ADMINISTRATOR, is_superuser=True)
    give(case, ana, actor=adam)
    assert list(permissions.visible_cases(ana)) == [case]
    assert list(permissions.visible_cases(adam)) == []
    assert {p for p in Perm if permissions.allowed(adam, p, case)} == {Perm.GRANT}


def test_giving_again_takes_the_place_of_the_grant_before():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    first = give(case, ana, actor=cora, ends_at=NEXT_WEEK)
    at = timezone.now()
    second = give(case, ana, actor=cora, reason="Longer", at=at, proof=make.proof(at))
    first.refresh_from_db()
    assert (first.reason, first.ends_at, first.closed_at) == (
        "A second opinion",
        at,
        at,
    )
    assert (second.reason, second.ends_at, second.closed_at) == ("Longer", None, None)
    kinds = [(kind, f'"replaces":{first.pk}' in data) for kind, _, data in events(case)]
    assert kinds == [(EventKind.GRANT_GIVEN, False), (EventKind.GRANT_GIVEN, True)]
    assert list(permissions.visible_cases(ana)) == [case]
    assert list(permissions.past_grants(case)) == [first]


def test_a_grant_can_be_given_again_after_its_end():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    first = give(case, ana, actor=cora)
    end(first, actor=cora)
    assert list(permissions.visible_cases(ana)) == []
    give(case, ana, actor=cora)
    assert list(permissions.visible_cases(ana)) == [case]
    assert CaseUserPerm.objects.count() == 2


# --- what is refused ---


def test_nobody_lets_themselves_in():
    case = make.opened()
    cora, adam = make.counsel(), outsider(Role.ADMINISTRATOR, Role.ANALYST)
    said = "You can't let yourself in: another counsel or an administrator has to."
    for one in (cora, adam):
        refused = refusal(lambda one=one: give(case, one, actor=one), FourEyesViolation)
        assert refused == said


def test_nobody_lets_in_a_group_they_are_in():
    case, adam = make.opened(), outsider(Role.ADMINISTRATOR, Role.ANALYST)
    team = Group.objects.create(name="Team")
    adam.groups.add(team)
    outsider().groups.add(team)
    assert refusal(lambda: give(case, team, actor=adam), FourEyesViolation) == (
        "You are in this group, so another counsel or an administrator has to let it "
        "in."
    )


@pytest.mark.parametrize(
    "role", [one for one in Role if one not in {Role.COUNSEL, Role.ADMINISTRATOR}]
)
def test_other_roles_let_nobody_in(role):
    case, ana, actor = make.opened(), outsider(), make.person(role)
    row = CaseGroupPerm.objects.get()
    refusal(lambda: give(case, ana, actor=actor), PermissionDenied)
    refusal(lambda: end(row, actor=actor), PermissionDenied)


def test_counsel_without_a_grant_and_a_bare_superuser_let_nobody_in():
    case, ana = make.opened(), outsider()
    row = CaseGroupPerm.objects.get()
    for actor in (outsider(Role.COUNSEL), make.person(is_superuser=True)):
        refusal(lambda actor=actor: give(case, ana, actor=actor), PermissionDenied)
        refusal(lambda actor=actor: end(row, actor=actor), PermissionDenied)


def test_a_grant_says_what_it_is_for():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    assert refusal(lambda: give(case, ana, actor=cora, reason="  ")) == {
        "reason": ["Say what the grant is for."]
    }


def test_a_grant_ends_ahead_or_not_at_all():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    at = timezone.now()
    for ends_at in (at, at - timedelta(days=1)):
        refused = refusal(
            lambda ends_at=ends_at: give(
                case, ana, actor=cora, ends_at=ends_at, at=at, proof=make.proof(at)
            )
        )
        assert refused == {"ends_at": ["The end lies in the past."]}


BLIND = "This person has no role that looks at requests. An administrator gives roles."
BLIND_GROUP = (
    "Nobody in this group could look at the request by it: they have no role for "
    "that, or are outside counsel, who are let in by name."
)


@pytest.mark.parametrize(
    ("roles", "fields", "said"),
    [
        ((Role.REPORT_EDITOR,), {}, BLIND),
        ((Role.ADMINISTRATOR,), {"is_superuser": True}, BLIND),
        (
            (Role.ANALYST,),
            {"is_active": False},
            "This account is closed. An administrator can open it again.",
        ),
    ],
)
def test_a_grant_goes_to_who_could_look(roles, fields, said):
    case, cora = make.opened(), make.counsel()
    one = outsider(*roles, **fields)
    assert refusal(lambda: give(case, one, actor=cora)) == {"to": [said]}


@pytest.mark.parametrize("members", [[], [Role.REPORT_EDITOR], [Role.OUTSIDE_COUNSEL]])
def test_a_grant_goes_to_a_group_in_which_somebody_could_look(members):
    case, cora = make.opened(), make.counsel()
    team = Group.objects.create(name="Team")
    for role in members:
        outsider(role).groups.add(team)
    outsider(Role.ANALYST, is_active=False).groups.add(team)
    assert refusal(lambda: give(case, team, actor=cora)) == {"to": [BLIND_GROUP]}


def test_the_same_grant_is_not_given_twice():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    give(case, ana, actor=cora)
    assert refusal(lambda: give(case, ana, actor=cora)) == [
        "This grant is there already, word for word."
    ]


@pytest.mark.feature("S4", part=True)
def test_giving_and_ending_take_a_proof_of_the_moment():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    at = timezone.now()
    stale = make.proof(at - timedelta(minutes=10))
    row = CaseGroupPerm.objects.get()
    refusal(lambda: give(case, ana, actor=cora, proof=stale, at=at), StaleProof)
    refusal(lambda: grants.end(row, actor=cora, proof=stale, at=at), StaleProof)


# --- outside counsel ---


@pytest.mark.feature("R4", part=True)
def test_outside_counsel_is_let_in_until_a_day():
    case, cora = make.opened(), make.counsel()
    olga = outsider(Role.OUTSIDE_COUNSEL)
    assert refusal(lambda: give(case, olga, actor=cora)) == {
        "ends_at": ["Outside counsel is let in until a day. Name it."]
    }
    give(case, olga, actor=cora, ends_at=NEXT_WEEK)
    assert list(permissions.visible_cases(olga)) == [case]
    assert olga in permissions.who_may(Perm.SIGN_OFF, case)


@pytest.mark.feature("R4", part=True)
def test_a_row_without_an_end_or_a_groups_opens_nothing_to_outside_counsel():
    case, cora = make.opened(), make.counsel()
    olga = make.person(Role.OUTSIDE_COUNSEL)  # at the desk by mistake
    assert list(permissions.visible_cases(olga)) == []
    row = give(case, olga, actor=cora, ends_at=NEXT_WEEK)
    CaseUserPerm.objects.filter(pk=row.pk).update(ends_at=None)
    CaseGroupPerm.objects.update(ends_at=NEXT_WEEK)
    assert list(permissions.visible_cases(olga)) == []
    assert not permissions.allowed(olga, Perm.VIEW, case)
    assert olga not in permissions.who_may(Perm.VIEW, case)
    assert [olga in one.people for one in permissions.openings(case)] == [False] * 2


def test_outside_counsel_with_another_role_here_is_of_the_house():
    case = make.opened()
    both = make.person(Role.OUTSIDE_COUNSEL, Role.AUDITOR)
    assert list(permissions.visible_cases(both)) == [case]


# --- ending ---


@pytest.mark.feature("R4", part=True)
def test_an_ended_grant_closes_the_case_at_once_and_stays_to_be_read():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    row = give(case, ana, actor=cora)
    at = timezone.now()
    end(row, actor=cora, at=at)
    row.refresh_from_db()
    assert (row.reason, row.ends_at, row.closed_at) == ("A second opinion", at, at)
    assert list(permissions.visible_cases(ana)) == []
    assert events(case)[1] == (
        EventKind.GRANT_ENDED,
        cora,
        f'{{"proof":"password","user":{ana.pk},"user_grant":{row.pk}}}',
    )


def test_what_is_over_is_not_ended_again():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    said = "This grant is over already, or was changed meanwhile."
    replaced = give(case, ana, actor=cora)
    last = give(case, ana, actor=cora, reason="Another")
    lapsed = give(case, outsider(), actor=cora, ends_at=NEXT_WEEK)
    end(last, actor=cora)
    assert refusal(lambda: end(replaced, actor=cora), IllegalTransition) == said
    assert refusal(lambda: end(last, actor=cora), IllegalTransition) == said
    later = NEXT_WEEK + timedelta(days=1)
    assert refusal(lambda: end(lapsed, actor=cora, at=later), IllegalTransition) == said


def test_the_desks_own_grant_can_be_ended_and_given_again_by_an_administrator():
    case, ana = make.opened(), make.analyst()
    adam = outsider(Role.ADMINISTRATOR)
    end(CaseGroupPerm.objects.get(), actor=adam)
    assert list(permissions.visible_cases(ana)) == []
    give(case, make.organisation().intake_group, actor=adam)
    assert list(permissions.visible_cases(ana)) == [case]


# --- the database ---


def test_the_database_keeps_one_open_grant_for_each():
    case, cora, ana = make.opened(), make.counsel(), outsider()
    row = give(case, ana, actor=cora)
    desk = CaseGroupPerm.objects.get()
    for one in (row, desk):
        one.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            one.save()


# --- who asked in vain ---


def test_asking_in_vain_is_noted_once_an_hour(caplog):
    case, cora, ana = make.opened(), make.counsel(), outsider()
    row = give(case, ana, actor=cora)
    end(row, actor=cora)
    at = timezone.now()
    with caplog.at_level(logging.WARNING, logger="cases.grants"):
        for minutes in (0, 1, 59, 60, 61):
            then = at + timedelta(minutes=minutes)
            grants.note_refusal(case.pk, actor=ana, page="paper", at=then)
    noted = case.events.filter(kind=EventKind.GRANT_REFUSED).order_by("pk")
    assert [(one.actor, one.at, one.data) for one in noted] == [
        (ana, at, '{"page":"paper"}'),
        (ana, at + timedelta(minutes=60), '{"page":"paper"}'),
    ]
    line = f"No grant: user {ana.pk} asked for paper of case {case.pk}"
    assert [one.getMessage() for one in caplog.records] == [line, line]


def test_a_stranger_asking_leaves_nothing():
    case, ana = make.opened(), outsider()
    before = Event.objects.count()
    grants.note_refusal(case.pk, actor=ana, page="paper")
    grants.note_refusal(case.pk + 1, actor=ana, page="paper")
    assert Event.objects.count() == before
