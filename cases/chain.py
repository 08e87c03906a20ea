"""The arithmetic of the trail: leaves, links, roots, proofs and signed checkpoints.

Pure, and runs alone: ``python chain.py FOLDER`` checks an export on a machine that has
nothing but Python and the ``cryptography`` package. What it checks:

* a *leaf* is SHA-256 over an event's canonical text, so one changed character shows;
* a *link* is SHA-256 over the link before it and the leaf, so nothing can be left out,
  put in or moved without changing every later link;
* a *checkpoint* names the last link, the Merkle root of the leaves since the one before
  it, and the digest of that one; it is signed by a key that the database hasn't;
* a *proof* leads from one leaf to the root of its checkpoint, so that a court can check
  the events of one case without seeing another's.

Leaves, inner nodes and links are hashed under different first bytes (RFC 6962 2.1), so
none can pass for another.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

START = "0" * 64  # what the first link and the first checkpoint follow
KIND = "candor trail checkpoint"
_LEAF, _NODE, _LINK = b"\x00", b"\x01", b"\x02"
Proof = list[tuple[str, str]]  # from the leaf upwards: the other side, its hash
Tree = list[list[bytes]]  # the leaves, the nodes above them, and so on to the root


def canonical(data: object) -> str:
    """The one JSON text of a value: sorted keys, no blanks, characters as such."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf(text: str) -> str:
    """The leaf of an event's canonical text, in hex like every hash here."""
    return hashlib.sha256(_LEAF + text.encode()).hexdigest()


def link(before: str, leaf_hash: str) -> str:
    """The link that ties a leaf to everything before it."""
    body = _LINK + bytes.fromhex(before) + bytes.fromhex(leaf_hash)
    return hashlib.sha256(body).hexdigest()


def tree(leaves: Sequence[str]) -> Tree:
    """The Merkle tree over some leaves, level by level; an odd one goes up as it is.

    Raises:
        ValueError: there are none.
    """
    if not leaves:
        raise ValueError("A root needs a leaf.")
    levels = [[bytes.fromhex(one) for one in leaves]]
    while len(levels[-1]) > 1:
        levels.append(_up(levels[-1]))
    return levels


def root(leaves: Sequence[str]) -> str:
    """The Merkle root of some leaves.

    Raises:
        ValueError: there are none.
    """
    return tree(leaves)[-1][0].hex()


def proof(levels: Tree, place: int) -> Proof:
    """The way from the leaf at ``place`` (counted from 0) to the root of its tree."""
    found: Proof = []
    for level in levels[:-1]:
        other = place ^ 1
        if other < len(level):
            found.append(("left" if other < place else "right", level[other].hex()))
        place //= 2
    return found


def climb(leaf_hash: str, way: Iterable[Sequence[str]]) -> str:
    """The root that a leaf and its proof come to.

    Raises:
        ValueError: a step names no side.
    """
    found = bytes.fromhex(leaf_hash)
    for side, other in way:
        if side not in {"left", "right"}:
            raise ValueError("A step of a proof is to the left or to the right.")
        here = bytes.fromhex(other)
        found = _node(here, found) if side == "left" else _node(found, here)
    return found.hex()


