"""A served paper of blank pages."""

import io

import pikepdf


def pdf(pages: int = 1, text: str = "") -> bytes:
    """A served paper: as many blank pages, and ``text`` to tell one from another."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(612, 792))
        made.docinfo["/Title"] = text or "Subpoena"
        made.save(out, static_id=True)
    return out.getvalue()
