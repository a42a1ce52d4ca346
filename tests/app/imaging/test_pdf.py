"""PDF pages, rasterised in a worker."""

import io

import numpy as np
import pytest
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from app.errors import Invalid
from app.imaging import DecodePool


def two_pages(width: float = 144, height: float = 72) -> bytes:
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(width, height))
    canvas.setFillColor(Color(1, 0, 0))
    canvas.rect(0, height / 2, width / 2, height / 2, stroke=0, fill=1)
    canvas.showPage()
    canvas.drawString(10, 10, "second")
    canvas.showPage()
    canvas.save()
    return sink.getvalue()


def test_pages_are_counted(pool: DecodePool) -> None:
    assert pool.pdf_pages(two_pages()) == 2


def test_the_words_of_all_pages_are_read(pool: DecodePool) -> None:
    assert pool.pdf_text(two_pages()).split() == ["second"]


def test_a_page_is_drawn_in_colour_on_white_at_its_resolution(pool: DecodePool) -> None:
    page = pool.pdf_page(two_pages(), 0, 150)
    assert page.pixels.shape == (150, 300, 3)
    assert page.pixels[30, 60].tolist() == [255, 0, 0]
    assert page.pixels[120, 250].tolist() == [255, 255, 255]
    assert (pool.pdf_page(two_pages(), 1, 150).pixels < 100).any()


def test_a_huge_page_comes_at_fewer_dots(pool: DecodePool) -> None:
    page = pool.pdf_page(two_pages(14_400, 14_400), 0, 600)
    assert page.width * page.height <= 41_000_000


@pytest.mark.parametrize(
    ("pdf", "page", "kind"),
    [
        (b"%PDF-1.4 nothing", 0, "document_unreadable"),
        (b"", 0, "document_unreadable"),
        (two_pages(), 2, "page_missing"),
        (two_pages(), -1, "page_missing"),
    ],
)
def test_what_cannot_be_shown_is_said_plainly(pool: DecodePool, pdf: bytes, page: int, kind: str) -> None:
    with pytest.raises(Invalid) as told:
        pool.pdf_page(pdf, page, 100)
    assert told.value.kind == kind


def test_broken_pdfs_harm_nobody(pool: DecodePool) -> None:
    chance = np.random.default_rng(11)
    whole = two_pages()
    for _ in range(40):
        broken = bytearray(whole)
        for at in chance.integers(0, len(broken), 12):
            broken[at] = chance.integers(0, 256)
        try:
            pool.pdf_page(bytes(broken), 0, 72)
            pool.pdf_text(bytes(broken))
        except Invalid as told:
            kind = told.kind
        else:
            kind = "page_missing"
        assert kind in {"document_unreadable", "page_missing"}
    assert pool.pdf_pages(whole) == 2
