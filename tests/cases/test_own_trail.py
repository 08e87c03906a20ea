"""On PostgreSQL the application isn't the owner of its trail: tried as both roles."""

from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cases.models import Event
from tests import factories as make

APP, OWNER, WORD = "candor_test_app", "candor_test_owner", "a word for tests"


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def as_application():
    """A connection of the application's own role, each statement by itself."""
    given = connection.get_connection_params()
    wanted = {"user": APP, "password": WORD, "dbname": given["dbname"]}
    with psycopg.connect(
        host=given["host"], port=given.get("port"), autocommit=True, **wanted
    ) as opened:
        yield opened


@pytest.fixture
def owned():
    """The four tables under an owner of their own, and given back afterwards."""
    assert connection.vendor == "postgresql", "Set DATABASE_URL to such a server."
    case = make.opened()
    run(
        f"CREATE ROLE {APP} LOGIN PASSWORD '{WORD}'",
        f"GRANT {APP} TO CURRENT_USER",  # who drops a role's rights belongs to it
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}",
    )
    call_command("own_trail", "--application", APP, "--owner", OWNER)
    yield case
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (us,) = cursor.fetchone()
    call_command("own_trail", "--application", us, "--owner", OWNER, "--give-back")
    for role in (APP, OWNER):
        run(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


ATTACKS = [
    "UPDATE cases_event SET data = '{}'",
    "DELETE FROM cases_event",
    "TRUNCATE cases_event CASCADE",
    "ALTER TABLE cases_event DISABLE TRIGGER ALL",
    "ALTER TABLE cases_event DISABLE TRIGGER event_no_change",
    "DROP TRIGGER event_no_change ON cases_event",
    "DROP TABLE cases_auditseal",
    "ALTER TABLE cases_event OWNER TO candor_test_app",
    "CREATE OR REPLACE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN NEW; END $$",
    "SET ROLE candor_test_owner",
    "SET session_replication_role = replica",
    "UPDATE cases_siteevent SET data = '{}'",
    "DELETE FROM cases_auditcheckpoint",
]


@pytest.mark.feature("A1")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_application_s_role_reads_and_adds_and_nothing_else(owned):
    before = list(Event.objects.values())
    with as_application() as application:
        for attack in ATTACKS:
            with pytest.raises(psycopg.Error) as caught:
                application.execute(attack)
            state = caught.value.sqlstate
            assert state in {"42501", "0LP01"}, (attack, str(caught.value))
        rows = application.execute("SELECT count(*) FROM cases_event").fetchone()
        assert rows == (len(before),)
        application.execute(
            "INSERT INTO cases_event (case_id, kind, actor_name, at, data)"
            " VALUES (%s, 'case.viewed', 'Ana', now(), '{}')",
            [owned.pk],
        )
    after = list(Event.objects.values())
    assert after[:-1] == before
    assert after[-1]["actor_name"] == "Ana"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_role_that_could_become_the_owner_is_refused(owned):
    run(f"GRANT {OWNER} TO {APP}")
    with pytest.raises(CommandError, match="could become"):
        call_command("own_trail", "--application", APP, "--owner", OWNER)
    run(f"REVOKE {OWNER} FROM {APP}")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_application_and_the_owner_are_two():
    with pytest.raises(CommandError, match="another role"):
        call_command("own_trail", "--application", APP, "--owner", APP)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_has_no_owners():
    with pytest.raises(CommandError, match="Only PostgreSQL"):
        call_command("own_trail", "--application", APP)
