"""Text as PDF operators: measured, broken into lines, and readable again.

Plain text (Windows-1252) is written a byte a character in a simple font. Everything
else is shaped, and written so that an extractor gets back what was typed: words stand
where they are seen but are written in the order they are read, and a cluster that isn't
one glyph with the meaning of its text carries that text (``ActualText``).

Nothing is cut and nothing leaves its width: what is longer wraps, and what no face
holds, or what is wider than the whole line, is shown as its code.
"""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

from disclosures.packet.legible import code, legible, script
from disclosures.packet.schedule import faces, shaping
from disclosures.packet.schedule.plain import FILLED, Plain
from disclosures.packet.schedule.shaping import Cluster, Run
from disclosures.packet.schedule.simple import NotSimple

# Where a line may end, after a space or else after one of these.
_MARKS = "-/,;:)]}&?=|_.@+"
_RESTORED = b"/S%d %g Tf"


@dataclass(frozen=True)
class Style:
    """A face by its number, a size and a distance of lines, both in points."""

    face: int
    size: float
    leading: float

    @property
    def begin(self) -> bytes:
        """The operators that set it."""
        return b"/S%d %g Tf %g TL" % (self.face, self.size, self.leading)


class Ink:
    """Which glyphs were drawn, by face: what the fonts of the PDF must hold."""

    def __init__(self) -> None:
        self.plain: set[int] = set()
        self.glyphs: dict[int, dict[int, str]] = {}

    def add(self, face: int, glyph: int, text: str) -> None:
        """Note a glyph; a meaning that the font doesn't tell is the least one seen."""
        known = self.glyphs.setdefault(face, {})
        if glyph not in known or text < known[glyph]:
            known[glyph] = text

    def told(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "plain": sorted(self.plain),
            "glyphs": [
                [face, sorted(own.items())] for face, own in self.glyphs.items()
            ],
        }

    @classmethod
    def heard(cls, told: dict[str, Any]) -> Self:
        """What ``told`` said."""
        ink = cls()
        ink.plain = set(told["plain"])
        ink.glyphs = {face: dict(map(tuple, own)) for face, own in told["glyphs"]}
        return ink

    def merge(self, other: "Ink") -> None:
        """Take over what another process drew; the order makes no difference."""
        self.plain |= other.plain
        for face, glyphs in other.glyphs.items():
            for glyph, text in glyphs.items():
                self.add(face, glyph, text)


