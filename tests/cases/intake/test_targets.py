"""Targets: many to a request, each as the paper spells it and within its days."""

from datetime import date

import pytest
from django.db import connection

from cases import intake, scope, targeting
from cases.exceptions import IllegalTransition
from cases.models import Event, ScopeItem, Target
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

ODD_NAMES = [
    "<script>alert(1)</script>",
    '"; DROP TABLE cases_target; --',
    "\u202egnp.exe",  # right to left
    "עברית",
    "🦊🔥",
    "a\u200bb",
    "naïve",
    "  spaced  ",
    "x" * 320,
]
UNSTORABLE = "This holds a character that can't be stored. Type the text in again."


@pytest.mark.feature("T1", part=True)
def test_a_request_has_many_targets_each_with_its_kind_role_days_and_zone():
    case = make.opened()
    wanted = [
        make.target_facts("alice"),
        make.target_facts(
            "bob@example.net", kind="email", role="victim", last_day=None
        ),
        make.target_facts("0b5e", kind="account_id", time_zone="Asia/Tokyo"),
    ]
    for facts in wanted:
        targeting.add_target(case.pk, actor=case.opened_by, facts=facts, at=make.AT)
    assert [
        (
            t.number,
            targeting.TargetFacts(
                t.kind, t.identifier, t.time_zone, t.role, t.first_day, t.last_day
            ),
        )
        for t in case.targets.all()
    ] == list(enumerate(wanted, start=1))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_is_kept_as_the_paper_spells_it(name):
    case = make.opened()
    made = make.target(case, name)
    assert Target.objects.get(pk=made.pk).identifier == name
    assert len(scope.digest(case)) == 64


BAD_TARGETS = [
    (
        {"kind": "licence_plate"},
        {"kind": ["Value 'licence_plate' is not a valid choice."]},
    ),
    ({"kind": ""}, {"kind": ["This field cannot be blank."]}),
    ({"role": "friend"}, {"role": ["Value 'friend' is not a valid choice."]}),
    ({"identifier": ""}, {"identifier": ["Enter it as the paper has it."]}),
    ({"identifier": " \t"}, {"identifier": ["Enter it as the paper has it."]}),
    (
        {"identifier": "x" * 321},
        {"identifier": ["Ensure this value has at most 320 characters (it has 321)."]},
    ),
    (
        {"first_day": date(2023, 3, 1)},
        {"__all__": ["The window ends before it begins."]},
    ),
    ({"last_day": date.max}, ["Leave an end of the window without a day open."]),
    (
        {"first_day": date.min, "time_zone": "Asia/Tokyo"},
        ["Leave an end of the window without a day open."],
    ),
    *(
        (
            {"time_zone": zone},
            {"time_zone": ["Unknown time zone. Use a name such as America/New_York."]},
        )
        for zone in ("", "Mars/Olympus", "EST5", "../../etc/passwd", "America", "a\0b")
    ),
    *(
        (
            {"identifier": name},
            {"identifier": [UNSTORABLE]},
        )
        for name in ("alice\0", "\0", "al\ud83dice")
    ),
]


@pytest.mark.parametrize(("changed", "said"), BAD_TARGETS)
def test_a_bad_target_is_refused_where_the_person_looks(changed, said):
    case = make.received()
    facts = make.target_facts(**({"identifier": "bob"} | changed))
    target, clerk = case.targets.get(), case.opened_by
    assert (
        refusal(lambda: targeting.add_target(case.pk, actor=clerk, facts=facts)) == said
    )
    assert (
        refusal(
            lambda: targeting.correct_target(
                target.pk, actor=case.opened_by, facts=facts
            )
        )
        == said
    )


def test_the_same_target_comes_once():
    case = make.received()
    said = refusal(
        lambda: targeting.add_target(
            case.pk, actor=case.opened_by, facts=make.target_facts("alice")
        )
    )
    assert said == {"__all__": ["This target is on the case already."]}
    make.target(case, "alice", kind="account_id")
    make.target(case, "Alice")
    assert case.targets.count() == 3


def test_a_corrected_target_is_what_was_typed():
    case = make.received()
    target = case.targets.get()
    facts = make.target_facts("bob", role="subject", first_day=None)
    targeting.correct_target(target.pk, actor=case.opened_by, facts=facts, at=make.AT)
    stored = case.targets.get()
    assert (stored.pk, stored.number, stored.identifier, stored.role) == (
        target.pk,
        1,
        "bob",
        "subject",
    )


def test_a_removed_target_goes_with_what_was_decided_about_it():
    case = make.decided()
    clerk = make.clerk()
    bob = targeting.add_target(
        case.pk, actor=clerk, facts=make.target_facts("bob"), at=make.AT
    )
    alice = case.targets.get(number=1)
    targeting.remove_target(alice.pk, actor=clerk, at=make.AT)
    assert list(case.targets.all()) == [bob]
    assert not ScopeItem.objects.filter(target_id=alice.pk).exists()
    third = targeting.add_target(
        case.pk, actor=clerk, facts=make.target_facts("carol"), at=make.AT
    )
    assert third.number == 3  # a number isn't given twice while a later one stands


def test_what_counsel_has_seen_stays_on_the_case():
    case = make.awaiting()
    make.sign(case, decision="returned")
    clerk, target = make.clerk(), case.targets.get()
    said = refusal(
        lambda: targeting.remove_target(target.pk, actor=clerk), IllegalTransition
    )
    assert said == (
        "Counsel has seen this target already: object to its items instead."
    )
    said = refusal(
        lambda: intake.set_items(case.pk, actor=clerk, wordings=[("names", "All")]),
        IllegalTransition,
    )
    assert said == "Counsel has seen these items already: object to them instead."


def test_a_target_that_went_while_the_case_was_waited_for_isn_t_brought_back():
    case = make.received()
    target = case.targets.get()

    def remove_meanwhile(execute, sql, params, many, context):
        if 'FROM "cases_case"' in sql and case.targets.exists():
            case.targets.all().delete()
        return execute(sql, params, many, context)

    with (
        connection.execute_wrapper(remove_meanwhile),
        pytest.raises(IllegalTransition) as caught,
    ):
        targeting.correct_target(
            target.pk, actor=case.opened_by, facts=make.target_facts("bob"), at=make.AT
        )
    assert str(caught.value) == "Somebody else has taken this target off the case."
    assert not Event.objects.filter(kind="case.target.corrected").exists()
