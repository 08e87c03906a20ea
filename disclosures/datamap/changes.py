"""What another data map would change, in words: for whoever reviews it before loading.

Pure. A sentence each, in the order of the files: what can be asked for and resolved,
what leaves the database, how it is fetched, what is said. Blanks and comments in SQL
change nothing; anything else does.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from disclosures.datamap import sqltext
from disclosures.datamap.terms import Column, DataMap, Order, Part

_MAP = {
    "service": "the name of the service",
    "title": "the title",
    "version": "the version",
    "zone": "the time zone",
    "account_form": "the form of an account's key",
}
_SOURCE = {"kind": "the kind", "title": "the title"}
_RESOLVE = {"source": "the source", "form": "the form"}
_CATEGORY = {
    "number": "the number",
    "title": "the title",
    "usual_words": "the usual words",
    "data_class": "the class of data",
    "held": "what is held",
}
_PART = {
    "title": "the title",
    "kind": "the kind",
    "response": "the answer",
    "source": "the source",
    "inputs": "what it is drawn from",
    "order_by": "the order",
    "window": "the column of the window",
    "timeless": "why it has no window",
    "most_rows": "the cap on rows",
    "statement": "the statement",
    "empty_statement": "what is said of nothing found",
    "limits": "the known limits",
    "owner": "whose order it is",
    "instructions": "the instructions to the data owner",
    "due_days": "the days that the data owner has",
}
_KEPT = {
    "days": "the days kept",
    "with_account": "whether it is kept while the account exists",
    "words": "the words on retention",
    "since": "since when it has this shape",
    "until": "until when it has this shape",
}
_COLUMN = {
    "title": "the title",
    "description": "the description",
    "type": "the type",
    "zone": "the time zone",
    "third_party": "whether it is about other people",
    "whose": "whose it is",
}


def changes(old: DataMap, new: DataMap) -> tuple[str, ...]:
    """What putting ``new`` in the place of ``old`` would change, in sentences."""
    return tuple(_changes(old, new))


def _changes(old: DataMap, new: DataMap) -> Iterator[str]:
    yield from _fields("The map", old, new, _MAP)
    for name, before, after in _paired(_by(old.sources), _by(new.sources)):
        where = f"Source “{name}”"
        yield from _came_or_went(where, before, after)
        if before and after:
            yield from _fields(where, before, after, _SOURCE)
    kinds = (_by(old.resolve, "kind"), _by(new.resolve, "kind"))
    for name, before, after in _paired(*kinds):
        where = f"Resolving identifiers of kind “{name}”"
        yield from _came_or_went(where, before, after)
        if before and after:
            yield from _fields(where, before, after, _RESOLVE)
            yield from _sql(where, before.sql, after.sql)
    codes = (_by(old.categories, "code"), _by(new.categories, "code"))
    for name, before, after in _paired(*codes):
        where = f"Category “{name}”"
        yield from _came_or_went(where, before, after)
        if before and after:
            yield from _fields(where, before, after, _CATEGORY)
    yield from _parts(old, new)


def _parts(old: DataMap, new: DataMap) -> Iterator[str]:
    for code, before, after in _paired(_by(old.parts, "code"), _by(new.parts, "code")):
        title = (after or before).title
        where = f"Part {code}, {title}"
        if not before:
            home = new.category_of(code).code
            yield f"{where}: it is added to category “{home}”."
            yield from _columns(where, (), after.columns)
        elif not after:
            yield f"{where}: it is removed; its records no longer leave the source."
        else:
            left, home = old.category_of(code).code, new.category_of(code).code
            if left != home:
                yield f"{where}: it moves from category “{left}” to “{home}”."
            yield from _part(where, before, after)


def _part(where: str, before: Part, after: Part) -> Iterator[str]:
    yield from _columns(where, before.columns, after.columns)
    yield from _sql(where, before.sql, after.sql)
    yield from _fields(where, before, after, _PART)
    yield from _fields(where, before.kept, after.kept, _KEPT)


def _columns(
    where: str, before: tuple[Column, ...], after: tuple[Column, ...]
) -> Iterator[str]:
    for name, one, other in _paired(_by(before), _by(after)):
        column = f"{where}, column “{name}”"
        if not one:
            yield f"{column}: it is added, and leaves the source from then on."
        elif not other:
            yield f"{column}: it is removed, and no longer leaves the source."
        else:
            yield from _fields(column, one, other, _COLUMN)
    names = [each.name for each in before], [each.name for each in after]
    if names[0] != names[1] and sorted(names[0]) == sorted(names[1]):
        yield f"{where}: the columns stand in another order."


def _sql(where: str, before: str, after: str) -> Iterator[str]:
    if _pieces(before) != _pieces(after):
        yield f"{where}: the SQL is changed."


def _pieces(sql: str) -> list[str]:
    return [t.text for t in sqltext.tokens(sql) if t.kind != sqltext.Kind.COMMENT]


def _came_or_went(where: str, before: object, after: object) -> Iterator[str]:
    if not before:
        yield f"{where}: it is added."
    elif not after:
        yield f"{where}: it is removed."


def _fields(
    where: str, before: object, after: object, names: Mapping[str, str]
) -> Iterator[str]:
    for name, words in names.items():
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield f"{where}, {words}: {_said(other)} instead of {_said(one)}."


def _said(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case "" | 0 | None | ():
            return "none"
        case datetime():
            return value.isoformat()
        case int():
            return f"{value:,}"
        case tuple():
            return ", ".join(map(_said, value))
        case Order():
            return f"“{value.column}{' desc' if value.is_descending else ''}”"
        case _:
            return f"“{value}”"


def _by(things: Iterable[Any], attribute: str = "name") -> dict[str, Any]:
    return {str(getattr(each, attribute)): each for each in things}


def _paired(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """By name, what stands in the old and in the new one; in the order of the new."""
    for name in [*new, *(name for name in old if name not in new)]:
        yield name, old.get(name), new.get(name)
