"""What stands above an exhibit's rows: what it is, whom about, what the answer is.

An exhibit without rows is a statement, which is then set large.
"""

from typing import Any

from disclosures.packet.schedule.faces import Role
from disclosures.packet.schedule.page import GREY, INK, NAVY, Line, Pages, lines, tall
from disclosures.packet.schedule.text import Style

MM = 72 / 25.4
_TITLE = Style(Role.SERIF_BOLD, 15, 18.75)
_LABEL = Style(Role.SANS, 7, 9.6)
_FIELD = Style(Role.SANS, 8.5, 11.6)
_STRONG = Style(Role.SANS_BOLD, 8.5, 11.6)
_FILE = Style(Role.SANS, 7.5, 10.2)
_LIMIT = Style(Role.SANS, 8, 10.9)
_SAY = Style(Role.SERIF, 13, 19.5)
_EMPTY = Style(Role.SANS, 9, 12.2)
_END = Style(Role.SANS, 7.6, 10.3)
# The shares of the four fields, and the room between them.
_SHARES = (0.19, 0.29, 0.24, 0.28)
_GAP = 3 * MM
# What the line at the exhibit's end takes; it stays with the last row.
END_HEIGHT = 2 * MM + _END.leading


def head(pages: Pages, said: dict[str, Any], *, has_rows: bool) -> None:
    """Draw the head of an exhibit's first page."""
    _title(pages, said)
    pages.flow("P", _fields(pages, said), space=0.4 * MM)
    pages.y -= 1.4 * MM
    if said["file"]:
        _paragraph(
            pages,
            f"{said['rows']} in file exhibits/{said['file']}, SHA-256 {said['sha256']}",
            _FILE,
            after=2,
        )
    if said["statement"] and has_rows:
        _paragraph(pages, said["statement"], _FIELD, after=1.8)
    elif said["statement"]:
        _say(pages, said["statement"])
    for limit in said["limits"]:
        _paragraph(pages, f"Known limit: {limit}", _LIMIT, after=0.6, colour=GREY)
    if said["file"] and not has_rows:
        pages.y -= 2 * MM
        words = "No rows. The file holds its heading line only."
        _paragraph(pages, words, _EMPTY, after=0)


def continued(pages: Pages, said: dict[str, Any], from_row: int) -> None:
    """Draw the head of a further block of an exhibit."""
    pages.y -= 1.5 * MM
    words = f"Exhibit {said['number']}, {said['title']}: continued from row "
    _paragraph(pages, f"{words}{from_row:,}", _FIELD, after=0.5)


def coded(pages: Pages, first: int, last: int) -> None:
    """Say under the rows what of them is shown as codes, if anything is."""
    scripts = sorted(pages.setter.coded - {""})
    words = []
    if "" in pages.setter.coded:
        words.append("signs that have no visible form")
    if scripts:
        words.append(f"signs that no font of this service draws ({', '.join(scripts)})")
    if words:
        pages.y -= 2 * MM
        said = f"In rows {first:,} to {last:,}, {' and '.join(words)} are shown as "
        said += "their codes, such as <U+202E>. The file holds them unchanged."
        _paragraph(pages, said, _END, after=0, colour=GREY)


def end(pages: Pages, said: dict[str, Any]) -> None:
    """Say where an exhibit ends."""
    pages.y -= 2 * MM
    words = f"End of exhibit {said['number']}"
    _paragraph(pages, words, _END, after=0, colour=GREY)


def _title(pages: Pages, said: dict[str, Any]) -> None:
    sheet, setter = pages.sheet, pages.setter
    number = f"Exhibit {said['number']}"
    after = setter.width(number, _TITLE) + 3.5 * MM
    whole = (sheet.left, sheet.right - sheet.left)
    rest = (sheet.left + after, sheet.right - sheet.left - after)
    pages.y -= 2.5 * MM
    pages.flow(
        "H2",
        [
            lines(setter, number, _TITLE, whole),
            lines(setter, said["title"], _TITLE, rest, NAVY),
        ],
        space=0,
    )
    pages.y -= 1.6 * MM
    pages.fill(NAVY, sheet.left, whole[1], 1.2)
    pages.y -= 1.2 + 2.4 * MM


def _fields(pages: Pages, said: dict[str, Any]) -> list[list[Line]]:
    target, setter, sheet = said["target"], pages.setter, pages.sheet
    read = [said["snapshot"]] if said["snapshot"] else []
    if said["window"]:
        read.append(f"Dates {said['window']}")
    fields = [
        (f"Target {target['number']}, {target['kind']}", target["identifier"], _STRONG),
        (f"Requested item {said['item']}", f"“{said['wording']}”", _FIELD),
        ("Answer", said["code_label"], _STRONG),
    ]
    if read:
        label = f"{said['source']}, read at" if said["source"] else "Dates"
        fields.append((label, "\n".join(read), _FIELD))
    cells = []
    x = sheet.left
    for (label, value, style), share in zip(fields, _SHARES, strict=False):
        width = share * (sheet.right - sheet.left)
        room = (x, width - _GAP)
        cells.append(
            lines(setter, f"{label} ", _LABEL, room, GREY)
            + lines(setter, value, style, room)
        )
        x += width
    return cells


def _paragraph(
    pages: Pages, text: str, style: Style, *, after: float, colour: bytes = INK
) -> None:
    sheet = pages.sheet
    room = (sheet.left, sheet.right - sheet.left)
    pages.flow("P", [lines(pages.setter, text, style, room, colour)], space=0)
    pages.y -= after * MM


def _say(pages: Pages, statement: str) -> None:
    """The answer itself, with a bar beside it; one that fills a page has none."""
    sheet = pages.sheet
    room = (sheet.left + 5 * MM + 3, sheet.right - sheet.left - 35 * MM)
    shown = lines(pages.setter, statement, _SAY, room)
    height = tall(shown) + 6 * MM
    pages.y -= 7 * MM
    if pages.y - height >= sheet.bottom:
        pages.fill(NAVY, sheet.left, 3, height)
    pages.flow("P", [shown], space=3 * MM)
    pages.y -= 6 * MM
