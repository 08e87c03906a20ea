"""Whether any of some values stands anywhere in a finished production.

Pure. Looked through are: every name; every file's bytes; the text of each page of a
PDF, once as PDFium reads it and once by our own reading of its operators and ToUnicode
maps; each of its streams, decompressed, with metadata, attachments and the outline
among them; and the archive. Text is compared without white space, case and the
compatibility forms of Unicode, so that a value parted by a line break or drawn in
ligatures is found; bytes are compared in the encodings that files usually hold.
Source: packet-engine 6; docs/decisions/0022-proof-of-redaction.md.
"""

import base64
import html
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pikepdf
import pypdfium2

# What is shorter stands somewhere by chance: it is proved by its place alone.
SHORTEST = 5
_FEW = 400  # so many are sought one by one, more by their first letters
_FIRST = 8
_SPACE = re.compile(r"\s+")
_CODE = re.compile(rb"<([0-9A-Fa-f]+)>")
_ENCODED = ("utf-16-be", "utf-16-le")


def plain(text: str) -> str:
    """Text as it is compared: without space, case and compatibility forms."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()


class Sought:
    """Values that mustn't stand anywhere; each with a place that names it in words."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """``values`` lead from the value to the place it was taken from."""
        self._text = {
            found: place
            for value, place in values.items()
            if len(found := plain(value)) >= SHORTEST
        }
        self._bytes: dict[str, str] = {}
        for value, place in values.items():
            if len(plain(value)) >= SHORTEST:
                for form in _forms(value):
                    self._bytes.setdefault(form.decode("latin-1"), place)

    def in_text(self, text: str) -> str:
        """The place of the first value that stands in a text; "" where none does."""
        return _first(self._text, plain(text))

    def in_bytes(self, data: bytes) -> str:
        """The same of bytes, in any of the usual encodings."""
        return _first(self._bytes, data.decode("latin-1"))


def _forms(value: str) -> set[bytes]:
    """A value as bytes, in the encodings that a file may hold it in."""
    plainly = value.encode()
    found = {plainly, plainly.hex().encode(), plainly.hex().upper().encode()}
    found |= {value.encode(name) for name in _ENCODED}
    found |= {value.encode(name).hex().encode() for name in _ENCODED}
    found |= {value.encode(name).hex().upper().encode() for name in _ENCODED}
    found |= {
        quote(value, safe="").encode(),
        html.escape(value).encode(),
        json.dumps(value)[1:-1].encode(),
        plainly.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)"),
    }
    found |= set(_in_base64(plainly))
    return {form for form in found if len(form) >= SHORTEST}


def _in_base64(data: bytes) -> Iterator[bytes]:
    """What base64 makes of it wherever it begins; the ends mix with what is beside."""
    for skipped in range(3):
        coded = base64.b64encode(bytes(skipped) + data).rstrip(b"=")
        start = (skipped * 8 + 5) // 6
        rest = (skipped + len(data)) % 3
        yield coded[start : len(coded) - (1 if rest else 0)]


def _first(values: Mapping[str, str], text: str) -> str:
    if len(values) <= _FEW:
        return next((place for one, place in values.items() if one in text), "")
    firsts: dict[int, dict[str, list[str]]] = {}
    for one in values:
        length = min(len(one), _FIRST)
        firsts.setdefault(length, {}).setdefault(one[:length], []).append(one)
    for length, known in firsts.items():
        for at in range(len(text) - length + 1):
            for one in known.get(text[at : at + length], ()):
                if text.startswith(one, at):
                    return values[one]
    return ""


def search(folder: Path, sought: Sought, archive: Path | None = None) -> str:
    """Where a value stands in a finished production, in words; "" where none does.

    The words name the place that the value was taken from, and never the value.
    """
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = str(path.relative_to(folder))
        for where, place in _in_file(path, name, sought):
            if place:
                return f"{place} stands in {where}."
    if archive is not None and (place := _in_archive(archive, folder, sought)):
        return f"{place} stands in the archive."
    return ""


def _in_file(path: Path, name: str, sought: Sought) -> Iterator[tuple[str, str]]:
    yield "the name of a file", sought.in_text(name)
    data = path.read_bytes()
    yield name, sought.in_bytes(data)
    if data.startswith(b"%PDF"):
        for number, text in enumerate(_by_pdfium(path), start=1):
            yield f"{name}, page {number}", sought.in_text(text)
        yield from _in_objects(path, name, sought)
    else:
        yield name, sought.in_text(data.decode(errors="replace"))


