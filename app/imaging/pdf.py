"""Turns pages of PDF files from outside into pictures. Runs in a worker."""

import numpy as np
import pypdfium2

from app.imaging.picture import Picture
from app.imaging.problems import Damaged

_MAX_PIXELS = 40_000_000
_POINTS = 72


def count_pages(pdf: bytes) -> int:
    """Return how many pages a PDF has; raises Damaged."""
    with _opened(pdf) as document:
        return len(document)


def render_page(pdf: bytes, page: int, dpi: int) -> Picture:
    """Return one page, from 0, on white paper, in RGB; huge pages come at fewer dots an inch. Raises Damaged."""
    with _opened(pdf) as document:
        if not 0 <= page < len(document):
            raise Damaged("page_missing")
        try:
            sheet = document[page]
            width, height = sheet.get_size()
            scale = min(dpi / _POINTS, (_MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
            bitmap = sheet.render(scale=scale, rev_byteorder=True, may_draw_forms=False, prefer_bgrx=False)
            pixels = np.array(bitmap.to_numpy())[..., :3]
        except (pypdfium2.PdfiumError, ValueError, OverflowError):
            raise Damaged("document_unreadable") from None
    pixels = np.ascontiguousarray(np.repeat(pixels, 3, -1) if pixels.shape[-1] == 1 else pixels)
    return Picture(pixels=pixels, width=pixels.shape[1], height=pixels.shape[0])


def text_of(pdf: bytes) -> str:
    """Return the words of a PDF, page after page; raises Damaged."""
    with _opened(pdf) as document:
        try:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
        except pypdfium2.PdfiumError:
            raise Damaged("document_unreadable") from None


def _opened(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise Damaged("document_unreadable") from None
