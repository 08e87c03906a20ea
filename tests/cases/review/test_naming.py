"""Whether the order names a target: for every item alike, and apart from our data."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cases import naming, review, scope
from cases.enums import EventKind, ItemDecision, Naming
from cases.models import Event, ScopeItem
from tests import factories as make

pytestmark = pytest.mark.django_db

D = ItemDecision


@pytest.fixture
def case():
    """Two targets and the items of ``make.in_review``, nothing decided."""
    found = make.in_review()
    make.target(found, "second")
    return make.fresh(found)


def choices(case, target, decision, items=None, reason="It isn't on the list."):
    wanted = items or case.items.all()
    return [review.Choice(target.pk, one.pk, decision, reason=reason) for one in wanted]


def decide(case, made):
    return review.decide(case.pk, actor=make.analyst(), choices=made, at=make.AT)


def decisions(case):
    rows = ScopeItem.objects.filter(target__case=case)
    return sorted((one.target.number, one.decision, one.reason) for one in rows)


@pytest.mark.feature("T2", part=True)
def test_it_holds_for_every_item_at_once_and_the_trail_says_so(case):
    first, second = case.targets.all()
    items = list(case.items.all())
    assert len(items) > 1
    assert naming.judgements(case) == {
        first.pk: Naming.NOT_JUDGED,
        second.pk: Naming.NOT_JUDGED,
    }
    rows = decide(case, choices(case, second, D.NOT_NAMED, items[:1]))

    why = "It isn't on the list."
    assert decisions(case) == [(2, D.NOT_NAMED, why)] * len(items)
    assert naming.judgements(case) == {
        first.pk: Naming.NOT_JUDGED,
        second.pk: Naming.NOT_NAMED,
    }
    told = Event.objects.latest("pk")
    assert (told.kind, json.loads(told.data)) == (
        EventKind.ITEM_DECIDED,
        {"items": {str(row.pk): D.NOT_NAMED.value for row in rows}},
    )


@pytest.mark.feature("T2", part=True)
def test_what_was_proposed_before_goes_with_it(case):
    _first, second = case.targets.all()
    items = list(case.items.all())
    decide(case, choices(case, second, D.NOT_COLLECTED))
    decide(case, choices(case, second, D.NOT_NAMED, items[-1:]))
    assert {one for _n, one, _r in decisions(case)} == {D.NOT_NAMED}
    # And back, for every item alike.
    decide(case, choices(case, second, D.NOT_COLLECTED))
    assert naming.judgements(case)[second.pk] == Naming.NAMED


@pytest.mark.feature("T2", part=True)
@pytest.mark.parametrize("at_once", [True, False])
def test_no_target_is_named_under_one_item_and_not_under_another(case, at_once):
    first, _second = case.targets.all()
    items = list(case.items.all())
    made = choices(case, first, D.NOT_NAMED, items[:1])
    other = choices(case, first, D.NOT_COLLECTED, items[1:2])
    if at_once:
        made += other
    else:
        decide(case, made)
        made = other
    before = decisions(case), Event.objects.count()
    with pytest.raises(ValidationError, match="Target 1: the order names it or"):
        decide(case, made)
    assert (decisions(case), Event.objects.count()) == before


def test_it_has_a_reason(case):
    first, _second = case.targets.all()
    with pytest.raises(ValidationError), transaction.atomic():
        decide(case, choices(case, first, D.NOT_NAMED, reason=" "))
    assert decisions(case) == []


@pytest.mark.feature("T2", part=True)
def test_counsel_signs_the_judgement_with_the_scope(case):
    first, second = case.targets.all()
    decide(case, choices(case, first, D.NOT_NAMED))
    before = scope.digest(case)
    assert naming.unnamed_in(scope.build(case)) == {first.pk}
    decide(case, choices(case, first, D.NOT_COLLECTED))
    assert scope.digest(case) != before
    assert naming.unnamed_in(scope.build(case)) == frozenset()
    decide(case, choices(case, second, D.NOT_NAMED))
    assert naming.unnamed_in(scope.build(case)) == {second.pk}
