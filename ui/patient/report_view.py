"""A report as it is read: its text, or the pages of its PDF, a screenful at a time (R22, R23)."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.imaging import Picture
from app.portal import Acting
from app.rules.headings import is_heading
from app.views.exams import ReportRow, ReportText
from app.words import Words
from ui.background import Background
from ui.patient.pdf_page import PdfPages
from ui.widgets.layout import column
from ui.widgets.page_turner import PageTurner
from ui.widgets.text import Text

PAPER_INCHES = 8.27  # A4's width; Letter is a little wider
MOST_DPI = 200


class ReportView(QWidget):
    """Fetches a report when it is asked to show it, which is written down as a reading (D24)."""

    def __init__(
        self, acting: Acting, words: Words, background: Background, failed: Callable[[Exception], None]
    ) -> None:
        super().__init__()
        self._acting, self._, self._background, self._failed = acting, words, background, failed
        self.turner = PageTurner(words)
        self.turner.previous.setObjectName("report_previous")
        self.turner.next.setObjectName("report_next")
        self._width = 0
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.turner)

    def read(self, report: ReportRow) -> None:
        """Show the report."""
        self._background.run(
            lambda: self._acting.reports.read(report.id),
            owner=self,
            done=self._show,
            failed=self._failed,
            group="read",
        )

    def stop(self) -> None:
        """Fetch nothing more."""
        self._background.cancel_all(self)

    def _show(self, text: ReportText) -> None:
        if text.pdf_pages:
            self._show_pdf(text)
            return
        sheet = QWidget()
        sheet.setLayout(column(*(_paragraph(words) for words in text.paragraphs), gap=2))
        self.turner.show_content(sheet)

    def _show_pdf(self, text: ReportText) -> None:
        pages = PdfPages()
        self.turner.show_content(pages)
        dpi = min(MOST_DPI, round(max(self.turner.width(), 400) / PAPER_INCHES))

        def want(page: int) -> None:
            self._background.run(
                partial(self._acting.reports.page, text.report.id, page, dpi),
                owner=self,
                done=partial(arrived, page),
                failed=self._failed,
                lane="images",
                group="page",
            )

        def arrived(page: int, picture: Picture) -> None:
            pages.add_page(picture.pixels)
            if page + 1 < text.pdf_pages:
                want(page + 1)

        want(0)


def _paragraph(words: str) -> Text:
    return Text(words, "strong" if is_heading(words) else "")
