"""What one row can't say, the database refuses, and a form says why.

Each constraint of each model is broken once by a bulk statement, which runs no code of
ours, and once through ``full_clean``. A constraint without a line here fails the last
test.
"""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cases.models import (
    CaseUserPerm,
    Event,
)
from cases.models.case import REQUIRED_BY_INSTRUMENT
from tests import factories as make
from tests.cases.models import test_later_constraints
from tests.cases.models.broken import CHECKS, TWICE

pytestmark = pytest.mark.django_db

# Broken in tests of their own: tables that only grow take no update, the instruments
# are I1.
ELSEWHERE = {
    "authenticity_outcome_known",
    "authenticity_method_known",
    "authenticity_has_evidence",
    "authenticity_call_back_names_its_source",
    "note_says_something",
    "privileged_says_something",
    "privileged_kind_known",
    "seal_trail_known",
    *("glass_has_a_reason", "glass_ends", "glass_reviewed_by_another"),
    *("exposure_once_per_person", "exposure_has_names", "exposure_ground_known"),
    *("exposure_outside_is_bound", "case_for_named_persons_is_restricted"),
    "case_key_is_whole",
    "glass_review_is_whole",
    "seal_once_per_event",
    "event_kind_known",
    "event_has_an_actor",
    "reply_by_another_than_counsel",  # test_counsel
    "site_event_kind_known",  # test_site_trail
    "site_event_has_an_actor",
    *test_later_constraints.CONSTRAINTS,
    *(f"case_{instrument}_complete" for instrument in REQUIRED_BY_INSTRUMENT),
}


def row_of(model: type[models.Model]) -> models.Model:
    """The first row of the model on a case that counsel has approved."""
    case = make.approved()
    make.stored_paper(case)
    if model is CaseUserPerm:
        make.let_in(case, make.analyst())
    found = model._default_manager.order_by("pk").first()
    assert found is not None
    return found


def refusal(row: models.Model) -> list[str]:
    """What a form that holds this row would say."""
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.messages


@pytest.mark.parametrize("broken", CHECKS, ids=str)
def test_a_check_refuses_a_bulk_update(broken):
    row = row_of(broken.model)
    before = broken.model._default_manager.filter(pk=row.pk).values().get()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        broken.model._default_manager.filter(pk=row.pk).update(**broken.changes)
    assert broken.constraint in str(caught.value)
    assert broken.model._default_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("broken", [b for b in CHECKS if b.sentences], ids=str)
def test_a_check_has_its_sentence(broken):
    row = row_of(broken.model)
    for name, value in broken.changes.items():
        resolved = row.prepared_by if isinstance(value, models.F) else value
        setattr(row, name, resolved)
    assert refusal(row) == broken.sentences


@pytest.mark.parametrize("broken", TWICE, ids=str)
def test_a_second_row_is_refused_by_the_database_and_with_its_sentence(broken):
    row = row_of(broken.model)
    before = broken.model._default_manager.count()
    row.pk = None
    row._state.adding = True
    for name, value in broken.also.items():
        setattr(row, name, value)
    assert refusal(row) == broken.sentences
    with pytest.raises(IntegrityError), transaction.atomic():
        broken.model._default_manager.bulk_create([row])
    assert broken.model._default_manager.count() == before


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("event_kind_known", {"kind": "case.forgotten"}),
        ("event_has_an_actor", {"actor_name": ""}),
    ],
)
def test_an_event_that_says_nothing_is_refused(constraint, changes):
    case = make.opened()
    before = list(Event.objects.values())
    wanted = {
        "case": case,
        "kind": "case.opened",
        "actor_name": "Somebody",
        "at": make.AT,
    }
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Event.objects.bulk_create([Event(**(wanted | changes))])
    assert constraint in str(caught.value)
    assert list(Event.objects.values()) == before


def test_every_constraint_has_its_line_here():
    declared = {
        constraint.name
        for model in apps.get_app_config("cases").get_models()
        for constraint in model._meta.constraints
    }
    assert {b.constraint for b in (*CHECKS, *TWICE)} | ELSEWHERE == declared
