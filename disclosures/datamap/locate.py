"""Where in a TOML text each value stands: ``tomllib`` tells values, but no lines.

Pure. The text must have passed ``tomllib`` first: the scan relies on it being valid
TOML and only follows its shape. A path is the keys and list positions that lead to a
value, ``("categories", 0, "parts", 1, "sql")``.
"""

import re

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"\s*(\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+)\s*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'(?:.)*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\r\n]+")


def lines(text: str) -> dict[Path, int]:
    """The line, counted from 1, at which each table, key and list element begins."""
    return _Scan(text).run()


class _Scan:
    """One pass over a valid document, noting the line of each path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {(): 1}
        self.counts: dict[Path, int] = {}
        self._line, self._counted = 1, 0

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _skip(self) -> bool:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def _here(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def _note(self, path: Path) -> None:
        self.found.setdefault(path, self._here())

    def _keys(self) -> list[str]:
        keys = []
        while match := _KEY.match(self.text, self.at):
            key = match[1]
            keys.append(key[1:-1] if key[0] in "\"'" else key)
            self.at = match.end()
            if self.text[self.at] != ".":
                break
            self.at += 1
        return keys

    def _header(self) -> Path:
        is_list = self.text.startswith("[[", self.at)
        line = self._here()
        self.at += 2 if is_list else 1
        *parents, last = self._keys()
        self.at += 2 if is_list else 1
        path: Path = ()
        for key in parents:
            self.found.setdefault((*path, key), line)
            path = self._newest((*path, key))
        path = (*path, last)
        if is_list:
            self.found.setdefault(path, line)
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.found.setdefault(path, line)
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self.counts[path]) if path in self.counts else path

    def _pair(self, table: Path) -> None:
        self._skip()
        line = self._here()
        path = table
        for key in self._keys():
            path = (*path, key)
            self.found.setdefault(path, line)
        self.at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        match self.text[self.at]:
            case "[":
                self._elements(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                found = _STRING.match(self.text, self.at)
                self.at = found.end() if found else len(self.text)
            case _:
                found = _BARE.match(self.text, self.at)
                self.at = found.end() if found else self.at + 1

    def _elements(self, path: Path) -> None:
        self.at += 1
        position = 0
        while self._skip() and self.text[self.at] != "]":
            self._note((*path, position))
            self._value((*path, position))
            position += 1
            self._comma()
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self._skip() and self.text[self.at] != "}":
            self._pair(path)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        if self._skip() and self.text[self.at] == ",":
            self.at += 1
