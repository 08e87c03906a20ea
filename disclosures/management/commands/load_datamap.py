"""``manage.py load_datamap FILE``: check a data map and make it the one in use.

Every mistake is printed with file and line, and then nothing is loaded. With
``--check-sources`` each query is put to its source too, those that resolve identifiers
among them, without fetching a row: a column which isn't there is found now and not at
night. With ``--diff`` nothing
is loaded: it says what would change against the map in use, and ends with 0 where
nothing would, with 1 where something would, and with 2 where it can't tell.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases import audit
from cases.exceptions import CaseError
from disclosures import preflight
from disclosures.datamap import load, schema
from disclosures.datamap.changes import changes
from disclosures.models import DataMapVersion

_DIFF_FAILED = 2


class Command(BaseCommand):
    """Check a data map and make it the one in use."""

    help = "Checks a data map, names every mistake, and makes it the one in use."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether to ask the databases."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check-sources",
            action="store_true",
            help="put each query to its source as well, without fetching a row",
        )
        parser.add_argument(
            "--diff",
            action="store_true",
            help="say what would change against the map in use, and load nothing",
        )

    def handle(
        self,
        *_args: Any,
        file: Path,
        check_sources: bool,
        diff: bool,
        **_options: Any,
    ) -> None:
        """Load the file, or say everything that is wrong with it, or what would change.

        Raises:
            CommandError: the file can't be read, has mistakes, or a database can't
                answer it. Nothing was loaded.
            SystemExit: something would change.
        """
        failed = _DIFF_FAILED if diff else 1
        text, found = self._read(file, failed)
        if check_sources:
            self._ask(found, file, failed)
        if diff:
            if self._say_changes(text, found):
                sys.exit(1)
            return
        version = load.load(text, actor=audit.SYSTEM, at=timezone.now())
        self.stdout.write(f"{version} is in use ({version.digest[:12]}).")

    def _read(self, file: Path, failed: int) -> tuple[str, schema.DataMap]:
        try:
            # Bytes first: reading as text would turn CRLF into LF, and the digest is
            # that of the file's exact bytes.
            text = file.read_bytes().decode()
        except OSError as error:
            raise CommandError(
                f"{file}: {error.strerror}.", returncode=failed
            ) from None
        except UnicodeDecodeError as error:
            raise CommandError(
                f"{file}: byte {error.start} isn't UTF-8.", returncode=failed
            ) from None
        try:
            return text, schema.parse(text)
        except schema.MapError as error:
            lines = [f"{file}:{each.line}: {each}" for each in error.mistakes]
            raise CommandError(
                "\n".join([*lines, "Nothing was loaded."]), returncode=failed
            ) from None

    def _say_changes(self, text: str, found: schema.DataMap) -> bool:
        """Say what would change against the map in use; whether anything would."""
        current = DataMapVersion.objects.filter(is_current=True).first()
        if current is None:
            self.stdout.write("No data map is in use: all of it would be new.")
            return True
        if current.digest == schema.digest(text):
            self.stdout.write(f"Nothing would change: this is {current}, in use.")
            return False
        try:
            in_use = schema.parse(current.text)
        except schema.MapError as error:
            raise CommandError(
                f"The map in use can't be read by this version: {error}",
                returncode=_DIFF_FAILED,
            ) from None
        said = changes(in_use, found) or (
            "Only how the file is written: comments, blanks or the order of things.",
        )
        self.stdout.write(f"Against {current} ({current.digest[:12]}):")
        self.stdout.writelines(f"- {sentence}\n" for sentence in said)
        self.stdout.write("Nothing was loaded.")
        return True

    def _ask(self, found: schema.DataMap, file: Path, failed: int) -> None:
        refusals = []
        with preflight.open_sources(found) as sources:
            asked: list[Callable[[], None]] = [
                *(partial(sources.probe_resolver, one.kind) for one in found.resolve),
                *(partial(sources.probe, part) for part in found.parts),
            ]
            for ask in asked:
                try:
                    ask()
                except CaseError as error:
                    refusals.append(f"{file}: {error}")
        if refusals:
            raise CommandError(
                "\n".join([*refusals, "Nothing was loaded."]), returncode=failed
            )
