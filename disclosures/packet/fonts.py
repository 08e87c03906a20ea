"""The fonts of a packet: which files may be used, and which characters they cover.

Pages are set in Noto Sans, Noto Serif and DejaVu Sans Mono (OFL and Bitstream Vera
licences), found by fontconfig; other scripts come from whatever further Noto Sans faces
are installed. A character that none of them holds is shown as an escape (``legible``),
never as an empty box. ``packet-fonts.conf`` keeps every other font out.
"""

import ctypes
import ctypes.util
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from disclosures.exceptions import FontMissing

FAMILIES = ("Noto Sans", "Noto Serif", "DejaVu Sans Mono")
_CONFIGURATION = Path(__file__).with_name("packet-fonts.conf")
_SYSTEM_FONTS = 0


class _FontSet(ctypes.Structure):
    _fields_ = [
        ("count", ctypes.c_int),
        ("room", ctypes.c_int),
        ("patterns", ctypes.POINTER(ctypes.c_void_p)),
    ]


def use_own_configuration() -> None:
    """Point fontconfig to our configuration; before anything loads fontconfig."""
    os.environ["FONTCONFIG_FILE"] = str(_CONFIGURATION)


@dataclass(frozen=True, order=True)
class FontFile:
    """One face of a font file; ``index`` is its place in a collection."""

    family: str
    path: str
    index: int

    @property
    def name(self) -> str:
        """The file's name without its ending: ``NotoSans-Bold``."""
        return Path(self.path).stem


@functools.cache
def coverage() -> Callable[[str], bool]:
    """A test of whether some font of ours has a glyph for a character.

    Raises:
        FontMissing: one of ``FAMILIES`` isn't installed.
    """
    library = _library()
    union = library.FcCharSetCreate()
    families = set()
    for pattern in _patterns(library):
        families.add(_text(library, pattern, b"family"))
        _add_characters(library, pattern, union)
    if missing := [name for name in FAMILIES if name not in families]:
        raise FontMissing(
            f"The fonts {', '.join(missing)} aren't installed; on Debian they come "
            "with fonts-noto-core and fonts-dejavu-core."
        )
    return functools.lru_cache(4096)(
        lambda character: bool(library.FcCharSetHasChar(union, ord(character)))
    )


@functools.cache
def files() -> tuple[FontFile, ...]:
    """Every face that may be used, sorted."""
    library = _library()
    return tuple(
        sorted(
            FontFile(
                family=_text(library, pattern, b"family"),
                path=_text(library, pattern, b"file"),
                index=_number(library, pattern, b"index"),
            )
            for pattern in _patterns(library)
        )
    )


@functools.cache
def _library() -> ctypes.CDLL:
    use_own_configuration()
    library = ctypes.CDLL(
        ctypes.util.find_library("fontconfig") or "libfontconfig.so.1"
    )
    _declare(library)
    return library


def _patterns(library: ctypes.CDLL) -> Iterator[int]:
    fonts = library.FcConfigGetFonts(library.FcInitLoadConfigAndFonts(), _SYSTEM_FONTS)
    if fonts:
        yield from fonts.contents.patterns[: fonts.contents.count]


def _declare(library: ctypes.CDLL) -> None:
    pointer, out = ctypes.c_void_p, ctypes.POINTER
    library.FcInitLoadConfigAndFonts.restype = pointer
    library.FcConfigGetFonts.argtypes = [pointer, ctypes.c_int]
    library.FcConfigGetFonts.restype = out(_FontSet)
    library.FcCharSetCreate.restype = pointer
    library.FcCharSetMerge.argtypes = [pointer, pointer, pointer]
    library.FcCharSetHasChar.argtypes = [pointer, ctypes.c_uint32]
    library.FcPatternGetCharSet.argtypes = [
        pointer,
        ctypes.c_char_p,
        ctypes.c_int,
        out(pointer),
    ]
    library.FcPatternGetString.argtypes = [
        pointer,
        ctypes.c_char_p,
        ctypes.c_int,
        out(ctypes.c_char_p),
    ]
    library.FcPatternGetInteger.argtypes = [
        pointer,
        ctypes.c_char_p,
        ctypes.c_int,
        out(ctypes.c_int),
    ]


def _text(library: ctypes.CDLL, pattern: int, key: bytes) -> str:
    found = ctypes.c_char_p()
    library.FcPatternGetString(pattern, key, 0, ctypes.byref(found))
    return (found.value or b"").decode()


def _number(library: ctypes.CDLL, pattern: int, key: bytes) -> int:
    found = ctypes.c_int()
    library.FcPatternGetInteger(pattern, key, 0, ctypes.byref(found))
    return found.value


def _add_characters(library: ctypes.CDLL, pattern: int, union: int) -> None:
    characters = ctypes.c_void_p()
    if (
        library.FcPatternGetCharSet(pattern, b"charset", 0, ctypes.byref(characters))
        == 0
    ):
        library.FcCharSetMerge(union, characters, None)
