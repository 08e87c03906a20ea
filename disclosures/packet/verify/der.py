"""Just enough of DER and CMS to find what was signed, by which certificate, and how.

Source: RFC 5652, sections 5.1 and 5.3; ITU-T X.690
"""

from collections.abc import Iterator
from dataclasses import dataclass

_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")  # 1.2.840.113549.1.9.4
_SET, _OID, _LONG = 0x31, 0x06, 0x80
_FIRST, _SECOND = 0xA0, 0xA1  # context tags of optional parts


@dataclass(frozen=True)
class Part:
    """One element: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list["Part"]:
        """What it is made of."""
        return list(_parts(self.content))


@dataclass(frozen=True)
class Signed:
    """A signature: the digest it speaks of, the bytes it is over, and itself."""

    digest: bytes
    attributes: bytes
    signature: bytes
    certificates: tuple[bytes, ...]


def signed(data: bytes) -> Signed:
    """The one signature of a CMS message; zeros behind it are filling.

    Raises:
        ValueError: it isn't such a message, or has several signatures.
    """
    try:
        _kind, content = next(_parts(data)).parts()
        parts = content.parts()[0].parts()
        [signer] = parts[-1].parts()
        certificates = next(one for one in parts if one.tag == _FIRST)
        attributes = next(one for one in signer.parts() if one.tag == _FIRST)
        place = signer.parts().index(attributes)
        return Signed(
            digest=_digest(attributes),
            # Signed as the set that they are, not under the tag they are sent with.
            attributes=bytes([_SET]) + attributes.whole[1:],
            signature=signer.parts()[place + 2].content,
            certificates=tuple(one.whole for one in certificates.parts()),
        )
    except (IndexError, StopIteration) as error:
        raise ValueError("This isn't a signature.") from error


def _digest(attributes: Part) -> bytes:
    for attribute in attributes.parts():
        name, values = attribute.parts()
        if name.tag == _OID and name.content == _MESSAGE_DIGEST:
            return values.parts()[0].content
    raise ValueError("The signature names no digest.")


def _parts(data: bytes) -> Iterator[Part]:
    place = 0
    while place < len(data):
        start, length = place + 2, data[place + 1]
        if length & _LONG:
            start += length & ~_LONG
            length = int.from_bytes(data[place + 2 : start], "big")
        if start + length > len(data):
            raise ValueError("It is cut off.")
        end = start + length
        yield Part(data[place], data[start:end], data[place:end])
        place = end
