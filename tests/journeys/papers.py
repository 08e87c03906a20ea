"""Papers as they are served: a good one, and the bad ones that arrive all the same."""

import io
import zlib

import pikepdf
from pikepdf import Array, Name

from tests.inflated import blanks


def subpoena(title: str = "GRAND JURY SUBPOENA", pages: int = 2) -> bytes:
    """A served paper with readable words on each page."""
    made = pikepdf.new()
    font = made.make_indirect(
        pikepdf.Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Times-Roman")
        )
    )
    for number in range(1, pages + 1):
        made.add_blank_page(page_size=(612, 792))
        page = made.pages[-1]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        words = f"BT /F 16 Tf 72 700 Td ({title}) Tj 0 -30 Td (Page {number}) Tj ET"
        page.Contents = made.make_stream(words.encode("ascii"))
    return _saved(made)


def locked() -> bytes:
    """One that opens with a password only."""
    with pikepdf.open(io.BytesIO(subpoena())) as made:
        return _saved(made, encryption=pikepdf.Encryption(owner="o", user="u"))


def bomb() -> bytes:
    """A few kilobytes that unpack to three gigabytes of drawing orders."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(612, 792))
    content = made.make_stream(b"")
    twice = Array([Name.FlateDecode, Name.FlateDecode])
    content.write(zlib.compress(blanks(3 << 10), 9), filter=twice)
    made.pages[0].Contents = content
    return _saved(
        made,
        compress_streams=False,
        recompress_flate=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )


def _saved(made: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    made.save(out, **({"static_id": True} if "encryption" not in how else {}), **how)
    return out.getvalue()
