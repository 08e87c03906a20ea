"""A trail for the tests of its chain, and somebody who keeps the database."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from django.core.files.storage import storages
from django.db import connection, transaction

from cases import audit, ledger, stores, verifying
from cases.enums import EventKind, SiteEventKind
from tests import factories as make

TABLES = {
    "cases_event": "event",
    "cases_siteevent": "site_event",
    "cases_auditseal": "seal",
    "cases_auditcheckpoint": "checkpoint",
}


def some_events(count=6):
    """A case with this many events more, one event of the site, all committed."""
    case, clerk = make.opened(), make.clerk()
    with transaction.atomic():
        for number in range(count):
            data = {"page": f"page {number}"}
            audit.record(
                case, EventKind.CASE_VIEWED, actor=clerk, at=make.AT, data=data
            )
        audit.record_site(
            SiteEventKind.AGENCY_CHANGED,
            actor=clerk,
            at=make.AT,
            data={"agency": 1, "changed": {}},
        )
    return case


def under_two_checkpoints():
    """A sealed trail under two checkpoints."""
    case = some_events()
    ledger.seal()
    ledger.sign(at=make.AT)
    some_events(3)
    ledger.seal()
    ledger.sign(at=make.AT + timedelta(minutes=2))
    return case


@contextmanager
def keeper_of_the_database():
    """Somebody who can take the triggers away, and puts them back."""
    with connection.cursor() as cursor:
        for table, name in TABLES.items():
            for statement in _off(table, name):
                cursor.execute(statement)
        yield cursor


def _off(table, name):
    if connection.vendor == "postgresql":
        return [
            "SET CONSTRAINTS ALL IMMEDIATE",  # what is pending bars the next line
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
        ]
    ways = ("no_update", "no_delete", "no_replace", "link")
    return [f"DROP TRIGGER IF EXISTS {name}_{way}" for way in ways]


def take_away(name):
    """Remove a document from the checkpoints' store, as somebody who keeps that."""
    store = storages[ledger.STORE]
    if isinstance(store, stores.Bucket):
        obstore.delete(store.objects, name)
    else:
        store.delete(name)


def put_over(name, data):
    """Put a document there, over another if need be."""
    store = storages[ledger.STORE]
    if isinstance(store, stores.Bucket):
        obstore.put(store.objects, name, data)
    else:
        Path(store.path(name)).write_bytes(data)


def faults():
    return verifying.verify().faults
