"""Shows the pages of a document as they will be printed; drawn by a decode worker, kept nowhere."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from app.imaging import DecodePool, Picture
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.layout import column, row

DPI = 96


class Preview(DeskDialog):
    """The pages one under the other; Escape closes."""

    characters = 132

    def __init__(self, seat: Seat, page: QWidget, pdf: bytes) -> None:
        self._ = _ = seat.words
        self._body = Page(seat.words, seat.surroundings.background)
        self._body.setProperty("role", "clear")
        self._pages = QWidget()
        self._pages.setProperty("role", "clear")
        self._pages.setLayout(column(gap=2))
        self.area = QScrollArea()
        self.area.setObjectName("preview_pages")
        self.area.setWidgetResizable(True)
        self.area.setWidget(self._pages)
        self._close = KeyButton("preview_close", _("Close"), "Esc")
        self._body.setLayout(column(self._body.notices, self.area, row(None, self._close)))
        super().__init__(
            "preview_dialog",
            page,
            seat.words,
            _("Preview"),
            _("This is what the printer will put on paper."),
            body=self._body,
        )
        self._close.clicked.connect(self.close_dialog)
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)
        imaging = seat.surroundings.portal.parts.imaging
        seat.surroundings.background.run(
            lambda: _pages(imaging, pdf),
            owner=self,
            done=self._show,
            failed=self._body.show_failure,
            lane="images",
        )

    def _place(self) -> None:
        self.area.setMinimumHeight(round(self.window().height() * 0.66))
        super()._place()

    def _show(self, pictures: list[Picture]) -> None:
        layout = self._pages.layout()
        assert layout is not None
        for at, picture in enumerate(pictures, start=1):
            label = QLabel()
            label.setAccessibleName(self._("Page {page} of {pages}", page=at, pages=len(pictures)))
            height, width = picture.pixels.shape[:2]
            image = QImage(picture.pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
            label.setPixmap(QPixmap.fromImage(image))
            layout.addWidget(label)
            layout.setAlignment(label, Qt.AlignmentFlag.AlignHCenter)


def _pages(imaging: DecodePool, pdf: bytes) -> list[Picture]:
    return [imaging.pdf_page(pdf, page, DPI) for page in range(imaging.pdf_pages(pdf))]
