from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from app.documents import ImageSheet, PaperStyle, SheetPicture, image_sheet, report, who_opened
from app.words import Words
from tests.app.documents.reading import MM, images_of, info_of, page_as_image, text_of, words_of
from tests.app.documents.rows import HEAD, OPENED, REPORT

WORDS = Words()
STYLES = pytest.mark.parametrize(
    "style",
    [
        PaperStyle("A4"),
        PaperStyle("A4", large_print=True),
        PaperStyle("Letter"),
        PaperStyle("Letter", large_print=True),
    ],
    ids=["A4", "A4 large", "Letter", "Letter large"],
)


def page_text(pdf: bytes, page: int) -> str:
    return " ".join(word.text for word in words_of(pdf) if word.page == page)


def assert_on_paper(pdf: bytes, style: PaperStyle) -> None:
    width, height = style.size
    off = [
        word
        for word in words_of(pdf)
        if word.left < 20 * MM - 1 or word.right > width - 20 * MM + 1 or word.bottom > height - 7 * MM
    ]
    assert off == []


@STYLES
@pytest.mark.rule("R25")
def test_a_report_carries_who_what_when_and_every_word(style: PaperStyle) -> None:
    pdf = report(REPORT, style, WORDS)
    text = text_of(pdf)
    for expected in (
        "Addendum",
        "CT of the head",
        "Zoë Nguyễn-Papadopoulos",
        "3 May 1960",
        "MRN 12345 (Northside)",
        "24 November 2026, 12:05 pm",
        "Dr Ada Radiologist",
        "Findings:",
        "No bleeding. A nodule of 4 mm, volume ≤ 30 mm³.",
        "Normal for age.",
    ):
        assert expected in text
    assert_on_paper(pdf, style)


@STYLES
def test_every_page_of_a_long_report_says_whose_it_is_and_which_page(style: PaperStyle) -> None:
    long = replace(
        REPORT, paragraphs=tuple(f"Paragraph {number}. " + "All is well here. " * 30 for number in range(20))
    )
    pdf = report(long, style, WORDS)
    pages = int(info_of(pdf)["Pages"])
    assert pages > 1
    for page in range(1, pages + 1):
        assert "Zoë Nguyễn-Papadopoulos, born 3 May 1960" in page_text(pdf, page)
        assert f"Page {page} of {pages}" in page_text(pdf, page)
    assert all(f"Paragraph {number}." in text_of(pdf) for number in range(20))
    assert_on_paper(pdf, style)


def test_no_line_of_a_report_lies_over_the_foot_of_the_page() -> None:
    long = replace(
        REPORT, patient_name="Maximiliana-Wilhelmina " * 8, paragraphs=("All is well here. " * 900,)
    )
    pdf = report(long, PaperStyle(), WORDS)
    first = [word for word in words_of(pdf) if word.page == 1]
    foot = min(word.top for word in first if word.text.startswith("Maximiliana") and word.top > 240 * MM)
    assert max(word.bottom for word in first if word.text in {"well", "here."}) <= foot + 1


@STYLES
@pytest.mark.rule("D24")
def test_the_list_of_openings_has_every_opening_in_plain_words(style: PaperStyle) -> None:
    pdf = who_opened(OPENED, style, WORDS)
    text = text_of(pdf)
    assert "Who opened my records" in text
    assert "from 1 January 2026 to 24 November 2026" in text
    assert all(f"Opened exam {day}" in text for day in range(1, 29))
    assert text.count("Mary Smith") == 28
    assert_on_paper(pdf, style)


def test_the_headings_of_the_list_stand_on_every_page() -> None:
    pdf = who_opened(replace(OPENED, openings=OPENED.openings * 4), PaperStyle(), WORDS)
    pages = int(info_of(pdf)["Pages"])
    assert pages > 1
    assert all("When Who What Where" in page_text(pdf, page) for page in range(1, pages + 1))


def test_an_empty_list_says_that_nobody_opened_anything() -> None:
    assert "Nobody opened them in this time." in text_of(
        who_opened(replace(OPENED, openings=()), PaperStyle(), WORDS)
    )


