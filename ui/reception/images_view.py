"""The image viewer at the desk; who looked at which images is recorded."""

import threading
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from app.portal import Acting
from app.sayings import exam_title
from app.views.exams import ExamPage, ExamRow
from app.views.people import PatientRow
from ui.background import Progress
from ui.desk.drawer import Paper
from ui.desk.paper_dialog import PaperDialog
from ui.desk.questions import paper_style
from ui.desk.result_list import second_line
from ui.desk.seat import Seat
from ui.page import Page
from ui.patient.exam_images import PortalImages
from ui.patient.usb_stick import ENDINGS
from ui.patient.viewer_page import OFFERED
from ui.patient.what import ImageKind
from ui.viewer.source import Caption, Download, Position, PrintWish
from ui.viewer.viewer import Viewer
from ui.widgets.busy_line import BusyLine
from ui.widgets.layout import column


class ImagesView(Page):
    """Opens the exam, then shows its images until Back; what is saved from here is recorded too."""

    left = Signal()

    def __init__(self, seat: Seat, patient: PatientRow, exam_id: UUID) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("images_view")
        self._seat = seat
        self._patient = patient
        self._images: PortalImages | None = None
        self.viewer: Viewer | None = None
        self._stop = threading.Event()  # what is being saved
        self.busy = BusyLine(self._)
        self._column = column(self.notices, self.busy)
        self.setLayout(self._column)
        seat.run(
            lambda acting: acting.exams.open(exam_id), owner=self, done=self._show, failed=self.show_failure
        )

    def leave(self) -> None:
        """Forget the images, and save nothing more."""
        self._stop.set()
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
            downloads=[Download(kind, partial(self._choose_file, page, what)) for kind, what in OFFERED],
            swipe_direction="literal" if self._seat.clinic.swipe_direction == "literal" else "follow",
            print_images=partial(self._print, page.exam),
        )
        self.viewer.left.connect(self.left)
        self._column.addWidget(self.viewer, stretch=1)
        self.viewer.setFocus()

    def _choose_file(self, page: ExamPage, kind: ImageKind, position: Position) -> None:
        if self._images is None:
            return
        instance_id, frame = self._images.instance_at(position.series_id, position.index)
        save = partial(self._save, page.exam.id, kind, instance_id, frame)
        dialog = QFileDialog(self, self._("Save"))
        dialog.setObjectName("images_save")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(ENDINGS[kind]).suffix.removeprefix("."))
        dialog.selectFile(ENDINGS[kind])  # whose they are stands in no file's name
        dialog.fileSelected.connect(lambda path: save(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, exam_id: UUID, kind: ImageKind, instance_id: UUID, frame: int, target: Path) -> None:
        self.notices.clear()
        self._stop = stop = threading.Event()
        progress = Progress(self.busy.move_to)
        self.busy.start(self._("Saving {file}", file=target.name), stop.set)
        self._seat.run(
            lambda acting: acting.images.download(
                exam_id,
                kind,
                target,
                instance_id=instance_id,
                frame=frame,
                progress=progress.report,
                cancelled=stop,
            ),
            owner=self,
            done=lambda _none: self._show_saved(target),
            failed=self._on_not_saved,
            progress=progress,
        )

    def _print(self, exam: ExamRow, wish: PrintWish) -> None:
        if self._images is None:
            return
        wanted = [self._images.instance_at(one.series_id, one.index) for one in wish.positions]
        style, words, clock = paper_style(self._seat), self._, self._seat.surroundings.portal.parts.clock

        def make(acting: Acting) -> Paper:
            pdf = acting.images.sheet(
                exam.id,
                wanted,
                wish.per_page,
                style,
                words,
                window=wish.window,
                invert=wish.is_inverted,
            )
            return Paper("image_sheet", exam.id, pdf, clock(), exam.patient_name)

        self._seat.run(make, owner=self, done=self._show_paper, failed=self.show_failure)

    def _show_paper(self, paper: Paper) -> None:
        PaperDialog(self._seat, self, paper, self._patient.id)

    def _show_saved(self, target: Path) -> None:
        self.busy.stop()
        self.notices.say(
            "good",
            self._("Saved as {file}. Whoever has the file can open it: keep it safe.", file=target.name),
        )

    def _on_not_saved(self, error: Exception) -> None:
        self.busy.stop()
        self.show_failure(error)
