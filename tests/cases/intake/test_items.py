"""Requested items, and what intake has still to do."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from cases import intake, review, scope, targeting
from cases.enums import ItemDecision, Role, Secrecy
from cases.models import ScopeItem
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

UNSTORABLE = "This holds a character that can't be stored. Type the text in again."


def test_items_keep_their_row_and_their_decisions_where_the_category_stays():
    case = make.decided()
    names = case.items.get(category_code="names")
    decided = ScopeItem.objects.get(item=names)
    intake.set_items(
        case.pk,
        actor=make.clerk(),
        wordings=[("messages", "All messages"), ("names", " Every name ")],
        at=make.AT,
    )
    assert [
        (item.number, item.category_code, item.wording) for item in case.items.all()
    ] == [(1, "messages", "All messages"), (2, "names", "Every name")]
    assert case.items.get(category_code="names") == names
    assert list(ScopeItem.objects.all()) == [decided]


def test_the_same_items_in_another_order_share_no_number_on_the_way():
    case = make.opened()
    make.items(case, ["names", "sessions", "messages"])
    make.items(case, ["messages", "names", "sessions"])
    assert [item.category_code for item in case.items.all()] == [
        "messages",
        "names",
        "sessions",
    ]


BAD_ITEMS = [
    ([("weather", "The weather")], ["Not in the data map: weather."]),
    ([("names", "A"), ("names", "B")], ["A category can be asked for once."]),
    ([("names", "  ")], {"wording": ["This field cannot be blank."]}),
    (
        [("names", "a\0b")],
        {"wording": [UNSTORABLE]},
    ),
]


@pytest.mark.parametrize(("wordings", "said"), BAD_ITEMS)
def test_bad_items_are_refused_whole(wordings, said):
    case = make.received()
    assert (
        refusal(
            lambda: intake.set_items(case.pk, actor=case.opened_by, wordings=wordings)
        )
        == said
    )


def test_the_standard_list_is_the_map_s_own():
    make.categories()
    assert intake.standard_list() == [
        ("names", "All names"),
        ("sessions", "All sessions"),
        ("messages", "All messages"),
    ]


def acts(case):
    """Every verb that edits what was taken in."""
    target = case.targets.get()
    facts = make.target_facts("bob")
    return [
        lambda who: intake.correct_facts(
            case.pk, actor=who, facts={"agency_reference": "X"}, at=make.AT
        ),
        lambda who: intake.record_secrecy(
            case.pk, actor=who, secrecy=Secrecy.ASKED, at=make.AT
        ),
        lambda who: targeting.add_target(case.pk, actor=who, facts=facts, at=make.AT),
        lambda who: targeting.correct_target(
            target.pk, actor=who, facts=facts, at=make.AT
        ),
        lambda who: targeting.remove_target(target.pk, actor=who, at=make.AT),
        lambda who: intake.set_items(
            case.pk, actor=who, wordings=[("names", "All")], at=make.AT
        ),
    ]


@pytest.mark.parametrize("number", range(6))
def test_only_intake_on_a_granted_case_edits(number):
    case = make.received()
    act = acts(case)[number]
    others = [
        make.person(role) for role in set(Role) - {Role.INTAKE_CLERK, Role.ANALYST}
    ]
    others += [make.person(Role.INTAKE_CLERK, at_the_desk=False)]
    others += [make.person(at_the_desk=False, is_superuser=True)]
    for other in others:
        refusal(lambda other=other: act(other), PermissionDenied)
    act(make.clerk())


def test_what_intake_has_still_to_do_is_said_until_it_is_done():
    case = make.opened()
    said = [
        "Upload the served paper.",
        "Record what the paper says about secrecy.",
        "Enter the targets.",
        "Tick the requested categories.",
    ]
    assert intake.missing(case) == said
    make.stored_paper(case)
    assert intake.missing(case) == said[1:]
    make.target(case)
    assert intake.missing(case) == [said[1], said[3]]
    make.items(case)
    assert intake.missing(case) == [said[1]]
    intake.record_secrecy(
        case.pk, actor=case.opened_by, secrecy=Secrecy.NONE, at=make.AT
    )
    assert intake.missing(make.fresh(case)) == []


def test_a_narrowing_made_for_other_days_is_noticed_when_the_days_are_corrected():
    case, analyst = make.in_review(), make.analyst()
    narrowed = [
        review.Choice(
            case.targets.get().pk,
            item.pk,
            ItemDecision.NARROW,
            first_day=date(2022, 6, 1),
            reason="Too broad.",
        )
        for item in case.items.all()
    ]
    review.decide(case.pk, actor=analyst, choices=narrowed, at=make.AT)
    targeting.correct_target(
        case.targets.get().pk,
        actor=analyst,
        facts=make.target_facts(last_day=date(2022, 12, 31)),
        at=make.AT,
    )
    beyond = "narrowing can't reach beyond the days the paper asks about."
    assert scope.problems(case) == [
        f"Item 1, target 1: {beyond}",
        f"Item 2, target 1: {beyond}",
    ]
