"""Rows as they stand in the exhibit's CSV, read as a stream and counted."""

import csv
import io
import itertools
import sys
from collections.abc import Iterator

from disclosures.packet.contents import ExhibitFacts
from disclosures.packet.schedule.plan import Slice

# A JSON cell may be long; the collection decides what is too long, not the reader.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


# How many rows are set at a time.
_BATCH = 256
Batch = tuple[int, list[list[str]]]


def rows(exhibit: ExhibitFacts, piece: Slice) -> Iterator[Batch]:
    """The rows of one slice, some at a time with the number of the first; from 1.

    Raises:
        ValueError: the file's columns or its number of rows aren't those of the facts.
    """
    if exhibit.path is None:
        return
    number, path = piece.start, exhibit.path
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file, strict=True), [])
    if header != [column.name for column in exhibit.columns]:
        raise ValueError(f"{exhibit.number}: the file's columns aren't the map's.")
    with path.open("rb") as data:
        data.seek(piece.offset)
        file = io.TextIOWrapper(data, "utf-8", newline="")
        reader = csv.reader(file, strict=True)
        if not piece.offset:
            next(reader)
        inside = itertools.islice(reader, piece.stop - piece.start)
        while batch := list(itertools.islice(inside, _BATCH)):
            if set(map(len, batch)) != {len(header)}:
                raise ValueError(
                    f"{exhibit.number}: a row after {number} has another width."
                )
            yield number + 1, batch
            number += len(batch)
        is_longer = piece.is_last and next(reader, None) is not None
    if number != piece.stop or is_longer:
        raise ValueError(
            f"{exhibit.number}: the file's rows aren't as many as counted."
        )
