"""Conditions, questions and several counsel: what each leaves, and what it holds up."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from cases import review, scope, signoff, workflow, worklist
from cases.enums import (
    CaseStatus,
    Instrument,
    ItemDecision,
    ObjectionGround,
    Role,
    SignOffDecision,
)
from cases.exceptions import IllegalTransition
from cases.grounds import ItemObjection
from cases.models import Category, Event, Organisation, Reply, ScopeRevision, SignOff
from tests import factories as make
from tests import restricting
from tests.cases.test_signoff import decide, everything

pytestmark = pytest.mark.django_db
D = SignOffDecision


def refused(error, case, act):
    """The refusal's words, after which nothing was written."""
    before = everything(case)
    with pytest.raises(error) as caught, transaction.atomic():
        act()
    assert everything(case) == before
    found = getattr(caught.value, "messages", None)
    return " ".join(found) if found else str(caught.value)


def order(case):
    return workflow.transition(
        case.pk, "order_packet", actor=make.analyst(), at=make.AT
    )


# --------------------------------------------------------------------- conditions


def conditional():
    case = make.awaiting()
    made = make.sign(case, decision=D.CONDITIONAL)
    return make.fresh(case), made


def test_no_packet_is_ordered_before_the_conditions_are_acknowledged():
    case, made = conditional()
    assert case.status == CaseStatus.APPROVED
    words = "Counsel set conditions: somebody who orders acknowledges them first."
    assert refused(IllegalTransition, case, lambda: order(case)) == words
    before, analyst = Event.objects.count(), make.analyst()
    reply = signoff.acknowledge(made.pk, actor=analyst, at=make.AT)
    assert Reply.objects.get() == reply
    assert (reply.sign_off, reply.text, reply.by, reply.at) == (
        made,
        "",
        analyst,
        make.AT,
    )
    assert [
        (e.kind, e.actor, json.loads(e.data))
        for e in Event.objects.order_by("pk")[before:]
    ] == [
        (
            "case.conditions.acknowledged",
            analyst,
            {"sign_off": made.pk, "reply": reply.pk},
        )
    ]
    order(case)
    assert make.fresh(case).status == CaseStatus.IN_PRODUCTION


def test_conditions_are_acknowledged_once_and_only_where_there_are_some():
    case, made = conditional()
    signoff.acknowledge(made.pk, actor=make.analyst(), at=make.AT)
    other = make.approved()
    plain = other.sign_offs.get()
    for one in (made, plain):
        words = refused(
            IllegalTransition,
            case,
            lambda one=one: signoff.acknowledge(one.pk, actor=make.analyst()),
        )
        assert words == "No conditions of counsel wait to be acknowledged."


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ANALYST}))
def test_only_who_may_order_acknowledges(role):
    case, made = conditional()
    refused(
        PermissionDenied,
        case,
        lambda: signoff.acknowledge(made.pk, actor=make.person(role)),
    )


def test_counsel_doesn_t_acknowledge_their_own_conditions():
    case, both = make.awaiting(), make.person(Role.COUNSEL, Role.ANALYST)
    made = make.sign(case, both, D.CONDITIONAL)
    words = refused(
        ValidationError, case, lambda: signoff.acknowledge(made.pk, actor=both)
    )
    assert words == "Counsel's words want another's reply."
    reply = signoff.acknowledge(made.pk, actor=make.analyst())
    with pytest.raises(IntegrityError), transaction.atomic():
        Reply.objects.filter(pk=reply.pk).update(by=both)


def test_the_worklist_leads_to_the_conditions_and_then_to_the_order():
    case, made = conditional()
    assert [one.verb for one in worklist.tasks_for(make.analyst())] == [
        "read_conditions"
    ]
    signoff.acknowledge(made.pk, actor=make.analyst())
    assert [one.verb for one in worklist.tasks_on(case)] == ["order_packet"]


# ---------------------------------------------------------------------- questions


def asked():
    """A case on which counsel asked something, and who asked."""
    case, counsel = make.awaiting(), make.counsel()
    decide(case, counsel, decision=D.ASKED, legal_basis="", note="Which court?")
    return make.fresh(case), counsel


