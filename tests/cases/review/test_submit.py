"""The scope: frozen as it stands, taken back, and frozen anew."""

import json
from datetime import date

import pytest

from cases import review, scope, targeting
from cases.enums import CaseStatus, ItemDecision, Role
from cases.exceptions import CaseError, IllegalTransition
from cases.models import Category, ScopeRevision
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
        == "An intake clerk or analyst enters at least one target first."
    )
    make.target(case)
    case.items.all().delete()
    assert (
        refusal(lambda: from_intake(case.pk, actor=analyst), IllegalTransition)
        == "An intake clerk or analyst ticks at least one requested category first."
    )


def test_a_category_that_the_map_in_use_lost_is_named():
    case, analyst = make.decided(), make.analyst()
    Category.objects.filter(code="names").delete()
    assert refusal(lambda: review.submit(case.pk, actor=analyst), CaseError) == (
        "Item 1: the data map in use has no category “names”."
    )
    choice = choose(case, ItemDecision.PRODUCE)
    assert refusal(lambda: decide(case, choice, by=analyst), CaseError) == (
        "Item 1: the data map in use no longer has this category. Object to it, or ask "
        "an administrator which map is meant to be in use."
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


def test_a_narrowing_that_a_corrected_target_no_longer_holds_stops_the_scope():
    case, analyst = make.decided(), make.analyst()
    early = choose(
        case, ItemDecision.NARROW, first_day=date(2022, 2, 1), reason="Too wide."
    )
    decide(case, early, by=analyst)
    targeting.correct_target(
        case.targets.get().pk,
        actor=case.opened_by,
        facts=make.target_facts(first_day=date(2022, 6, 1)),
        at=make.AT,
    )

    words = refusal(
        lambda: review.submit(case.pk, actor=analyst, at=make.AT), CaseError
    )
    assert words == (
        "Item 1, target 1: narrowing can't reach beyond the days the paper asks about."
    )
