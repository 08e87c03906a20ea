"""The review's grid and counsel's page: what is shown is what is decided."""

import pytest
from django.urls import reverse

from cases import intake, scope
from cases.enums import CaseStatus, ItemDecision, Role, SignOffDecision
from cases.models import Case, Event, ScopeItem, SignOff
from tests import factories as make

pytestmark = pytest.mark.django_db


def verb(case: Case, name: str) -> str:
    return reverse("admin:cases_case_verb", args=[case.pk, name])


def pair(case: Case, code: str, **given: str) -> dict[str, str]:
    """The fields of one row of the grid."""
    item = case.items.get(category_code=code)
    prefix = f"p{item.number}-{case.targets.get().number}"
    return {f"{prefix}-{name}": value for name, value in given.items()}


def with_messages() -> Case:
    """A case in review that also asks for content, which a subpoena can't reach."""
    case = make.in_review()
    make.categories()
    wordings = [(code, f"All {code}") for code in ("names", "sessions", "messages")]
    intake.set_items(case.pk, actor=make.analyst(), wordings=wordings, at=make.AT)
    return make.fresh(case)


def test_saving_writes_the_rows_that_changed(at_desk):
    case = make.in_review()
    analyst = at_desk(Role.ANALYST)
    data = pair(case, "names", decision="produce") | pair(
        case,
        "sessions",
        decision="narrow",
        first_day="2022-06-01",
        reason="The affidavit names these months only.",
    )
    answer = analyst.post(verb(case, "review"), data)
    assert answer.url == verb(case, "review")
    decided = scope.decisions(case)
    assert [(one.decision, str(one.first_day)) for one in decided] == [
        ("produce", "None"),
        ("narrow", "2022-06-01"),
    ]
    before = Event.objects.exclude(kind="case.viewed").count()
    other = at_desk(Role.ANALYST)
    objected = pair(case, "names", decision="object", reason="X", ground="vague")
    other.post(verb(case, "review"), objected)
    named = {row.item.category_code: row.decided_by for row in scope.decisions(case)}
    assert named == {"names": other.user, "sessions": analyst.user}
    assert Event.objects.exclude(kind="case.viewed").count() == before + 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"decision": "object", "ground": "vague"}, "reason"),
        ({"decision": "object", "reason": "X"}, "ground"),
        ({"decision": "not_retained"}, "reason"),
        ({"decision": "narrow", "reason": "X"}, "first_day"),
        ({"decision": "everything"}, "decision"),
    ],
)
def test_a_row_that_lacks_something_says_so_and_nothing_is_written(
    at_desk, given, field
):
    case = make.in_review()
    data = pair(case, "names", decision="produce") | pair(case, "sessions", **given)
    answer = at_desk(Role.ANALYST).post(verb(case, "review"), data)
    wrong = [one.errors for one in answer.context["form"].pairs() if one.errors]
    assert [list(one) for one in wrong] == [[field]]
    assert "1 row needs another look" in answer.content.decode()
    assert not ScopeItem.objects.exists()


def test_a_narrowing_beyond_the_paper_is_refused_with_what_was_typed(at_desk):
    case = make.in_review()
    data = pair(
        case, "names", decision="narrow", first_day="2010-01-01", reason="Too early"
    )
    answer = at_desk(Role.ANALYST).post(verb(case, "review"), data)
    assert answer.status_code == 200
    assert "can&#x27;t reach beyond" in answer.content.decode()
    assert "Too early" in answer.content.decode()
    assert not ScopeItem.objects.exists()


@pytest.mark.feature("D2", part=True)
def test_what_the_instrument_doesnt_reach_isnt_offered(at_desk):
    case = with_messages()
    analyst = at_desk(Role.ANALYST)
    page = analyst.get(verb(case, "review"))
    offered = {
        one.block.item.category_code: [
            value for value, _ in one.fields["decision"].choices
        ]
        for one in page.context["form"].pairs()
    }
    everything = list(ItemDecision.values)
    assert offered == {
        "names": everything,
        "sessions": everything,
        "messages": [
            *("object", "not_collected", "not_retained", "third_party", "not_named")
        ],
    }
    answer = analyst.post(
        verb(case, "review"), pair(case, "messages", decision="produce")
    )
    assert answer.status_code == 200
    assert not ScopeItem.objects.exists()


def test_the_quick_button_fills_what_is_reached_and_undecided(at_desk):
    case = with_messages()
    analyst = at_desk(Role.ANALYST)
    typed = pair(
        case, "names", decision="object", reason="Not this one.", ground="vague"
    )
    analyst.post(verb(case, "review"), typed | {"fill": "1"})
    decided = {row.item.category_code: row.decision for row in scope.decisions(case)}
    assert decided == {"names": "object", "sessions": "produce"}
    again = analyst.post(verb(case, "review"), {"fill": "1"} | typed)
    assert again.status_code in {200, 302}
    assert len(scope.decisions(case)) == 2