class Setter:
    """Sets text; keeps account of its ink, and of what it had to show as codes.

    ``coded`` are the scripts that no face draws; "" stands for what has no form at all.
    """

    def __init__(self) -> None:
        self.ink = Ink()
        self.coded: set[str] = set()

    def legible(self, text: str) -> str:
        """A record's text with a code for what can't be seen or drawn."""
        shown = legible(text, faces.covers)
        if shown != text:
            self.coded |= {
                script(one) for one in text if legible(one, faces.covers) != one
            }
        return shown

    def width(self, text: str, style: Style) -> float:
        """How wide the text is on one line, in points."""
        if (plain := _plain(text)) is not None:
            return faces.faces()[style.face].plain.width(plain) * style.size / 1000
        shown = _held(text, style.face)
        runs = shaping.shape(shown, shaping.levels(shown), style.face)
        return _advance(runs) * style.size / 1000

    def lines(self, text: str, style: Style, width: float) -> tuple[bytes, ...]:
        """The operators of each line.

        Each of them begins and ends at the line's start with the style's font; the
        text is legible (``packet.legible``).
        """
        room = width * 1000 / style.size
        if (plain := _plain(text)) is None:
            return self._simple(text, style, room) or tuple(
                self._shaped(text, style, room)
            )
        self.ink.plain.add(style.face)
        return tuple(plain_lines(faces.faces()[style.face].plain, plain, room))

    def _simple(self, text: str, style: Style, room: float) -> tuple[bytes, ...]:
        """The lines of text without shaping, and none where it needs some."""
        simple = faces.faces()[style.face].simple
        try:
            glyphs = text.translate(simple)
        except NotSimple:
            return ()
        sums = list(accumulate(map(simple.advances.__getitem__, text)))
        letters = dict(zip(text, glyphs, strict=True))
        if max(map(simple.advances.__getitem__, letters)) > room:
            return ()  # it shows its code instead
        for letter, glyph in letters.items():
            self.ink.add(style.face, ord(glyph), letter)
        starts = [0]
        while sums[-1] - (sums[starts[-1] - 1] if starts[-1] else 0) > room:
            stop = _stop(text, sums, room, starts[-1])
            if stop >= len(text):
                break
            starts.append(stop)
        begin = b"/C%d %g Tf" % (style.face, style.size)
        end = _RESTORED % (style.face, style.size)
        return tuple(
            b"%b [<%b>]TJ %b"
            % (begin, glyphs[at:to].encode("utf-16-be").hex().encode(), end)
            for at, to in itertools.pairwise([*starts, len(text)])
        )

    def _shaped(self, text: str, style: Style, room: float) -> Iterator[bytes]:
        shown = _fitting(_held(text, style.face), style.face, room)
        levels = shaping.levels(shown)
        runs = shaping.shape(shown, levels, style.face)
        if _advance(runs) <= room:
            yield self._write(shown, runs, style)
            return
        sums, places = _measured(shown, runs)
        start = 0
        while start < len(shown):
            stop = _stop(shown, sums, room, start)
            # Not inside a cluster, and not between a letter and its mark.
            stop = max(places[bisect_right(places, stop) - 1], _after(places, start))
            while True:
                part = shown[start:stop]
                runs = shaping.shape(part, _ended(part, levels[start:stop]), style.face)
                blank = part.endswith(" ") * faces.faces()[style.face].widths[32]
                shorter = places[bisect_left(places, stop) - 1]
                # Letters that join otherwise at its end may make a line longer.
                if _advance(runs) - blank <= room or shorter <= start:
                    break
                stop = shorter
            yield self._write(part, runs, style)
            start = stop

    def _write(self, text: str, runs: list[Run], style: Style) -> bytes:
        """One line: its words where they are seen, in the order they are read."""
        out, at = [], 0.0
        for _, x, face, clusters in sorted(_words(text, runs), key=lambda one: one[0]):
            if x != at:
                out.append(b"%g 0 Td" % round((x - at) * style.size / 1000, 3))
                at = x
            out.append(b"/C%d %g Tf" % (face, style.size))
            out += self._word(text, face, clusters, style.size)
        if at:
            out.append(b"%g 0 Td" % round(-at * style.size / 1000, 3))
        return b" ".join([*out, _RESTORED % (style.face, style.size)])

    def _word(
        self, text: str, face: int, clusters: list[Cluster], size: float
    ) -> Iterator[bytes]:
        drawn = faces.faces()[face]
        pending: list[bytes] = []
        for cluster in clusters:
            said = text[cluster.start : cluster.stop]
            first = cluster.glyphs[0]
            is_one = len(cluster.glyphs) == 1
            for glyph, *_ in cluster.glyphs:
                self.ink.add(face, glyph, drawn.meanings.get(glyph, said))
            if is_one and not first[3] and drawn.meanings.get(first[0]) == said:
                pending.append(_shown(drawn, *first[:3]))
                continue
            yield from _flushed(pending)
            yield (
                b"/Span<</ActualText<feff%b>>>BDC"
                % said.encode("utf-16-be").hex().encode()
            )
            for glyph, advance, right, up in cluster.glyphs:
                shown = b"[%b]TJ" % _shown(drawn, glyph, advance, right)
                rise = round(up * size / 1000, 3)
                yield b"%g Ts %b 0 Ts" % (rise, shown) if up else shown
            yield b"EMC"
        yield from _flushed(pending)


def _flushed(pending: list[bytes]) -> Iterator[bytes]:
    if pending:
        yield b"[%b]TJ" % b"".join(pending).replace(b"><", b"")
        pending.clear()


def _shown(face: faces.Face, glyph: int, advance: int, right: int) -> bytes:
    """A glyph in an array of ``TJ``, with what its place differs from its width."""
    before = b"%d" % -right if right else b""
    rest = face.advance(glyph) + right - advance
    return b"%b<%04x>%b" % (before, glyph, b"%d" % rest if rest else b"")


