"""What pdfium says of a PDF: how many pages, and what one looks like.

Runs in a child (``cases.sandbox``) that knows nothing of Django's apps, so that a
hostile file costs a child and not the portal.
"""

import io

import pypdfium2

from cases.exceptions import DocumentRefused

MAX_PAGES = 2_000
MAX_POINTS = 14_400  # 200 inches, the largest page that PDF allows
PICTURE_SIDE = 1_000  # pixels of a picture's longer side


def inspect(path: str) -> int:
    """How many pages the PDF has.

    Raises:
        DocumentRefused: pdfium can't open it, or it is too heavy.
    """
    try:
        pdf = pypdfium2.PdfDocument(path)
        pages = len(pdf)
        if pages == 0:
            raise DocumentRefused("The file has no pages.")
        if pages > MAX_PAGES:
            raise DocumentRefused(f"The file has more than {MAX_PAGES} pages.")
        for number in range(pages):
            if not 0 < max(pdf.get_page_size(number)) <= MAX_POINTS:
                raise DocumentRefused(
                    f"Page {number + 1} is larger or smaller than a PDF page can be."
                )
    except pypdfium2.PdfiumError as error:
        raise DocumentRefused(_why(str(error))) from None
    draw_page(path, 1)
    return pages


def draw_page(path: str, page: int) -> bytes:
    """One page as PNG bytes.

    Raises:
        DocumentRefused: pdfium can't draw it.
    """
    try:
        sheet = pypdfium2.PdfDocument(path)[page - 1]
        picture = sheet.render(scale=PICTURE_SIDE / max(sheet.get_size())).to_pil()
    except pypdfium2.PdfiumError:
        raise DocumentRefused(
            f"Page {page} is damaged and can't be drawn. Ask for another copy."
        ) from None
    out = io.BytesIO()
    picture.save(out, format="PNG", optimize=False)
    return out.getvalue()


def _why(error: str) -> str:
    if "assword" in error:
        return "The PDF is locked by a password. Ask for an open copy."
    return "The PDF is damaged or cut off and can't be opened. Upload it again."
