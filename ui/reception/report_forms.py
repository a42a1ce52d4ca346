"""What the desk asks about a report before something happens to it: one small form each."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import N_, Invalid, Unavailable
from app.portal import Acting
from app.views.desk import DeskExam
from app.views.exams import ExamRow, ReportRow
from app.words import Words
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ChoiceField, ParagraphField
from ui.desk.patient_field import PatientField
from ui.desk.questions import ask_reason, needed_date
from ui.desk.seat import Seat
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField

Done = Callable[[Any], None]
LARGEST_PDF = 20 << 20


def choose_pdf(page: QWidget, words: Words, chosen: Callable[[Path], object]) -> None:
    """Let the person choose a PDF of this machine."""
    _ = words
    dialog = QFileDialog(page, _("Attach a PDF"))
    dialog.setObjectName("choose_pdf")
    dialog.setNameFilters([_("PDF files (*.pdf)")])
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def ask_attach(seat: Seat, page: QWidget, exam: DeskExam, pdf: Path | None, done: Done) -> FormDialog:
    """Attach a report to an exam: a text that is typed or pasted, or a PDF."""
    _ = seat.words
    zone = exam.exam.time_zone
    kinds = [("final", _("Final")), ("preliminary", _("Preliminary")), ("addendum", _("Addendum"))]
    status: ChoiceField[str] = ChoiceField("status", _("Kind"), kinds)
    title = TextField("title", _("Title"), longest=120)
    title.set_text(_("Report"))
    author = TextField("author", _("Written by"), longest=120)
    day = DateField(_, "authored_at", _("Written on"))
    hour = TextField("authored_hour", _("At"), _("As in 14:05"), longest=5)
    fill_in_now(seat, zone, day, hour)
    text = ParagraphField("text", _("Text"), lines=8)
    corrected = [(report.id, report.title) for report in exam.reports if report.withdrawn_at is None]
    corrects: ChoiceField[Any] = ChoiceField(
        "corrects_id", _("Does it correct another report?"), [(None, _("No")), *corrected]
    )
    fields: list[QWidget] = [status, title, author, day, hour]
    fields += [text] if pdf is None else []
    fields += [corrects] if corrected else []

    def read() -> Ask:
        common = (
            exam.exam.id,
            status.value(),
            title.text(),
            author.text(),
            moment_of(day, hour, zone),
        )
        other = corrects.value()
        if pdf is None:
            typed = text.text()
            return lambda acting: acting.reports.attach_text(*common, typed, other)
        return lambda acting: acting.reports.attach_pdf(*common, _bytes_of(pdf), other)

    return FormDialog(
        seat,
        page,
        _("Attach a report"),
        _("The patient sees it only after it is final, the doctor has it, and the waiting time is over.")
        if pdf is None
        else _("The file {name} becomes the report.", name=pdf.name),
        action=_("Attach"),
        fields=fields,
        read=read,
        done=done,
    )


def ask_sent(seat: Seat, page: QWidget, exam: ExamRow, report: ReportRow, done: Done) -> FormDialog:
    """Record to whom, how and when the report went (R30)."""
    _ = seat.words
    name = TextField("name", _("Referring doctor"), longest=200)
    ways = [_("secure messaging"), _("fax"), _("post"), _("e-mail"), _("hand")]
    way: ChoiceField[str] = ChoiceField(
        "way", _("Sent by"), [(found, found) for found in ways], may_type=True
    )
    day = DateField(_, "sent_at", _("On"))
    hour = TextField("sent_hour", _("At"), _("As in 14:05"), longest=5)
    fill_in_now(seat, exam.time_zone, day, hour)

    def read() -> Ask:
        at = moment_of(day, hour, exam.time_zone)
        who, how = name.text(), way.text()
        return lambda acting: acting.reports.sent_to_referrer(report.id, who, how, at)

    return FormDialog(
        seat,
        page,
        _("Sent to the referring doctor"),
        _("The doctor has the report before the patient. Record to whom it went."),
        action=_("Record it"),
        fields=[name, way, day, hour],
        read=read,
        done=done,
    )


def ask_by_ris(seat: Seat, page: QWidget, exam: ExamRow, report: ReportRow, done: Done) -> FormDialog:
    """Record when the RIS sent the Report Complete SMS (D9)."""
    _ = seat.words
    day = DateField(_, "at", _("On"))
    hour = TextField("at_hour", _("At"), _("As in 14:05"), longest=5)
    fill_in_now(seat, exam.time_zone, day, hour)

    def read() -> Ask:
        at = moment_of(day, hour, exam.time_zone)
        return lambda acting: acting.reports.sms_sent_by_ris(report.id, at)

    return FormDialog(
        seat,
        page,
        _("The RIS sent the SMS"),
        _("The waiting time counts from then."),
        action=_("Record it"),
        fields=[day, hour],
        read=read,
        done=done,
    )


def ask_hold(
    seat: Seat,
    page: QWidget,
    heading: str,
    sentence: str,
    hold: Callable[[Acting, str, date], object],
    done: Done,
) -> FormDialog:
    """Ask on what ground something is withheld and when that is looked at again (D10)."""
    _ = seat.words
    ground = ParagraphField("ground", _("Ground"), lines=2)
    review = DateField(_, "review_on", _("Look at it again on"))

    def read() -> Ask:
        why, day = ground.text(), needed_date(review)
        return lambda acting: hold(acting, why, day)

    return FormDialog(
        seat,
        page,
        heading,
        sentence,
        action=_("Withhold"),
        fields=[ground, review],
        read=read,
        done=done,
        role="danger",
    )


def ask_end_hold(
    seat: Seat, page: QWidget, heading: str, end: Callable[[Acting, str], object], done: Done
) -> FormDialog:
    """Ask why the withholding ends."""
    _ = seat.words
    return ask_reason(
        seat,
        page,
        heading,
        _("It goes on its way to the patient again."),
        _("End the withholding"),
        end,
        done,
        role="primary",
    )


def ask_because(
    seat: Seat, page: QWidget, heading: str, sentence: str, action: str, then: Callable[[str], None]
) -> FormDialog:
    """Ask reception for the reason that is recorded, then go on with it."""
    _ = seat.words
    because = ParagraphField("because", _("Reason"), lines=2)

    def read() -> Ask:
        typed = because.text()
        if not typed:
            raise Invalid("missing", N_("Please fill this in."), field="because")
        return lambda _acting: typed

    return FormDialog(
        seat,
        page,
        heading,
        sentence,
        action=action,
        fields=[because],
        read=read,
        done=then,
    )


def ask_move(seat: Seat, page: QWidget, exam: DeskExam, patient_name: str, done: Done) -> FormDialog:
    """Give an exam that was filed under the wrong patient to the right one."""
    _ = seat.words
    patient = PatientField(seat, "patient_id", _("Whose exam is it?"))
    reason = ParagraphField("reason", _("Reason"), lines=2)

    def read() -> Ask:
        chosen, why = patient.needed(), reason.text()
        return lambda acting: acting.exams.move(exam.exam.id, chosen.id, why)

    return FormDialog(
        seat,
        page,
        _("Give this exam to another patient"),
        _(
            "{name} no longer sees it, and what was shared of it is revoked. The other patient must be told by Report"
            " Complete before the report opens.",
            name=patient_name,
        ),
        action=_("Give it to the other patient"),
        fields=[patient, reason],
        read=read,
        done=done,
        role="danger",
    )


def fill_in_now(seat: Seat, zone: str, day: DateField, hour: TextField) -> None:
    """Fill in the present moment at the site."""
    local = seat.surroundings.portal.parts.clock().astimezone(ZoneInfo(zone))
    day.set_date(local.date())
    hour.set_text(f"{local.hour}:{local.minute:02}")


def moment_of(day: DateField, hour: TextField, zone: str) -> datetime:
    """Return the instant that was typed; raises Invalid."""
    typed = needed_date(day)
    hours, _colon, minutes = hour.text().replace(".", ":").partition(":")
    try:
        at = time(int(hours), int(minutes or 0))
    except ValueError:
        raise Invalid(
            "time_unreadable", N_("Please type the time as in 14:05."), field=hour.objectName()
        ) from None
    return datetime.combine(typed, at, ZoneInfo(zone)).astimezone(UTC)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_PDF:
            raise Invalid("pdf_too_large", N_("This PDF is larger than {most} MB."), most=LARGEST_PDF >> 20)
        return path.read_bytes()
    except OSError:
        raise Unavailable(
            "file_unreadable", N_("This file cannot be read any more. Choose it again.")
        ) from None
