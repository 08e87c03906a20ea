"""Whether the pieces of a data map fit together: names, graph, SQL, bounds of time.

Pure. Each rule is closed: what it doesn't know, it calls a mistake.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from zoneinfo import ZoneInfo

from disclosures.datamap import sqltext
from disclosures.datamap.reading import Book, Table
from disclosures.datamap.terms import DataMap, Part, Resolve, SourceKind
from disclosures.enums import ColumnType, PartKind, ResponseCode

_R = ResponseCode
# A statement never says "searched, none found": nothing was searched. The two, and
# "not collected" and "not retained", are never merged (law-and-practice 6.1).
_CODES = {
    PartKind.QUERY: {_R.PRODUCED, _R.PRODUCED_PARTIAL, _R.PRODUCED_PUBLIC},
    PartKind.DERIVED: {_R.DERIVED},
    PartKind.MANUAL: {_R.PRODUCED, _R.PRODUCED_PARTIAL},
    PartKind.STATEMENT: {
        _R.NOT_COLLECTED,
        _R.NOT_RETAINED,
        _R.HELD_BY_THIRD_PARTY,
        _R.NARRATIVE_ANSWER,
    },
}
_BOUNDS = frozenset({"since", "until"})
_WHO = frozenset({"account", "name"})
_SAYS_WHOSE = frozenset({ColumnType.TEXT, ColumnType.INTEGER})


def check(found: DataMap, book: Book) -> None:
    """Note in ``book`` every mistake that only the whole map shows."""
    _names(found, book)
    _zone(book.top, "zone", found.zone)
    for resolve in found.resolve:
        _check_resolve(resolve, found, _table(book, "resolve", resolve.kind.value))
    for part, table in _parts(found, book):
        _check_part(part, found, table)
    _cycles(found, book)


def _table(book: Book, *path: str | int) -> Table:
    values = book.top.values
    for step in path:
        values = values[step]  # type: ignore[index]  # a path that was just read
    return Table(values, path, ".".join(map(str, path)), book)


def _parts(found: DataMap, book: Book) -> Iterator[tuple[Part, Table]]:
    for i, category in enumerate(found.categories):
        for j, part in enumerate(category.parts):
            table = _table(book, "categories", i, "parts", j)
            table.place = f"category “{category.code}”, part “{part.code}”"
            yield part, table


def _names(found: DataMap, book: Book) -> None:
    for key, values in (
        ("code", [c.code for c in found.categories]),
        ("number", [c.number for c in found.categories]),
    ):
        for i in _repeats(values):
            table = _table(book, "categories", i)
            table.place = f"category “{found.categories[i].code}”"
            table.wrong(key, f"“{values[i]}” is used by an earlier category.")
    tables = list(_parts(found, book))
    for i in _repeats([part.code for part, _ in tables]):
        tables[i][1].wrong("code", f"“{tables[i][0].code}” is used by an earlier part.")


def _repeats(values: Iterable[Hashable]) -> list[int]:
    seen: Counter[Hashable] = Counter()
    repeated = []
    for position, value in enumerate(values):
        seen[value] += 1
        if seen[value] > 1:
            repeated.append(position)
    return repeated


def _zone(table: Table, key: str, name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        table.wrong(key, f"“{name}” isn't a time zone.")


def _check_resolve(resolve: Resolve, found: DataMap, table: Table) -> None:
    _known_source(resolve.source, found, table, kinds={SourceKind.SQL})
    _sql(resolve.sql, frozenset({"identifier"}), table)
    if "identifier" not in sqltext.binds(resolve.sql):
        table.wrong("sql", "Bind the identifier as :identifier.")
    names = sqltext.selected(resolve.sql)
    if names != ["account_key", "account_name"]:
        table.wrong("sql", "Select account_key and account_name, in this order.")


def _known_source(
    name: str, found: DataMap, table: Table, *, kinds: Iterable[SourceKind]
) -> None:
    known = {source.name: source.kind for source in found.sources}
    if name and name not in known:
        table.wrong("source", f"“{name}” isn't one of: {', '.join(known) or 'none'}.")
    elif name and known[name] not in kinds:
        table.wrong("source", f"“{name}” can't be used here: it is read as files.")


def _sql(sql: str, allowed: frozenset[str], table: Table) -> None:
    shift = 1 if sql and table.book.opens_below(table.line("sql")) else 0
    for at, sentence in sqltext.mistakes(sql, allowed) if sql else ():
        table.wrong("sql", sentence, below=sql.count("\n", 0, at) + shift)


def _check_part(part: Part, found: DataMap, table: Table) -> None:
    if part.response not in _CODES[part.kind]:
        codes = ", ".join(sorted(_CODES[part.kind]))
        table.wrong(
            "response", f"A part of kind {part.kind.value} can answer: {codes}."
        )
    if part.kind is PartKind.STATEMENT:
        return
    if part.kind is PartKind.MANUAL:
        _check_order(part, table)
        return
    _known_source(part.source, found, table, kinds=set(SourceKind))
    _inputs(part, found, table)
    _sql(part.sql, _WHO | _BOUNDS, table)
    _bounds(part, table)
    _columns(part, table)
    _who(part, table)


_LONGEST_DUE = 365


def _check_order(part: Part, table: Table) -> None:
    if part.due_days > _LONGEST_DUE:
        table.wrong("due_days", f"At most {_LONGEST_DUE} days.")
    _bounds(part, table)
    _described(part, [column.name for column in part.columns], table)


def _inputs(part: Part, found: DataMap, table: Table) -> None:
    parts = {each.code: each for each in found.parts}
    kinds = {source.name: source.kind for source in found.sources}
    for code in part.inputs:
        if code not in parts:
            table.wrong("inputs", f"There is no part “{code}”.")
        elif parts[code].kind is PartKind.STATEMENT:
            table.wrong("inputs", f"Part “{code}” is a statement: it has no rows.")
        elif parts[code].kind is PartKind.MANUAL:
            table.wrong(
                "inputs", f"Part “{code}” is asked of people: it may bring none."
            )
    for i in _repeats(part.inputs):
        table.wrong("inputs", f"“{part.inputs[i]}” stands here twice.")
    if part.inputs and kinds.get(part.source) is SourceKind.SQL:
        table.wrong("inputs", "A query of a database can't read exhibits.")


def _bounds(part: Part, table: Table) -> None:
    inside = sqltext.binds(part.sql) & _BOUNDS
    chosen = [bool(part.window), bool(part.timeless), bool(inside)]
    if sum(chosen) == 0:
        bind = "" if part.kind is PartKind.MANUAL else " bind :since and :until,"
        table.wrong(
            "",
            f"No bound of time: name the column as “window”,{bind} or"
            " say in “timeless” why there is none.",
        )
    elif sum(chosen) > 1:
        table.wrong(
            "",
            "Use one of “window”, “timeless”, or :since and :until.",
        )
    elif inside and inside != _BOUNDS:
        table.wrong("sql", "A window has two ends: bind both :since and :until.")
    if part.timeless and (part.kept.days or part.kept.since):
        table.wrong(
            "timeless",
            "A part without dates can't be bounded by days kept, or by “from”.",
        )
    types = {column.name: column.type for column in part.columns}
    if part.window and types.get(part.window) is not ColumnType.TIMESTAMP:
        table.wrong("window", f"“{part.window}” isn't a described column of times.")


def _columns(part: Part, table: Table) -> None:
    names = [column.name for column in part.columns]
    _described(part, names, table)
    returned = sqltext.selected(part.sql)
    if returned is None:
        table.wrong(
            "sql",
            "Name each column that is selected, with AS for an expression; no star.",
        )
        return
    for position in (i for i, name in enumerate(names) if name not in returned):
        _column_table(table, position).wrong("name", "The query doesn't select it.")
    for name in (name for name in returned if name not in names):
        table.wrong("sql", f"It selects “{name}”, which isn't described.")


def _described(part: Part, names: list[str], table: Table) -> None:
    for order in part.order_by:
        if order.column not in names:
            table.wrong("order_by", f"“{order.column}” isn't a described column.")
    for position, column in enumerate(part.columns):
        if column.type is ColumnType.TIMESTAMP:
            _zone(_column_table(table, position), "zone", column.zone)
        if column.whose and column.type not in _SAYS_WHOSE:
            _column_table(table, position).wrong(
                "whose", "Only a column of text or whole numbers says whose a row is."
            )
    for i in _repeats(names):
        _column_table(table, i).wrong("name", f"“{names[i]}” is described twice.")


def _column_table(table: Table, position: int) -> Table:
    values = table.values["columns"][position]
    place = f"{table.place}, column “{values.get('name', '?')}”"
    return Table(values, (*table.path, "columns", position), place, table.book)


def _who(part: Part, table: Table) -> None:
    # A query that reads no exhibit and binds nobody would return everybody's records.
    if not part.inputs and not sqltext.binds(part.sql) & _WHO:
        table.wrong(
            "sql", "It binds neither :account nor :name: whose records are these?"
        )
    for code in part.inputs:
        words = {t.text for t in sqltext.tokens(part.sql)}
        if f"part_{code}" not in words:
            table.wrong("inputs", f"The SQL doesn't read part_{code}.")


def _cycles(found: DataMap, book: Book) -> None:
    inputs = {part.code: set(part.inputs) for part in found.parts}
    settled: set[str] = set()
    while ready := {
        c for c, needs in inputs.items() if needs & inputs.keys() <= settled
    }:
        if ready <= settled:
            break
        settled |= ready
    for part, table in _parts(found, book):
        if part.code not in settled and _reaches(part.code, part.code, inputs):
            table.wrong(
                "inputs", "This part is derived from itself, by way of its inputs."
            )


def _reaches(start: str, goal: str, inputs: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(inputs.get(start, ()))
    while ahead:
        code = ahead.pop()
        if code == goal:
            return True
        if code not in seen:
            seen.add(code)
            ahead.extend(inputs.get(code, ()))
    return False
