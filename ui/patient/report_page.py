"""A report on the whole screen, to be read."""

from app.sayings import exam_title
from app.views.exams import ExamPage, ReportRow
from ui.patient.report_view import ReportView
from ui.patient.take_home import TakeHome
from ui.patient.touch_page import Kiosk, TouchPage
from ui.patient.what import What
from ui.widgets.button import Button
from ui.widgets.layout import Card, Measure


class ReadReport(TouchPage):
    """The text in a column that is easily read, or the pages of the PDF; Download at the top right (R26)."""

    def __init__(self, kiosk: Kiosk, page: ExamPage, report: ReportRow) -> None:
        super().__init__(kiosk, "report_page")
        self._report = report
        self._view = ReportView(kiosk.acting(), self._, self.background, self.show_failure)
        download: Button | None = None
        if page.may_download:
            download = Button(self._("Download"), icon_name="download")
            download.setObjectName("download_report")
            what = What(page.exam.id, "report", report_id=report.id)
            download.clicked.connect(lambda: kiosk.go(TakeHome(kiosk, what)))
        self.lay_out(
            exam_title(self._, page.exam), fills=Card(self._column(), margin=5), wide=True, beside=download
        )

    def _column(self) -> Measure:
        column = Measure()
        column.column.addWidget(self._view, 1)
        return column

    def began(self) -> None:
        """Read it."""
        self._view.read(self._report)

    def leave(self) -> None:
        """Fetch nothing more."""
        self._view.stop()
        super().leave()
