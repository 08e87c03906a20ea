"""What anyone can read off a packet in their hands: its files, its pages, its sums."""

import csv
import json
import re
import subprocess
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Unpacked:
    """A production, unpacked."""

    folder: Path

    @classmethod
    def from_zip(cls, path: Path) -> "Unpacked":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(path.parent)
            (top,) = {name.split("/")[0] for name in archive.namelist()}
        return cls(path.parent / top)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return json.loads((self.folder / "manifest.json").read_text("utf-8"))

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page, by pdftotext."""
        done = self._run("pdftotext", "-layout", "packet.pdf", "-")
        return done.stdout.removesuffix("\f").split("\f")

    @property
    def exhibits(self) -> list[dict[str, Any]]:
        return self.manifest["exhibits"]

    def pages_of(self, exhibit: dict[str, Any]) -> str:
        """The text of an exhibit's own pages, without the white space of its wraps."""
        first, last = (
            int(exhibit[end].rpartition("-")[2])
            for end in ("bates_first", "bates_last")
        )
        return squeezed("".join(self.pages[first - 1 : last]))

    def rows_of(self, exhibit: dict[str, Any]) -> list[dict[str, str]]:
        with (self.folder / exhibit["file"]).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def sums(self) -> "subprocess.CompletedProcess[str]":
        """``sha256sum -c SHA256SUMS``, as the letter tells its reader to."""
        return self._run("sha256sum", "-c", "SHA256SUMS")

    def _run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - the recipient's own tools
            command, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def flip(self, name: str) -> None:
        """Turn one bit in the middle of a file."""
        path = self.folder / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


def squeezed(text: str) -> str:
    """A text without its white space."""
    return re.sub(r"\s+", "", text)
