"""``manage.py load_datamap FILE``: check a data map and make it the one in use.

Every mistake is printed with file and line, and then nothing is loaded. With
``--check-sources`` each query is put to its database too, without reading a row, so
that a column which isn't there is found now and not at night.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases import audit
from cases.exceptions import CaseError
from disclosures.datamap import load, schema
from disclosures.sources.run import Run


class Command(BaseCommand):
    """Check a data map and make it the one in use."""

    help = "Checks a data map, names every mistake, and makes it the one in use."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether to ask the databases."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check-sources",
            action="store_true",
            help="put each query to its database as well, without reading a row",
        )

    def handle(
        self, *_args: Any, file: Path, check_sources: bool, **_options: Any
    ) -> None:
        """Load the file, or say everything that is wrong with it.

        Raises:
            CommandError: the file can't be read, has mistakes, or a database can't
                answer it. Nothing was loaded.
        """
        try:
            # Bytes first: reading as text would turn CRLF into LF, and the digest is
            # that of the file's exact bytes.
            text = file.read_bytes().decode()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from None
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: byte {error.start} isn't UTF-8.") from None
        try:
            found = schema.parse(text)
        except schema.MapError as error:
            lines = [f"{file}:{each.line}: {each}" for each in error.mistakes]
            raise CommandError("\n".join([*lines, "Nothing was loaded."])) from None
        if check_sources:
            self._ask(found, file)
        version = load.load(text, actor=audit.SYSTEM, at=timezone.now())
        self.stdout.write(f"{version} is in use ({version.digest[:12]}).")

    def _ask(self, found: schema.DataMap, file: Path) -> None:
        refusals = []
        may_write = settings.SOURCES_MAY_WRITE
        with Run(found, settings.SOURCE_URLS, may_write=may_write) as run:
            for part in found.parts:
                try:
                    run.probe(part)
                except CaseError as error:
                    refusals.append(f"{file}: {error}")
        if refusals:
            raise CommandError("\n".join([*refusals, "Nothing was loaded."]))
