"""How a map's query is wrapped: columns listed, window bounded, rows sorted.

Values are bound without a type, so that the column decides how they are compared. How
a value stands in the statement is handed in (``Bind``), since PostgreSQL's COPY takes
none beside it (``pgcopy``).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Select, bindparam, column, func, select, text
from sqlalchemy.types import NullType

from disclosures.datamap import sqltext
from disclosures.datamap.terms import AccountForm, Column, DataMap, Part
from disclosures.enums import ColumnType
from disclosures.sources.base import Account, Window, bound_form

Value = str | int
Bind = Callable[[str, Value], BindParameter[Any]]
_FIRST, _LAST = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"


def beside(name: str, value: Value) -> BindParameter[Any]:
    """A value that the driver sends beside the statement."""
    return bindparam(name, value, type_=NullType())


def of_part(
    datamap: DataMap,
    part: Part,
    account: Account,
    window: Window,
    *,
    dialect: str,
    bind: Bind = beside,
) -> Select[Any]:
    """The described columns of one account's records in a window, in a stable order."""
    key = bound_form(account.key, datamap.account_form)
    zone = part.column(part.window).zone if part.window else datamap.zone
    values: dict[str, Value] = {
        "account": "" if key is None else key,
        "name": account.name,
        "since": _bound_time(window.since, zone, dialect) or _FIRST,
        "until": _bound_time(window.until, zone, dialect) or _LAST,
    }
    used = {name: values[name] for name in sqltext.binds(part.sql)}
    inner = _inner(part.sql, [each.name for each in part.columns], used, bind)
    query = select(*inner.c)
    if part.window:
        place, (since, until) = inner.c[part.window], _ends(window, zone, dialect)
        if dialect == "sqlite":
            # SQLite keeps times as text of any shape; ours sorts as they follow.
            place = func.candor_instant(place, zone)
        # Half-open: an instant equal to ``until`` is outside.
        if since is not None:
            query = query.where(place >= bind("part_since", since))
        if until is not None:
            query = query.where(place < bind("part_until", until))
    return query.order_by(*_order(part, inner))


def of_accounts(sql: str, identifier: Value) -> Select[Any]:
    """The accounts that an identifier leads to: their keys and names."""
    names = ["account_key", "account_name"]
    inner = _inner(sql, names, {"identifier": identifier}, beside)
    query = select(inner.c.account_key, inner.c.account_name).distinct()
    return query.order_by(inner.c.account_name, inner.c.account_key)


def counting(query: Select[Any]) -> Select[Any]:
    """How many records a query has; none of them is read."""
    return select(func.count()).select_from(query.order_by(None).subquery("counted"))


def nobody(form: AccountForm) -> Value:
    """A key in the service's form that is nobody's."""
    match form:
        case AccountForm.UUID:
            return str(UUID(int=0))
        case AccountForm.INTEGER:
            return 0
        case AccountForm.TEXT:
            return ""


def _ends(window: Window, zone: str, dialect: str) -> Iterator[str | None]:
    for end in (window.since, window.until):
        if dialect == "sqlite":
            yield end.isoformat() if end else None
        else:
            yield _bound_time(end, zone, dialect)


def _bound_time(moment: datetime | None, zone: str, dialect: str) -> str | None:
    """An end of the window as text, in the zone of the column it is compared with."""
    if moment is None:
        return None
    local = moment.astimezone(ZoneInfo(zone))
    # PostgreSQL takes the offset where the column has one, and drops it where not.
    kept = local if dialect == "postgresql" else local.replace(tzinfo=None)
    return kept.isoformat(" ")


def _inner(sql: str, names: list[str], values: Mapping[str, Value], bind: Bind) -> Any:
    bound = [bind(name, value) for name, value in values.items()]
    query = text(sqltext.for_sqlalchemy(sql)).bindparams(*bound)
    return query.columns(*[column(name) for name in names]).subquery("part")


def _order(part: Part, inner: Any) -> list[Any]:
    order = [
        inner.c[each.column].desc()
        if each.is_descending
        else inner.c[each.column].asc()
        for each in part.order_by
    ]
    named = {each.column for each in part.order_by}
    return order + [
        inner.c[each.name].asc() for each in part.columns if _breaks_ties(each, named)
    ]


def _breaks_ties(each: Column, named: set[str]) -> bool:
    # PostgreSQL can't sort by its type json.
    return each.name not in named and each.type is not ColumnType.JSON
