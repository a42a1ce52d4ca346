"""The shape that every letter shares: letterhead, address window, three steps, codes in a box, whom to ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.documents.fonts import Weight
from app.documents.links import groups
from app.documents.sheet import Sheet
from app.documents.style import (
    FOLD,
    LEADING,
    MARGIN,
    MM,
    WINDOW_HEIGHT,
    WINDOW_TOP,
    WINDOW_WIDTH,
    Ink,
    PaperStyle,
)
from app.errors import N_, Invalid
from app.views.paper import Letterhead
from app.words import Words

QR_SIDE = 45 * MM
_BESIDE_QR = 8 * MM  # more than the four modules that its quiet zone needs
_GAPS = tuple(half * MM / 2 for half in range(18, 3, -1))  # between paragraphs: the widest that fits one page
_GAP_OF_TWO_PAGES = 6 * MM
_READABLE, _SMALLEST = 10.0, 6.0  # points
_LETTERHEAD_TOP = 13 * MM
_CODE_SIZE = 30.0


@dataclass(frozen=True)
class Address:
    """What stands in the envelope's window, and the day beside it."""

    lines: tuple[str, ...]
    day: str = ""


class Letter:
    """A letter being written below the fold, with one gap between all its paragraphs."""

    def __init__(self, sheet: Sheet, gap: float) -> None:
        self.sheet = sheet
        self._gap = gap
        self._size = sheet.style.letter

    def title(self, title: str) -> None:
        """Write what the letter is."""
        self.sheet.text(title, min(self._size * 1.6, 24), "bold")
        self.sheet.y += self._gap / 3

    def paragraph(self, text: str) -> None:
        """Write a paragraph."""
        self.sheet.text(text, self._size)
        self.sheet.y += self._gap

    def quotation(self, text: str) -> None:
        """Write somebody's own words, set off from ours."""
        self.sheet.text(text, self._size, ink="quiet_ink", indent=self._size * 2)
        self.sheet.y += self._gap

    def steps(self, steps: Sequence[str]) -> None:
        """Write what to do, numbered."""
        size, radius = self._size, self._size * LEADING / 2
        for number, step in enumerate(steps, start=1):
            self.sheet.need(2 * size * LEADING)
            middle = self.sheet.y + size * LEADING / 2
            self.sheet.disc(MARGIN + radius, middle, radius, "teal")
            self.sheet.text_at(
                str(number),
                MARGIN,
                middle - size * 0.9 * LEADING / 2,
                size * 0.9,
                "bold",
                width=2 * radius,
                ink="on_teal",
                align="centre",
            )
            self.sheet.text(step, size, indent=size * 2.1)
            self.sheet.y += self._gap / 2
        self.sheet.y += self._gap / 2

    def codes(self, codes: Sequence[tuple[str, str]], link: str) -> None:
        """Write codes with their names in a box, and their link as a QR code beside it."""
        sheet = self.sheet
        sheet.need(QR_SIDE)
        width = sheet.width - QR_SIDE - _BESIDE_QR
        sheet.box(MARGIN, sheet.y, width, QR_SIDE, fill="ground", border="teal")
        sheet.qr(link, MARGIN + width + _BESIDE_QR, sheet.y, QR_SIDE)
        name_size = sheet.style.letter if len(codes) == 1 else 12
        below_name = name_size * (1.5 if len(codes) == 1 else 1.2)
        each = below_name + _CODE_SIZE * 1.2
        between = (QR_SIDE - len(codes) * each) / (len(codes) + 1)
        y = sheet.y + between
        for name, code in codes:
            sheet.text_at(name, MARGIN, y, name_size, width=width, ink="quiet_ink", align="centre")
            sheet.text_at(
                groups(code), MARGIN, y + below_name, _CODE_SIZE, "code", width=width, align="centre"
            )
            y += each + between
        sheet.y += QR_SIDE + self._gap

    def end(self, until: str, whom_to_ask: str) -> None:
        """Write until when it works, and whom to ask (R12, R13, R79), together on one page."""
        sheet, size = self.sheet, self._size
        lines = sum(len(sheet.lines(text, "bold", size, sheet.width)) for text in (until, whom_to_ask))
        sheet.need(lines * size * LEADING + self._gap / 3)
        sheet.text(until, size, "bold")
        sheet.y += self._gap / 3
        sheet.text(whom_to_ask, size)


def write_letter(
    letterhead: Letterhead,
    address: Address,
    style: PaperStyle,
    words: Words,
    write: Callable[[Letter], None],
) -> bytes:
    """Return a letter as PDF: what write puts below the fold, as loosely as one page allows.

    Raises Invalid ("no_font", "address_too_long").
    """
    for gap in (*_GAPS, _GAP_OF_TWO_PAGES):
        sheet = _sheet(letterhead, address, style, words)
        write(Letter(sheet, gap))
        if sheet.pages == 1:
            break
    return sheet.pdf()


def write_letterhead(sheet: Sheet, letterhead: Letterhead, *, until: float) -> float:
    """Write the clinic's name on the left and the site's lines on the right, above until; return the y below."""
    column = 65 * MM
    x = sheet.page_width - MARGIN - column
    texts = [
        text
        for text in (letterhead.site_name, *letterhead.address, letterhead.phone, letterhead.email)
        if text
    ]
    name, width = letterhead.clinic_name, sheet.width - column - _BESIDE_QR
    return max(
        _fitted(sheet, (name,), 18, MARGIN, _LETTERHEAD_TOP, width, until, ink="teal", bold=True),
        _fitted(
            sheet, texts, sheet.style.small, x, _LETTERHEAD_TOP + 1.5 * MM, column, until, ink="quiet_ink"
        ),
    )


def _sheet(letterhead: Letterhead, address: Address, style: PaperStyle, words: Words) -> Sheet:
    _ = words
    # The title of the PDF is shown by printers and browsers: it names nobody.
    sheet = Sheet(style, words, title=_("Letter"), author=letterhead.clinic_name)
    write_letterhead(sheet, letterhead, until=WINDOW_TOP - 2 * MM)
    window_end = WINDOW_TOP + WINDOW_HEIGHT
    # A little inside: accents of some faces rise above the line.
    _fitted(sheet, address.lines, style.letter, MARGIN, WINDOW_TOP + 1 * MM, WINDOW_WIDTH, window_end)
    if address.day:
        y = window_end - style.small * LEADING
        sheet.text_at(address.day, MARGIN, y, style.small, width=sheet.width, ink="quiet_ink", align="right")
    sheet.y = FOLD + 2 * MM
    return sheet


def _fitted(
    sheet: Sheet,
    texts: Sequence[str],
    size: float,
    x: float,
    y: float,
    width: float,
    until: float,
    *,
    ink: Ink = "ink",
    bold: bool = False,
) -> float:
    """Write lines in a space that cannot grow, smaller where there are many; return the y below them."""
    weight: Weight = "bold" if bold else "regular"
    while size >= _SMALLEST:
        lines = [line for text in texts for line in sheet.lines(text, weight, size, width)]
        # Down to a size that everybody reads, a smaller line is better than a broken one.
        whole = len(lines) == len(texts) or size < _READABLE
        if whole and y + len(lines) * size * LEADING <= until:
            for number, line in enumerate(lines):
                sheet.line_at(line, x, y + number * size * LEADING, size, weight, ink=ink)
            return y + len(lines) * size * LEADING
        size -= 0.5
    raise Invalid("address_too_long", N_("This address is too long for the window of an envelope."))
