"""Records from files: the source's name is the table they are read as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cases import stores
from disclosures.datamap.terms import DataMap, Part
from disclosures.datamap.terms import Source as Described
from disclosures.sources import duck, queries
from disclosures.sources.base import Account, Limits, Pulled, Window
from disclosures.sources.guard import Guard
from disclosures.sources.records import Records

_BEYOND = datetime(9999, 1, 1, tzinfo=UTC)


class FilesSource:
    """Files of records, and beside them the exhibits that a part names as inputs."""

    def __init__(
        self, datamap: DataMap, described: Described, address: str, limits: Limits
    ) -> None:
        self._map = datamap
        self._described = described
        self._limits = limits
        self._address = address

    def pull(
        self,
        part: Part,
        *,
        account: Account,
        window: Window,
        inputs: Mapping[str, Path],
        guard: Guard,
        out: Path,
    ) -> Pulled:
        """Write one part's records into ``out``, whole or not at all.

        Raises:
            SourceUnavailable: a file or an exhibit isn't there, or a bucket is silent.
            QueryFailed: the query or its answer is wrong, or took too much memory.
            SourceTimedOut: it took too long.
        """
        tables = duck.exhibit_tables(self._map, part, inputs)
        return duck.pull(
            duck.Pull(
                part,
                {self._described.name: self._records(part), **tables},
                title=self._described.title,
                account=account,
                window=window,
                limits=self._limits,
                guard=guard,
                out=out,
            )
        )

    def count(self, part: Part, account: Account, window: Window) -> int:
        """How many records the part has of one account; none of them leaves the child.

        Raises:
            SourceUnavailable: a file isn't there, or a bucket is silent.
            QueryFailed: the query is wrong, or took too much memory.
            SourceTimedOut: it took too long.
        """
        return duck.count(self._job(part, account, window))

    def probe(self, part: Part) -> None:
        """Open the newest file, and ask whether it can answer the part.

        Raises:
            SourceUnavailable: no file is there, or a bucket is silent.
            QueryFailed: it can't; a described column may be missing.
            SourceTimedOut: it took too long.
        """
        # No day's folder lies so late: only the columns of the newest are looked at.
        nobody = Account(str(queries.nobody(self._map.account_form)), "")
        duck.count(self._job(part, nobody, Window(since=_BEYOND)))

    def _job(self, part: Part, account: Account, window: Window) -> duck.Job:
        tables = {f"part_{code}": _NoRows(self._map.part(code)) for code in part.inputs}
        return duck.Job(
            part,
            {self._described.name: self._records(part), **tables},
            title=self._described.title,
            account=account,
            window=window,
            limits=self._limits,
        )

    def _records(self, part: Part) -> Records:
        in_bucket = stores.is_bucket(self._address)
        return Records(
            self._address,
            # A part without dates reads the files of every day.
            zone=part.column(part.window).zone if part.window else self._map.zone,
            connection=stores.connection() if in_bucket else {},
        )

    def close(self) -> None:
        """Nothing is held between two pulls."""


@dataclass(frozen=True)
class _NoRows:
    """An exhibit's table before there is an exhibit: its columns and no row."""

    part: Part

    def view(self, window: Window) -> duck.View:
        """No file."""
        columns = ", ".join(f'NULL::VARCHAR AS "{c.name}"' for c in self.part.columns)
        return duck.View((), " ".join(("SELECT", columns, "LIMIT 0")))
