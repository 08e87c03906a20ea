"""One run over a map's sources: opened when first asked, closed together.

All parts that one run reads from one database come from one snapshot. The addresses
are handed in: they come from the site's settings and are never part of the map.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cases.enums import IdentifierKind
from disclosures.datamap.terms import DataMap, Part, SourceKind
from disclosures.enums import PartKind
from disclosures.sources.base import (
    Account,
    Limits,
    Out,
    Pulled,
    QueryFailed,
    Window,
)
from disclosures.sources.derived import DerivedSource
from disclosures.sources.files import FilesSource
from disclosures.sources.guard import Guard
from disclosures.sources.sql import SqlSource

_AT_ONCE = 1 << 20


class Run:
    """The sources of one map, for one run. A context manager."""

    def __init__(
        self,
        datamap: DataMap,
        addresses: Mapping[str, str],
        limits: Limits | None = None,
        *,
        may_write: bool = False,
    ) -> None:
        """``may_write`` lets a database be read by a role that could write there."""
        self._map = datamap
        self._may_write = may_write
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
        return self._database(self._resolver(kind)).resolve(kind, identifier)

    def probe_resolver(self, kind: IdentifierKind) -> None:
        """Ask whether identifiers of this kind can be resolved, without reading a row.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the map can't resolve this kind, or its query is wrong.
            SourceTimedOut: it took too long.
        """
        self._database(self._resolver(kind)).probe_resolver(kind)

    def _resolver(self, kind: IdentifierKind) -> str:
        """The source that resolves identifiers of this kind."""
        try:
            return self._map.resolver(kind).source
        except KeyError:
            raise QueryFailed(
                f"The data map can't resolve identifiers of kind “{kind.label}”."
            ) from None

    def pull(
        self,
        part: Part,
        *,
        account: Account,
        window: Window,
        out: Out | Path,
        inputs: Mapping[str, Path] | None = None,
        work: Path | None = None,
    ) -> Pulled:
        """Write one part's exhibit for one account into ``out``, whole or not at all.

        ``inputs`` holds, for each part that this one reads, its exhibit of the same
        target and run. Where ``out`` is no file on disk, a child of the worker writes
        to one in the folder ``work`` first.

        Raises:
            SourceUnavailable: a source can't be reached; worth another try.
            QueryFailed: the query or what it returned is wrong, or an input is missing.
            SourceTimedOut: it took too long.
            ValueError: a child needs ``work``, and it isn't given.
        """
        given = dict(inputs or {})
        if missing := [code for code in part.inputs if code not in given]:
            raise QueryFailed(
                f"Part {part.code} is derived from {', '.join(missing)},"
                " which isn't there."
            )
        source = self._source(part)
        asked: dict[str, Any] = {
            "account": account,
            "window": window,
            "inputs": given,
            "guard": Guard(part, account, window, self._map.account_form),
        }
        if isinstance(source, SqlSource):
            return source.pull(part, out=out, **asked)
        if isinstance(out, Path):
            return source.pull(part, out=out, **asked)
        if work is None:
            raise ValueError("A child needs a folder to write to.")
        plain = work / "child.csv"
        pulled = source.pull(part, out=plain, **asked)
        with out as sink, plain.open("rb") as whole:
            shutil.copyfileobj(whole, sink, _AT_ONCE)
        plain.unlink()
        return pulled

    def _source(self, part: Part) -> SqlSource | FilesSource | DerivedSource:
        if part.kind is PartKind.STATEMENT:
            raise QueryFailed(f"Part {part.code} is a statement: it has no records.")
        if part.kind is PartKind.MANUAL:
            raise QueryFailed(f"Part {part.code} is asked of people, by a pull order.")
        if part.kind is PartKind.DERIVED:
            return DerivedSource(self._map, self._limits)
        return self._read(part)

    def can_count(self, part: Part) -> bool:
        """Whether the part's records can be counted where they are."""
        return part.kind is PartKind.QUERY and not part.inputs

    def count(self, part: Part, account: Account, window: Window) -> int:
        """How many records a part has of one account; none of them is fetched.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the query is wrong.
            SourceTimedOut: it took too long.
        """
        return self._read(part).count(part, account, window)

    def probe(self, part: Part) -> None:
        """Ask a part's source whether it can answer it, without fetching a row.

        Parts that are read from no source pass.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: it can't; a described column may be missing.
            SourceTimedOut: it took too long.
        """
        if part.source:
            self._read(part).probe(part)

    def _read(self, part: Part) -> SqlSource | FilesSource:
        """The source that a part's records are read from."""
        described = self._map.source(part.source)
        if described.kind is SourceKind.SQL:
            return self._database(part.source)
        address = self._address(part.source)
        return FilesSource(self._map, described, address, self._limits)

    def _database(self, name: str) -> SqlSource:
        if name not in self._sql:
            described = self._map.source(name)
            source = SqlSource(self._map, described, self._address(name), self._limits)
            if not self._may_write:
                self._require_reader(name, source)
            self._sql[name] = source
        return self._sql[name]

    def _require_reader(self, name: str, source: SqlSource) -> None:
        """Let go of a source at once whose role could write to what the map names."""
        queries = [one.sql for one in self._map.parts if one.source == name]
        queries += [one.sql for one in self._map.resolve if one.source == name]
        try:
            source.require_reader(queries)
        except BaseException:
            source.close()
            raise

    def _address(self, name: str) -> str:
        address = self._addresses.get(name, "")
        if not address:
            title = self._map.source(name).title
            raise QueryFailed(
                f"No address is set for the source “{title}”:"
                f" set CANDOR_SOURCE_{name.upper()}_URL."
            )
        return address
