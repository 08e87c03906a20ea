"""Give the trail's tables an owner that the application isn't (PostgreSQL).

Triggers refuse every change of the trail, but the owner of a table can take its
triggers away. After this the application may read and add, and nothing else; its role
can't become the owner. Run it once as an administrator of the database, whose role
``DATABASE_URL`` names, and again after ``--give-back`` and a migration of these tables.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg import sql

from cases.models import AuditCheckpoint, AuditSeal, Event, SiteEvent

_TABLES = [one._meta.db_table for one in (Event, SiteEvent, AuditSeal, AuditCheckpoint)]
_FUNCTIONS = (
    *("event_refuse", "site_event_refuse", "seal_refuse", "checkpoint_refuse"),
    "seal_link",
)
_OWNED = (
    "ALTER TABLE {table} OWNER TO {owner}",
    "REVOKE ALL ON {table} FROM PUBLIC, {application}",
    "GRANT SELECT, INSERT ON {table} TO {application}",
)


class Command(BaseCommand):
    """``manage.py own_trail --application candor [--owner candor_trail]``."""

    help = "Gives the trail's tables an owner that the application isn't."

    def add_arguments(self, parser: CommandParser) -> None:
        """The two roles, and the way back."""
        parser.add_argument("--application", required=True, help="The portal's role.")
        parser.add_argument("--owner", default="candor_trail", help="Made if missing.")
        parser.add_argument(
            "--give-back",
            action="store_true",
            help="Make the application the owner again, before a migration.",
        )

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        """Move the tables.

        Raises:
            CommandError: this isn't PostgreSQL, or the application could be the owner.
        """
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has owners of tables.")
        application, owner = options["application"], options["owner"]
        if application == owner:
            raise CommandError("The owner has to be another role than the application.")
        if options["give_back"]:
            self._move(application)
            self.stdout.write(f"{application} owns the trail again.")
            return
        self._make(owner)
        if self._is_member(application, owner):
            raise CommandError(f"{application} could become {owner}: take that away.")
        self._move(owner)
        for table in _TABLES:
            for statement in _OWNED[1:]:
                self._run(statement, table=table, application=application)
        self.stdout.write(
            f"{owner} owns the trail; {application} may read it and add to it."
        )

    def _move(self, owner: str) -> None:
        for table in _TABLES:
            self._run(_OWNED[0], table=table, owner=owner)
        for function in _FUNCTIONS:
            statement = "ALTER FUNCTION {function}() OWNER TO {owner}"
            self._run(statement, function=function, owner=owner)

    def _make(self, owner: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner])
            if cursor.fetchone() is None:
                self._run("CREATE ROLE {owner} NOLOGIN", owner=owner)
        # Who moves a table has to belong to its new owner.
        self._run("GRANT {owner} TO CURRENT_USER", owner=owner)
        self._run("GRANT USAGE, CREATE ON SCHEMA public TO {owner}", owner=owner)

    def _is_member(self, application: str, owner: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [application, owner])
            return bool(cursor.fetchone()[0])

    def _run(self, statement: str, **names: str) -> None:
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(**quoted))
