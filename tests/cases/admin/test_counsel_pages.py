"""Counsel's page, and what the desk sees of a decision: in words."""

from datetime import date

import pytest
from django.urls import reverse

from cases import review, scope
from cases.enums import CaseStatus, ItemDecision, Role, SignOffDecision
from cases.models import Case, Organisation, Reply, ScopeRevision, SignOff
from tests import factories as make
from tests.cases.admin.test_review_pages import decision, verb

pytestmark = pytest.mark.django_db
D = SignOffDecision


def page_of(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def named(case: Case, place: int) -> str:
    """The prefix of one pair's objection on counsel's page."""
    row = scope.decisions(case)[place]
    return f"o{row.item.number}-{row.target.number}"


def lines(answer, name: str) -> list[str]:
    return list(answer.context[name])


@pytest.mark.feature("R3", part=True)
def test_counsel_objects_to_one_line_and_signs_the_rest(at_desk):
    case, counsel = make.awaiting(), at_desk(Role.COUNSEL)
    shown = scope.digest(case)
    pair = named(case, 0)
    typed = {f"{pair}-ground": "overbroad", f"{pair}-reason": "Not the names."}
    answer = counsel.post(verb(case, "sign_off"), decision(case, **typed))
    assert answer.url == page_of(case)
    signed, case = SignOff.objects.get(), make.fresh(case)
    assert signed.scope_digest == scope.digest(case) != shown
    assert [(row.decision, row.ground) for row in scope.decisions(case)] == [
        ("object", "overbroad"),
        ("produce", ""),
    ]
    text = counsel.get(page_of(case)).content.decode()
    assert "as decided, with objections of" in text
    assert "Not the names." in text


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ({"ground": "overbroad"}, "reason"),
        ({"reason": "Why?"}, "ground"),
        ({"ground": "nonsense", "reason": "Why?"}, "ground"),
    ],
)
def test_half_an_objection_is_marked_and_signs_nothing(at_desk, typed, marked):
    case, counsel = make.awaiting(), at_desk(Role.COUNSEL)
    pair = named(case, 0)
    typed = {f"{pair}-{key}": value for key, value in typed.items()}
    answer = counsel.post(verb(case, "sign_off"), decision(case, **typed))
    row = scope.decisions(case)[0]
    form = answer.context["form"].pairs[row.item_id, row.target_id]
    assert list(form.errors)[:1] == [marked]
    assert "An objection above isn" in answer.content.decode()
    assert (SignOff.objects.count(), ScopeRevision.objects.count()) == (0, 1)


def test_a_refusal_chooses_its_ground(at_desk):
    case, counsel = make.awaiting(), at_desk(Role.COUNSEL)
    data = decision(case, decision="refused", legal_basis="")
    answer = counsel.post(verb(case, "sign_off"), data)
    assert answer.context["form"].whole.errors == {
        "ground": ["Choose the ground of the refusal."]
    }
    assert not SignOff.objects.exists()
    data |= {"whole-ground": "defective", "whole-reason": "Nobody signed it."}
    counsel.post(verb(case, "sign_off"), data)
    assert make.fresh(case).status == CaseStatus.REFUSED
    assert {row.reason for row in scope.decisions(case)} == {"Nobody signed it."}


def test_the_conditions_stand_on_the_page_until_somebody_has_read_them(at_desk):
    case, analyst = make.awaiting(), at_desk(Role.ANALYST)
    make.sign(case, decision=D.CONDITIONAL)
    before = analyst.get(page_of(case)).content.decode()
    assert "approved with conditions" in before
    assert "no packet can be ordered before" in before
    assert analyst.get(verb(case, "read_conditions")).context["refusal"] == ""
    assert analyst.post(verb(case, "read_conditions")).url == page_of(case)
    assert Reply.objects.get().by == analyst.user
    after = analyst.get(page_of(case)).content.decode()
    assert "no packet can be ordered before" not in after
    assert "Acknowledged by" in after
    again = analyst.post(verb(case, "read_conditions"))
    assert again.context["refusal"] == (
        "No conditions of counsel wait to be acknowledged."
    )
    assert Reply.objects.count() == 1


def test_a_question_is_asked_answered_and_read_by_counsel(at_desk):
    case, counsel, analyst = (
        make.awaiting(),
        at_desk(Role.COUNSEL),
        at_desk(Role.ANALYST),
    )
    asked = decision(case, decision="asked", note="Which court is this?")
    counsel.post(verb(case, "sign_off"), asked | {"legal_basis": ""})
    for name in ("review", "submit_scope"):
        assert "Which court is this?" in analyst.get(verb(case, name)).content.decode()
    silent = analyst.post(verb(case, "submit_scope"), {"answer": " "})
    assert silent.context["form"].errors == {"answer": ["This field is required."]}
    analyst.post(verb(case, "submit_scope"), {"answer": "The one of the heading."})
    shown = counsel.get(verb(case, "sign_off"))
    assert shown.context["refusal"] == ""
    assert "The one of the heading." in shown.content.decode()
    assert (ScopeRevision.objects.count(), SignOff.objects.count()) == (1, 1)


def test_where_two_are_needed_the_page_says_who_has_and_who_is_missing(at_desk):
    case = make.awaiting()
    Organisation.objects.update(counsel_needed=2)
    first, second = at_desk(Role.COUNSEL, first_name="Cora"), at_desk(Role.COUNSEL)
    first.post(verb(case, "sign_off"), decision(case))
    page = second.get(verb(case, "sign_off"))
    text = page.content.decode()
    assert "2 counsel must approve" in text
    assert "1 of 2 so far" in text
    assert "Cora" in text
    assert page.context["refusal"] == ""
    mine = first.get(verb(case, "sign_off"))
    assert mine.context["refusal"] == (
        "You have approved this scope; it waits for another counsel."
    )
    steps = first.get(page_of(case)).context["steps"]
    assert [(step.is_mine, step.waits_for) for step in steps] == [
        (False, [second.user.username])
    ]


@pytest.mark.feature("R5", part=True)
def test_counsel_reads_what_was_narrowed_in_words(at_desk):
    case = make.in_review()
    names, sessions = make.choices(case)
    make_choice = review.Choice
    choices = [
        make_choice(
            names.target_id,
            names.item_id,
            ItemDecision.NARROW,
            date(2022, 3, 1),
            date(2022, 6, 30),
            "The paper's own window.",
        ),
        make_choice(
            sessions.target_id,
            sessions.item_id,
            ItemDecision.OBJECT,
            reason="All sessions?",
            ground="overbroad",
        ),
    ]
    review.decide(case.pk, actor=make.analyst(), choices=choices, at=make.AT)
    review.submit(case.pk, actor=make.analyst(), at=make.AT)
    counsel = at_desk(Role.COUNSEL)
    page = counsel.get(verb(case, "sign_off"))
    assert lines(page, "narrowed") == [
        "Item 1, target 1: dates narrowed to 1 March to 30 June 2022 (was: 1 January "
        "2022 to 28 February 2023). Reason: The paper's own window.",
        "Item 2, target 1: objected to. Ground: overbroad. Reason: All sessions?",
    ]
    assert page.context["since"] is None
    make.sign(make.fresh(case), decision=D.RETURNED)
    again = make.choices(case)[1]
    review.decide(case.pk, actor=make.analyst(), choices=[again], at=make.AT)
    review.submit(case.pk, actor=make.analyst(), at=make.AT)
    since = counsel.get(verb(case, "sign_off")).context["since"]
    assert (since[0].decision, since[1]) == (
        "returned",
        ("Item 2, target 1: now to be produced as asked (was: objected to).",),
    )
