"""Streams that unpack to far more than they are, made at once however much that is."""

import zlib

_MEGABYTE = 1 << 20
_ADLER = 65_521


def blanks(megabytes: int) -> bytes:
    """A zlib stream of that many megabytes of blanks.

    One megabyte is packed; flushed whole, it owes nothing to what stands before it, so
    it is repeated. The sum at the end is that of a run of one byte (RFC 1950, 8.2).
    """
    packer = zlib.compressobj(9, wbits=-15)
    one = packer.compress(b" " * _MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    size, blank = megabytes * _MEGABYTE, ord(" ")
    low = (1 + size * blank) % _ADLER
    high = (size + blank * (size * (size + 1) // 2)) % _ADLER
    end = packer.flush() + (high << 16 | low).to_bytes(4, "big")
    return b"\x78\xda" + one * megabytes + end
