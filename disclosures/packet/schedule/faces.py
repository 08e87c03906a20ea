"""The faces that the schedules are set in, and which of them draws a character.

Five faces have a role; what they lack comes from every other regular face that the
packet may use (``packet.fonts``), in a fixed order. A character that none of them holds
isn't drawn at all: the text shows its code instead (``packet.legible``).

HarfBuzz opens, measures and cuts the fonts down; nothing of the system's own version of
it is used, so that a page doesn't depend on the machine.
"""

import functools
import struct
import unicodedata
from enum import IntEnum

import uharfbuzz as hb

from disclosures.exceptions import FontMissing
from disclosures.packet import fonts
from disclosures.packet.fonts import FontFile
from disclosures.packet.schedule.plain import Plain
from disclosures.packet.schedule.simple import Simple


class Role(IntEnum):
    """The places of the named faces in ``faces()``."""

    SANS = 0
    SANS_BOLD = 1
    SERIF = 2
    SERIF_BOLD = 3
    MONO = 4


_NAMED = (
    *("NotoSans-Regular", "NotoSans-Bold", "NotoSerif-Regular", "NotoSerif-Bold"),
    "DejaVuSansMono",
)
# What comes after the faces of single scripts: pictures, signs, and whoever has rest.
_LATE = (
    *("Noto Emoji", "Noto Sans Symbols2", "Noto Sans Symbols", "Noto Sans Math"),
    *("DejaVu Sans", "Noto Naskh Arabic", "Noto Sans Mono", "Noto Sans Display"),
)
# The one of the Chinese, Japanese and Korean faces that is asked first.
_FIRST = "Noto Sans CJK SC"
# What the subset needn't hold: it is drawn glyph by glyph, already shaped.
_DROPPED = (
    *("GSUB", "GPOS", "GDEF", "kern", "STAT", "MATH", "vhea", "vmtx", "VORG", "DSIG"),
    *("BASE", "name", "SVG ", "COLR", "CPAL"),
)
_FLAGS = (
    hb.SubsetFlags.RETAIN_GIDS
    | hb.SubsetFlags.NO_HINTING
    | hb.SubsetFlags.NO_LAYOUT_CLOSURE
)
# Codes of Windows-1252 that print; a simple font needs one byte for each of these.
PRINTED = {
    code: bytes([code]).decode("cp1252")
    for code in range(32, 256)
    if code not in {0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xA0, 0xAD}
}


class Face:
    """One face: what it covers, how wide its glyphs are, and its subset."""

    def __init__(self, file: FontFile) -> None:
        self.file = file
        self._face = hb.Face(hb.Blob.from_file_path(file.path), file.index)
        self.font = hb.Font(self._face)
        self.upem: int = self._face.upem
        self.is_cff = "CFF " in self._face.table_tags

    def glyph(self, character: str) -> int:
        """The character's glyph; 0 if there is none."""
        return int(self.font.get_nominal_glyph(ord(character)) or 0)

    def advance(self, glyph: int) -> int:
        """A glyph's width in thousandths of an em, as the PDF's widths say it."""
        return round(self.font.get_glyph_h_advance(glyph) * 1000 / self.upem)

    @functools.cached_property
    def widths(self) -> tuple[int, ...]:
        """The widths of the 256 codes of Windows-1252; 0 for those that aren't used."""
        return tuple(
            self.advance(self.glyph(PRINTED[code])) if code in PRINTED else 0
            for code in range(256)
        )

    @functools.cached_property
    def plain(self) -> Plain:
        """What measures plain text in this face."""
        return Plain(self.widths)

    @functools.cached_property
    def simple(self) -> Simple:
        """What sets text in this face that needs no shaping."""
        return Simple(self)

    @functools.cached_property
    def meanings(self) -> dict[int, str]:
        """The text of each glyph that stands for one: a function of the font alone.

        A joined Arabic form means its letter, the lowest code wins: so every process
        writes the same, and an extractor gets back what was typed.
        """
        codes = sorted(self._face.unicodes, reverse=True)
        return {self.glyph(chr(code)): _meaning(chr(code)) for code in codes}

    def subset(self, glyphs: set[int], *, with_codes: bool) -> bytes:
        """The font with these glyphs under their numbers alone.

        ``with_codes`` keeps the characters of Windows-1252 and their codes as well.
        """
        wanted = hb.SubsetInput()
        wanted.glyph_set.update({0, *glyphs})
        if with_codes:
            wanted.unicode_set.update({ord(one) for one in PRINTED.values()})
        wanted.flags = _FLAGS
        wanted.drop_table_tag_set.update(
            {int.from_bytes(tag.encode().ljust(4), "big") for tag in _DROPPED}
        )
        return bytes(hb.subset(self._face, wanted).blob.data)

    def descriptor(self) -> dict[str, list[int]]:
        """What the PDF says of the font's measures, in thousandths of an em."""
        box = struct.unpack_from(">4h", self._table("head"), 36)
        extents = self.font.get_font_extents("ltr")
        os2 = self._table("OS/2")
        has_capital = struct.unpack_from(">H", os2)[0] >= 2
        capital = struct.unpack_from(">h", os2, 88)[0] if has_capital else 0
        return {
            "FontBBox": [self._thousandths(one) for one in box],
            "Ascent": [self._thousandths(extents.ascender)],
            "Descent": [self._thousandths(extents.descender)],
            "CapHeight": [self._thousandths(capital) or 700],
        }

    def _table(self, tag: str) -> bytes:
        return bytes(self._face.reference_table(tag).data)

    def _thousandths(self, value: int) -> int:
        return round(value * 1000 / self.upem)


def _meaning(character: str) -> str:
    is_form = 0xFB1D <= ord(character) <= 0xFEFC
    return unicodedata.normalize("NFKC", character) if is_form else character


@functools.cache
def faces() -> tuple[Face, ...]:
    """The faces by number: those with a role, then the others in their order.

    Raises:
        FontMissing: a face with a role isn't installed.
    """
    by_name = {file.name: file for file in reversed(fonts.files())}
    if missing := [name for name in _NAMED if name not in by_name]:
        raise FontMissing(
            f"The font files {', '.join(missing)} aren't installed, or aren't those "
            "of fonts.lock; on Debian 12 `make fonts` brings them."
        )
    others = [file for file in fonts.files() if _is_fallback(file)]
    named = [by_name[name] for name in _NAMED]
    return tuple(Face(file) for file in [*named, *sorted(others, key=_rank)])


def _is_fallback(file: FontFile) -> bool:
    is_regular = file.name.endswith("-Regular") or file.name == "DejaVuSans"
    # A number above the places in a collection names a variant of a variable font.
    return is_regular and file.name not in _NAMED and file.index < 0x10000


def _rank(file: FontFile) -> tuple[int, FontFile]:
    if file.family in _LATE:
        return 2 + _LATE.index(file.family), file
    return (0 if file.family == _FIRST else 1), file


@functools.lru_cache(1 << 16)
def holder(character: str, face: int = Role.SANS) -> int | None:
    """The number of the face that draws a character in text of ``face``."""
    known = faces()
    for number in (face, Role.SANS, *range(len(_NAMED), len(known))):
        if known[number].glyph(character):
            return int(number)
    return None


def covers(character: str) -> bool:
    """Whether some face has a glyph for a character."""
    return holder(character) is not None
