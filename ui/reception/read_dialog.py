"""A report, opened at the desk: its text, or the pages of its PDF."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from app.imaging import Picture
from app.portal import Acting
from app.sayings import exam_title
from app.views.exams import ExamRow, ReportRow, ReportText
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.page import Page
from ui.patient.pdf_page import PdfPages
from ui.widgets.layout import column, row
from ui.widgets.text import Text

DPI = 96


class ReadDialog(DeskDialog):
    """because: why reception reads it, which is recorded."""

    characters = 132

    def __init__(self, seat: Seat, page: QWidget, exam: ExamRow, report: ReportRow, because: str) -> None:
        _ = seat.words
        self._body = Page(seat.words, seat.surroundings.background)
        self._body.setProperty("role", "clear")
        self._text = column(gap=1)
        inner = QWidget()
        inner.setProperty("role", "clear")
        inner.setLayout(self._text)
        self.area = QScrollArea()
        self.area.setObjectName("report_text")
        self.area.setWidgetResizable(True)
        self.area.setWidget(inner)
        self._shut = KeyButton("read_close", _("Close"), "Esc")
        self._body.setLayout(column(self._body.notices, self.area, row(None, self._shut)))
        super().__init__(
            "read_dialog",
            page,
            seat.words,
            exam.patient_name,
            exam_title(seat.words, exam),
            body=self._body,
        )
        self._shut.clicked.connect(self.close_dialog)
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)
        seat.run(
            lambda acting: _read(acting, report, because),
            owner=self,
            done=self._show,
            failed=self._body.show_failure,
        )

    def _place(self) -> None:
        self.area.setMinimumHeight(round(self.window().height() * 0.62))
        super()._place()

    def _show(self, found: tuple[ReportText, list[Picture]]) -> None:
        text, pictures = found
        for paragraph in text.paragraphs:
            self._text.addWidget(Text(paragraph))
        if pictures:
            pages = PdfPages()
            for picture in pictures:
                pages.add_page(picture.pixels)
            self._text.addWidget(pages)
        self._text.addStretch(1)


def _read(acting: Acting, report: ReportRow, because: str) -> tuple[ReportText, list[Picture]]:
    text = acting.reports.read(report.id, because)
    return text, [acting.reports.page(report.id, page, DPI) for page in range(text.pdf_pages)]
