"""The constraints of the directory, of rulings and of objections, each broken once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, models, transaction

from cases.models import (
    AgencyContact,
    ContactCheck,
    Objection,
    Organisation,
    StandingChange,
)
from tests import directory, rulings
from tests import factories as make

pytestmark = pytest.mark.django_db

BROKEN = (
    (Organisation, "organisation_contacts_go_stale", {"contact_days": 0}),
    (Organisation, "organisation_contacts_go_stale", {"contact_days": 731}),
    (AgencyContact, "contact_kind_known", {"kind": "nonsense"}),
    (AgencyContact, "contact_is_whole", {"address": ""}),
    (AgencyContact, "contact_is_whole", {"recipient": ""}),
    (AgencyContact, "contact_retired_as_a_whole", {"retire_reason": "Moved."}),
    (AgencyContact, "contact_retired_as_a_whole", {"retired_at": make.AT}),
    (AgencyContact, "contact_once_in_use", None),
    (ContactCheck, "contact_check_outcome_known", {"outcome": "nonsense"}),
    (ContactCheck, "contact_check_method_known", {"method": "nonsense"}),
    (ContactCheck, "contact_check_has_evidence", {"evidence": ""}),
    (ContactCheck, "contact_check_has_evidence", {"source": ""}),
    (
        ContactCheck,
        "contact_checked_by_another",
        {"checked_by": models.F("entered_by")},
    ),
    (StandingChange, "standing_known", {"standing": "nonsense"}),
    (StandingChange, "standing_has_a_recorder", {"recorded_by_name": ""}),
    (Objection, "objection_objector_known", {"objector": "nonsense"}),
    (Objection, "objection_says_where", {"forum": ""}),
    (Objection, "objection_decided_as_a_whole", {"outcome": "sustained"}),
    (Objection, "objection_decided_as_a_whole", {"resolved_on": date(2023, 3, 20)}),
)
CONSTRAINTS = {constraint for _model, constraint, _changes in BROKEN}


def _break(rows, pk, changes, contact):
    if changes:
        rows.filter(pk=pk).update(**changes)
    else:
        rows.bulk_create([contact])


@pytest.mark.parametrize(
    ("model", "constraint", "changes"), BROKEN, ids=lambda one: str(one)[:40]
)
def test_the_database_refuses_it(model, constraint, changes):
    contact = directory.contact()
    case = make.in_review()
    rulings.objection(case)
    rulings.stay(case)
    row = model._default_manager.order_by("pk").first()
    before = list(model._default_manager.values())
    rows = model._default_manager
    contact.pk = None
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        _break(rows, row.pk, changes, contact)
    assert changes is None or constraint in str(caught.value)
    assert list(model._default_manager.values()) == before


def test_an_objection_isn_t_decided_before_it_was_lodged():
    made = rulings.objection(make.in_review())
    decided = rulings.resolved(made)
    early = decided.lodged_on - timedelta(days=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=made.pk).update(resolved_on=early)