def _up(level: list[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [_node(left, right) for left, right in pairs]
    return [*above, level[-1]] if len(level) % 2 else above


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


# ------------------------------------------------------------------------ checkpoints


@dataclass(frozen=True)
class Checkpoint:
    """What a signed document says: the links from ``first`` to ``last`` are these."""

    number: int
    previous: str  # the digest of the document before, or START
    first: int
    last: int
    head: str
    root: str
    made_at: str  # ISO 8601, UTC

    @property
    def text(self) -> str:
        """The document, to the byte."""
        said = {
            "kind": KIND,
            "number": self.number,
            "previous": self.previous,
            "first": self.first,
            "last": self.last,
            "head": self.head,
            "root": self.root,
            "made_at": self.made_at,
        }
        return canonical(said)


def digest(text: str) -> str:
    """Of a document, as the next one names it."""
    return hashlib.sha256(text.encode()).hexdigest()


def sign(text: str, secret: bytes) -> str:
    """The Ed25519 signature of a document; ``secret`` are the key's 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(secret).sign(text.encode()).hex()


def public_key(secret: bytes) -> str:
    """What checks the signatures of this secret, in hex."""
    key = Ed25519PrivateKey.from_private_bytes(secret).public_key()
    return key.public_bytes_raw().hex()


def is_signed(text: str, signature: str, keys: Iterable[str]) -> bool:
    """Whether one of these public keys made the signature."""
    for key in keys:
        try:
            known = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            known.verify(bytes.fromhex(signature), text.encode())
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def read_checkpoint(text: str) -> Checkpoint:
    """A document as it was written.

    Raises:
        ValueError: it isn't a checkpoint, or says more or less than one.
    """
    said = json.loads(text)
    if not isinstance(said, dict) or said.pop("kind", "") != KIND:
        raise ValueError("This isn't a checkpoint of a trail.")
    try:
        found = Checkpoint(**said)
    except TypeError:
        raise ValueError("The checkpoint says more or less than one does.") from None
    if found.text != text:
        raise ValueError("The checkpoint isn't written as one is.")
    return found


def read_signed(text: str, keys: Sequence[str]) -> list[Checkpoint]:
    """The checkpoint of a stored file; none where its form or signature is wrong."""
    try:
        signed = json.loads(text)
        document, signature = signed["document"], signed["signature"]
        if not is_signed(document, signature, keys):
            return []
        return [read_checkpoint(document)]
    except (ValueError, KeyError, TypeError):
        return []


def seed(text: str) -> bytes:
    """The 32 bytes of a signing key, from the long text that a site keeps."""
    return hashlib.sha256(b"candor trail key" + text.encode()).digest()


# ------------------------------------------------------------------ an export, alone


def check_export(folder: Path, keys: Sequence[str] = ()) -> list[str]:
    """Every fault of an exported trail, in sentences; none: it is as it was sealed.

    ``keys`` are public keys known from elsewhere; without any, those in the folder are
    taken, which shows that it fits together and not who made it.
    """
    trusted = list(keys) or (folder / "keys.txt").read_text("utf-8").split()
    faults: list[str] = []
    checkpoints: dict[int, Checkpoint] = {}
    for path in sorted((folder / "checkpoints").glob("*.json")):
        read = read_signed(path.read_text("utf-8"), trusted)
        if not read:
            faults.append(f"{path.name}: no known key signed this checkpoint.")
        checkpoints |= {one.number: one for one in read}
    entries = read_lines(folder)
    for line, entry in enumerate(entries, start=1):
        faults += [f"Line {line}: {fault}" for fault in _faults(entry, checkpoints)]
    return faults + _gap(entries)


def read_lines(folder: Path) -> list[dict[str, Any]]:
    """The exported events, a line each."""
    text = (folder / "trail.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _faults(entry: Mapping[str, Any], known: Mapping[int, Checkpoint]) -> list[str]:
    if entry["checkpoint"] is None:
        return []  # not signed yet: said apart, and no fault
    checkpoint = known.get(entry["checkpoint"])
    if checkpoint is None:
        return [f"its checkpoint {entry['checkpoint']} is missing or isn't signed."]
    if not checkpoint.first <= entry["position"] <= checkpoint.last:
        return ["it lies outside its checkpoint."]
    if climb(leaf(entry["text"]), entry["proof"]) != checkpoint.root:
        return ["its text isn't the one that was sealed."]
    return []


def _gap(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each event says which of its case's it is, so none can be left out before it."""
    for line, entry in enumerate(entries, start=1):
        if json.loads(entry["text"])["of_case"] != line:
            return [f"Line {line}: an event of the case is missing before this one."]
    return []


def main(arguments: Sequence[str]) -> int:
    """Check the folder named on the command line; 0 where nothing is wrong."""
    folder, *keys = arguments
    faults = check_export(Path(folder), keys)
    entries = read_lines(Path(folder))
    unsigned = sum(one["checkpoint"] is None for one in entries)
    said = [*faults, f"{len(entries)} events, {unsigned} of them not signed yet."]
    if not keys:
        said.append("The key came with the folder: compare it with the one published.")
    sys.stdout.write("".join(f"{one}\n" for one in said))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
