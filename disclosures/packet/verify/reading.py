"""The files of a production, wherever they lie: in a folder or in a zip."""

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from disclosures.packet.verify.found import CHUNK, UNREADABLE


@dataclass(frozen=True)
class Production:
    """The files of a production, wherever they lie; ``others`` are no plain files."""

    names: tuple[str, ...]
    open: Callable[[str], IO[bytes]]
    others: tuple[str, ...] = ()


def folder(path: Path) -> Production:
    """A folder's plain files, links and empty folders apart from them."""
    found = sorted(path.rglob("*"))
    plain = [one for one in found if one.is_file() and not one.is_symlink()]
    holders = {folder for one in plain for folder in one.parents}
    others = [one for one in found if one not in holders and one not in set(plain)]
    return Production(
        tuple(one.relative_to(path).as_posix() for one in plain),
        lambda name: (path / name).open("rb"),
        tuple(one.relative_to(path).as_posix() for one in others),
    )


def archive(archive: zipfile.ZipFile) -> Production:
    """The one folder that the archive holds."""
    whole = [info.filename for info in archive.infolist() if not info.is_dir()]
    tops = {name.split("/", 1)[0] for name in whole if "/" in name}
    top = f"{min(tops)}/" if len(tops) == 1 else ""
    return Production(
        tuple(sorted(name.removeprefix(top) for name in whole)),
        lambda name: archive.open(top + name if top + name in whole else name),
        tuple(info.filename for info in archive.infolist() if info.is_dir()),
    )


@dataclass(frozen=True)
class Measures:
    """Size and hashes of a file; one that can't be read has no hash."""

    bytes: int
    sha256: str = "unreadable"
    sha512: str = "unreadable"


def measure(production: Production, name: str) -> Measures:
    """Read a file once, to its end."""
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    try:
        with production.open(name) as file:
            while chunk := file.read(CHUNK):
                sha256.update(chunk)
                sha512.update(chunk)
                size += len(chunk)
    except UNREADABLE:
        return Measures(size)
    return Measures(size, sha256.hexdigest(), sha512.hexdigest())


def read(production: Production, name: str) -> bytes:
    """A file's bytes.

    Raises:
        OSError: it can't be read.
    """
    try:
        with production.open(name) as file:
            return file.read()
    except OSError:
        raise
    except UNREADABLE as error:
        raise OSError(name) from error