def sheet_of(count: int, *, aspect: float = 1.0) -> ImageSheet:
    levels = np.tile(np.arange(256, dtype=np.uint8), (200, 1))
    pictures = [
        SheetPicture(levels, f"Series 2, image {number} of {count}", aspect) for number in range(1, count + 1)
    ]
    return ImageSheet(
        HEAD, REPORT.patient_name, REPORT.birth_date, REPORT.exam_title, REPORT.performed_at, pictures
    )


@STYLES
@pytest.mark.parametrize(("per_page", "pages"), [(1, 5), (2, 3), (4, 2)])
@pytest.mark.rule("D29")
def test_every_page_of_pictures_says_not_for_diagnosis_and_whose_they_are(
    style: PaperStyle, per_page: Literal[1, 2, 4], pages: int
) -> None:
    pdf = image_sheet(sheet_of(5), style, WORDS, per_page=per_page)
    assert int(info_of(pdf)["Pages"]) == pages
    for page in range(1, pages + 1):
        text = page_text(pdf, page)
        assert "Not for diagnosis" in text
        assert "Zoë Nguyễn-Papadopoulos, born 3 May 1960" in text
        assert "CT of the head" in text
    assert all(f"image {number} of 5" in text_of(pdf) for number in range(1, 6))
    assert images_of(pdf) == [(256, 200)] * 5
    assert_on_paper(pdf, style)


def test_a_picture_keeps_its_grey_levels_and_its_shape() -> None:
    raster = np.asarray(page_as_image(image_sheet(sheet_of(1), PaperStyle(), WORDS), 150))
    # The ramp is black on its left and white on its right: the row through it rises all the way.
    row = raster[int(5.5 / 11.69 * raster.shape[0])]
    dark = np.flatnonzero(row < 3)
    ramp = row[dark[0] : dark[0] + int(170 / 25.4 * 150) - 2].astype(int)
    assert (np.diff(ramp) >= 0).all()
    assert ramp[-1] >= 253


@pytest.mark.parametrize("aspect", [0.5, 2.0])
def test_pixels_that_are_not_square_are_drawn_as_they_are(aspect: float) -> None:
    raster = np.asarray(page_as_image(image_sheet(sheet_of(1, aspect=aspect), PaperStyle(), WORDS), 50))
    left = int(20 / 25.4 * 50)
    body = raster[int(45 / 25.4 * 50) : int(280 / 25.4 * 50)]
    grey = (body > 20) & (body < 235)
    rows, columns = np.flatnonzero(grey.sum(axis=1) > 60), np.flatnonzero(grey.sum(axis=0) > 30)
    assert columns[0] >= left
    # 215 of the 256 columns have those levels.
    height, width = rows[-1] - rows[0] + 1, (columns[-1] - columns[0] + 1) * 256 / 215
    assert height / width == pytest.approx(200 * aspect / 256, rel=0.05)


def test_pictures_in_colour_stay_in_colour() -> None:
    red = np.zeros((40, 40, 3), dtype=np.uint8)
    red[..., 0] = 255
    sheet = replace(sheet_of(1), pictures=[SheetPicture(red, "Doppler")])
    assert images_of(image_sheet(sheet, PaperStyle(), WORDS)) == [(40, 40)]


@STYLES
def test_no_opening_is_parted_by_the_end_of_a_page_or_lies_over_its_foot(style: PaperStyle) -> None:
    pdf = who_opened(replace(OPENED, openings=OPENED.openings * 3), style, WORDS)
    words = words_of(pdf)
    for page in range(1, words[-1].page + 1):
        here = [word for word in words if word.page == page]
        foot = min(word.top for word in here if word.text == "Page")
        entries = [word for word in here if word.text in {"Mary", "Opened", "Desk"}]
        counts = {text: sum(word.text == text for word in entries) for text in ("Mary", "Opened", "Desk")}
        assert len(set(counts.values())) == 1
        assert max(word.bottom for word in entries) < foot - 2 * MM
