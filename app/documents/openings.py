"""The list "Who opened my records", as the privacy role prints it for a patient (D24)."""

from app.documents.fonts import Weight
from app.documents.letter import write_letterhead
from app.documents.sheet import Sheet
from app.documents.style import LEADING, MARGIN, MM, PaperStyle
from app.views.paper import Opening, WhoOpened
from app.words import Words

_COLUMNS = (0.26, 0.22, 0.31, 0.21)  # when, who, what, where
_BETWEEN = 4 * MM
_HAIRLINE = 0.25


def who_opened(printed: WhoOpened, style: PaperStyle, words: Words) -> bytes:
    """Return the list as PDF, oldest or newest first as the row has it.

    Raises Invalid ("no_font").
    """
    _ = words
    head = printed.letterhead
    title = _("Who opened my records")
    running = _("{patient}, born {day}", patient=printed.patient_name, day=printed.birth_date)
    sheet = Sheet(style, words, title=title, author=head.clinic_name, running=running)
    sheet.y = write_letterhead(sheet, head, until=sheet.page_height / 3) + 6 * MM
    sheet.text(title, style.text * 1.6, "bold")
    sheet.y += 2 * MM
    sheet.text(
        _(
            "Everybody who opened the records of {patient} from {first} to {last}.",
            patient=printed.patient_name,
            first=printed.from_day,
            last=printed.until_day,
        ),
        style.text,
    )
    sheet.y += 6 * MM
    if not printed.openings:
        sheet.text(_("Nobody opened them in this time."), style.text, "bold")
        return sheet.pdf()
    if style.large_print:
        for opening in printed.openings:
            _write_entry(sheet, _cells(opening, head.time_zone, words))
        return sheet.pdf()
    headings = (_("When"), _("Who"), _("What"), _("Where"))
    _write_row(sheet, headings, bold=True)
    sheet.at_every_new_page(lambda: _write_row(sheet, headings, bold=True))
    for opening in printed.openings:
        _write_row(sheet, _cells(opening, head.time_zone, words), bold=False)
    return sheet.pdf()


def _cells(opening: Opening, time_zone: str, words: Words) -> tuple[str, ...]:
    return (words.moment(opening.at, time_zone), opening.who, opening.what, opening.where)


def _write_entry(sheet: Sheet, cells: tuple[str, ...]) -> None:
    """Write one below the other: four columns of large letters would break every word."""
    size = sheet.style.text
    lines = sum(len(sheet.lines(cell, "bold", size, sheet.width)) for cell in cells)
    sheet.need(lines * size * LEADING + 2 * MM)
    for number, cell in enumerate(cells):
        sheet.text(cell, size, "regular" if number else "bold")
    sheet.y += 2 * MM
    sheet.rule(sheet.y, "quiet_ink", _HAIRLINE)
    sheet.y += 2 * MM


def _write_row(sheet: Sheet, cells: tuple[str, ...], *, bold: bool) -> None:
    size = sheet.style.text
    widths = [sheet.width * part - _BETWEEN for part in _COLUMNS]
    weight: Weight = "bold" if bold else "regular"
    most = max(len(sheet.lines(cell, weight, size, width)) for cell, width in zip(cells, widths, strict=True))
    sheet.need(most * size * LEADING + 3 * MM)
    x = MARGIN
    for cell, width in zip(cells, widths, strict=True):
        sheet.text_at(cell, x, sheet.y, size, weight, width=width)
        x += width + _BETWEEN
    sheet.y += most * size * LEADING + 1.5 * MM
    sheet.rule(sheet.y, "teal" if bold else "quiet_ink", 1 if bold else _HAIRLINE)
    sheet.y += 1.5 * MM
