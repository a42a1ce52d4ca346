"""The image viewer as a page of the kiosk (R38 to R46)."""

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from app.sayings import exam_title
from app.views.exams import ExamPage
from ui.patient.exam_images import PortalImages
from ui.patient.take_home import TakeHome
from ui.patient.touch_page import Kiosk, TouchPage
from ui.patient.what import ImageKind, What
from ui.viewer.source import Caption, Download, DownloadKind, Position
from ui.viewer.viewer import Viewer

OFFERED: tuple[tuple[DownloadKind, ImageKind], ...] = (
    ("png", "image_png"),
    ("jpeg", "image_jpeg"),
    ("film", "film"),
    ("zip", "all_zip"),
    ("dicom", "dicom_zip"),
)


class LookAtImages(TouchPage):
    """Makes the viewer anew whenever the page is shown: what is left is forgotten at once."""

    def __init__(self, kiosk: Kiosk, page: ExamPage, start: Position) -> None:
        super().__init__(kiosk, "images_page")
        self._page, self._start = page, start
        self._images: PortalImages | None = None
        self.viewer: Viewer | None = None
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        for button in (self.back_button, self.primary):  # the viewer has its own
            button.setParent(self)
            button.hide()
        self.notices.hide()

    def began(self) -> None:
        """Look at the image that was chosen, or that was looked at last."""
        stay = self.kiosk.stay
        assert stay is not None
        self._images = PortalImages(self.kiosk.surroundings.portal, stay.caller, self._page)
        self.viewer = Viewer(
            self._images,
            Caption(self._page.exam.patient_name, exam_title(self._, self._page.exam)),
            words=self._,
            background=self.background,
            downloads=self._downloads() if self._page.may_download else (),
            swipe_direction="literal" if self.kiosk.clinic.swipe_direction == "literal" else "follow",
            start=self._start,
        )
        self.viewer.left.connect(self.kiosk.go_back)
        self._room.addWidget(self.viewer)
        self.viewer.show()
        # Its bar knows how high its buttons are only once they have been laid out.
        QCoreApplication.postEvent(self.viewer, QResizeEvent(self.viewer.size(), self.viewer.size()))

    def leave(self) -> None:
        """Forget the images."""
        if self.viewer is not None:
            self._start = self.viewer.wanted or self._start
            self.viewer.stop()
            self._room.removeWidget(self.viewer)
            self.viewer.hide()
            self.viewer.deleteLater()
            self.viewer = None
        if self._images is not None:
            self._images.close()
            self._images = None
        super().leave()

    def _downloads(self) -> tuple[Download, ...]:
        return tuple(Download(kind, partial(self._offer, what)) for kind, what in OFFERED)

    def _offer(self, kind: ImageKind, position: Position) -> None:
        if self._images is None:
            return
        instance_id, frame = self._images.instance_at(position.series_id, position.index)
        what = What(self._page.exam.id, kind, instance_id=instance_id, frame=frame)
        self.kiosk.go(TakeHome(self.kiosk, what))
