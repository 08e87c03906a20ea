"""A case that has a trail stays, and its trail with it, whoever asks."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from cases.models import Case
from tests import factories as make
from tests.refusals import everything


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


@contextmanager
def committed():
    """Ask at the end what a commit would ask."""
    with transaction.atomic():
        yield
        connection.check_constraints()


REMOVALS = {
    "by the ORM": lambda case: case.delete(),
    "of a set": lambda case: Case.objects.filter(pk=case.pk).delete(),
    "past the ORM's rules": lambda case: Case.objects.filter(pk=case.pk)._raw_delete(
        "default"
    ),
    "in SQL": lambda case: sql("DELETE FROM cases_case WHERE id = %s", case.pk),
    "by another key": lambda case: sql(
        "UPDATE cases_case SET id = id + 1000 WHERE id = %s", case.pk
    ),
}


@pytest.mark.feature("A1", part=True)
@pytest.mark.django_db
@pytest.mark.parametrize("removal", REMOVALS)
def test_a_case_with_a_trail_can_t_be_removed(removal):
    case = make.opened()
    before = everything()
    with pytest.raises(DatabaseError), committed():
        REMOVALS[removal](case)
    assert everything() == before


@pytest.mark.feature("A1", part=True)
@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_case_with_a_trail_can_t_be_replaced_on_sqlite():
    case, other = make.opened(), make.opened()
    before = everything()
    replace = "UPDATE OR REPLACE cases_case SET number = %s WHERE id = %s"
    with pytest.raises(DatabaseError), committed():
        sql(replace, case.number, other.pk)
    assert everything() == before


@pytest.mark.feature("A1", part=True)
@pytest.mark.postgres
@pytest.mark.django_db
def test_no_emptying_of_the_cases_reaches_the_trail():
    make.opened()
    before = everything()
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("TRUNCATE cases_case CASCADE")
    assert everything() == before
