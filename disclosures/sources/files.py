"""Records from Parquet files: the source's name is the table they are read as."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from disclosures.datamap.terms import DataMap, Part
from disclosures.datamap.terms import Source as Described
from disclosures.sources import duck
from disclosures.sources.base import Account, Limits, Pulled, Window
from disclosures.sources.guard import Guard


class FilesSource:
    """One file of records, and beside it the exhibits that a part names as inputs."""

    def __init__(
        self, datamap: DataMap, described: Described, address: str, limits: Limits
    ) -> None:
        self._map = datamap
        self._described = described
        self._limits = limits
        self._path = _path(address)

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
            SourceUnavailable: the file or an exhibit isn't there.
            QueryFailed: the query or what it returned is wrong.
            SourceTimedOut: it took too long.
        """
        sql = f"SELECT * FROM read_parquet({duck.quoted(str(self._path))})"  # noqa: S608 - our own path
        views = {self._described.name: (self._path, sql)}
        for code in part.inputs:
            path = inputs[code].absolute()
            views[f"part_{code}"] = (
                path,
                duck.exhibit_view(self._map.part(code), path),
            )
        return duck.pull(
            part,
            views,
            title=self._described.title,
            account=account,
            window=window,
            limits=self._limits,
            guard=guard,
            out=out,
        )

    def close(self) -> None:
        """Nothing is held between two pulls."""


def _path(address: str) -> Path:
    found = urlsplit(address)
    return Path(unquote(found.path) if found.scheme == "file" else address).absolute()
