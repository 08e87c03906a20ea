"""How rows are called on screen: by number and kind, never by a target's identifier."""

import pytest

from cases.models import CaseGroupPerm, CaseUserPerm, Event, ScopeItem
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_row_is_called_by_what_staff_call_it():
    case = make.approved()
    paper, target = case.documents.get(), case.targets.get()
    item = case.items.first()
    decided = ScopeItem.objects.filter(item=item).get()
    signed = case.sign_offs.get()
    shared = CaseGroupPerm.objects.get()
    person = make.person()
    named = CaseUserPerm(user=person, content_object=case)
    rows = [case, case.agency, paper, target, item, decided, case.revisions.get()]
    rows += [signed, shared, named, make.organisation(), make.categories()[0]]
    assert [str(row) for row in rows] == [
        "LR-2023-00001",
        "Department of Justice",
        f"Served process {paper.pk}",
        "Target 1",
        "Item 1",
        "Item 1 for Target 1",
        "LR-2023-00001 scope 1",
        f"Approved by {signed.counsel.username}",
        "Desk on LR-2023-00001",
        f"{person.username} on LR-2023-00001",
        "Package Index Foundation",
        "Names",
    ]
    first = Event.objects.earliest("pk")
    assert str(first) == f"case.opened by {case.opened_by.username}"
