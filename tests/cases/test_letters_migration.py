"""Letters restricted by a migration keep somebody who can let others in."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from cases import permissions, restricted
from cases.enums import Perm, Role
from cases.models import Case, CaseGroupPerm, CaseUserPerm, Organisation
from tests import factories as make
from tests import restricting

pytestmark = pytest.mark.django_db
keep = import_module("cases.migrations.0028_letters_keep_their_counsel").keep


def letter():
    """A case that a group's grant opens, restricted as a migration does it."""
    group = Group.objects.create(name="Everybody of intake")
    Organisation.objects.update(intake_group=group)
    clerk, counsel, ana = (
        make.clerk(),
        make.counsel(),
        make.person(Role.ANALYST),
    )
    for person in (counsel, ana):
        person.groups.add(group)
    case = make.opened(by=clerk)
    Case.objects.filter(pk=case.pk).update(is_restricted=True)
    return make.fresh(case), clerk, counsel, ana


def test_counsel_of_the_group_are_let_in_and_whoever_acted_is_told():
    case, clerk, counsel, ana = letter()
    assert not permissions.allowed(counsel, Perm.GRANT, case)
    keep(apps, None)
    assert sorted(restricting.register(case)) == sorted(
        [(clerk.username, "compliance", None), (counsel.username, "attorney", None)]
    )
    restricted.acknowledge(actor=counsel)
    assert permissions.allowed(counsel, Perm.GRANT, make.fresh(case))
    assert not permissions.allowed(ana, Perm.VIEW, make.fresh(case))
    assert [
        (one.reason, one.ends_at)
        for one in CaseUserPerm.objects.filter(user=counsel, content_object=case)
    ] == [("Counsel when it was restricted", None)]
    shared = CaseGroupPerm.objects.get(content_object=case)
    assert shared.closed_at is not None
    assert shared.ends_at == shared.closed_at


def test_a_second_time_changes_nothing():
    case, *_people = letter()
    keep(apps, None)
    before = restricting.register(case), list(CaseUserPerm.objects.values())
    keep(apps, None)
    assert (restricting.register(case), list(CaseUserPerm.objects.values())) == before


def test_a_letter_of_named_persons_stays_as_it_is():
    case = restricting.case()
    before = restricting.register(case), list(CaseUserPerm.objects.values())
    keep(apps, None)
    assert (restricting.register(case), list(CaseUserPerm.objects.values())) == before