def _words(text: str, runs: list[Run]) -> Iterator[tuple[int, int, int, list[Cluster]]]:
    """Where each word is read, where it is seen, its face and its clusters.

    Text from left to right stays together with its spaces. From right to left an
    extractor turns each word by itself, so the spaces stay away and show as distance.
    """
    x = 0
    for run in runs:
        word: list[Cluster] = []
        start = x
        for cluster in run.clusters:
            if run.level % 2 and text[cluster.start : cluster.stop] == " ":
                if word:
                    yield min(one.start for one in word), start, run.face, word
                word = []
            else:
                if not word:
                    start = x
                word.append(cluster)
            x += cluster.advance
        if word:
            yield min(one.start for one in word), start, run.face, word


def _advance(runs: list[Run]) -> int:
    return sum(cluster.advance for run in runs for cluster in run.clusters)


def _plain(text: str) -> bytes | None:
    if text.isascii():
        return text.encode()
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return None


def _held(text: str, face: int) -> str:
    return "".join(
        one if faces.holder(one, face) is not None else code(one) for one in text
    )


def plain_lines(measure: Plain, plain: bytes, room: float) -> list[bytes]:
    """The operators of each line of plain text; ``room`` is in 1/1000 em."""
    width = measure.width(plain)
    if width <= room:
        return [b"(%b)Tj" % escaped(plain)]
    return [
        b"(%b)Tj" % escaped(plain[start:stop])
        for start, stop in measure.breaks(plain, width, room)
    ]


def escaped(plain: bytes) -> bytes:
    """Plain text as it stands between the brackets of a string."""
    if b"\\" in plain:
        plain = plain.replace(b"\\", b"\\\\")
    if b"(" in plain or b")" in plain:
        plain = plain.replace(b"(", b"\\(").replace(b")", b"\\)")
    return plain


def _fitting(text: str, face: int, room: float) -> str:
    """The text with each letter that is wider than a line as its code."""
    runs = shaping.shape(text, shaping.levels(text), face)
    wide = [
        one
        for run in runs
        for one in run.clusters
        if one.advance > room or any(glyph == 0 for glyph, *_ in one.glyphs)
    ]
    for cluster in sorted(wide, key=lambda one: one.start, reverse=True):
        codes = "".join(map(code, text[cluster.start : cluster.stop]))
        text = text[: cluster.start] + codes + text[cluster.stop :]
    return text


def _measured(text: str, runs: list[Run]) -> tuple[list[int], list[int]]:
    """How far the text reaches after each character, and where a line may begin."""
    advances = [0] * len(text)
    for run in runs:
        for cluster in run.clusters:
            advances[cluster.start] = cluster.advance
    marks = shaping.joined(text)
    starts = {one.start for run in runs for one in run.clusters}
    places = sorted(one for one in starts if one == 0 or not marks[one])
    return list(accumulate(advances)), [*places, len(text)]


def _after(places: list[int], start: int) -> int:
    return places[bisect_right(places, start)]


def _ended(line: str, levels: Sequence[int]) -> Sequence[int]:
    """Rule L1 of UAX 9: blanks at a line's end have the line's own direction."""
    kept = len(line.rstrip(" "))
    return [*levels[:kept], *[min(levels)] * (len(line) - kept)]


def _stop(text: str, sums: list[int], room: float, start: int) -> int:
    """Where a line ends; a single space may hang over its end."""
    before = sums[start - 1] if start else 0
    stop = max(bisect_right(sums, before + room, start), start + 1)
    if stop >= len(text):
        return stop
    if text[stop] == " " and text[stop - 1] != " ":
        return stop + 1
    return _invited(text, start, stop)


def _invited(text: str, start: int, stop: int) -> int:
    """The last good place to end a line that can't be longer than to ``stop``."""
    least = start + int((stop - start) * FILLED)
    if (space := text.rfind(" ", least, stop)) >= 0:
        return space + 1
    mark = max(text.rfind(one, least, stop) for one in _MARKS)
    return mark + 1 if mark >= 0 else stop
