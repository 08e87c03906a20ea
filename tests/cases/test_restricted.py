"""Restricted cases: open to named persons alone, and no gap in the numbers tells."""

import json
import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases import audit, glass, grants, intake, permissions, restricted, worklist
from cases.enums import EventKind, ExposureGround, Instrument, Perm, Role
from cases.exceptions import IllegalTransition, StaleProof
from cases.models import Case, CaseGroupPerm, CaseUserPerm, Event, Exposure
from tests import factories as make
from tests import restricting

pytestmark = pytest.mark.django_db

WHY = "Counsel says that nobody else may know."


def sees(user, case):
    return case in permissions.visible_cases(user)


def restrict(case, by, named=(), **changed):
    at = changed.pop("at", None) or timezone.now()
    said = {"named": list(named), "reason": WHY, "proof": make.proof(at), "at": at}
    return restricted.restrict(case.pk, actor=by, **(said | changed))


def state():
    return (
        list(Case.objects.order_by("pk").values()),
        list(CaseUserPerm.objects.order_by("pk").values()),
        list(CaseGroupPerm.objects.order_by("pk").values()),
        list(Exposure.objects.order_by("pk").values()),
        Event.objects.count(),
        len(mail.outbox),
    )


# ------------------------------------------------------------------------ who sees it


@pytest.mark.feature("G5", part=True)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("superuser", [False, True])
def test_no_role_and_no_superuser_sees_it(role, superuser):
    other = make.person(role, is_superuser=superuser)
    case = restricting.case()
    assert not sees(other, case)
    assert not any(permissions.allowed(other, perm, case) for perm in Perm)
    assert case not in permissions.grantable_cases(other)
    assert other not in permissions.who_may(Perm.GRANT, case)
    assert worklist.tasks_for(other) == []


def test_a_group_s_grant_opens_nothing_of_it():
    case, ana = restricting.case(), make.analyst()
    desk = Group.objects.get(name=make.DESK)
    at = make.AT
    permissions.grant_to_group(case, desk, given_by=None, reason="A slip", at=at)
    assert not sees(ana, case)
    assert permissions.openings(case)[-1].people == [restricting.counsel_of(case)]


def test_the_clerk_and_the_named_see_it_and_work_on_it():
    clerk, counsel = make.clerk(), make.counsel()
    case = restricting.case(by=clerk, counsel=counsel)
    assert sees(clerk, case)
    assert sees(counsel, case)
    assert list(permissions.who_may(Perm.SIGN_OFF, case)) == [counsel]
    assert [one.verb for one in worklist.tasks_for(clerk)] == ["intake"]


def test_a_named_person_sees_nothing_before_they_acknowledge():
    case = restricting.case()
    ana = restricting.name(case, make.analyst(), is_bound=False)
    assert not sees(ana, case)
    assert ana not in permissions.who_may(Perm.VIEW, case)
    assert restricted.acknowledge(actor=ana) == [case]
    assert sees(ana, case)
    assert ana in permissions.who_may(Perm.VIEW, case)
    before = state()
    with pytest.raises(IllegalTransition):
        restricted.acknowledge(actor=ana)
    assert state() == before


def test_an_ended_grant_closes_it_and_the_register_keeps_the_name():
    case = restricting.case()
    ana = restricting.name(case, make.analyst())
    grant = CaseUserPerm.objects.get(content_object=case, user=ana)
    at = timezone.now()
    grants.end(grant, actor=restricting.counsel_of(case), proof=make.proof(at), at=at)
    assert not sees(ana, case)
    assert ana.username in [
        name for name, _ground, _bound in restricting.register(case)
    ]


def test_outside_counsel_is_named_until_a_day():
    case, olga = restricting.case(), make.person(Role.OUTSIDE_COUNSEL)
    restricting.name(case, olga, ground=ExposureGround.ATTORNEY)
    assert sees(olga, case)
    assert restricting.register(case)[-1][1] == ExposureGround.ATTORNEY


# ------------------------------------------------------------------- opening one


def test_a_letter_for_named_persons_wants_names():
    clerk, facts = make.clerk(), make.facts(**restricting.LETTER)
    before = state()
    with pytest.raises(ValidationError) as caught:
        intake.open_case(actor=clerk, facts=facts, at=make.AT)
    assert list(caught.value.message_dict) == ["named"]
    assert state() == before


