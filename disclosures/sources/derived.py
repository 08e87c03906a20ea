"""Records derived from this run's own exhibits, and from nothing else.

Part ``3b`` is the table ``part_3b``; its columns are text, in the one form in which
the exhibit has them, so the map casts where it calculates.
"""

from collections.abc import Mapping
from pathlib import Path

from disclosures.datamap.terms import DataMap, Part
from disclosures.sources import duck
from disclosures.sources.base import Account, Limits, Pulled, Window
from disclosures.sources.guard import Guard


class DerivedSource:
    """The exhibits that were written so far for one target."""

    def __init__(self, datamap: DataMap, limits: Limits) -> None:
        self._map = datamap
        self._limits = limits

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
        """Write what the part derives from its inputs into ``out``, or nothing.

        Raises:
            SourceUnavailable: an exhibit isn't there.
            QueryFailed: the query or what it returned is wrong.
            SourceTimedOut: it took too long.
        """
        return duck.pull(
            duck.Pull(
                part,
                duck.exhibit_tables(self._map, part, inputs),
                title=f"Exhibits of parts {', '.join(part.inputs)}",
                account=account,
                window=window,
                limits=self._limits,
                guard=guard,
                out=out,
            )
        )

    def close(self) -> None:
        """Nothing is held between two pulls."""
