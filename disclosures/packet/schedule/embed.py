"""The schedules' fonts in the finished PDF: cut down to what was drawn, all embedded.

A face is one font program, and up to two fonts that use it: a simple one for plain
text, with a byte a character, and one that names glyphs by number. Both can be read
back: the first by its encoding, the second by its map to Unicode.
"""

from disclosures.packet.schedule.faces import Face, faces
from disclosures.packet.schedule.text import Ink
from disclosures.packet.schedule.writer import Writer

_SYMBOLIC, _NONSYMBOLIC = 4, 32
_STEM = 80
_AT_ONCE = 100
_MAP = b"""/CIDInit/ProcSet findresource begin 12 dict begin begincmap
/CMapName/Adobe-Identity-UCS def/CMapType 2 def
/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def
1 begincodespacerange<0000><ffff>endcodespacerange
%bendcmap CMapName currentdict/CMap defineresource pop end end"""


def embed(writer: Writer, ink: Ink) -> bytes:
    """Write the fonts; the entries of the pages' font resources."""
    entries = b""
    for number in sorted(ink.plain | ink.glyphs.keys()):
        face = faces()[number]
        glyphs = ink.glyphs.get(number, {})
        program = _program(writer, face, set(glyphs), with_codes=number in ink.plain)
        name = _name(face, number)
        if number in ink.plain:
            descriptor = _descriptor(writer, face, name, program, _NONSYMBOLIC)
            font = _simple(writer, face, name, descriptor)
            entries += b"/S%d %d 0 R" % (number, font)
        if glyphs:
            descriptor = _descriptor(writer, face, name, program, _SYMBOLIC)
            font = _by_glyph(writer, face, name, descriptor, glyphs)
            entries += b"/C%d %d 0 R" % (number, font)
    return entries


def _name(face: Face, number: int) -> bytes:
    """The font's name with the tag of a subset: six capitals."""
    tag = "SCHD" + chr(65 + number // 26) + chr(65 + number % 26)
    return f"{tag}+{face.file.name}".encode()


def _program(
    writer: Writer, face: Face, glyphs: set[int], *, with_codes: bool
) -> bytes:
    data = face.subset(glyphs, with_codes=with_codes)
    if face.is_cff:
        number = writer.deflated(data, b"/Subtype/OpenType")
        return b"/FontFile3 %d 0 R" % number
    number = writer.deflated(data, b"/Length1 %d" % len(data))
    return b"/FontFile2 %d 0 R" % number


def _descriptor(
    writer: Writer, face: Face, name: bytes, program: bytes, flags: int
) -> int:
    measures = face.descriptor()
    said = b"".join(
        b"/%b[%b]" % (key.encode(), b" ".join(b"%d" % one for one in values))
        if len(values) > 1
        else b"/%b %d" % (key.encode(), values[0])
        for key, values in measures.items()
    )
    return writer.add(
        b"<</Type/FontDescriptor/FontName/%b/Flags %d/ItalicAngle 0/StemV %d%b%b>>"
        % (name, flags, _STEM, said, program)
    )


def _simple(writer: Writer, face: Face, name: bytes, descriptor: int) -> int:
    widths = b" ".join(b"%d" % one for one in face.widths[32:])
    return writer.add(
        b"<</Type/Font/Subtype/TrueType/BaseFont/%b/FirstChar 32/LastChar 255"
        b"/Widths[%b]/Encoding/WinAnsiEncoding/FontDescriptor %d 0 R>>"
        % (name, widths, descriptor)
    )


def _by_glyph(
    writer: Writer, face: Face, name: bytes, descriptor: int, glyphs: dict[int, str]
) -> int:
    pairs = sorted(glyphs.items())
    widths = b"".join(b"%d[%d]" % (one, face.advance(one)) for one, _ in pairs)
    kind, how = (0, b"") if face.is_cff else (2, b"/CIDToGIDMap/Identity")
    system = b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    descendant = writer.add(
        b"<</Type/Font/Subtype/CIDFontType%d/BaseFont/%b/CIDSystemInfo%b"
        b"/FontDescriptor %d 0 R/DW 1000/W[%b]%b>>"
        % (kind, name, system, descriptor, widths, how)
    )
    return writer.add(
        b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H"
        b"/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, descendant, writer.deflated(_to_unicode(pairs)))
    )


def _to_unicode(pairs: list[tuple[int, str]]) -> bytes:
    rows = [
        b"<%04x><%b>\n" % (glyph, text.encode("utf-16-be").hex().encode())
        for glyph, text in pairs
    ]
    blocks = [rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE)]
    return _MAP % b"".join(
        b"%d beginbfchar\n%bendbfchar\n" % (len(block), b"".join(block))
        for block in blocks
    )
