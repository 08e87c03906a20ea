"""A sealed packet made again from its frozen inputs, and held against what was sealed.

In this order, so that the cause is named before its effect: the inputs (the facts that
were frozen, each exhibit's file by its hash), the versions of the tools, the bytes of
each file. It is made in a folder of its own that is removed at the end, whatever
happens; nothing in the store is touched, and no row but that a changed file is noted
as a break in custody, as at any reading.

What is said here names files, exhibits and fields, and never a value of them.
"""

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from cases import sandbox
from cases.exceptions import CaseError
from disclosures import breaks, facts, frozen, marks, production
from disclosures.exceptions import CustodyBroken
from disclosures.models import Packet
from disclosures.packet import assemble, contents, inputs, objection, seal
from disclosures.packet.signer import Signature
from disclosures.packet.verify import MANIFEST, SIGNATURE, SUMS, SUMS_512

SECONDS, MEGABYTES = 1800, 4096
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Outcome:
    """What came of making a packet again, each line a sentence.

    ``faults`` are inputs that aren't what they were: then nothing was made. ``notes``
    are facts that the rows tell otherwise today; what was frozen counts. ``tools`` are
    versions that differ, ``equal`` and ``different`` the files by name.
    """

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    equal: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    is_signed: bool = False

    @property
    def is_proved(self) -> bool:
        """Whether every byte came out as it was sealed."""
        return bool(self.equal) and not self.different and not self.faults


def rebuild(packet: Packet) -> Outcome:
    """Make a sealed packet again in a scratch place and compare it with the sealed one.

    Raises:
        ChildTimedOut: drawing took too long.
        ChildKilled: drawing took too much memory, or was stopped.
        FontMissing: a font isn't installed.
    """
    with _scratch() as work:
        faults, paths = _inputs(packet, work)
        if faults:
            return Outcome(faults=faults)
        said = frozen.facts(packet, paths)
        manifest = json.loads(_sealed_manifest(packet))
        pdf = work / "packet.pdf"
        rendered = sandbox.run(
            objection.render if packet.is_letter else assemble.render,
            said,
            pdf,
            seconds=SECONDS,
            megabytes=MEGABYTES,
        )
        signer = _AsSealed(packet, manifest) if manifest.get("signature") else None
        made = seal.seal(said, rendered, pdf, paths, work / "out", signer)
        equal, different = _compared(packet, made)
        return Outcome(
            notes=_told_otherwise(packet, said),
            tools=_versions(manifest.get("tools", {}), rendered.tool_versions),
            equal=equal,
            different=different,
            is_signed=signer is not None,
        )


class _AsSealed:
    """Puts the signature of the sealed packet behind what was drawn anew.

    A signature can't be made again: its time and its numbers are of the day. It stands
    behind the drawn bytes, so these must be what the sealed file begins with.
    """

    def __init__(self, packet: Packet, manifest: dict[str, Any]) -> None:
        self._folder = production.folder(packet)
        said = dict(manifest["signature"])
        del said["manifest"]
        self._signature = Signature(**said)
        self._stamped = {one["file"]: one["stamped_at"] for one in manifest["pdfs"]}

    def pdf(self, unsigned: Path, signed: Path) -> Signature:
        """The sealed PDF if it begins with what was drawn, else what was drawn."""
        sealed = self._folder / signed.name
        shutil.copyfile(sealed if _begins(sealed, unsigned) else unsigned, signed)
        stamped = self._stamped.get(signed.name) or self._signature.stamped_at
        return replace(self._signature, stamped_at=stamped)

    def manifest(self, data: bytes) -> bytes:
        """The signature of the sealed manifest."""
        return (self._folder / SIGNATURE).read_bytes()


def _begins(path: Path, start: Path) -> bool:
    with path.open("rb") as whole, start.open("rb") as part:
        while chunk := part.read(_CHUNK):
            if whole.read(len(chunk)) != chunk:
                return False
    return True


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """A folder that only this process's user may read, and that goes at the end."""
    root = Path(settings.WORK_DIR)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rebuild-", dir=root) as name:
        yield Path(name)


def _inputs(packet: Packet, work: Path) -> tuple[list[str], dict[str, Path]]:
    """What is wrong with the inputs, and the exhibits' plain files by name."""
    faults, paths = [], {}
    for exhibit in packet.exhibits.select_related("target", "packet__case"):
        try:
            with breaks.noted():
                path = marks.copy(exhibit, work)
        except CustodyBroken as fault:
            faults.append(str(fault))
        else:
            if path:
                paths[exhibit.file_name] = path
    with _as_sentences(faults):
        said = frozen.facts(packet, paths)
        faults += _not_as_frozen(packet, said)
    with _as_sentences(faults):
        facts.frozen_scope(packet)
    with _as_sentences(faults):
        facts.data_map(packet)
    return faults, paths


def _not_as_frozen(packet: Packet, said: contents.PacketFacts) -> list[str]:
    """Which of the inputs aren't those that the manifest and the facts speak of."""
    found = []
    try:
        manifest = json.loads(_sealed_manifest(packet))
        sealed = manifest["inputs"]["facts"]["sha256"]
    except (KeyError, TypeError, ValueError, OSError):
        return ["The sealed manifest is missing, or doesn't name the frozen facts."]
    if inputs.digest(inputs.document(said)) != sealed:
        found.append("The frozen facts aren't those that the sealed manifest names.")
    rows = {one.label: one for one in packet.exhibits.all()}
    for exhibit in said.exhibits:
        row = rows.get(exhibit.number)
        if row is None or row.sha256 != (exhibit.collected_sha256 or exhibit.sha256):
            found.append(f"Exhibit {exhibit.number} isn't the one that was sealed.")
    return found


@contextlib.contextmanager
def _as_sentences(faults: list[str]) -> Iterator[None]:
    """A refusal becomes a sentence among the others."""
    try:
        yield
    except CaseError as fault:
        faults.append(str(fault))


def _sealed_manifest(packet: Packet) -> bytes:
    """The manifest as it was sealed.

    Raises:
        ValueError: it was changed since.
    """
    data = (production.folder(packet) / MANIFEST).read_bytes()
    if hashlib.sha256(data).hexdigest() != packet.manifest_sha256:
        raise ValueError(MANIFEST)
    return data


def _told_otherwise(packet: Packet, said: contents.PacketFacts) -> list[str]:
    """The facts that the rows tell otherwise today than when the packet was sealed."""
    try:
        today = facts.packet_facts(packet)
    except CaseError as fault:
        return [str(fault)]
    return inputs.differing(said, today)


def _versions(then: dict[str, Any], now: dict[str, str]) -> list[str]:
    return [
        f"{name}: sealed with {then.get(name, 'none')}, here {now.get(name, 'none')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _compared(packet: Packet, made: seal.Sealed) -> tuple[list[str], list[str]]:
    """The names of the files that came out the same, and of those that didn't."""
    before = {name: digest for name, _size, digest in packet.files}
    after = {name: digest for name, _size, digest in made.files}
    after[made.archive.name] = made.archive_sha256
    for name in (SUMS, SUMS_512):
        before[name] = _digest(production.folder(packet) / name)
        after[name] = _digest(made.folder / name)
    names = sorted({*before, *after})
    equal = [name for name in names if before.get(name) == after.get(name)]
    return equal, [name for name in names if name not in equal]


def _digest(path: Path) -> str:
    """The SHA-256 of a file; of one that is missing, nothing at all."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
