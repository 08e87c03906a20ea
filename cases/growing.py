"""Files that are whole or not there: they grow under another name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def growing(path: Path) -> Iterator[BinaryIO]:
    """A file for this user alone, which takes its name at the end.

    What an earlier, interrupted attempt left is thrown away; after an
    error nothing of this one is left.
    """
    half = half_of(path)
    half.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(half, flags, 0o600), "wb") as out:
            yield out
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def half_of(path: Path) -> Path:
    """Where it grows, and where a process that was killed leaves it."""
    return path.with_name(f"{path.name}.part")
