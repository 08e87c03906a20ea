"""Records from files: the source's name is the table they are read as."""

from collections.abc import Mapping
from pathlib import Path

from cases import stores
from disclosures.datamap.terms import DataMap, Part
from disclosures.datamap.terms import Source as Described
from disclosures.sources import duck
from disclosures.sources.base import Account, Limits, Pulled, Window
from disclosures.sources.guard import Guard
from disclosures.sources.records import Records


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
        in_bucket = stores.is_bucket(self._address)
        records = Records(
            self._address,
            # A part without dates reads the files of every day.
            zone=part.column(part.window).zone if part.window else self._map.zone,
            connection=stores.connection() if in_bucket else {},
        )
        tables = {
            self._described.name: records,
            **duck.exhibit_tables(self._map, part, inputs),
        }
        return duck.pull(
            duck.Job(
                part,
                tables,
                title=self._described.title,
                account=account,
                window=window,
                limits=self._limits,
                guard=guard,
                out=out,
            )
        )

    def close(self) -> None:
        """Nothing is held between two pulls."""
