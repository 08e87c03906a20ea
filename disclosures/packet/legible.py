"""Text as a page may show it: nothing hidden, nothing obeyed, nothing without a glyph.

Evidence holds what users typed. A right-to-left override would reverse what a judge
reads, a zero-width or control character would vanish. Such characters are shown as
``<U+202E>``. The CSV exhibits hold the exact characters, and the schedules say so.
"""

import dataclasses
import unicodedata
from collections.abc import Callable
from typing import Any

# What shows nothing though its category says it is a letter, mark or symbol: Hangul and
# Khmer fillers, the grapheme joiner, variation selectors, the blank Braille pattern.
_BLANK = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *(0xFFFC, 0xFFFD),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)
_HIDDEN = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"])
_MARKS = frozenset(["Mn", "Me"])
# More marks on one letter than this would be drawn over the rows above and below.
_MOST_MARKS = 4
# Fields of prose whose line breaks are ours or the operator's and mean a new line.
_PROSE = frozenset(
    [
        *("description", "legal_basis", "limits", "parameters_note"),
        *("practice", "sql", "statement", "wording"),
    ]
)

Covers = Callable[[str], bool]


def legible(text: str, covers: Covers | None = None, *, keep: str = "") -> str:
    """The text with each character that can't be seen as ``<U+XXXX>``.

    ``covers`` says whether a character has a glyph; ``keep`` names control characters
    that mean what they do (a line break in prose).
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        plain = character == " " or character in keep
        hidden = category in _HIDDEN or ord(character) in _BLANK or marks > _MOST_MARKS
        # A mark with no letter to stand on would stand on what isn't part of the text.
        hidden = hidden or (marks == 1 and (not shown or shown[-1][-1] == ">"))
        if not plain and (hidden or (covers is not None and not covers(character))):
            shown.append(code(character))
        else:
            shown.append(character)
    return "".join(shown)


def script(character: str) -> str:
    """The script of a character that only lacks a font; "" where it has no form."""
    if unicodedata.category(character) in _HIDDEN or ord(character) in _BLANK:
        return ""
    return unicodedata.name(character, "").partition(" ")[0].title()


def code(character: str) -> str:
    """What is printed for a character that can't be."""
    return f"<U+{ord(character):04X}>"


def whole(facts: Any, covers: Covers | None = None, *, field: str = "") -> Any:
    """The same facts with every text in them legible; other values stay as they are."""
    if isinstance(facts, str):
        if field in _PROSE:
            return legible(_even(facts), covers, keep="\n")
        return legible(str(facts), covers)
    if isinstance(facts, tuple):
        return tuple(whole(one, covers, field=field) for one in facts)
    if dataclasses.is_dataclass(facts) and not isinstance(facts, type):
        values = {
            one.name: whole(getattr(facts, one.name), covers, field=one.name)
            for one in dataclasses.fields(facts)
        }
        return type(facts)(**values)
    return facts


def _even(text: str) -> str:
    """One kind of line end and no tabs, so that prose keeps its shape."""
    return (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").strip("\n")
    )
