"""One exam, opened: its report left or first, its images beside or below (R23 to R27, R36, R37, R62)."""

from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.callers import Caller
from app.ids import new_id
from app.sayings import exam_title
from app.views.exams import ExamPage, ReportRow
from ui.patient.exam_images import PortalImages
from ui.patient.parts import Room, Split
from ui.patient.report_page import ReadReport
from ui.patient.report_panel import ReportPanel
from ui.patient.share import ShareDraft, ShareWith
from ui.patient.take_home import TakeHome
from ui.patient.thumbnails import Thumbnails
from ui.patient.touch_page import Kiosk, TouchPage
from ui.patient.viewer_page import LookAtImages
from ui.patient.what import What
from ui.viewer.source import Position
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import Card
from ui.widgets.text import Text

CHANGING = frozenset({"exam", "report", "invitation"})


class ExamView(TouchPage):
    """For the patient, and for a guest who sees what was shared."""

    def __init__(self, kiosk: Kiosk, exam_id: UUID) -> None:
        super().__init__(kiosk, "exam")
        self._exam_id = exam_id
        self._shown: ExamPage | None = None
        self._images: PortalImages | None = None
        self._thumbnails: Thumbnails | None = None
        self._panel: ReportPanel | None = None
        self._room = Room()
        self._note = Text("", "quietText")
        self._note.setObjectName("note_from_patient")
        self.lay_out(
            "", self._note, fills=self._room, wide=True, action=self._("Share Exam"), action_name="share_exam"
        )
        self.primary.set_icon("share-2")
        self.primary.hide()  # until it is known that this exam can be shared (R62)
        self.primary.clicked.connect(self._on_share)
        visit = kiosk.stay.visit if kiosk.stay is not None else None
        self._note.setVisible(visit is not None and bool(visit.note))
        if visit is not None:
            self.back_button.hide()
            self._note.setText(self._("Note from {name}: {note}", name=visit.shared_by, note=visit.note))

    def began(self) -> None:
        """Open the exam, which is written down; coming back to it is not another opening."""
        acting = self.kiosk.acting()
        if self._shown is None:
            self.ask(lambda: acting.exams.open(self._exam_id), self._show, group="open")
        else:
            self._show_due()
            self.changed(None)
            if self._thumbnails is not None:
                self._thumbnails.resume()

    def changed(self, nouns: frozenset[str] | None) -> None:
        """Look again when the exam changed, or when its report becomes visible by time."""
        if self._shown is not None and (nouns is None or nouns & CHANGING):
            acting = self.kiosk.acting()
            self.ask(lambda: acting.exams.look(self._exam_id), self._show, group="open")

    def leave(self) -> None:
        """Stop fetching what nobody looks at."""
        for part in (self._thumbnails, self._panel):
            if part is not None:
                part.stop()
        super().leave()

    def _show(self, page: ExamPage) -> None:
        if page == self._shown:
            return
        self._shown = page
        self.title.setText(exam_title(self._, page.exam))
        self.primary.setVisible(page.exam.can_share and self._is_patient)
        self._show_due()
        self._room.show_only(self._parts(page))

    def _parts(self, page: ExamPage) -> QWidget:
        self._panel = self._report_part(page) if page.may_see_report else None
        images = self._images_part(page) if page.may_see_images else None
        if self._panel is not None and images is not None:
            return Split(self._panel, images, is_fixed=True)
        return self._panel or images or QWidget()

    def _report_part(self, page: ExamPage) -> ReportPanel:
        return ReportPanel(
            self.kiosk,
            page,
            failed=self.show_failure,
            read=lambda report: self.kiosk.go(ReadReport(self.kiosk, page, report)),
            download=self._on_download if page.may_download else None,
        )

    def _images_part(self, page: ExamPage) -> QWidget:
        if self._images is not None:
            self._images.close()
        self._images = PortalImages(self.kiosk.surroundings.portal, self._caller, page)
        if not any(series.count for series in self._images.series):
            return Card(
                EmptyState(
                    "image-off",
                    self._("No images"),
                    self._("There are no images of this exam in the portal."),
                )
            )
        self._thumbnails = Thumbnails(
            self._images, self._, self.background, self.kiosk.surroundings.theme.colours
        )
        self._thumbnails.setObjectName("thumbnails")
        self._thumbnails.chosen.connect(self._on_chosen)
        return Card(self._thumbnails, margin=3)

    def _show_due(self) -> None:
        if self._shown is not None:
            self.kiosk.due_at(self._shown.exam.changes_at)

    @property
    def _is_patient(self) -> bool:
        return self.kiosk.stay is not None and self.kiosk.stay.session is not None

    @property
    def _caller(self) -> Caller:
        assert self.kiosk.stay is not None
        return self.kiosk.stay.caller

    def _on_chosen(self, position: Position) -> None:
        if self._shown is not None:
            self.kiosk.go(LookAtImages(self.kiosk, self._shown, position))

    def _on_download(self, report: ReportRow) -> None:
        if self._shown is not None:
            self.kiosk.go(TakeHome(self.kiosk, What(self._exam_id, "report", report_id=report.id)))

    def _on_share(self) -> None:
        if self._shown is not None:
            self.kiosk.go(ShareWith(self.kiosk, ShareDraft(self._shown.exam, new_id())))
