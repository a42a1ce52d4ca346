"""The image viewer at the desk; who looked at which images is recorded."""

from uuid import UUID

from PySide6.QtCore import Signal

from app.views.exams import ExamPage
from app.views.people import PatientRow
from ui.desk.result_list import second_line
from ui.desk.seat import Seat
from ui.page import Page
from ui.patient.exam_images import PortalImages
from ui.patient.sayings import exam_title
from ui.viewer.source import Caption
from ui.viewer.viewer import Viewer
from ui.widgets.layout import column


class ImagesView(Page):
    """Opens the exam, then shows its images until Back."""

    left = Signal()

    def __init__(self, seat: Seat, patient: PatientRow, exam_id: UUID) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("images_view")
        self._seat = seat
        self._patient = patient
        self._images: PortalImages | None = None
        self.viewer: Viewer | None = None
        self._column = column(self.notices)
        self.setLayout(self._column)
        seat.run(
            lambda acting: acting.exams.open(exam_id), owner=self, done=self._show, failed=self.show_failure
        )

    def leave(self) -> None:
        """Forget the images."""
        if self.viewer is not None:
            self.viewer.stop()
            self.viewer = None
        if self._images is not None:
            self._images.close()
            self._images = None
        super().leave()

    def _show(self, page: ExamPage) -> None:
        self._images = PortalImages(self._seat.surroundings.portal, self._seat.caller, page)
        self.viewer = Viewer(
            self._images,
            Caption(
                page.exam.patient_name, exam_title(self._, page.exam), second_line(self._patient, self._)
            ),
            words=self._,
            background=self.background,
            tools="staff",
            swipe_direction="literal" if self._seat.clinic.swipe_direction == "literal" else "follow",
        )
        self.viewer.left.connect(self.left)
        self._column.addWidget(self.viewer, stretch=1)
        self.viewer.setFocus()