def _in_archive(archive: Path, folder: Path, sought: Sought) -> str:
    """Names and notes of the archive; its files are those of the folder, or sought."""
    with zipfile.ZipFile(archive) as packed:
        said = [packed.comment, *(one.extra + one.comment for one in packed.infolist())]
        found = sought.in_bytes(b"\0".join(said))
        for name in packed.namelist():
            found = found or sought.in_text(name)
            beside = folder.parent / name
            data = packed.read(name)
            if not beside.is_file() or beside.read_bytes() != data:
                found = found or sought.in_bytes(data)
    return found


def _by_pdfium(path: Path) -> Iterator[str]:
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            text = page.get_textpage()
            yield text.get_text_bounded()
            text.close()
            page.close()


def _in_objects(path: Path, name: str, sought: Sought) -> Iterator[tuple[str, str]]:
    with pikepdf.open(path) as document:
        for number, page in enumerate(document.pages, start=1):
            text = " ".join(_drawn(page))
            yield f"{name}, page {number}, as drawn", sought.in_text(text)
        for one in document.objects:
            yield from _in_object(one, name, sought)


def _in_object(one: Any, name: str, sought: Sought) -> Iterator[tuple[str, str]]:
    if isinstance(one, pikepdf.Stream):
        try:
            data = one.read_bytes()
        except pikepdf.PdfError:  # pictures, which hold no text
            data = one.read_raw_bytes()
        yield f"{name}, a stream of it", sought.in_bytes(data)
        yield f"{name}, a stream of it", sought.in_text(data.decode(errors="replace"))
    for text in _strings(one):
        yield f"{name}, a text outside its pages", sought.in_text(text)


def _strings(one: Any) -> Iterator[str]:
    """The strings of an object, but not of those it points to: they are objects too."""
    if isinstance(one, pikepdf.String):
        yield str(one)
    elif isinstance(one, pikepdf.Array):
        for inner in list(one):
            if not getattr(inner, "is_indirect", False):
                yield from _strings(inner)
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        for key in tuple(one.keys()):
            held: Any = one.get(key)
            if not getattr(held, "is_indirect", False):
                yield from _strings(held)


def _drawn(page: Any) -> Iterator[str]:
    """The text that a page's operators draw, by the fonts' own maps to Unicode."""
    fonts = page.obj.get("/Resources", {}).get("/Font", {})
    maps = {name: _to_unicode(fonts[name]) for name in tuple(fonts.keys())}
    known: tuple[int, Mapping[int, str]] = (1, {})
    instructions: Any = pikepdf.parse_content_stream(page)
    for operands, operator in instructions:
        if str(operator) == "Tf":
            known = maps.get(str(operands[0]), (1, {}))
        elif str(operator) in {"Tj", "TJ", "'", '"'}:
            yield "".join(_decoded(operands, *known))


def _decoded(
    operands: Iterable[Any], width: int, known: Mapping[int, str]
) -> Iterator[str]:
    for one in operands:
        if isinstance(one, pikepdf.Array):
            yield from _decoded(one, width, known)
        elif isinstance(one, pikepdf.String):
            data = bytes(one)
            for at in range(0, len(data), width):
                code = int.from_bytes(data[at : at + width], "big")
                yield known.get(code, chr(code) if width == 1 else "")


def _to_unicode(font: Any) -> tuple[int, dict[int, str]]:
    """The bytes of a code, and the text of each."""
    if "/ToUnicode" not in font:
        return 1, {}
    found: dict[int, str] = {}
    width = 1
    section = ""
    for line in font["/ToUnicode"].read_bytes().splitlines():
        if line.rstrip().endswith((b"bfchar", b"bfrange", b"codespacerange")):
            section = line.split()[-1].decode()
            continue
        codes = _CODE.findall(line)
        if section == "begincodespacerange" and codes:
            width = len(codes[0]) // 2
        elif section == "beginbfchar" and codes:
            for code, text in zip(codes[::2], codes[1::2], strict=False):
                found[int(code, 16)] = _utf16(text)
        elif section == "beginbfrange" and len(codes) > 2:
            _add_range(found, line, codes)
    return width, found


def _add_range(found: dict[int, str], line: bytes, codes: list[bytes]) -> None:
    first, last = int(codes[0], 16), int(codes[1], 16)
    if b"[" in line:
        found |= {first + n: _utf16(text) for n, text in enumerate(codes[2:])}
        return
    text = _utf16(codes[2])
    for n in range(last - first + 1):
        found[first + n] = text[:-1] + chr(ord(text[-1]) + n)


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", errors="replace")
