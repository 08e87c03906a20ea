"""Every verb leaves exactly its events, nothing of a target, and no event changes."""

import json
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from cases import audit, chain, closing, documents, intake, review, targeting
from cases.enums import EventKind, ItemDecision, Role, Secrecy
from cases.models import Event
from tests import factories as make

CANARY = "canary-2f9c@example.net"


def told(before=0):
    """The trail since ``before``: what, by whom, when, and with what."""
    return [
        (event.kind, event.actor, event.actor_name, event.at, json.loads(event.data))
        for event in Event.objects.order_by("pk")[before:]
    ]


def moved(source, target, step, reason=""):
    return {"from": source, "to": target, "step": step, "reason": reason}


# Each verb once: what it is called with, and its whole list of events.


def opening(case, user):
    intake.open_case(actor=user, facts=make.facts(), at=make.AT)
    return [("case.opened", {})]


def correcting(case, user):
    facts = make.facts(officer_name="Agent Raman", agency_reference="X-1")
    intake.correct_facts(case.pk, actor=user, facts=facts, at=make.AT)
    return [("case.corrected", {"fields": ["agency_reference", "officer_name"]})]


def recording_secrecy(case, user):
    paper = case.documents.first()
    intake.record_secrecy(
        case.pk,
        actor=user,
        secrecy=Secrecy.ORDERED,
        paper=paper,
        secret_from=date(2023, 3, 9),
        secret_until=date(2024, 3, 9),
        at=make.AT,
    )
    return [
        ("case.secrecy.recorded", {"from": "none", "to": "ordered", "paper": paper.pk})
    ]


def adding_a_target(case, user):
    made = targeting.add_target(
        case.pk, actor=user, facts=make.target_facts("bob"), at=make.AT
    )
    return [("case.target.added", {"target": made.pk})]


def correcting_a_target(case, user):
    pk = case.targets.get().pk
    targeting.correct_target(
        pk, actor=user, facts=make.target_facts("carol"), at=make.AT
    )
    return [("case.target.corrected", {"target": pk})]


def removing_a_target(case, user):
    pk = case.targets.get().pk
    targeting.remove_target(pk, actor=user, at=make.AT)
    return [("case.target.removed", {"target": pk})]


def setting_items(case, user):
    wordings = [("messages", "All messages"), ("names", "Names")]
    intake.set_items(case.pk, actor=user, wordings=wordings, at=make.AT)
    return [("case.categories.set", {"categories": ["messages", "names"]})]


def adding_a_document(case, user):
    made = make.paper(case, by=user)
    return [
        (
            "case.document.added",
            {"document": made.pk, "sha256": made.sha256, "pages": 1},
        )
    ]


def opening_a_document(case, user):
    made = make.paper(case, by=user)
    documents.open_document(made.pk, actor=user, at=make.AT)
    return [
        (
            "case.document.added",
            {"document": made.pk, "sha256": made.sha256, "pages": 1},
        ),
        ("case.document.opened", {"document": made.pk}),
    ]


def starting(case, user):
    review.start(case.pk, actor=user, at=make.AT)
    return [("case.status.changed", moved("received", "in_review", "start_review"))]


def reviewing(case, user):
    begun = starting(case, user)
    rows = review.decide(
        case.pk,
        actor=user,
        choices=make.choices(case, ItemDecision.OBJECT, CANARY),
        at=make.AT,
    )
    items = {str(row.pk): "object" for row in rows}
    revision = review.submit(case.pk, actor=user, at=make.AT)
    review.revise(case.pk, actor=user, reason=" A second look. ", at=make.AT)
    return [
        *begun,
        ("case.item.decided", {"items": items}),
        (
            "case.status.changed",
            moved("in_review", "awaiting_sign_off", "submit_scope"),
        ),
        (
            "case.scope.submitted",
            {"map": make.MAP, "revision": 1, "scope": revision.digest},
        ),
        (
            "case.status.changed",
            moved("awaiting_sign_off", "in_review", "revise_scope", "A second look."),
        ),
    ]


def closed(case, user):
    closing.close(case.pk, actor=user, disposition="withdrawn", outcomes={}, at=make.AT)
    return [
        ("case.status.changed", moved("received", "closed", "close")),
        ("case.closed", {"outcome": "withdrawn", "items": {}}),
    ]


