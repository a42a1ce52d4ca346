"""Pictures of an exam on paper, one, two or four a page (D21); paper is never for diagnosis (D29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.documents.sheet import Sheet
from app.documents.style import LEADING, MARGIN, MM, PaperStyle
from app.views.paper import Letterhead
from app.words import Words

_GRID: dict[int, tuple[int, int]] = {1: (1, 1), 2: (1, 2), 4: (2, 2)}  # columns, rows
_GUTTER = 6 * MM


@dataclass(frozen=True, eq=False)
class SheetPicture:
    """One frame as it is shown: grey (rows, columns) or RGB (rows, columns, 3), eight bits."""

    pixels: NDArray[np.uint8]
    caption: str
    aspect: float = 1.0  # height of a pixel over its width


@dataclass(frozen=True, eq=False)
class ImageSheet:
    """The pictures of one exam, and whose they are."""

    letterhead: Letterhead
    patient_name: str
    birth_date: date
    exam_title: str
    performed_at: datetime
    pictures: Sequence[SheetPicture]


def image_sheet(
    printed: ImageSheet, style: PaperStyle, words: Words, *, per_page: Literal[1, 2, 4] = 1
) -> bytes:
    """Return the pictures as PDF, "Not for diagnosis" on every page.

    Raises Invalid ("no_font").
    """
    _ = words
    head = printed.letterhead
    who = _("{patient}, born {day}", patient=printed.patient_name, day=printed.birth_date)
    sheet = Sheet(style, words, title=_("Images"), author=head.clinic_name, running=who)

    def begin() -> None:
        warning = _("Not for diagnosis")
        sheet.text_at(warning, MARGIN, sheet.y, style.text, "bold", width=sheet.width, align="right")
        sheet.text(head.clinic_name, style.text, "bold", ink="teal", width=sheet.width * 0.6)
        sheet.text(printed.exam_title, style.text * 1.4, "bold")
        sheet.text(who, style.text, ink="quiet_ink")
        sheet.text(words.moment(printed.performed_at, head.time_zone), style.text, ink="quiet_ink")
        sheet.y += 4 * MM

    begin()
    sheet.at_every_new_page(begin)
    columns, rows = _GRID[per_page]
    width = (sheet.width - (columns - 1) * _GUTTER) / columns
    height = (sheet.bottom - sheet.y - (rows - 1) * _GUTTER) / rows
    for first in range(0, len(printed.pictures), columns):
        if first and first % per_page == 0:
            sheet.new_page()
        row = printed.pictures[first : first + columns]
        ends = [
            _write_picture(sheet, picture, MARGIN + column * (width + _GUTTER), width, height)
            for column, picture in enumerate(row)
        ]
        sheet.y = max(ends) + _GUTTER
    return sheet.pdf()


def _write_picture(sheet: Sheet, picture: SheetPicture, x: float, width: float, height: float) -> float:
    size = sheet.style.small
    caption = len(sheet.lines(picture.caption, "regular", size, width)) * size * LEADING + 1 * MM
    image = Image.fromarray(picture.pixels)
    tall = image.height * picture.aspect
    scale = min(width / image.width, (height - caption) / tall)
    drawn_width, drawn_height = image.width * scale, tall * scale
    sheet.picture(image, x + (width - drawn_width) / 2, sheet.y, drawn_width, drawn_height)
    y = sheet.y + drawn_height + 1 * MM
    return sheet.text_at(picture.caption, x, y, size, width=width, ink="quiet_ink", align="centre")