def test_a_question_sends_the_case_back_and_decides_nothing():
    case, _counsel = asked()
    assert case.status == CaseStatus.IN_REVIEW
    assert not case.sign_offs.approving(scope.digest(case)).exists()
    assert not case.sign_offs.refusing(scope.digest(case)).exists()
    assert [one.title for one in worklist.tasks_on(case)] == [
        "Answer counsel's question"
    ]


def test_an_answer_without_a_change_brings_the_same_digest_back():
    case, counsel = asked()
    shown, analyst = scope.digest(case), make.analyst()
    before = Event.objects.count()
    revision = review.submit(
        case.pk, actor=analyst, answer=" The district court. ", at=make.AT
    )
    case = make.fresh(case)
    assert (revision.number, revision.digest) == (1, shown)
    assert (case.status, scope.digest(case)) == (CaseStatus.AWAITING_SIGN_OFF, shown)
    reply = Reply.objects.get()
    assert (reply.text, reply.by, reply.counsel) == (
        "The district court.",
        analyst,
        counsel,
    )
    assert [e.kind for e in Event.objects.order_by("pk")[before:]] == [
        "case.question.answered",
        "case.status.changed",
        "case.scope.submitted",
    ]
    assert not Event.objects.filter(data__contains="district").exists()
    made = decide(case, counsel)
    assert (made.scope_digest, made.place) == (shown, 1)
    assert make.fresh(case).status == CaseStatus.APPROVED


def test_an_answer_with_a_change_is_a_new_revision():
    case, _counsel = asked()
    analyst = make.analyst()
    choice = make.choices(case, ItemDecision.OBJECT, "Too much.")[0]
    review.decide(case.pk, actor=analyst, choices=[choice], at=make.AT)
    revision = review.submit(case.pk, actor=analyst, answer="Left out.", at=make.AT)
    assert revision.number == 2
    assert Reply.objects.get().text == "Left out."


def test_another_data_map_in_use_is_a_new_revision():
    case, _counsel = asked()
    Category.objects.update(map_digest="e" * 64)
    revision = review.submit(case.pk, actor=make.analyst(), answer="Same.", at=make.AT)
    assert (revision.number, revision.map_digest) == (2, "e" * 64)


@pytest.mark.parametrize("answer", ["", "  "])
def test_a_question_has_to_be_answered(answer):
    case, _counsel = asked()
    words = refused(
        ValidationError,
        case,
        lambda: review.submit(case.pk, actor=make.analyst(), answer=answer),
    )
    assert words == "Counsel asked a question: answer it."


def test_a_returned_scope_isn_t_brought_back_by_an_answer():
    case, counsel = asked()
    review.submit(case.pk, actor=make.analyst(), answer="Once.", at=make.AT)
    make.sign(make.fresh(case), counsel, D.RETURNED)
    revision = review.submit(case.pk, actor=make.analyst(), at=make.AT)
    assert revision.number == 2


def test_counsel_may_ask_again_and_again():
    case, counsel = asked()
    for number in range(2):
        review.submit(
            case.pk, actor=make.analyst(), answer=f"Answer {number}", at=make.AT
        )
        decide(case, counsel, decision=D.ASKED, legal_basis="", note="And?")
    assert [(one.decision, one.place) for one in SignOff.objects.all()] == [
        ("asked", None)
    ] * 3
    assert ScopeRevision.objects.count() == 1


# ------------------------------------------------------------------ several counsel


def two_needed(case):
    Organisation.objects.update(counsel_needed=2)
    return case


def test_where_two_are_needed_the_first_leaves_the_case_waiting():
    case = two_needed(make.awaiting())
    first, second = make.counsel(), make.working_on(case, Role.OUTSIDE_COUNSEL)
    before = Event.objects.count()
    made = make.sign(case, first)
    assert (made.place, made.needed) == (1, 2)
    assert [e.kind for e in Event.objects.order_by("pk")[before:]] == [
        "case.sign_off.approved"
    ]
    case = make.fresh(case)
    assert case.status == CaseStatus.AWAITING_SIGN_OFF
    assert not case.sign_offs.approving(scope.digest(case)).exists()
    standing = signoff.quorum(case)
    assert (standing.approvals, standing.needed, standing.missing) == ((made,), 2, 1)
    assert [one.verb for one in worklist.tasks_for(first)] == []
    assert [one.verb for one in worklist.tasks_for(second)] == ["sign_off"]
    last = make.sign(case, second)
    assert (last.place, last.needed) == (2, 2)
    assert make.fresh(case).status == CaseStatus.APPROVED
    assert case.sign_offs.approving(scope.digest(make.fresh(case))).get() == last