@pytest.mark.parametrize(
    "named",
    [
        list,
        lambda: [make.analyst()],
        lambda: [make.counsel(), make.person(Role.OUTSIDE_COUNSEL)],
        lambda: [make.counsel(), make.person(Role.REPORT_EDITOR)],
        lambda: [make.counsel(), make.person(Role.ANALYST, is_active=False)],
        lambda: [make.person(Role.ADMINISTRATOR)],
    ],
)
def test_only_a_choice_that_can_work_opens_it(named):
    clerk, people = make.clerk(), named()
    before = state()
    with pytest.raises(ValidationError) as caught:
        intake.open_case(actor=clerk, facts=make.facts(), named=people, at=make.AT)
    assert list(caught.value.message_dict) == ["named"]
    assert state() == before


def test_the_database_keeps_such_an_instrument_restricted():
    case, other = restricting.case(), make.opened()
    for row, change in (
        (case, {"is_restricted": False}),
        (other, {"instrument": Instrument.NATIONAL_SECURITY_LETTER}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=row.pk).update(**change)


def test_an_ordinary_request_isn_t_corrected_into_such_a_letter():
    clerk = make.clerk()
    case = make.received(by=clerk)
    before = state()
    with pytest.raises(ValidationError, match="named persons"):
        intake.correct_facts(
            case.pk, actor=clerk, facts=make.facts(**restricting.LETTER), at=make.AT
        )
    assert state() == before


# --------------------------------------------------------------------- the numbers


@pytest.mark.feature("G5", part=True)
def test_the_row_of_numbers_has_no_gap():
    make.opened()
    letter = restricting.case()
    make.opened()
    other = restricting.case()
    make.opened()
    seen = Case.objects.ordinary().order_by("pk").values_list("number", flat=True)
    assert list(seen) == ["LR-2023-00001", "LR-2023-00002", "LR-2023-00003"]
    hidden = {letter.number, other.number}
    assert all(len(one) == 10 and one.startswith("R-") for one in hidden)
    assert len(hidden) == 2


def test_a_number_that_was_given_back_goes_to_the_next_request():
    counsel, clerk = make.counsel(), make.clerk()
    first, second, third = (make.opened(by=clerk) for _ in range(3))
    hidden = restrict(second, counsel, [clerk])
    assert (hidden.number[:2], hidden.former_number) == ("R-", "LR-2023-00002")
    assert make.opened().number == "LR-2023-00002"
    assert make.opened().number == "LR-2023-00004"
    assert (first.number, third.number) == ("LR-2023-00001", "LR-2023-00003")


def test_a_number_that_counsel_has_seen_stays_taken():
    counsel, ana = make.counsel(), make.analyst()
    case = make.awaiting(by=ana)
    kept = restrict(case, counsel, [case.owner, ana])
    assert (kept.number, kept.former_number) == ("LR-2023-00001", "")
    assert make.opened().number == "LR-2023-00002"


# ----------------------------------------------------------------- restricting later


def test_restricting_ends_every_other_way_in():
    clerk, ana, counsel = make.clerk(), make.analyst(), make.counsel()
    auditor = make.person(Role.AUDITOR)
    case = make.received(by=clerk)
    make.let_in(case, ana, actor=counsel)
    assert all(sees(one, case) for one in (clerk, ana, counsel, auditor))
    restrict(case, counsel, [clerk])
    case = make.fresh(case)
    assert [sees(one, case) for one in (clerk, ana, counsel, auditor)] == [
        *(False, False, True, False)
    ]
    restricted.acknowledge(actor=clerk)
    assert sees(clerk, case)
    assert (
        CaseGroupPerm.objects.filter(content_object=case, closed_at=None).count() == 0
    )


def test_who_knew_it_before_is_told_of_the_secrecy_and_sees_nothing():
    clerk, counsel, auditor = make.clerk(), make.counsel(), make.person(Role.AUDITOR)
    case = make.received(by=clerk)
    audit.record_reading(
        case, EventKind.CASE_VIEWED, actor=auditor, data={"page": "case"}
    )
    at = timezone.now()
    restrict(case, counsel, [clerk], at=at)
    assert restricting.register(case) == [
        (counsel.username, "attorney", at),
        (clerk.username, "compliance", None),
        (auditor.username, "compliance", None),
    ]
    assert restricted.acknowledge(actor=auditor) == [case]
    assert not sees(auditor, make.fresh(case))


def test_the_trail_says_who_was_named_and_why():
    clerk, counsel = make.clerk(), make.counsel()
    case = make.received(by=clerk)
    restrict(case, counsel, [clerk])
    event = Event.objects.get(kind=EventKind.CASE_RESTRICTED)
    assert (event.actor, json.loads(event.data)) == (
        counsel,
        {"named": [counsel.pk, clerk.pk], "reason": WHY, "proof": "password"},
    )


@pytest.mark.parametrize(
    "looks",
    [
        lambda case, who: glass.break_glass(
            case.number, actor=who, reason="It burns.", proof=make.proof(), at=make.AT
        ),
        lambda case, who: make.let_in(case, who, ends_at=make.AT + timedelta(days=2)),
    ],
    ids=["broken glass", "a grant with an end"],
)
def test_a_look_that_ends_doesn_t_become_one_for_good(looks, monkeypatch):
    case = make.received()
    ana = make.person(Role.ANALYST, at_the_desk=False)
    monkeypatch.setattr(timezone, "now", lambda: make.AT)
    looks(case, ana)
    assert sees(ana, case)
    before = state()
    with pytest.raises(IllegalTransition, match="ends by itself"):
        restrict(case, ana, [case.owner, make.counsel()])
    assert state() == before


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reason": " "}, ValidationError),
        ({"named": []}, ValidationError),  # leaves out the owner
        ({"proof": make.proof(make.AT)}, StaleProof),
    ],
)
def test_it_is_refused_and_nothing_is_written(changed, refusal):
    clerk, counsel = make.clerk(), make.counsel()
    case = make.received(by=clerk)
    before = state()
    with pytest.raises(refusal):
        restrict(case, counsel, **({"named": [clerk]} | changed))
    assert state() == before


