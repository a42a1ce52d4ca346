"""A radiologist's report as the patient or guest takes it away (R25)."""

from app.documents.letter import write_letterhead
from app.documents.sheet import Sheet
from app.documents.style import LEADING, MARGIN, MM, PaperStyle
from app.rules.headings import is_heading
from app.views.paper import PrintedReport
from app.words import Words

_LABEL = 42 * MM


def report(printed: PrintedReport, style: PaperStyle, words: Words) -> bytes:
    """Return the report as PDF, the patient's name and birth date at the foot of every page.

    Raises Invalid ("no_font").
    """
    _ = words
    head = printed.letterhead
    running = _("{patient}, born {day}", patient=printed.patient_name, day=printed.birth_date)
    sheet = Sheet(style, words, title=_("Report"), author=head.clinic_name, running=running)
    sheet.y = write_letterhead(sheet, head, until=sheet.page_height / 3) + 6 * MM
    sheet.rule(sheet.y, "teal")
    sheet.y += 6 * MM
    sheet.text(printed.title, style.text, "bold", ink="teal")
    sheet.text(printed.exam_title, style.text * 1.6, "bold")
    sheet.y += 4 * MM
    for label, value in (
        (_("Patient"), printed.patient_name),
        (_("Date of birth"), words.date(printed.birth_date)),
        *((_("Patient number"), identifier) for identifier in printed.identifiers),
        (_("Exam"), words.moment(printed.performed_at, head.time_zone)),
        (_("Reported by"), printed.author),
        (_("Reported on"), words.moment(printed.authored_at, head.time_zone)),
    ):
        _write_fact(sheet, label, value)
    sheet.y += 4 * MM
    sheet.rule(sheet.y, "teal")
    sheet.y += 6 * MM
    for paragraph in printed.paragraphs:
        sheet.need(3 * style.text * LEADING if is_heading(paragraph) else 0)
        sheet.text(paragraph, style.text, "bold" if is_heading(paragraph) else "regular")
        sheet.y += 0 if is_heading(paragraph) else style.text * 0.6
    return sheet.pdf()


def _write_fact(sheet: Sheet, label: str, value: str) -> None:
    size = sheet.style.text
    indent = _LABEL * sheet.style.scale
    sheet.need(2 * size * LEADING)
    sheet.text_at(label, MARGIN, sheet.y, size, width=indent, ink="quiet_ink")
    sheet.text(value, size, indent=indent)
