"""Review: what is proposed, within paper and law; frozen, taken back, closed."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases import review, scope
from cases.enums import CaseStatus, Disposition, ItemDecision, Role
from cases.exceptions import CaseError, IllegalTransition, InsufficientProcess
from cases.models import Case, Category, Event, ScopeItem, ScopeRevision
from tests import factories as make

pytestmark = pytest.mark.django_db


def everything():
    return (
        list(Case.objects.order_by("pk").values()),
        list(ScopeItem.objects.order_by("pk").values()),
        list(ScopeRevision.objects.order_by("pk").values()),
        list(Event.objects.order_by("pk").values()),
    )


def refusal(act, error=ValidationError):
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    found = caught.value
    return found.messages if isinstance(found, ValidationError) else str(found)


def pair(case, category="names"):
    return case.targets.first().pk, case.items.get(category_code=category).pk


def choose(case, decision, category="names", **given):
    return review.Choice(*pair(case, category), decision, **given)


def decide(case, *choices, by=None):
    return review.decide(
        case.pk, actor=by or make.analyst(), choices=choices, at=make.AT
    )


# --------------------------------------------------------------------- decisions


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
        {"decision": ItemDecision.OBJECT, "reason": "  "},
        'Narrowing, objecting and "not held" each need a reason.',
    ),
    (
        {"decision": ItemDecision.NOT_HELD},
        'Narrowing, objecting and "not held" each need a reason.',
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
    bad = choose(case, ItemDecision.OBJECT, reason="a\0b")
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
    said = f"{case} is “{case.get_status_display()}”, not in review."
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


# --------------------------------------------------------------------- authority


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


# ------------------------------------------------------------------------ submit


def test_submitting_freezes_what_stands_and_nothing_that_comes_later():
    case, analyst = make.decided(), make.person(Role.ANALYST, first_name="Ana")
    revision = review.submit(case.pk, actor=analyst, at=make.AT)
    case = make.fresh(case)
    assert (case.status, case.scope_revision, case.scope_prepared_by) == (
        CaseStatus.AWAITING_SIGN_OFF,
        1,
        analyst,
    )
    assert case.map_digest == make.MAP
    assert (
        revision.case,
        revision.number,
        revision.digest,
        revision.map_digest,
        revision.prepared_by,
        revision.prepared_by_name,
        revision.submitted_at,
    ) == (case, 1, scope.digest(case), make.MAP, analyst, "Ana", make.AT)
    frozen = scope.frozen(revision)
    assert frozen == scope.build(case)
    case.targets.update(identifier="bob")
    revision.refresh_from_db()
    assert scope.frozen(revision) == frozen


def test_a_frozen_scope_that_was_changed_in_its_table_is_noticed():
    revision = make.awaiting().revisions.get()
    document = revision.document.replace("alice", "mallory")
    ScopeRevision.objects.filter(pk=revision.pk).update(document=document)
    revision.refresh_from_db()
    with pytest.raises(ValueError, match="was changed after it was frozen"):
        scope.frozen(revision)


def test_a_scope_holds_what_was_asked_of_whom_from_when_to_when():
    case = make.awaiting()
    target, item = case.targets.get(), case.items.get(number=1)
    built = json.loads(json.dumps(scope.build(case)))
    decisions = built.pop("decisions")
    items = built.pop("items")
    assert built == {
        "case": "LR-2023-00001",
        "revision": 1,
        "instrument": "grand_jury_subpoena",
        "jurisdiction": "US",
        "issuer_kind": "",
        "agency": case.agency_id,
        "agency_reference": "2023R00417-08",
        "issued_on": "2023-03-09",
        "served_on": "2023-03-13",
        "map": make.MAP,
        "targets": [
            {
                "id": target.pk,
                "number": 1,
                "kind": "username",
                "identifier": "alice",
                "role": "not_stated",
                "first_day": "2022-01-01",
                "last_day": "2023-02-28",
                "time_zone": "America/New_York",
            }
        ],
    }
    assert items[0] == {
        "id": item.pk,
        "number": 1,
        "category": "names",
        "wording": "All names",
    }
    assert decisions[0] == {
        "target": target.pk,
        "item": item.pk,
        "decision": "produce",
        "first_day": None,
        "last_day": None,
        "reason": "",
    }
    assert (len(items), len(decisions)) == (2, 2)


def test_an_undecided_pair_keeps_the_scope_from_counsel():
    case, analyst = make.in_review(), make.analyst()
    decide(case, choose(case, ItemDecision.PRODUCE))
    make.target(case, "bob")
    assert refusal(lambda: review.submit(case.pk, actor=analyst), CaseError) == (
        "Item 1, target 2: not decided yet. Item 2, target 1: not decided yet. "
        "Item 2, target 2: not decided yet."
    )


def test_an_emptied_scope_doesn_t_go_to_counsel():
    case, analyst = make.in_review(), make.analyst()
    pk = case.targets.get().pk
    from_intake = review.submit
    case.targets.filter(pk=pk).delete()
    assert (
        refusal(lambda: from_intake(case.pk, actor=analyst), IllegalTransition)
        == "Enter at least one target first."
    )
    make.target(case)
    case.items.all().delete()
    assert (
        refusal(lambda: from_intake(case.pk, actor=analyst), IllegalTransition)
        == "Tick at least one requested category first."
    )


def test_a_category_that_the_map_in_use_lost_is_named():
    case, analyst = make.decided(), make.analyst()
    Category.objects.filter(code="names").delete()
    assert refusal(lambda: review.submit(case.pk, actor=analyst), CaseError) == (
        "Item 1: the data map in use has no category “names”."
    )
    choice = choose(case, ItemDecision.PRODUCE)
    assert refusal(lambda: decide(case, choice, by=analyst), CaseError) == (
        "Item 1: the data map in use no longer has this category."
    )


def test_a_case_keeps_the_categories_of_the_map_it_was_frozen_with():
    case = make.awaiting()
    Category.objects.update(is_current=False)
    Category.objects.create(
        map_digest="e" * 64,
        is_current=True,
        code="new",
        number=1,
        title="New",
        usual_words="New",
        data_class="public",
        held="",
    )
    assert set(scope.categories(case)) == {"names", "sessions", "messages"}
    assert set(scope.categories(make.opened())) == {"new"}


# ------------------------------------------------------------------------ revise


def test_taking_a_scope_back_wants_a_reason():
    case, analyst = make.awaiting(), make.analyst()
    for reason in ("", "  "):
        assert refusal(
            lambda r=reason: review.revise(case.pk, actor=analyst, reason=r)
        ) == ["Say why the scope is taken back."]
    assert len(refusal(lambda: review.revise(case.pk, actor=analyst, reason="\0"))) == 1


def test_each_round_is_a_revision_of_its_own():
    analyst = make.analyst()
    case = make.awaiting(by=analyst)
    for _ in range(2):
        review.revise(case.pk, actor=analyst, reason="Again.", at=make.AT)
        review.submit(case.pk, actor=analyst, at=make.AT)
    assert [r.number for r in case.revisions.all()] == [1, 2, 3]
    assert len({r.digest for r in case.revisions.all()}) == 3


# ------------------------------------------------------------------------- close


def close(case, disposition, outcome=None, by=None, **given):
    rows = scope.decisions(case)
    return review.close(
        case.pk,
        actor=by or make.analyst(),
        disposition=disposition,
        outcomes=dict.fromkeys((row.pk for row in rows), outcome or disposition),
        at=make.AT,
        **given,
    )


def test_a_case_is_closed_with_its_outcome_and_that_of_each_item():
    case = make.released()
    closed = close(case, Disposition.PARTIAL, Disposition.FULL, note=" Done. ")
    stored = make.fresh(case)
    assert stored == closed
    assert (
        stored.status,
        stored.disposition,
        stored.closed_at,
        stored.closing_note,
    ) == (CaseStatus.CLOSED, Disposition.PARTIAL, make.AT, "Done.")
    assert [row.disposition for row in scope.decisions(case)] == ["full", "full"]


@pytest.mark.parametrize("status", [CaseStatus.IN_REVIEW, CaseStatus.REFUSED])
def test_what_was_never_handed_over_can_t_end_as_produced(status):
    case, analyst = make.in_status(status), make.analyst()
    said = ["Nothing was handed over: it can't end as produced."]
    assert refusal(lambda: close(case, "full", "objected", by=analyst)) == said
    assert refusal(lambda: close(case, "objected", "partial", by=analyst)) == said
    close(case, Disposition.OBJECTED)


def test_every_item_of_the_scope_gets_its_outcome_and_no_other():
    case, analyst = make.released(), make.analyst()
    rows = scope.decisions(case)
    for outcomes in (
        {},
        {rows[0].pk: "full"},
        {rows[0].pk: "full", rows[1].pk: "lost"},
        {rows[0].pk: "full", rows[1].pk: "full", 0: "full"},
    ):
        assert refusal(
            lambda o=outcomes: review.close(
                case.pk, actor=analyst, disposition="full", outcomes=o
            )
        ) == ["Each item of the scope needs its outcome."]
    assert refusal(lambda: close(case, "lost", "full", by=analyst)) == [
        "Say how the case ended."
    ]
    assert len(refusal(lambda: close(case, "full", by=analyst, note="\0"))) == 1


@pytest.mark.parametrize(
    "status",
    [CaseStatus.AWAITING_SIGN_OFF, CaseStatus.APPROVED, CaseStatus.IN_PRODUCTION],
)
def test_a_case_in_the_middle_isn_t_closed(status):
    case, analyst = make.in_status(status), make.analyst()
    said = refusal(
        lambda: close(case, Disposition.WITHDRAWN, by=analyst), IllegalTransition
    )
    assert said == f"{case} is “{case.get_status_display()}”: this step does not apply."


def test_a_closed_case_stays_closed():
    case, analyst = make.closed(), make.analyst()
    refusal(lambda: close(case, Disposition.WITHDRAWN, by=analyst), IllegalTransition)
    refusal(
        lambda: review.revise(case.pk, actor=analyst, reason="Again."),
        IllegalTransition,
    )


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.ANALYST, Role.COUNSEL, Role.RELEASE_OFFICER})
)
def test_no_other_role_closes(role):
    case, other = make.received(), make.person(role)
    refusal(lambda: close(case, Disposition.WITHDRAWN, by=other), PermissionDenied)