VERBS = [
    opening,
    correcting,
    recording_secrecy,
    adding_a_target,
    correcting_a_target,
    removing_a_target,
    setting_items,
    adding_a_document,
    opening_a_document,
    starting,
    reviewing,
    closed,
]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_leaves_exactly_its_events(verb):
    case = make.received()
    user = make.person(Role.ANALYST, first_name="Ana", last_name="Petrov")
    before = Event.objects.count()
    expected = verb(case, user)
    assert told(before) == [
        (kind, user, "Ana Petrov", make.AT, data) for kind, data in expected
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
def test_no_event_holds_what_names_a_target(verb):
    case = make.received(by=make.analyst())
    facts = make.target_facts(CANARY, kind="email")
    pk = case.targets.get().pk
    targeting.correct_target(pk, actor=case.opened_by, facts=facts, at=make.AT)
    case.items.update(wording=f"Everything about {CANARY}")
    verb(case, case.opened_by)
    assert CANARY not in "".join(Event.objects.values_list("data", flat=True))


@pytest.mark.django_db
def test_the_system_is_named_and_nobody_else():
    case = make.opened()
    event = audit.record(
        case,
        EventKind.PACKET_FAILED,
        actor=audit.SYSTEM,
        at=make.AT,
        data={"packet": 1},
    )
    event.refresh_from_db()
    assert (event.actor, event.actor_name, event.data) == (
        None,
        "Candor",
        '{"packet":1}',
    )
    assert str(audit.SYSTEM) == "Candor"


@pytest.mark.django_db
def test_the_name_of_the_day_stays_when_the_account_is_renamed():
    clerk = make.person(Role.INTAKE_CLERK, first_name="Ines", last_name="Moreau")
    make.opened(by=clerk)
    clerk.last_name = "Other"
    clerk.save()
    assert Event.objects.get().actor_name == "Ines Moreau"


@pytest.mark.django_db
def test_a_name_longer_than_its_column_is_cut():
    clerk = make.person(Role.INTAKE_CLERK, first_name="a" * 150, last_name="b" * 150)
    make.opened(by=clerk)
    assert Event.objects.get().actor_name == "a" * 150


@pytest.mark.django_db
def test_a_reading_is_an_act_of_its_own():
    case, auditor = make.opened(), make.person(Role.AUDITOR)
    audit.record_reading(case, EventKind.CASE_VIEWED, actor=auditor, at=make.AT)
    assert told(1) == [("case.viewed", auditor, auditor.username, make.AT, {})]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    case = make.opened()
    with pytest.raises(TransactionManagementError):
        audit.record(case, EventKind.CASE_VIEWED, actor=audit.SYSTEM, at=make.AT)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [1, 2]}, '{"a":[1,2],"b":1}'),
        ({"name": "Zoë 🙂"}, '{"name":"Zoë 🙂"}'),
        ({"a": None, "b": "x\0y"}, '{"a":null,"b":"x\\u0000y"}'),
    ],
)
def test_a_value_has_one_text(value, text):
    assert chain.canonical(value) == text


# ------------------------------------------------------------------- append-only

ATTACKS = {
    "update, by the ORM": lambda pk: Event.objects.filter(pk=pk).update(actor_name="x"),
    "save, by the ORM": lambda pk: Event.objects.get(pk=pk).save(),
    "delete of a row": lambda pk: Event.objects.get(pk=pk).delete(),
    "delete of a set": lambda pk: Event.objects.all().delete(),
    "delete past the signals": lambda pk: Event.objects.all()._raw_delete("default"),
    "a reused id, by the ORM": lambda pk: Event.objects.bulk_create([copy(pk)]),
    "bulk_create that updates": lambda pk: Event.objects.bulk_create(
        [copy(pk)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["actor_name"],
    ),
    "update, in SQL": lambda pk: sql(
        "UPDATE cases_event SET data = 'x' WHERE id = %s", pk
    ),
    "update of a key": lambda pk: sql("UPDATE cases_event SET id = id + 1000"),
    "delete, in SQL": lambda pk: sql("DELETE FROM cases_event WHERE id = %s", pk),
    "delete of all, in SQL": lambda pk: sql("DELETE FROM cases_event"),
    "a reused id, in SQL": lambda pk: sql(INSERT.format(how="INSERT", pk=pk)),
}
ON_SQLITE = {
    "insert or replace": lambda pk: sql(INSERT.format(how="INSERT OR REPLACE", pk=pk)),
    "replace": lambda pk: sql(INSERT.format(how="REPLACE", pk=pk)),
    "update or replace": lambda pk: sql(
        "UPDATE OR REPLACE cases_event SET id = %s WHERE id <> %s", pk, pk
    ),
    "upsert": lambda pk: sql(
        INSERT.format(how="INSERT", pk=pk)
        + " ON CONFLICT (id) DO UPDATE SET actor_name = 'x'"
    ),
}
ON_POSTGRESQL = {
    "truncate": lambda pk: sql("TRUNCATE cases_event"),
    "truncate of the case": lambda pk: sql(
        "TRUNCATE cases_case CASCADE; TRUNCATE cases_event"
    ),
    "upsert": lambda pk: sql(
        INSERT.format(how="INSERT", pk=pk)
        + " ON CONFLICT (id) DO UPDATE SET actor_name = 'x'"
    ),
    "as a replica": lambda pk: sql(
        "SET LOCAL session_replication_role = replica; DELETE FROM cases_event"
    ),
}
INSERT = (
    "{how} INTO cases_event (id, case_id, kind, actor_id, actor_name, at, data)"
    " VALUES ({pk}, 1, 'case.opened', NULL, 'Mallory', '2023-03-14 16:00:00', '{{}}')"
)


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def copy(pk):
    event = Event.objects.get(pk=pk)
    return Event(
        pk=pk, case=event.case, kind=event.kind, actor_name="Mallory", at=event.at
    )


def refuse(attack):
    make.received()
    before = list(Event.objects.order_by("pk").values())
    pk = before[1]["id"]
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(pk)
    assert list(Event.objects.order_by("pk").values()) == before
    # The trail goes on after a refused attack.
    make.opened()
    assert Event.objects.count() == len(before) + 1


@pytest.mark.feature("A1", part=True)
@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_audit_table_refuses(attack):
    refuse(ATTACKS[attack])


@pytest.mark.feature("A1", part=True)
@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("attack", ON_SQLITE)
def test_the_audit_table_refuses_on_sqlite(attack):
    refuse(ON_SQLITE[attack])


@pytest.mark.feature("A1", part=True)
@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS | ON_POSTGRESQL)
def test_the_audit_table_refuses_on_postgresql(attack):
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL server."
    refuse((ATTACKS | ON_POSTGRESQL)[attack])