@pytest.mark.parametrize(
    "role", [Role.CUSTODIAN, Role.AUDITOR, Role.RELEASE_OFFICER, Role.ADMINISTRATOR]
)
def test_other_roles_restrict_nothing(role):
    case, other = make.received(), make.person(role)
    before = state()
    with pytest.raises(PermissionDenied):
        restrict(case, other, [case.owner])
    assert state() == before


def test_a_restricted_or_closed_one_isn_t_restricted():
    letter, closed = restricting.case(), make.closed()
    counsel = restricting.counsel_of(letter)
    for case, by in ((letter, counsel), (closed, make.counsel())):
        before = state()
        with pytest.raises(IllegalTransition):
            restrict(case, by, [case.owner])
        assert state() == before


# --------------------------------------------------------------------- letting in


def test_groups_are_never_let_in():
    case = restricting.case()
    counsel, other = restricting.counsel_of(case), make.person(Role.AUDITOR)
    group = Group.objects.create(name="Friends")
    other.groups.add(group)
    before = state()
    with pytest.raises(ValidationError) as caught:
        make.let_in(case, group, actor=counsel)
    assert (list(caught.value.message_dict), state()) == (["to"], before)


def test_somebody_who_can_let_others_in_always_stays():
    case = restricting.case()
    counsel = restricting.counsel_of(case)
    other = restricting.name(case, make.counsel(), is_bound=False)
    own = CaseUserPerm.objects.get(content_object=case, user=counsel)
    at = timezone.now()
    before = state()
    with pytest.raises(IllegalTransition, match="let others in"):
        grants.end(own, actor=counsel, proof=make.proof(at), at=at)
    assert state() == before
    restricted.acknowledge(actor=other)
    grants.end(own, actor=other, proof=make.proof(at), at=at)
    assert not sees(counsel, case)


def test_nobody_breaks_the_glass_to_it():
    case = restricting.case()
    ana = make.person(Role.ANALYST, at_the_desk=False)
    before = state()
    said = []
    for number in (case.number, "R-NOSUCHNO"):
        with pytest.raises(ValidationError) as caught:
            glass.break_glass(
                number, actor=ana, reason="It burns.", proof=make.proof(), at=make.AT
            )
        said.append(caught.value.message_dict)
    assert said[0] == said[1] == {"number": ["There is no request of this number."]}
    assert state() == before


def test_who_knew_and_asks_again_is_noted_in_its_trail_and_in_no_log(caplog):
    case, counsel, ana = make.received(), make.counsel(), make.analyst()
    make.let_in(case, ana)
    restrict(case, counsel, [case.owner])
    with caplog.at_level(logging.DEBUG):
        grants.note_refusal(case.pk, actor=ana, page="case")
    assert Event.objects.latest("pk").kind == EventKind.GRANT_REFUSED
    assert "No grant" not in caplog.text
