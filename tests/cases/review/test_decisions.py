"""What is proposed, within the paper and the law."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from cases import review, scope
from cases.enums import CaseStatus, ItemDecision, Role
from cases.exceptions import CaseError, IllegalTransition, InsufficientProcess
from cases.models import Case
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


def pair(case, category="names"):
    return case.targets.first().pk, case.items.get(category_code=category).pk


def choose(case, decision, category="names", **given):
    return review.Choice(*pair(case, category), decision, **given)


def decide(case, *choices, by=None):
    return review.decide(
        case.pk, actor=by or make.analyst(), choices=choices, at=make.AT
    )


def test_a_decision_is_kept_with_who_and_when():
    case, analyst = make.in_review(), make.analyst()
    narrowed = choose(
        case,
        ItemDecision.NARROW,
        first_day=date(2022, 6, 1),
        reason=" Only the time of the events. ",
    )
    row = decide(case, narrowed, by=analyst)[0]
    row.refresh_from_db()
    assert (
        row.target_id,
        row.item_id,
        row.decision,
        row.reason,
        row.decided_by,
        row.decided_at,
        row.disposition,
    ) == (
        *pair(case),
        ItemDecision.NARROW,
        "Only the time of the events.",
        analyst,
        make.AT,
        "",
    )


@pytest.mark.parametrize(
    ("first", "last", "kept"),
    [
        (date(2022, 6, 1), None, (date(2022, 6, 1), date(2023, 2, 28))),
        (None, date(2022, 6, 1), (date(2022, 1, 1), date(2022, 6, 1))),
        (date(2022, 6, 1), date(2022, 6, 1), (date(2022, 6, 1), date(2022, 6, 1))),
        (date(2022, 1, 1), date(2022, 6, 1), (date(2022, 1, 1), date(2022, 6, 1))),
    ],
)
def test_an_end_that_a_narrowing_leaves_open_is_the_paper_s(first, last, kept):
    case = make.in_review()
    narrowed = choose(
        case, ItemDecision.NARROW, first_day=first, last_day=last, reason="Too broad."
    )
    row = decide(case, narrowed)[0]
    assert (row.first_day, row.last_day) == kept


NARROWINGS = [
    (None, None, "Narrowing needs a first or a last day."),
    (date(2021, 12, 31), None, "beyond"),
    (None, date(2023, 3, 1), "beyond"),
    (date(2021, 1, 1), date(2024, 1, 1), "beyond"),
    (date(2023, 6, 1), None, "The window ends before it begins."),
    (date(2022, 6, 2), date(2022, 6, 1), "The window ends before it begins."),
    (
        date(2022, 1, 1),
        date(2023, 2, 28),
        "these are the paper's own days; produce it.",
    ),
]


@pytest.mark.parametrize(("first", "last", "said"), NARROWINGS)
def test_a_narrowing_stays_within_the_days_of_the_paper(first, last, said):
    case, analyst = make.in_review(), make.analyst()
    narrowed = choose(
        case, ItemDecision.NARROW, first_day=first, last_day=last, reason="Too broad."
    )
    if said == "beyond":
        said = "narrowing can't reach beyond the days the paper asks about."
    assert refusal(lambda: decide(case, narrowed, by=analyst)) == [
        f"Item 1, target 1: {said}"
    ]


def test_a_day_beyond_all_calendars_is_refused_where_the_paper_has_no_end():
    case, analyst = make.in_review(), make.analyst()
    case.targets.update(last_day=None)
    narrowed = choose(
        case, ItemDecision.NARROW, last_day=date.max, reason="To the end of time."
    )
    assert refusal(lambda: decide(case, narrowed, by=analyst)) == [
        "Item 1, target 1: leave an end without a day open."
    ]


BAD_CHOICES = [
    ({"decision": "maybe"}, "Value 'maybe' is not a valid choice."),
    (
        {"decision": ItemDecision.OBJECT, "reason": "  ", "ground": "vague"},
        "All but producing the whole needs a reason.",
    ),
    (
        {"decision": ItemDecision.OBJECT, "reason": "Why."},
        "An objection, and only it, has a ground.",
    ),
    (
        {"decision": ItemDecision.PRODUCE, "ground": "vague"},
        "An objection, and only it, has a ground.",
    ),
    (
        {"decision": ItemDecision.NOT_COLLECTED},
        "All but producing the whole needs a reason.",
    ),
    (
        {"decision": ItemDecision.PRODUCE, "first_day": date(2022, 6, 1)},
        "Only a narrowed item carries days.",
    ),
]


@pytest.mark.parametrize(("given", "said"), BAD_CHOICES)
def test_a_bad_choice_is_refused_with_its_place_and_takes_the_others_with_it(
    given, said
):
    case, analyst = make.in_review(), make.analyst()
    good = choose(case, ItemDecision.PRODUCE)
    bad = review.Choice(*pair(case, "sessions"), **given)
    assert refusal(lambda: decide(case, good, bad, by=analyst)) == [
        f"Item 2, target 1: {said}"
    ]


def test_a_reason_that_can_t_be_stored_is_refused():
    case, analyst = make.in_review(), make.analyst()
    bad = choose(case, ItemDecision.OBJECT, reason="a\0b", ground="vague")
    assert len(refusal(lambda: decide(case, bad, by=analyst))) == 1


def test_rows_of_another_case_can_t_be_decided_on_this_one():
    case, other, analyst = make.in_review(), make.in_review(), make.analyst()
    (target, item), (foreign_target, foreign_item) = pair(case), pair(other)
    for wrong in ((target, foreign_item), (foreign_target, item)):
        choice = review.Choice(*wrong, ItemDecision.PRODUCE)
        assert refusal(lambda c=choice: decide(case, c, by=analyst)) == [
            "The target or the item belongs to another case."
        ]


def test_no_choice_at_all_is_no_act():
    case, analyst = make.in_review(), make.analyst()
    assert refusal(lambda: decide(case, by=analyst)) == ["Decide at least one item."]


@pytest.mark.parametrize("status", sorted(set(CaseStatus) - {"in_review"}))
def test_a_case_is_decided_and_submitted_only_in_review(status):
    case, analyst = make.in_status(status), make.analyst()
    said = (
        f"{case} is “{case.get_status_display()}”, not in review. Where a scope was "
        "submitted, an analyst takes it back first."
    )
    choices = make.choices(case)
    assert (
        refusal(lambda: decide(case, *choices, by=analyst), IllegalTransition) == said
    )
    assert (
        refusal(lambda: review.submit(case.pk, actor=analyst), IllegalTransition)
        == said
    )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ANALYST}))
def test_only_an_analyst_prepares(role):
    case, other = make.decided(), make.person(role)
    choice = choose(case, ItemDecision.PRODUCE)
    refusal(lambda: decide(case, choice, by=other), PermissionDenied)
    refusal(lambda: review.submit(case.pk, actor=other), PermissionDenied)
    refusal(lambda: review.start(case.pk, actor=other), PermissionDenied)
    refusal(
        lambda: review.revise(case.pk, actor=other, reason="Again."), PermissionDenied
    )


def test_what_the_instrument_doesn_t_reach_isn_t_produced():
    case, analyst = make.in_review(), make.analyst()
    make.items(case, ["names", "messages"])
    said = (
        "Item 2: a grand jury subpoena doesn't reach this data "
        "(18 U.S.C. 2703(a), (b)). Object instead."
    )
    for choice in (
        choose(case, ItemDecision.PRODUCE, "messages", reason="They asked."),
        choose(
            case,
            ItemDecision.NARROW,
            "messages",
            first_day=date(2022, 6, 1),
            reason="Only these.",
        ),
    ):
        refused = refusal(
            lambda c=choice: decide(case, c, by=analyst), InsufficientProcess
        )
        assert refused == said
    decide(case, choose(case, ItemDecision.OBJECT, "messages", reason="Beyond it."))


def test_a_voluntary_answer_says_why():
    case = make.in_review(
        instrument="emergency_request",
        emergency_grounds="A threat to life.",
        issuing_court="",
        due_on=None,
    )
    analyst = make.analyst()
    bare = choose(case, ItemDecision.PRODUCE)
    assert refusal(lambda: decide(case, bare, by=analyst), InsufficientProcess) == (
        "Item 1: producing this is voluntary (18 U.S.C. 2702(c)(4)); give the reason."
    )
    decide(case, choose(case, ItemDecision.PRODUCE, reason="A good-faith finding."))


def test_authority_is_asked_again_when_the_scope_is_submitted():
    case, analyst = make.decided(), make.analyst()
    Case.objects.filter(pk=case.pk).update(
        instrument="preservation_request", statute_cited="18 U.S.C. 2703(f)"
    )
    said = refusal(lambda: review.submit(case.pk, actor=analyst), CaseError)
    refused = (
        "a preservation request doesn't reach this data (18 U.S.C. 2703(f)). "
        "Object instead."
    )
    assert said == f"Item 1: {refused} Item 2: {refused}"


def test_the_law_is_that_of_the_day_the_paper_was_issued():
    case = make.opened()
    Case.objects.filter(pk=case.pk).update(
        instrument="european_production_order",
        jurisdiction="EU",
        issuer_kind="judge",
        issued_on=date(2026, 8, 17),
        served_on=date(2026, 8, 18),
        due_on=date(2026, 8, 28),
    )
    assert not scope.authority_for(make.fresh(case), "subscriber").compels
    Case.objects.filter(pk=case.pk).update(issued_on=date(2026, 8, 18))
    assert scope.authority_for(make.fresh(case), "subscriber").compels
