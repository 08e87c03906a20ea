"""What a packet is made with: each version that its bytes depend on.

They are written into the manifest, so that whoever makes the packet again can say which
of them differ before bytes are compared. Our own code and the fonts have no number that
moves with each change: they stand with a SHA-256 of what they are.
"""

import ctypes
import ctypes.util
import functools
import hashlib
import platform
import zlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pikepdf
import uharfbuzz

from disclosures.packet import fonts

_PACKAGES = ("pikepdf", "pydyf", "uharfbuzz", "weasyprint")
_FOLDER = Path(__file__).parent
_OURS = (_FOLDER, _FOLDER.parent / "templates" / "disclosures" / "packet")
_SOURCES = {".py", ".conf", ".html", ".css", ".txt"}


@functools.cache
def versions() -> dict[str, str]:
    """By name, sorted: packages, system libraries, our own code and the fonts."""
    found = {name: metadata.version(name) for name in _PACKAGES}
    found |= {
        "candor": _digest(_sources()),
        "fonts": _digest((Path(one.path).name, Path(one.path)) for one in _faces()),
        "harfbuzz": uharfbuzz.version_string(),
        "pango": _pango(),
        "python": platform.python_version(),
        "qpdf": pikepdf.__libqpdf_version__,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }
    return dict(sorted(found.items()))


def _sources() -> Iterable[tuple[str, Path]]:
    for folder in _OURS:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SOURCES:
                yield path.relative_to(_FOLDER.parent).as_posix(), path


def _faces() -> list[fonts.FontFile]:
    """One face of each file; where it is installed is no matter."""
    by_file = {one.path: one for one in fonts.files()}
    return sorted(by_file.values(), key=lambda one: (Path(one.path).name, one.path))


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    whole = hashlib.sha256()
    for name, path in files:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{digest}  {name}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def _pango() -> str:
    library = ctypes.CDLL(ctypes.util.find_library("pango-1.0") or "libpango-1.0.so.0")
    library.pango_version_string.restype = ctypes.c_char_p
    version: bytes = library.pango_version_string()
    return version.decode()