def test_the_submit_page_says_what_is_undecided(at_desk):
    case = make.in_review()
    analyst = at_desk(Role.ANALYST)
    page = analyst.get(verb(case, "submit_scope"))
    assert page.context["problems"] == [
        "Item 1, target 1: not decided yet.",
        "Item 2, target 1: not decided yet.",
    ]
    answer = analyst.post(verb(case, "submit_scope"))
    assert answer.status_code == 200
    assert make.fresh(case).status == CaseStatus.IN_REVIEW


def test_a_decided_scope_goes_to_counsel(at_desk):
    case = make.decided()
    answer = at_desk(Role.ANALYST).post(verb(case, "submit_scope"))
    assert answer.url == reverse("admin:cases_case_change", args=[case.pk])
    assert make.fresh(case).status == CaseStatus.AWAITING_SIGN_OFF


def test_taking_the_scope_back_needs_a_reason_and_voids(at_desk):
    case = make.approved()
    analyst = at_desk(Role.ANALYST)
    page = analyst.get(verb(case, "revise"))
    assert page.context["voided"] == SignOff.objects.get()
    assert analyst.post(verb(case, "revise"), {"reason": " "}).status_code == 200
    assert make.fresh(case).status == CaseStatus.APPROVED
    analyst.post(verb(case, "revise"), {"reason": "A target was misspelled."})
    case = make.fresh(case)
    assert case.status == CaseStatus.IN_REVIEW
    assert not case.sign_offs.approving(scope.digest(case)).exists()


def decision(case: Case, **changed: str) -> dict[str, str]:
    return {
        "scope_digest": scope.digest(case),
        "decision": "approved",
        "legal_basis": make.BASIS,
        "note": "",
    } | changed


def test_counsel_sees_windows_law_and_digest(at_desk):
    case = make.awaiting()
    page = at_desk(Role.COUNSEL).get(verb(case, "sign_off"))
    shown = page.content.decode()
    assert page.context["form"].initial["legal_basis"] == (
        "18 U.S.C. 2703(c)(2)(A), (B), (D), (F); 18 U.S.C. 2703(c)(2)(C), (E)"
    )
    for words in (
        scope.digest(case),
        "1 Jan 2022 to 28 Feb 2023",
        "America/New_York",
        "from 1 January 2022, 05:00:00 UTC (included)",
        "to 1 March 2023, 05:00:00 UTC (not included)",
        "18 U.S.C. 2703(c)(2)(C), (E)",
        "alice",
    ):
        assert words in shown


def test_counsel_approves_what_was_shown(at_desk):
    case = make.awaiting()
    counsel = at_desk(Role.COUNSEL)
    answer = counsel.post(verb(case, "sign_off"), decision(case))
    assert answer.url == reverse("admin:cases_case_change", args=[case.pk])
    signed = SignOff.objects.get()
    assert (signed.counsel, signed.decision, signed.scope_digest) == (
        counsel.user,
        SignOffDecision.APPROVED,
        scope.digest(make.fresh(case)),
    )


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("conditional", "State the conditions."),
        ("asked", "Write your question."),
        ("returned", "Say what has to change."),
    ],
)
def test_counsel_says_why_not(at_desk, chosen, words):
    case = make.awaiting()
    counsel = at_desk(Role.COUNSEL)
    answer = counsel.post(verb(case, "sign_off"), decision(case, decision=chosen))
    assert answer.context["form"].errors == {"note": [words]}
    assert not SignOff.objects.exists()
    counsel.post(
        verb(case, "sign_off"), decision(case, decision=chosen, note="Ask for dates.")
    )
    assert SignOff.objects.get().note == "Ask for dates."


@pytest.mark.feature("R3", part=True)
def test_a_scope_changed_behind_the_page_is_shown_anew(at_desk):
    case = make.awaiting()
    case.targets.update(identifier="bob")
    answer = at_desk(Role.COUNSEL).post(
        verb(case, "sign_off"), decision(case, scope_digest="0" * 64)
    )
    shown = answer.content.decode()
    assert "changed after it was shown" in shown
    assert f'name="scope_digest" value="{scope.digest(case)}"' in shown
    assert not SignOff.objects.exists()


@pytest.mark.feature("R2", part=True)
def test_who_prepared_sees_why_they_cant_sign(at_desk):
    both = at_desk(Role.ANALYST, Role.COUNSEL)
    case = make.awaiting(by=both.user)
    page = both.get(verb(case, "sign_off"))
    assert page.context["refusal"] == (
        "You prepared the scope of this case: another person does this."
    )
    assert b'name="decision"' not in page.content
    answer = both.post(verb(case, "sign_off"), decision(case))
    assert answer.status_code == 200
    assert not SignOff.objects.exists()
    steps = both.get(reverse("admin:cases_case_change", args=[case.pk])).context[
        "steps"
    ]
    assert [(step.is_mine, bool(step.because)) for step in steps] == [(False, True)]
