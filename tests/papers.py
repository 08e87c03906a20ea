"""Papers as they are really served, and as nobody should serve them."""

import io
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name

from cases import documents
from cases.enums import DocumentKind
from tests import factories as make
from tests.inflated import blanks

KEPT_AS_IS = {
    "compress_streams": False,
    "recompress_flate": False,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
    "static_id": True,
}


def saved(made, **how):
    out = io.BytesIO()
    made.save(out, **({"static_id": True} | how))
    return out.getvalue()


def page(width=612, height=792):
    """A PDF of one page of this size, to be spoiled."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(100, 100))
    made.pages[0].MediaBox = Array([0, 0, width, height])
    return made


def heavy_content():
    """A few bytes that unpack to more drawing orders than a child has memory for."""
    made = page()
    content = made.make_stream(b"")
    twice = Array([Name.FlateDecode, Name.FlateDecode])
    content.write(zlib.compress(blanks(3 << 8), 9), filter=twice)
    made.pages[0].Contents = content
    return saved(made, **KEPT_AS_IS)


def endless_forms():
    """Drawings of drawings of drawings: a thousand million boxes in two kilobytes."""
    made = page()
    form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 9, 9])}
    inner = made.make_stream(b"0 0 9 9 re f", **form)
    for _ in range(9):
        resources = Dictionary(XObject=Dictionary(F=inner))
        inner = made.make_stream(b"/F Do\n" * 10, Resources=resources, **form)
    made.pages[0].Resources = Dictionary(XObject=Dictionary(F=inner))
    made.pages[0].Contents = made.make_stream(b"/F Do")
    return saved(made)


def many_pages(number):
    made = pikepdf.new()
    for _ in range(number):
        made.add_blank_page(page_size=(612, 792))
    return saved(made)


def locked():
    return saved(page(), encryption=pikepdf.Encryption(owner="o", user="u"))


class Endless(io.RawIOBase):
    """A stream that never ends; how much of it was asked for is counted."""

    given = 0

    def read(self, size=-1):
        self.given += size
        return b"%PDF-1.7\n".ljust(size, b"x") if self.given == size else b"x" * size


class Drops(io.RawIOBase):
    """A line that breaks in the middle of an upload."""

    def __init__(self):
        self.left = [make.pdf()[:200]]

    def read(self, size=-1):
        if not self.left:
            raise ConnectionResetError("The line broke.")
        return self.left.pop()


class Trickle(io.RawIOBase):
    """A line that gives a byte at a time."""

    def __init__(self, content):
        self.rest = io.BytesIO(content)

    def read(self, size=-1):
        return self.rest.read(1)


def upload(case, content, by=None, **changed):
    wanted = {
        "kind": DocumentKind.PROCESS,
        "name": "subpoena.pdf",
        "content": io.BytesIO(content) if isinstance(content, bytes) else content,
        "at": make.AT,
    }
    return documents.add_document(
        case.pk, actor=by or case.opened_by, **wanted | changed
    )
