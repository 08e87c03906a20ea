"""What the SQL of a data map may say: one reading statement with bound values.

Pure, and strict rather than clever: a text whose meaning depends on the database
(backslashes in strings, dollar quotes, nested or executable comments) is refused, so
that what is checked here is what the database reads. Two rules do the work:

* The query is wrapped by the engine, which lists the columns, bounds the window and
  sorts. So it is a single SELECT, or a WITH that ends in one, without semicolons.
* Values are bound by name: ``:account``, ``:name``, ``:since``, ``:until``; in a
  ``resolve`` query ``:identifier``. Nothing is ever formatted in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of SQL text is."""

    COMMENT = "comment"
    STRING = "string"
    QUOTED = "quoted"
    BIND = "bind"
    WORD = "word"
    NUMBER = "number"
    MARK = "mark"
    BAD = "bad"


@dataclass(frozen=True)
class Token:
    """One piece of SQL and where it begins."""

    kind: Kind
    text: str
    at: int


_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<comment>--(?=\s|$)[^\n]* | /\*(?!!|M!)(?:(?!\*/|/\*).)*\*/)
  | (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*" | `[^`]*`)
  | (?P<cast>::)
  | (?P<bind>:[A-Za-z_]\w*)
  | (?P<word>[^\W\d]\w*)
  | (?P<number>\d[\w.]*)
  | (?P<bad>\x00|--|/\*|'|"|`|\$|\?|[{}]|%s|%\(|;|\\|:|\#)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_WRITES = frozenset(
    (
        *("alter", "analyze", "attach", "call", "checkpoint", "commit", "copy"),
        *("create", "delete", "detach", "do", "drop", "execute", "export", "grant"),
        *("handler", "import", "insert", "install", "into", "load", "lock", "merge"),
        *("pragma", "prepare", "reindex", "rename", "reset", "revoke", "rollback"),
        *("truncate", "update", "use", "vacuum"),
    )
)
_REFUSED = {
    "\x00": "A NUL character.",
    "--": "A dash comment needs a blank after the dashes.",
    "/*": "This comment doesn't end, is nested, or is one that MySQL would run.",
    "'": "A string that begins here doesn't end.",
    '"': "A quoted name that begins here doesn't end.",
    "`": "A quoted name that begins here doesn't end.",
    "$": "Dollar signs can't be used: bind values as :account.",
    "?": "Bind values by name, as :account, not by position.",
    "{": "Braces look like a value formatted in: bind it, as :account.",
    "}": "Braces look like a value formatted in: bind it, as :account.",
    "%s": "%s is a value formatted in: bind it, as :account.",
    "%(": "%(...) is a value formatted in: bind it, as :account.",
    ";": "One statement only, without a semicolon.",
    "\\": "A backslash means different things to different databases: leave it out.",
    ":": "A colon that binds nothing.",
    "#": "A hash sign is a comment to some databases only: use -- instead.",
}
_FORMATTED = re.compile(r"%s|%\(\w+\)s|\{\w+\}|^':\w+'$")


def tokens(sql: str) -> Iterator[Token]:
    """The pieces of a text, blanks left out, comments kept."""
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup or "mark"
        if kind == "blank":
            continue
        if kind == "cast":
            kind = "mark"
        yield Token(Kind(kind), match[0], match.start())


def binds(sql: str) -> frozenset[str]:
    """The names of the values that a text binds."""
    return frozenset(t.text[1:] for t in tokens(sql) if t.kind is Kind.BIND)


def names(sql: str) -> frozenset[str]:
    """In lower case, every word and quoted name: among them all tables it reads."""
    found = set()
    for token in tokens(sql):
        if token.kind is Kind.WORD:
            found.add(token.text.lower())
        elif token.kind is Kind.QUOTED:
            mark = token.text[0]
            found.add(token.text[1:-1].replace(mark * 2, mark).lower())
    return frozenset(found)


def mistakes(sql: str, allowed: frozenset[str]) -> list[tuple[int, str]]:
    """What is wrong with a text: the place in it and a sentence for each mistake."""
    found = []
    pieces = [t for t in tokens(sql) if t.kind is not Kind.COMMENT]
    if not pieces or pieces[0].text.lower() not in {"select", "with"}:
        found.append((0, "Only a SELECT, or a WITH that ends in one, can be run."))
    for before, token in zip([None, *pieces], pieces, strict=False):
        if sentence := _refusal(token, before, allowed):
            found.append((token.at, sentence))
    if not found and (sentence := _brackets(pieces)):
        found.append((0, sentence))
    return found


def _refusal(token: Token, before: Token | None, allowed: frozenset[str]) -> str:
    match token.kind:
        case Kind.BAD:
            return _REFUSED[token.text]
        case Kind.STRING if "\\" in token.text:
            return _REFUSED["\\"]
        case Kind.STRING if _FORMATTED.search(token.text):
            return "A quoted placeholder is a value formatted in: bind it, as :account."
        case Kind.BIND if token.text[1:] not in allowed:
            names = ", ".join(f":{name}" for name in sorted(allowed)) or "none"
            return f"{token.text} isn't known here; there is: {names}."
        case Kind.WORD if token.text.lower() in _WRITES and not _is_column(before):
            return f"{token.text.upper()} can't be used: a query only reads."
        case _:
            return ""


def _is_column(before: Token | None) -> bool:
    return before is not None and before.text == "."


def _brackets(pieces: list[Token]) -> str:
    depth = 0
    for token in pieces:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            break
    return "The brackets don't pair up." if depth else ""


def selected(sql: str) -> list[str] | None:
    """The names of the columns that the outermost SELECT returns.

    None where the text doesn't tell: the list can't be read, an expression has no
    name, or there is a star. The caller says so; the source is asked where reachable.
    """
    items: list[list[Token]] = [[]]
    depth, inside = 0, False
    for token in tokens(sql):
        word = token.text.lower() if token.kind is Kind.WORD else token.text
        if token.kind is Kind.COMMENT or (inside and word in {"distinct", "all"}):
            continue
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and not inside:
            inside = word == "select"
        elif depth == 0 and word in {"from", "union", "where"}:
            break
        elif depth == 0 and word == ",":
            items.append([])
        elif inside:
            items[-1].append(token)
    names = [_name_of(item) for item in items]
    return None if None in names else [name for name in names if name is not None]


def _name_of(item: list[Token]) -> str | None:
    if not item or item[-1].kind not in {Kind.WORD, Kind.QUOTED}:
        return None
    is_named = len(item) == 1 or item[-2].text == "." or item[-2].text.lower() == "as"
    last = item[-1]
    name = last.text[1:-1] if last.kind is Kind.QUOTED else last.text
    return name if is_named else None


def for_sqlalchemy(sql: str) -> str:
    """The text as SQLAlchemy's ``text()`` reads it: colons in strings bind nothing."""
    # The blank keeps the value apart from a cast (:account::uuid).
    return _rewritten(sql, bind="{0} ", colon="\\:")


def for_duckdb(sql: str) -> str:
    """The text as DuckDB reads it, values bound as ``$account``."""
    return _rewritten(sql, bind="${1}", colon=":")


def _rewritten(sql: str, *, bind: str, colon: str) -> str:
    parts, end = [], 0
    for token in tokens(sql):
        parts.append(sql[end : token.at])
        end = token.at + len(token.text)
        match token.kind:
            case Kind.COMMENT:
                parts.append(" ")
            case Kind.BIND:
                parts.append(bind.format(token.text, token.text[1:]))
            case Kind.STRING | Kind.QUOTED:
                parts.append(token.text.replace(":", colon))
            case _:
                parts.append(token.text)
    return "".join([*parts, sql[end:]])
