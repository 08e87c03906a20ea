"""Small data maps for tests: one part over one query."""

from disclosures.datamap.terms import (
    AccountForm,
    Category,
    Column,
    DataMap,
    Order,
    Part,
    Resolve,
    Source,
    SourceKind,
    Window,
)
from disclosures.enums import ColumnType, PartKind, ResponseCode
from disclosures.sources.base import Account
from disclosures.sources.guard import Guard


def column(name, kind="text", zone="", whose=None):
    zone = zone or ("UTC" if kind == "timestamp" else "")
    return Column(
        name, name.title(), "A column.", ColumnType(kind), zone=zone, whose=whose
    )


def guard(one, account=None, window=None, form=AccountForm.TEXT):
    """What holds a part's rows to its account and window; nothing unless it is said."""
    return Guard(one, account or Account("key", "name"), window or Window(), form)


def part(sql, *columns, order="", **more):
    """A query part with these columns, sorted by the first unless said otherwise."""
    known = {
        "code": "1a",
        "title": "Part",
        "response": ResponseCode.PRODUCED,
        "source": "service",
        "timeless": "" if more.get("window") else "A test.",
        "order_by": (Order(order or columns[0].name),),
        "empty_statement": "None.",
    }
    kind = PartKind(more.pop("kind", "query"))
    return Part(sql=sql, columns=columns, kind=kind, **(known | more))


def datamap(*parts, form=AccountForm.TEXT, resolve=""):
    """A map of these parts over one database and one file."""
    resolvers = (
        (Resolve("username", "service", resolve, AccountForm.TEXT),) if resolve else ()
    )
    return DataMap(
        service="Test",
        title="Test",
        version="1",
        zone="UTC",
        account_form=form,
        sources=(
            Source("service", SourceKind.SQL, "Test database"),
            Source("downloads", SourceKind.FILES, "Test files"),
        ),
        resolve=resolvers,
        categories=(Category("c", 1, "C", "C;", "subscriber", "C.", parts),),
    )
