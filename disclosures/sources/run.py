"""One run over a map's sources: opened when first asked, closed together.

All parts that one run reads from one database come from one snapshot. The addresses
are handed in: they come from the site's settings and are never part of the map.
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from cases.enums import IdentifierKind
from disclosures.datamap.terms import DataMap, Part, SourceKind
from disclosures.enums import PartKind
from disclosures.sources.base import Account, Limits, Pulled, QueryFailed, Window
from disclosures.sources.derived import DerivedSource
from disclosures.sources.files import FilesSource
from disclosures.sources.guard import Guard
from disclosures.sources.sql import SqlSource


class Run:
    """The sources of one map, for one run. A context manager."""

    def __init__(
        self,
        datamap: DataMap,
        addresses: Mapping[str, str],
        limits: Limits | None = None,
    ) -> None:
        self._map = datamap
        self._addresses = addresses
        self._limits = limits or Limits()
        self._sql: dict[str, SqlSource] = {}

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of every source."""
        self.close()

    def close(self) -> None:
        """Let go of every source; their snapshots end."""
        while self._sql:
            self._sql.popitem()[1].close()

    def resolve(self, kind: IdentifierKind, identifier: str) -> list[Account]:
        """The accounts that an identifier names, by the service's own rule.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the map can't resolve this kind, or its query is wrong.
            SourceTimedOut: it took too long.
        """
        try:
            resolver = self._map.resolver(kind)
        except KeyError:
            raise QueryFailed(
                f"The data map can't resolve identifiers of kind “{kind.label}”."
            ) from None
        return self._database(resolver.source).resolve(kind, identifier)

    def pull(
        self,
        part: Part,
        *,
        account: Account,
        window: Window,
        out: Path,
        inputs: Mapping[str, Path] | None = None,
    ) -> Pulled:
        """Write one part's exhibit for one account into ``out``, whole or not at all.

        ``inputs`` holds, for each part that this one reads, its exhibit of the same
        target and run.

        Raises:
            SourceUnavailable: a source can't be reached; worth another try.
            QueryFailed: the query or what it returned is wrong, or an input is missing.
            SourceTimedOut: it took too long.
        """
        given = dict(inputs or {})
        if missing := [code for code in part.inputs if code not in given]:
            raise QueryFailed(
                f"Part {part.code} is derived from {', '.join(missing)},"
                " which isn't there."
            )
        source: SqlSource | FilesSource | DerivedSource
        if part.kind is PartKind.STATEMENT:
            raise QueryFailed(f"Part {part.code} is a statement: it has no records.")
        if part.kind is PartKind.DERIVED:
            source = DerivedSource(self._map, self._limits)
        elif self._map.source(part.source).kind is SourceKind.FILES:
            described = self._map.source(part.source)
            address = self._address(part.source)
            source = FilesSource(self._map, described, address, self._limits)
        else:
            source = self._database(part.source)
        return source.pull(
            part,
            account=account,
            window=window,
            inputs=given,
            guard=Guard(part, account, window, self._map.account_form),
            out=out,
        )

    def probe(self, part: Part) -> None:
        """Ask a part's database whether it can answer it, without reading a row.

        Parts that no database answers pass.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: it can't; a described column may be missing.
            SourceTimedOut: it took too long.
        """
        if part.source and self._map.source(part.source).kind is SourceKind.SQL:
            self._database(part.source).probe(part)

    def _database(self, name: str) -> SqlSource:
        if name not in self._sql:
            described = self._map.source(name)
            self._sql[name] = SqlSource(
                self._map, described, self._address(name), self._limits
            )
        return self._sql[name]

    def _address(self, name: str) -> str:
        address = self._addresses.get(name, "")
        if not address:
            title = self._map.source(name).title
            raise QueryFailed(
                f"No address is set for the source “{title}”:"
                f" set CANDOR_SOURCE_{name.upper()}_URL."
            )
        return address