def test_the_same_counsel_doesn_t_count_twice():
    case, counsel = two_needed(make.awaiting()), make.counsel()
    made = make.sign(case, counsel)
    words = refused(ValidationError, case, lambda: make.sign(case, counsel))
    assert words == "You have decided on this scope already."
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(
            **{
                field.name: getattr(made, field.name)
                for field in SignOff._meta.fields
                if field.name not in {"id", "place"}
            },
            place=2,
        )


@pytest.mark.parametrize(
    ("decision", "status"),
    [(D.RETURNED, CaseStatus.IN_REVIEW), (D.REFUSED, CaseStatus.REFUSED)],
)
def test_one_counsel_against_it_decides(decision, status):
    case = two_needed(make.awaiting())
    make.sign(case)
    make.sign(case, decision=decision)
    assert make.fresh(case).status == status
    assert not case.sign_offs.approving(scope.digest(make.fresh(case))).exists()


def test_a_question_of_the_second_leaves_the_first_approval_standing():
    case = two_needed(make.awaiting())
    first, second = make.counsel(), make.counsel()
    make.sign(case, first)
    make.sign(case, second, D.ASKED)
    review.submit(case.pk, actor=make.analyst(), answer="Yes.", at=make.AT)
    make.sign(make.fresh(case), second)
    assert make.fresh(case).status == CaseStatus.APPROVED


def test_an_objection_of_the_second_asks_the_first_again():
    case = two_needed(make.awaiting())
    first, second = make.counsel(), make.counsel()
    make.sign(case, first)
    pair = scope.decisions(case)[0]
    one = ItemObjection(ObjectionGround.VAGUE, "Which?", pair.target_id, pair.item_id)
    made = make.sign(case, second, objections=[one])
    case = make.fresh(case)
    assert (case.status, made.place) == (CaseStatus.AWAITING_SIGN_OFF, 1)
    assert make.sign(case, first).place == 2
    assert make.fresh(case).status == CaseStatus.APPROVED


def test_a_change_of_policy_doesn_t_reach_into_a_decision_under_way():
    case = two_needed(make.awaiting())
    make.sign(case)
    Organisation.objects.update(counsel_needed=1)
    assert signoff.quorum(make.fresh(case)).needed == 2
    make.sign(case)
    assert make.fresh(case).status == CaseStatus.APPROVED
    Organisation.objects.update(counsel_needed=3, counsel_needed_sensitive=3)
    assert case.sign_offs.approving(scope.digest(make.fresh(case))).exists()


def warranted(decision=ItemDecision.PRODUCE):
    """A warrant for messages, submitted: content is produced or objected to."""
    case = make.opened(instrument=Instrument.SEARCH_WARRANT)
    make.stored_paper(case)
    make.target(case)
    make.items(case, ("names", "messages"))
    analyst = make.analyst()
    review.start(case.pk, actor=analyst, at=make.AT)
    review.decide(case.pk, actor=analyst, choices=make.choices(case), at=make.AT)
    if decision != ItemDecision.PRODUCE:
        last = make.choices(case, decision, "Too much.")[-1]
        review.decide(case.pk, actor=analyst, choices=[last], at=make.AT)
    review.submit(case.pk, actor=analyst, at=make.AT)
    return make.fresh(case)


def test_content_wants_two_counsel_and_only_where_it_goes_out():
    standing = signoff.quorum(warranted())
    assert (standing.needed, standing.reasons) == (
        2,
        ("Content of messages would be produced. (18 U.S.C. 2702(a), 2703(a))",),
    )
    assert signoff.quorum(warranted(ItemDecision.OBJECT)).needed == 1


def test_a_national_security_letter_wants_two_counsel():
    case = restricting.case()
    assert signoff.quorum(case).needed == 2
    Organisation.objects.update(counsel_needed_sensitive=3)
    assert signoff.quorum(case).needed == 3
    assert signoff.quorum(make.opened()).needed == 1


def test_no_more_may_be_asked_for_the_ordinary_than_for_the_sensitive():
    make.organisation()
    for wrong in (
        {"counsel_needed": 0},
        {"counsel_needed": 3, "counsel_needed_sensitive": 2},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.update(**wrong)
