"""What a data owner uploads, read strictly and written like every other exhibit.

CSV by RFC 4180 or JSON lines, in UTF-8. The columns are those that the order names, no
more and no fewer; every value fits its column. What doesn't is refused whole, with line
and column, and the sentence never quotes the value. What fits is sorted as the map
says, held to the signed scope (``guard``) and written by ``csvfile``: from then on
nothing tells it from an exhibit that was pulled.

In CSV an empty cell is NULL and ``""`` an empty text; in JSON lines null and ``""``.
"""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_interface
from pathlib import Path

from cases.exceptions import CaseError
from disclosures.datamap.terms import Column, Part
from disclosures.enums import ColumnType, LeftOut
from disclosures.sources.cells import Cells, MisfitError, opened_json, text_of
from disclosures.sources.csvfile import CsvFile
from disclosures.sources.guard import Guard

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
_AT_ONCE = 500
# One field and what ends it. Quotes inside quotes are doubled, and nowhere else.
_FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|\Z)')
_NEWLINE = re.compile(r"\r\n|\n|\r")

Row = tuple[int, list[str | None]]  # with the line it begins on
Cell = str | None


class Form(StrEnum):
    """How an upload is written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class UploadRefused(CaseError):
    """An upload that isn't what the order asks for; nothing of it is kept."""


@dataclass(frozen=True)
class Upload:
    """What was made of an upload; hashes and size are those of the canonical CSV."""

    rows: int
    size: int
    sha256: str
    sha512: str
    left_out: dict[str, int]


def read(content: bytes, form: Form, part: Part, guard: Guard, out: Path) -> Upload:
    """Check an upload, and write what belongs to the order into ``out`` or nothing.

    Raises:
        UploadRefused: it isn't what the part's columns say, or no row of it belongs to
            the order; the sentence names line and column.
    """
    text = _decoded(content)
    found = _csv(text, part) if form is Form.CSV else _json_lines(text, part)
    rows = _checked(found, part.columns)
    if not rows:
        raise UploadRefused(
            "The file has no rows. If you searched and found none, say so instead of"
            " uploading."
        )
    rows.sort(key=_whole)  # the tiebreak
    for order in reversed(part.order_by):
        rows.sort(key=_key(part, order.column), reverse=order.is_descending)
    with CsvFile(out, guard) as file:
        for start in range(0, len(rows), _AT_ONCE):
            file.write(rows[start : start + _AT_ONCE])
        if not file.rows:
            raise UploadRefused(f"No row belongs to this order: {_left(guard)}.")
    return Upload(file.rows, file.size, file.sha256, file.sha512, guard.left_out)


def _left(guard: Guard) -> str:
    return ", ".join(f"{n} {LeftOut(why).label}" for why, n in guard.left_out.items())


def _decoded(content: bytes) -> str:
    """The text, without a spreadsheet's mark in front of it."""
    if len(content) > MAX_BYTES:
        raise UploadRefused(f"The file is larger than {MAX_BYTES >> 20} MB.")
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = _line(content[: error.start].decode(errors="replace"))
        raise UploadRefused(
            f"Line {line}: this isn't UTF-8. Save the file as UTF-8."
        ) from None
    if not text.strip():
        raise UploadRefused("The file is empty.")
    return text


def _line(before: str) -> int:
    return 1 + len(_NEWLINE.findall(before))


def _csv(text: str, part: Part) -> Iterator[Row]:
    rows = _records(text)
    _number, header = next(rows)
    names = [name or "" for name in header]
    places = _places(names, part.columns, 1)
    for line, cells in rows:
        if cells == [None]:  # a blank line: of one column, it is NULL
            if len(names) > 1:
                raise UploadRefused(f"Line {line} is blank.")
        elif len(cells) != len(names):
            raise UploadRefused(
                f"Line {line} has {len(cells)} cells; the header has {len(names)}."
            )
        yield line, [cells[place] for place in places]


def _records(text: str) -> Iterator[Row]:
    """The records of a CSV text, each with the line that it begins on."""
    at, line, begins, end = 0, 1, 1, len(text)
    cells: list[Cell] = []
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            raise UploadRefused(
                f"Line {line}, cell {len(cells) + 1}: a quotation mark stands where"
                " none can. Put the cell in quotes and double each quote inside."
            )
        quoted, plain, ended = match.groups()
        if quoted is not None:
            cells.append(quoted.replace('""', '"'))
            line += len(_NEWLINE.findall(quoted))
        else:
            cells.append(plain or None)
        at = match.end()
        if ended == ",":
            continue
        yield begins, cells
        if at == end:
            return
        line += 1
        begins, cells = line, []


