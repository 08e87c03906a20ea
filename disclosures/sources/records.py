"""Files of records, in a folder or a bucket: which of them a part reads, and as what.

The kind is told by the name: ``.parquet``, ``.csv``, ``.jsonl``, the last two also with
``.gz`` or ``.zst``. Nothing is guessed from the content: cells of CSV and values of
JSON are taken as text, so that ``007`` stays what it is, and a file that lacks a column
which the others have is an error.

Folders named ``day=2023-03-14`` hold the records of that day, in the zone of the part's
window; of those only the ones that the window touches are opened. A name that isn't a
day can't be left out and is read.
"""

import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import obstore
from obstore.fsspec import FsspecStore
from obstore.store import S3Store

from cases import stores
from disclosures.datamap.terms import Window
from disclosures.sources import duck

_KIND = re.compile(r"\.(parquet|csv|jsonl)(?:\.(gz|zst))?$", re.IGNORECASE)
_SQL = {
    "parquet": "SELECT * FROM read_parquet([{files}], hive_partitioning = false)",
    "csv": (
        "SELECT * FROM read_csv([{files}], {csv}, all_varchar = true,"
        " hive_partitioning = false, compression = '{compression}')"
    ),
    # Each value as its text: JSON's null is NULL, and "" stays empty.
    "jsonl": (
        "SELECT COLUMNS(*)->>'$' FROM read_json([{files}], maximum_depth = 1,"
        " format = 'newline_delimited', hive_partitioning = false,"
        " maximum_object_size = {longest}, compression = '{compression}')"
    ),
}
_COMPRESSION = {"": "none", "gz": "gzip", "zst": "zstd"}
_DAY = re.compile(r"(?:^|/)day=([^/]*)/")


@dataclass(frozen=True)
class Records:
    """The files below one address, which may hold ``*``; they are read as one table.

    ``connection`` is how a bucket is reached (``stores.connection``): a child has no
    settings. ``zone`` is where the days of its folders begin.
    """

    address: str
    zone: str
    connection: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def view(self, window: Window) -> duck.View:
        """The files that a window touches, and the SQL that reads them.

        Raises:
            FileNotFoundError: there is no such file.
            BucketUnavailable: the bucket can't be reached, or won't have us.
            ValueError: the files aren't all of one kind that is known.
        """
        in_bucket = stores.is_bucket(self.address)
        names = sorted(self._in_bucket() if in_bucket else self._in_folder())
        if not names:
            raise FileNotFoundError("There is no such file.")
        chosen = [name for name in names if touches(name, window, self.zone)]
        # Where none is touched, the newest still says which columns there are.
        sql = _read(chosen or names[-1:]) + ("" if chosen else " LIMIT 0")
        return duck.View(
            paths=tuple(chosen or names[-1:]),
            sql=sql,
            read=f"{len(chosen)} of {len(names)} files" if len(names) > 1 else "",
            filesystem=FsspecStore("s3", **self.connection) if in_bucket else None,
        )

    def _in_folder(self) -> list[str]:
        found = urlsplit(self.address)
        plain = unquote(found.path) if found.scheme == "file" else self.address
        path = str(Path(plain).absolute())
        if "*" not in path:
            return [path] if Path(path).is_file() else []
        named = Path("/").glob(_only_stars(path.lstrip("/")))
        return [str(one) for one in named if one.is_file()]

    def _in_bucket(self) -> list[str]:
        bucket, pattern = stores.split(self.address)
        store = S3Store(bucket, **self.connection)
        folder = pattern.partition("*")[0].rpartition("/")[0]
        with stores.in_words():
            keys = [
                one["path"]
                for some in obstore.list(store, folder or None)
                for one in some
            ]
        return [f"s3://{bucket}/{key}" for key in keys if _matches(key, pattern)]


def _only_stars(pattern: str) -> str:
    """The pattern for those who take more than a star to mean something."""
    return "*".join(map(glob.escape, pattern.split("*")))


def _matches(key: str, pattern: str) -> bool:
    """Whether a key is meant; a star stays within its folder, as on a disk."""
    ours, theirs = key.split("/"), _only_stars(pattern).split("/")
    return len(ours) == len(theirs) and all(map(fnmatchcase, ours, theirs))


def touches(name: str, window: Window, zone: str) -> bool:
    """Whether a file may hold records of a window, by the day in its folder's name."""
    found = _DAY.search(name)
    try:
        day = date.fromisoformat(found[1]) if found else None
        following = day + timedelta(days=1) if day else None
    except (ValueError, OverflowError):
        return True
    if day is None or following is None:
        return True
    begins, ends = (
        datetime.combine(one, time.min, ZoneInfo(zone)) for one in (day, following)
    )
    is_late = window.until is not None and begins >= window.until
    is_early = window.since is not None and ends <= window.since
    return not (is_late or is_early)


def _read(names: Sequence[str]) -> str:
    """The SQL that reads files of one kind.

    Raises:
        ValueError: they aren't of one kind, or of none that is known.
    """
    if any(set(name) & set("*?[") for name in names):
        raise ValueError("A file's name holds a *, a ? or a [, which DuckDB expands.")
    found = {_kind(name) for name in names}
    if len(found) != 1:
        raise ValueError("Its files are of several kinds.")
    ((kind, packed),) = found
    files = ", ".join(map(duck.quoted, names))
    return _SQL[kind].format(
        files=files,
        csv=duck.CSV,
        longest=duck.LONGEST_LINE,
        compression=_COMPRESSION[packed],
    )


def _kind(name: str) -> tuple[str, str]:
    found = _KIND.search(name)
    if not found:
        raise ValueError("A file is neither .parquet, .csv nor .jsonl by its name.")
    kind, packed = found[1].lower(), (found[2] or "").lower()
    if kind == "parquet" and packed:
        raise ValueError("A Parquet file can't be packed as well.")
    return kind, packed
