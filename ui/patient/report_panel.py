"""The reports of an exam on its page: the text with Download at its top right, or why there is none yet (R23 to R34)."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from app.rules.report_release import ReportNotice
from app.sayings import notice_lines, report_name
from app.views.exams import ExamPage, ReportRow
from ui.icons import IconLabel
from ui.patient.parts import Room
from ui.patient.report_view import ReportView
from ui.patient.touch_page import Kiosk
from ui.widgets.button import Button
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.text import Text


class ReportPanel(Card):
    """One report at a time; buttons choose another where an exam has several (D11)."""

    def __init__(
        self,
        kiosk: Kiosk,
        page: ExamPage,
        *,
        failed: Callable[[Exception], None],
        read: Callable[[ReportRow], None],
        download: Callable[[ReportRow], None] | None,
    ) -> None:
        super().__init__(gap=2, margin=3)
        self._kiosk, self._ = kiosk, kiosk.surroundings.words
        self._page, self._failed, self._read, self._download = page, failed, read, download
        self._view: ReportView | None = None
        self._choices: list[Button] = []
        self._room = Room()
        self.setObjectName("report_panel")
        if len(page.reports) > 1:
            self._choices = [self._choice(number, report) for number, report in enumerate(page.reports)]
            self.column.addLayout(row(*self._choices, None, gap=1))
        self.column.addWidget(self._room, 1)
        readable = next((report for report in page.reports if report.notice is None), None)
        first = readable or next(iter(page.reports), None)
        self._show(first)

    def stop(self) -> None:
        """Fetch nothing more."""
        if self._view is not None:
            self._view.stop()

    def _choice(self, number: int, report: ReportRow) -> Button:
        button = Button(report_name(self._, report), icon_name="file-text")
        button.setCheckable(True)
        button.setObjectName(f"report_{number}")
        button.clicked.connect(lambda: self._show(report))
        return button

    def _show(self, report: ReportRow | None) -> None:
        self.stop()
        self._view = None
        for button, known in zip(self._choices, self._page.reports, strict=False):
            button.setChecked(report is not None and known.id == report.id)
        if report is not None and report.notice is None:
            self._room.show_only(self._readable(report))
        else:
            notice = report.notice if report is not None and report.notice else self._page.notice
            self._room.show_only(self._unavailable(report, notice or ReportNotice.NOT_YET))

    def _readable(self, report: ReportRow) -> QWidget:
        day = report.authored_at.astimezone(ZoneInfo(self._page.exam.time_zone)).date()
        said = [self._("{author}, {day}", author=report.author, day=day)]
        if report.is_correction:
            said.append(self._("This report corrects an earlier one."))
        names = column(
            Text(report_name(self._, report), "subheading"),
            *(Text(line, "quietText") for line in said),
            gap=0,
        )
        whole = Button(self._("Full page"), icon_name="maximize-2")
        whole.setObjectName("read_report")
        whole.clicked.connect(lambda: self._read(report))
        head = row(gap=1)
        head.addLayout(names, 1)
        head.addWidget(whole)
        if self._download is not None:
            download = Button(self._("Download"), icon_name="download")
            download.setObjectName("download_report")
            on_download = self._download
            download.clicked.connect(lambda: on_download(report))
            head.addWidget(download)
        self._view = ReportView(
            self._kiosk.acting(), self._, self._kiosk.surroundings.background, self._failed
        )
        self._view.setObjectName("report_text")
        sheet = QWidget()
        lines = column(head, Line(), gap=2)
        lines.addWidget(self._view, 1)
        sheet.setLayout(lines)
        self._view.read(report)
        return sheet

    def _unavailable(self, report: ReportRow | None, notice: ReportNotice) -> QWidget:
        zone = self._page.exam.time_zone
        opens_at = report.visible_from if report is not None else self._page.notice_opens_at
        opens = self._.moment(opens_at, zone) if opens_at is not None else ""
        withdrawn_at = report.withdrawn_at if report is not None else None
        withdrawn = self._.date(withdrawn_at.astimezone(ZoneInfo(zone)).date()) if withdrawn_at else ""
        is_withdrawn = notice is ReportNotice.WITHDRAWN
        heading = self._("Report withdrawn") if is_withdrawn else self._("Report is Unavailable")
        title = Text(heading, "heading")
        title.setObjectName("report_unavailable")
        lines = [Text(line) for line in notice_lines(self._, self._kiosk.clinic, notice, opens, withdrawn)]
        if not is_withdrawn and self._page.may_see_images and self._page.exam.image_count:
            lines.append(Text(self._("You can look at your images now.")))
        sheet = QWidget()
        sheet.setObjectName("report_notice")
        icon = IconLabel("file-clock", "teal", lines=2.2)
        sheet.setLayout(column(icon, title, *lines, None, gap=2, margin=1))
        return sheet
