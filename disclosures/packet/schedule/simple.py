"""Text beyond Windows-1252 that needs no shaping: a glyph a character, left to right.

Most of the world's names in Latin, Greek and Cyrillic letters are of this kind, and
shaping them one by one would take a hundred times as long as plain text. A character is
let in only if HarfBuzz itself draws it, alone, as the one glyph that means it.
"""

import unicodedata
from typing import TYPE_CHECKING

import uharfbuzz as hb

if TYPE_CHECKING:  # a face has one of these
    from disclosures.packet.schedule.faces import Face

# Latin, Greek, Cyrillic, their extensions, punctuation, currencies, letterlike signs:
# what has no marks of its own and looks the same beside any neighbour.
_BLOCKS = (
    *((0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1FFF)),
    *((0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20CF), (0x2100, 0x214F)),
)
_SURROGATES = 0xD800


class NotSimple(Exception):
    """A character that must be shaped with its neighbours, or another face."""


class Simple(dict[int, str]):
    """For ``str.translate``: each code's glyph, as the character of its number.

    ``advances`` are the widths of the characters, in 1/1000 em.
    """

    def __init__(self, face: "Face") -> None:
        super().__init__()
        self._face = face
        self.advances: dict[str, int] = {}

    def __missing__(self, code: int) -> str:
        character = chr(code)
        glyph, advance = self._alone(character)
        self.advances[character] = advance
        self[code] = chr(glyph)
        return self[code]

    def _alone(self, character: str) -> tuple[int, int]:
        is_known = any(first <= ord(character) <= last for first, last in _BLOCKS)
        if not is_known or unicodedata.category(character)[0] in "MC":
            raise NotSimple
        if unicodedata.bidirectional(character) in {"R", "AL", "AN"}:
            raise NotSimple
        face = self._face
        buffer = hb.Buffer()
        buffer.add_str(character)
        buffer.language = "en"
        buffer.guess_segment_properties()
        hb.shape(face.font, buffer, {"kern": False, "liga": False, "clig": False})
        infos, places = buffer.glyph_infos, buffer.glyph_positions
        glyph = infos[0].codepoint if len(infos) == 1 else 0
        own = face.advance(glyph)
        is_whole = (
            0 < glyph < _SURROGATES
            and face.meanings.get(glyph) == character
            and (places[0].x_offset, places[0].y_offset) == (0, 0)
            and round(places[0].x_advance * 1000 / face.upem) == own
        )
        if not is_whole:
            raise NotSimple
        return glyph, own
