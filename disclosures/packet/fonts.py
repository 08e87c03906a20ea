"""The fonts of a packet: which files may be used, and which characters they cover.

Pages are set in Noto Sans, Noto Serif and DejaVu Sans Mono (OFL and Bitstream Vera
licences), found by fontconfig; other scripts come from whatever further Noto Sans faces
are installed. A character that none of them holds is shown as an escape (``legible``),
never as an empty box. ``packet-fonts.conf`` keeps every other font out, and so does
``fonts.lock`` with every file that isn't byte for byte one it names: another version of
a font would break lines elsewhere, and a packet couldn't be made again.
"""

import atexit
import ctypes
import ctypes.util
import functools
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from disclosures.exceptions import FontMissing

FAMILIES = ("Noto Sans", "Noto Serif", "DejaVu Sans Mono")
_CONFIGURATION = Path(__file__).with_name("packet-fonts.conf")
_LOCK = Path(__file__).with_name("fonts.lock")
_SYSTEM_FONTS = 0
_ACCEPTED = re.compile("<acceptfont>.*</acceptfont>", re.DOTALL)


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
            f"The fonts {', '.join(missing)} aren't installed, or aren't those of "
            "fonts.lock; on Debian 12 `make fonts` brings them."
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
    found = {Path(_text(library, one, b"file")) for one in _patterns(library)}
    kept = {path for path in found if _is_pinned(path)}
    if kept != found:
        _keep_only(kept)
    return library


def _is_pinned(path: Path) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == _pinned().get(
            path.name
        )


@functools.cache
def _pinned() -> dict[str, str]:
    """The SHA-256 of each font file that may be used, by its name."""
    lines = _LOCK.read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def _keep_only(paths: set[Path]) -> None:
    """Point fontconfig to a configuration that accepts these files alone."""
    globs = "".join(f"<glob>{escape(str(path))}</glob>" for path in sorted(paths))
    text = _CONFIGURATION.read_text(encoding="utf-8")
    descriptor, name = tempfile.mkstemp(prefix="candor-fonts-", suffix=".conf")
    atexit.register(Path(name).unlink, missing_ok=True)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        accepted = f"<acceptfont>{globs}</acceptfont>"
        file.write(_ACCEPTED.sub(lambda _: accepted, text))
    os.environ["FONTCONFIG_FILE"] = name


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
