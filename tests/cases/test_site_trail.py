"""Acts on the site have a trail as closed as that of the cases."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases import audit
from cases.enums import SiteEventKind
from cases.models import SiteEvent
from tests import factories as make

INSERT = (
    "{how} INTO cases_siteevent (id, kind, actor_id, actor_name, at, data)"
    " VALUES ({pk}, 'releases.frozen', NULL, 'Mallory', '2023-03-14 16:00:00', '{{}}')"
)


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


ATTACKS = {
    "update": lambda pk: SiteEvent.objects.filter(pk=pk).update(actor_name="x"),
    "save": lambda pk: SiteEvent.objects.get(pk=pk).save(),
    "delete": lambda pk: SiteEvent.objects.all().delete(),
    "delete past the signals": lambda pk: SiteEvent.objects.all()._raw_delete(
        "default"
    ),
    "update, in SQL": lambda pk: sql("UPDATE cases_siteevent SET data = 'x'"),
    "delete, in SQL": lambda pk: sql("DELETE FROM cases_siteevent"),
    "a reused id": lambda pk: sql(INSERT.format(how="INSERT", pk=pk)),
}
ON_SQLITE = {
    "replace": lambda pk: sql(INSERT.format(how="INSERT OR REPLACE", pk=pk)),
}
ON_POSTGRESQL = {"truncate": lambda pk: sql("TRUNCATE cases_siteevent")}


def entry(**changed):
    wanted = {"actor": make.counsel(), "at": make.AT, "data": {"reason": "Why"}}
    with transaction.atomic():
        return audit.record_site(SiteEventKind.RELEASES_FROZEN, **(wanted | changed))


def refuse(attack):
    made = entry()
    before = list(SiteEvent.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(made.pk)
    assert list(SiteEvent.objects.values()) == before
    entry()


@pytest.mark.django_db
@pytest.mark.feature("A1", part=True)
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_sites_trail_refuses_every_change(attack):
    refuse(ATTACKS[attack])


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ON_SQLITE)
def test_sqlite_s_own_ways_are_refused(attack):
    if connection.vendor == "sqlite":
        refuse(ON_SQLITE[attack])


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("attack", ON_POSTGRESQL)
def test_postgresql_s_own_ways_are_refused(attack):
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL server."
    refuse(ON_POSTGRESQL[attack])


@pytest.mark.django_db(transaction=True)
def test_an_act_on_the_site_without_a_transaction_isn_t_recorded():
    with pytest.raises(transaction.TransactionManagementError):
        audit.record_site(SiteEventKind.RELEASES_FROZEN, actor=audit.SYSTEM, at=make.AT)
    assert not SiteEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("site_event_kind_known", {"kind": "releases.forgotten"}),
        ("site_event_has_an_actor", {"actor_name": ""}),
    ],
)
def test_an_entry_that_says_nothing_is_refused(constraint, changes):
    wanted = {"kind": "releases.frozen", "actor_name": "Somebody", "at": make.AT}
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        SiteEvent.objects.bulk_create([SiteEvent(**(wanted | changes))])
    assert constraint in str(caught.value)
    assert not SiteEvent.objects.exists()
