"""Text that needs more than one glyph a character: scripts, marks, directions.

The bidirectional algorithm is FriBidi's, which Pango brings along (UAX 9, with bracket
pairs), the shaping is HarfBuzz's. What comes out is glyphs in the order they are seen,
each with the place of its text, so that a line can be written in the order it is read.
"""

import ctypes
import ctypes.util
import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import uharfbuzz as hb

from disclosures.packet.schedule.faces import Role, faces, holder

_RIGHT_TO_LEFT = frozenset(["R", "AL", "AN"])
_CODE = re.compile(r"<U\+[0-9A-F]{4,6}>")
# FriBidi's name for "by the first letter that has a direction".
_BY_FIRST_LETTER = 0x40
# No ligatures that only please, no kerning: a cell is as wide as its letters.
_FEATURES = {"kern": False, "liga": False, "clig": False}


@dataclass(frozen=True)
class Cluster:
    """Characters that are drawn as one: ``start`` to ``stop`` of the text.

    ``glyphs`` are number, advance, and shift to the right and up, in 1/1000 em.
    """

    start: int
    stop: int
    glyphs: tuple[tuple[int, int, int, int], ...]

    @property
    def advance(self) -> int:
        """How far the next cluster stands."""
        return sum(advance for _, advance, _, _ in self.glyphs)


@dataclass(frozen=True)
class Run:
    """Clusters of one face and one direction, in the order they are seen."""

    face: int
    level: int
    clusters: tuple[Cluster, ...]


def levels(text: str) -> Sequence[int]:
    """The embedding level of each character: odd ones run from right to left.

    A code (``<U+0000>``) runs from left to right wherever it stands.
    """
    if not any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in text):
        return bytes(len(text))
    text = _CODE.sub(lambda found: "x" * len(found[0]), text)
    size = len(text)
    codes = (ctypes.c_uint32 * size)(*map(ord, text))
    kinds, brackets = (ctypes.c_uint32 * size)(), (ctypes.c_uint32 * size)()
    found, base = (ctypes.c_int8 * size)(), ctypes.c_uint32(_BY_FIRST_LETTER)
    library = _fribidi()
    library.fribidi_get_bidi_types(codes, size, kinds)
    library.fribidi_get_bracket_types(codes, size, kinds, brackets)
    library.fribidi_get_par_embedding_levels_ex(
        kinds, brackets, size, ctypes.byref(base), found
    )
    return list(found)


def shape(text: str, levels: Sequence[int], face: int = Role.SANS) -> list[Run]:
    """The text's runs in the order they are seen.

    Each character must have a face (``faces.holder``).
    """
    spans = _spans(text, levels, face)
    return [_run(text, *span) for span in _as_seen(spans)]


def joined(text: str) -> list[bool]:
    """Whether each character belongs to the one before it and mustn't leave it."""
    return [unicodedata.category(one)[0] == "M" for one in text]


@functools.cache
def _fribidi() -> ctypes.CDLL:
    return ctypes.CDLL(ctypes.util.find_library("fribidi") or "libfribidi.so.0")


def _spans(
    text: str, levels: Sequence[int], face: int
) -> list[tuple[int, int, int, int]]:
    """Start, stop, level and face of what is shaped at once."""
    spans: list[tuple[int, int, int, int]] = []
    for start, stop in _letters(text):
        for at, number in enumerate(_holders(text[start:stop], face), start):
            last = spans[-1] if spans else None
            if last and last[2] == levels[at] and last[3] == number:
                spans[-1] = (last[0], at + 1, *last[2:])
            else:
                spans.append((at, at + 1, levels[at], number))
    return spans


def _letters(text: str) -> list[tuple[int, int]]:
    """Where each letter with its marks begins and ends."""
    starts = [at for at, mark in enumerate(joined(text)) if not mark or at == 0]
    return list(itertools.pairwise([*starts, len(text)]))


def _holders(letter: str, face: int) -> list[int]:
    """One face for a letter and its marks, or else one for each."""
    numbers = [holder(one, face) or 0 for one in letter]
    if len(set(numbers)) > 1:
        for number in numbers:
            if all(faces()[number].glyph(one) for one in letter):
                return [number] * len(letter)
    return numbers


def _as_seen(spans: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Rule L2 of UAX 9: from the highest level down, turn what is at least as high."""
    seen = list(spans)
    for level in range(max((span[2] for span in spans), default=0), 0, -1):
        at = 0
        while at < len(seen):
            end = at
            while end < len(seen) and seen[end][2] >= level:
                end += 1
            seen[at:end] = reversed(seen[at:end])
            at = max(end, at + 1)
    return seen


def _run(text: str, start: int, stop: int, level: int, face: int) -> Run:
    drawn = faces()[face]
    buffer = hb.Buffer()
    buffer.add_str(text, start, stop - start)
    buffer.language = "en"
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    hb.shape(drawn.font, buffer, _FEATURES)
    glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    starts = sorted({info.cluster for info, _ in glyphs})
    ends = dict(itertools.pairwise([*starts, stop]))
    return Run(
        face=face,
        level=level,
        clusters=tuple(
            Cluster(
                start=place,
                stop=ends[place],
                glyphs=tuple(
                    (
                        info.codepoint,
                        *(
                            round(value * 1000 / drawn.upem)
                            for value in (at.x_advance, at.x_offset, at.y_offset)
                        ),
                    )
                    for info, at in group
                ),
            )
            for place, group in itertools.groupby(glyphs, lambda one: one[0].cluster)
        ),
    )
