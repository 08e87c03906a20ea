"""A stretch out of the middle of an age file, without opening what lies before it.

Pure. The payload of an age file is sealed in chunks of 64 KiB, each with its own nonce,
so any chunk opens alone. pyrage opens files from the start only, hence this: it reads
what pyrage wrote, and writes nothing. Each chunk is authentic or isn't opened; that the
whole file is the one that was kept is for the caller to know, by a hash of its own.
Source: https://github.com/C2SP/C2SP/blob/main/age.md
"""

import base64
import binascii
import hmac
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CHUNK, _TAG, _NONCE = 1 << 16, 16, 16
_VERSION = b"age-encryption.org/v1\n"
_INFO = b"age-encryption.org/v1/X25519"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHECKSUM = 6  # letters of bech32
_LONGEST_HEADER = 1 << 16


class NoAgeFileError(Exception):
    """It isn't an age file, isn't whole there, or this key doesn't open it."""


def stretch(file: BinaryIO, identity: str, start: int, length: int) -> bytes:
    """Plain bytes ``start`` to ``start + length``, or as many as there are.

    ``identity`` is the secret half of an X25519 key, as age writes it.

    Raises:
        NoAgeFileError: it can't be opened there.
    """
    try:
        return _stretch(file, identity, start, length)
    except (InvalidTag, ValueError, binascii.Error) as fault:
        raise NoAgeFileError from fault


def _stretch(file: BinaryIO, identity: str, start: int, length: int) -> bytes:
    key = _file_key(file, identity)
    payload = file.tell() + _NONCE
    opener = ChaCha20Poly1305(_derived(key, file.read(_NONCE), b"payload"))
    size = file.seek(0, os.SEEK_END) - payload
    last = max(0, -(-size // (_CHUNK + _TAG)) - 1)
    first = start // _CHUNK
    until = min(last, max(first, (start + length - 1) // _CHUNK))
    found = []
    for number in range(first, until + 1):
        file.seek(payload + number * (_CHUNK + _TAG))
        sealed = file.read(_CHUNK + _TAG)
        nonce = number.to_bytes(11, "big") + bytes([number == last])
        found.append(opener.decrypt(nonce, sealed, None))
    skipped = start - first * _CHUNK
    return b"".join(found)[skipped : skipped + length]


def _file_key(file: BinaryIO, identity: str) -> bytes:
    """The key of the file, from its header; the file stands behind it afterwards.

    Raises:
        NoAgeFileError: no stanza of it is for this key, or the header was changed.
    """
    secret = X25519PrivateKey.from_private_bytes(_bech32(identity))
    header, mac = _header(file)
    lines = header.split(b"\n")
    for place, line in enumerate(lines):
        words = line.split(b" ")
        if words[:2] == [b"->", b"X25519"] and len(words) == 3:
            share = _unpadded(words[2])
            ours = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            shared = secret.exchange(X25519PublicKey.from_public_bytes(share))
            wrap = ChaCha20Poly1305(_derived(shared, share + ours, _INFO))
            try:
                key = wrap.decrypt(bytes(12), _unpadded(lines[place + 1]), None)
            except InvalidTag:
                continue  # a stanza for somebody else
            if hmac.digest(_derived(key, b"", b"header"), header, "sha256") == mac:
                return key
    raise NoAgeFileError


def _header(file: BinaryIO) -> tuple[bytes, bytes]:
    """What the MAC of a header covers, and the MAC."""
    file.seek(0)
    start = file.read(_LONGEST_HEADER)
    end = start.index(b"\n--- ") + len(b"\n---")
    line = start.index(b"\n", end)
    if not start.startswith(_VERSION):
        raise NoAgeFileError
    file.seek(line + 1)
    return start[:end], _unpadded(start[end + 1 : line])


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(secret)


def _unpadded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _bech32(identity: str) -> bytes:
    letters = identity.lower().rpartition("1")[2][:-_CHECKSUM]
    bits = 0
    for letter in letters:
        bits = bits << 5 | _LETTERS.index(letter)
    spare = len(letters) * 5 % 8
    return (bits >> spare).to_bytes(len(letters) * 5 // 8, "big")
