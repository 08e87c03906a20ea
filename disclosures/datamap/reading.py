"""Reading a TOML table with a list of every mistake, instead of stopping at the first.

Pure. A getter never guesses: a value that can't be used leaves a mistake with its line
and place, and something harmless stands in for it, so that the reading can go on.
"""

import difflib
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any, TypeVar

from disclosures.datamap import locate
from disclosures.datamap.terms import MapError, Mistake

E = TypeVar("E", bound=Enum)
_LARGEST = 2**53


class Table:
    """One table of the file: hands out its values and notes what is wrong with them."""

    def __init__(
        self, values: dict[str, Any], path: locate.Path, place: str, book: "Book"
    ) -> None:
        self.values = values
        self.path = path
        self.place = place
        self.book = book
        self.asked: set[str] = set()

    def line(self, key: str = "") -> int:
        """The line of a key, or that of the table itself."""
        return self.book.line((*self.path, key) if key else self.path)

    def wrong(self, key: str, sentence: str, *, below: int = 0) -> None:
        """Note a mistake at a key, ``below`` that many lines into its value."""
        place = f"{self.place}, {key}" if key else self.place
        self.book.mistakes.append(
            Mistake(
                self.line(key) + below, place.removeprefix(", ") or "The file", sentence
            )
        )

    def text(self, key: str, *, needed: bool = True, longest: int = 20_000) -> str:
        """A text without blanks around it."""
        value: str = self._get(key, str, "a text", "", needed=needed)
        if needed and key in self.values and not value.strip():
            self.wrong(key, "This is empty.")
        if len(value) > longest:
            self.wrong(key, f"At most {longest} characters.")
        return value.strip()

    def raw(self, key: str) -> str:
        """A text exactly as it stands."""
        value: str = self._get(key, str, "a text", "", needed=True)
        return value

    def number(self, key: str, *, needed: bool = True) -> int:
        """A whole number above zero; 0 where it isn't said and needn't be."""
        value: int = self._get(key, int, "a whole number", 0, needed=needed)
        if key in self.values and not 1 <= value <= _LARGEST:
            self.wrong(key, f"A whole number from 1 up, at most {_LARGEST}.")
            return 0
        return value

    def moment(self, key: str) -> datetime | None:
        """An instant; a day without a time is its beginning in UTC."""
        wanted = "a day, or a time with its offset"
        value = self._get(key, date, wanted, None, needed=False)
        if not isinstance(value, datetime):
            return value and datetime.combine(value, time.min, tzinfo=UTC)
        if value.tzinfo is None:
            self.wrong(key, "A time needs its offset: end it with Z for UTC.")
            return None
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.wrong(key, "This is before the year 1 or after 9999 in UTC.")
            return None

    def flag(self, key: str) -> bool:
        """True or false; false where it isn't said."""
        value: bool = self._get(key, bool, "true or false", False, needed=False)  # noqa: FBT003 - the value itself
        return value

    def choice(self, key: str, options: type[E], default: E | None = None) -> E:
        """One of a closed list."""
        known = {str(option.value): option for option in options}
        fallback = default or next(iter(known.values()))
        value = self._get(key, str, "a text", "", needed=default is None)
        if value in known:
            return known[value]
        if key in self.values and isinstance(self.values[key], str):
            self.wrong(key, f"“{value}” isn't one of: {', '.join(known)}.")
        return fallback

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        values: list[Any] = self._get(key, list, "a list of texts", [], needed=needed)
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.wrong(key, "Each entry of this list is a text.")
            return ()
        return tuple(value.strip() for value in values)

    def tables(
        self, key: str, name_of: Callable[[dict[str, Any]], str]
    ) -> "list[Table]":
        """A list of tables; ``name_of`` words the place of each."""
        values: list[Any] = self._get(key, list, "a list of tables", [], needed=True)
        found = []
        for position, value in enumerate(values):
            if isinstance(value, dict):
                place = ", ".join(filter(None, [self.place, name_of(value)]))
                found.append(
                    Table(value, (*self.path, key, position), place, self.book)
                )
            else:
                self.book.is_shapely = False
                self.wrong(key, "Each entry of this list is a table.")
        if key in self.values and not values:
            self.wrong(key, "At least one entry is needed.")
        return found

    def child(self, key: str) -> "Table | None":
        """The one table of this key; None where it isn't there."""
        value = self._get(key, dict, "a table", None, needed=False)
        if value is None:
            return None
        place = ", ".join(filter(None, [self.place, key]))
        return Table(value, (*self.path, key), place, self.book)

    def children(self, key: str) -> "dict[str, Table]":
        """The tables below this one, by name."""
        values: dict[str, Any] = self._get(key, dict, "a table", {}, needed=True)
        found = {}
        for name, value in values.items():
            if isinstance(value, dict):
                found[name] = Table(
                    value, (*self.path, key, name), f"{key}.{name}", self.book
                )
            else:
                self.wrong(key, f"“{name}” isn't a table.")
        return found

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.values.keys() - self.asked:
            near = difflib.get_close_matches(key, self.asked, 1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            self.wrong(key, f"There is no such key here.{hint}")

    def _get(
        self, key: str, kind: type, wanted: str, otherwise: Any, *, needed: bool
    ) -> Any:
        self.asked.add(key)
        if key not in self.values:
            if needed:
                self.wrong("", f"“{key}” is missing.")
            return otherwise
        value = self.values[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, f"This should be {wanted}.")
            return otherwise
        return value


class Book:
    """The file as a whole: its tables, the lines they stand on, the mistakes so far."""

    def __init__(self, text: str) -> None:
        """Read the text.

        Raises:
            MapError: it isn't TOML.
        """
        self.mistakes: list[Mistake] = []
        self.is_shapely = True  # whether every list of tables holds only tables
        self.text_lines = text.splitlines()
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise MapError([_not_toml(str(error), len(self.text_lines))]) from None
        self._lines = locate.lines(text)
        self.top = Table(values, (), "", self)

    def line(self, path: locate.Path) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def opens_below(self, line: int) -> bool:
        """Whether a long text that is named on this line begins on the next one."""
        return self.text_lines[line - 1].rstrip().endswith(('"""', "'''"))


def _not_toml(message: str, last: int) -> Mistake:
    words, _, where = message.partition(" (at ")
    digits = where.removeprefix("line ").partition(",")[0]
    line = int(digits) if digits.isdigit() else max(last, 1)
    return Mistake(line, "The file", f"This isn't TOML: {words}.")