def _places(names: Sequence[str], columns: Sequence[Column], line: int) -> list[int]:
    """Where each column stands, by the names that are there."""
    wanted = [column.name for column in columns]
    missing = [name for name in wanted if name not in names]
    more = [number for number, name in enumerate(names, 1) if name not in wanted]
    twice = [name for name, n in Counter(names).items() if n > 1 and name in wanted]
    if missing:
        raise UploadRefused(f"Line {line}: column “{missing[0]}” is missing.")
    if twice:
        raise UploadRefused(f"Line {line}: column “{twice[0]}” stands there twice.")
    if more:
        raise UploadRefused(
            f"Line {line}: column number {more[0]} isn't one that the order asks for."
            " Leave it out."
        )
    return [names.index(name) for name in wanted]


def _json_lines(text: str, part: Part) -> Iterator[Row]:
    lines = _NEWLINE.split(text)
    while lines and not lines[-1].strip():
        lines.pop()
    for line, one in enumerate(lines, 1):
        try:
            found = opened_json(one)
        except (ValueError, RecursionError):
            raise UploadRefused(
                f"Line {line} isn't JSON, or names a key twice."
            ) from None
        if not isinstance(found, dict):
            raise UploadRefused(f"Line {line} isn't a JSON object.")
        _places(list(found), part.columns, line)
        yield line, [_from_json(found[c.name], c, line) for c in part.columns]


def _from_json(value: object, column: Column, line: int) -> Cell:
    try:
        return text_of(value, column)
    except TypeError:
        raise _misfit(line, column) from None


def _checked(found: Iterable[Row], columns: tuple[Column, ...]) -> list[list[Cell]]:
    """The rows as exhibits hold them; each value fits its column."""
    cells = Cells(columns)
    rows: list[list[Cell]] = []
    for line, values in found:
        if len(rows) == MAX_ROWS:
            raise UploadRefused(
                f"Line {line}: a file holds at most {MAX_ROWS:,} rows. Tell whoever"
                " sent the order: so many records belong in a source of their own."
            )
        try:
            row = cells.row(values)
        except MisfitError:
            raise _misfit(line, _first_wrong(values, columns)) from None
        if cells.odd or any(
            _is_no_address(*one) for one in zip(row, columns, strict=True)
        ):
            raise _misfit(line, _first_wrong(values, columns))
        rows.append(row)
    return rows


def _first_wrong(values: Sequence[Cell], columns: tuple[Column, ...]) -> Column:
    for value, column in zip(values, columns, strict=True):
        alone = Cells((column,))
        try:
            (cell,) = alone.row([value])
        except MisfitError:
            return column
        if alone.odd or _is_no_address(cell, column):
            return column
    return columns[0]


def _is_no_address(cell: Cell, column: Column) -> bool:
    if column.type != ColumnType.ADDRESS or cell is None:
        return False
    try:
        ip_interface(cell)
    except ValueError:
        return True
    return False


_WANTED = {
    ColumnType.TIMESTAMP: "a time such as 2023-03-14T08:00:00Z",
    ColumnType.INTEGER: "a whole number",
    ColumnType.BOOLEAN: "true or false",
    ColumnType.JSON: "JSON that names no key twice",
    ColumnType.ADDRESS: "a network address such as 192.0.2.1",
    ColumnType.TEXT: "a text",
}


def _misfit(line: int, column: Column) -> UploadRefused:
    wanted = _WANTED[column.type]
    return UploadRefused(f"Line {line}, column “{column.name}”: this isn't {wanted}.")


def _key(part: Part, name: str) -> Callable[[list[Cell]], tuple[object, ...]]:
    """How rows compare in one column; NULL comes first."""
    place = part.columns.index(part.column(name))
    is_number = part.column(name).type == ColumnType.INTEGER

    def key(row: list[Cell]) -> tuple[object, ...]:
        cell = row[place]
        if cell is None:
            return (False,)
        return True, Decimal(cell) if is_number else cell

    return key


def _whole(row: list[Cell]) -> list[tuple[bool, str]]:
    return [(cell is not None, cell or "") for cell in row]


def template(part: Part) -> str:
    """The header row that an upload for this part begins with."""
    return ",".join(column.name for column in part.columns)


def kind_of(name: str) -> Form:
    """How a file is written, by its name's end.

    Raises:
        UploadRefused: it is neither.
    """
    ending = name.lower().rpartition(".")[2]
    try:
        return Form(ending)
    except ValueError:
        raise UploadRefused(
            "The file's name ends neither in .csv nor in .jsonl."
        ) from None
