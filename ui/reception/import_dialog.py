"""Brings images in: looks through files, shows what they are and whose, asks where they differ, then stores them."""

import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget

from app.rules.calendar import local_day
from app.views.exams import BrokenFile, Imported, Survey, SurveyedStudy
from app.views.people import PatientRow
from ui.background import Progress
from ui.desk.dialog import DeskDialog
from ui.desk.form_fields import ParagraphField
from ui.desk.key_button import KeyButton
from ui.desk.result_list import second_line
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.page import Page
from ui.reception.in_the_files import birth_date, named_in
from ui.widgets.busy_line import BusyLine
from ui.widgets.layout import column, row
from ui.widgets.text import Text

MOST_BROKEN = 200  # listed


class ImportDialog(DeskDialog):
    """imported: exams are there; look at the patient again."""

    imported = Signal(object)  # Imported
    characters = 160  # names, dates and what differs are compared: none may be cut

    def __init__(self, seat: Seat, page: QWidget, patient: PatientRow, paths: Sequence[str] = ()) -> None:
        self._seat = seat
        self._ = seat.words
        self._patient = patient
        self._survey: Survey | None = None
        self._stop: threading.Event | None = None
        self._make()
        super().__init__(
            "import_dialog",
            page,
            seat.words,
            self._("Import images of {name}", name=patient.full_name),
            second_line(patient, seat.words),
            body=self._body,
        )
        self._connect()
        self._show_state()
        if paths:
            self.look(paths)
        else:
            self.files.setFocus(Qt.FocusReason.OtherFocusReason)

    def look(self, paths: Sequence[str]) -> None:
        """Look through files, folders, ZIP files and discs; nothing is stored yet."""
        given, patient_id = tuple(paths), self._patient.id

        def work(progress: Progress, stop: threading.Event) -> Callable[..., Survey]:
            return lambda acting: acting.imports.survey(given, patient_id, progress.report, stop)

        self._run(self._("Looking at the files"), work, self._on_survey)

    def close_dialog(self) -> None:
        """Stop what is under way; nothing half-done stays."""
        if self._stop is not None:
            self._stop.set()
        super().close_dialog()

    # Building

    def _make(self) -> None:
        _ = self._
        self._body = Page(_, self._seat.surroundings.background)
        self._body.setProperty("role", "clear")
        self.busy = BusyLine(_)
        self.hint = Text(_("Choose files or a folder, or drop them on the patient's page."), "quietText")
        self.table = RowTable(
            "import_studies",
            _("What was found"),
            (_("Exam"), _("Date"), _("Name in the files"), _("Born"), _("Images"), _("Differs")),
            self._seat.surroundings.theme.colours,
            stretch=0,
        )
        self.confirm = ParagraphField(
            "confirmed_difference",
            _("Why are these this patient's images all the same?"),
            _("Compare name, date of birth and number first. What you write is recorded."),
            lines=2,
        )
        self.broken_head = Text("", "strong")
        self.broken = RowTable(
            "import_broken",
            _("Files that are left out"),
            (_("File"), _("Why")),
            self._seat.surroundings.theme.colours,
            stretch=0,
        )
        self.files = KeyButton("import_files", _("Choose files"), "Alt+F", icon_name="file-text")
        self.folder = KeyButton("import_folder", _("Choose a folder"), "Alt+O", icon_name="folder-open")
        self.take = KeyButton("import_take", _("Import"), "Ctrl+Return", "primary", icon_name="check")
        self.shut = KeyButton("import_close", _("Close"), "Esc")
        self._inner = inner = QWidget()
        inner.setProperty("role", "clear")
        self._found = column(self.table, self.confirm, self.broken_head, self.broken, None)
        inner.setLayout(self._found)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inner)
        self._body.setLayout(
            column(
                self._body.notices,
                self.busy,
                self.hint,
                self._area,
                row(self.shut, None, self.files, self.folder, self.take),
            )
        )

    def _connect(self) -> None:
        self._inner.installEventFilter(self)  # the area does not pass on that its content grew
        self.files.clicked.connect(lambda: self._choose(QFileDialog.FileMode.ExistingFiles))
        self.folder.clicked.connect(lambda: self._choose(QFileDialog.FileMode.Directory))
        self.take.clicked.connect(self._on_take)
        self.shut.clicked.connect(self.close_dialog)
        self.confirm.changed.connect(self._show_state)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what was found as it grows."""
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        found = self._survey is not None and bool(self._survey.studies or self._survey.broken)
        self._area.setVisible(found)
        wanted = max(
            self._found.totalHeightForWidth(self._area.viewport().width()),  # of what wraps
            self._found.totalMinimumSize().height(),
        )
        self._area.setFixedHeight(min(wanted, round(self.window().height() * 0.5)) if found else 0)
        super()._place()

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, self._("Import images"))
        dialog.setObjectName("import_choose")
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(self.look)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # State

    def _show_state(self) -> None:
        is_busy, survey = self._stop is not None, self._survey
        has_studies = survey is not None and bool(survey.studies)
        differs = survey is not None and any(study.differs for study in survey.studies)
        self.hint.setVisible(not is_busy and survey is None)
        self.confirm.setVisible(differs)
        self.take.setVisible(has_studies)
        self.take.setEnabled(has_studies and not is_busy and (not differs or bool(self.confirm.text())))
        self.files.setEnabled(not is_busy)
        self.folder.setEnabled(not is_busy)

    def _run(
        self,
        sentence: str,
        work: Callable[[Progress, threading.Event], Callable[..., object]],
        done: Callable[..., None],
    ) -> None:
        self._body.notices.clear()
        stop = threading.Event()
        self._stop = stop
        progress = Progress(self.busy.move_to)
        self.busy.start(sentence, lambda: self._on_cancel(stop))

        def finish(result: object) -> None:
            self._stop = None
            self.busy.stop()
            done(result)
            self._show_state()
            self._place()

        def fail(error: Exception) -> None:
            self._stop = None
            self.busy.stop()
            self._body.show_failure(error)
            self._show_state()

        self._show_state()
        self._seat.run(work(progress, stop), owner=self, done=finish, failed=fail, progress=progress)

    def _on_cancel(self, stop: threading.Event) -> None:
        stop.set()

    def _on_survey(self, survey: Survey) -> None:
        _ = self._
        self._survey = survey
        self.table.show_rows([self._line(study) for study in survey.studies])
        self.table.setVisible(bool(survey.studies))
        self._show_broken(survey.broken)
        if not survey.studies:
            self._body.notices.say("wait", _("No images were found in these files."))
        elif differing := next((study for study in survey.studies if study.differs), None):
            self._body.notices.say(
                "stop",
                _(
                    "These images may be another patient's: {whom}. Compare before you go on.",
                    whom=named_in(_, differing),
                ),
            )
            self.confirm.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not all(study.is_dated for study in survey.studies):
            self._body.notices.say(
                "wait",
                _(
                    "This patient's, but the files do not say when the images were made: the exam will carry today's date."
                ),
            )
        else:
            self._body.notices.say("good", _("Name, date of birth and number fit this patient."))
        self._show_state()
        if self.take.isEnabled():
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def _line(self, study: SurveyedStudy) -> Line:
        _ = self._
        named = {
            "name": _("name"),
            "birth_date": _("birth date"),
            "identifier": _("number"),
        }
        differs = ", ".join(named.get(what, what) for what in study.differs)
        return Line(
            study.study_instance_uid,
            (
                Cell(study.description or study.modality, is_bold=True),
                Cell(_.date(local_day(study.performed_at, self._seat.zone)))
                if study.is_dated
                else Cell(_("not in the files"), "wait"),
                Cell(study.patient_name),
                Cell(birth_date(_, study)),
                Cell(str(study.images)),
                Cell(differs, "stop") if differs else Cell(_("nothing"), "good"),
            ),
        )

    def _show_broken(self, broken: tuple[BrokenFile, ...]) -> None:
        _ = self._
        self.broken_head.setText(_.count("{n} file is left out", "{n} files are left out", len(broken)))
        self.broken.show_rows(
            [
                Line(file.name, (Cell(file.name), Cell(_(file.problem), "stop")))
                for file in broken[:MOST_BROKEN]
            ]
        )
        for widget in (self.broken_head, self.broken):
            widget.setVisible(bool(broken))

    def _on_take(self) -> None:
        survey, because, patient_id = self._survey, self.confirm.text(), self._patient.id
        if survey is None or not self.take.isEnabled():
            return

        def work(progress: Progress, stop: threading.Event) -> Callable[..., Imported]:
            return lambda acting: acting.imports.take(survey.id, patient_id, because, progress.report, stop)

        self._run(self._("Storing the images"), work, self._on_imported)

    def _on_imported(self, imported: Imported) -> None:
        _ = self._
        self._survey = None
        said = [_.count("{n} image file was imported.", "{n} image files were imported.", imported.files)]
        if imported.already_there:
            said.append(_.count("{n} was here already.", "{n} were here already.", imported.already_there))
        if imported.broken:
            said.append(_.count("{n} was left out.", "{n} were left out.", len(imported.broken)))
        self._body.notices.say("good", " ".join(said))
        self.hint.hide()
        self.take.hide()
        self.shut.setFocus(Qt.FocusReason.OtherFocusReason)
        self.imported.emit(imported)
