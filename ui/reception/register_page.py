"""Registers a patient, and shows while typing who may be the same person already."""

import re
from datetime import date

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QWidget

from app.ids import new_id
from app.views.people import Identifier, NewPatient, PatientRow
from ui.desk.form_fields import ParagraphField
from ui.desk.key_button import KeyButton
from ui.desk.result_list import ResultList
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField
from ui.widgets.layout import Card, column, row
from ui.widgets.status import StatusBadge
from ui.widgets.text import Text

WAIT_MS = 200
BESIDE = 300
LEAST_FORM = 2.5  # as often as wide as what stands beside it
WIDEST = 16_777_215  # what Qt takes for no limit


class RegisterPage(Page):
    """registered carries the new patient; patient_wanted somebody who is there already."""

    registered = Signal(object)  # PatientRow
    patient_wanted = Signal(object)  # UUID
    left = Signal()

    def __init__(self, seat: Seat, typed: str = "") -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("register_page")
        self._seat = seat
        self._request_id = new_id()
        self._build()
        self._fill_in(typed)
        self._connect()

    def begin(self) -> None:
        """Put the cursor into the first empty box."""
        first = (
            self.given_names if self.family_name.text() and not self.given_names.text() else self.family_name
        )
        if self.family_name.text() and self.given_names.text():
            self.birth_date.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Ask no more who may be the same person."""
        self._wait.stop()
        super().leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put those who may be the same person beside the form, or below it where it would become too narrow."""
        super().resizeEvent(event)
        wide = self._seat.surroundings.theme.size(BESIDE)
        is_narrow = self.width() < LEAST_FORM * wide
        directions = QBoxLayout.Direction
        self._body.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._beside.setMinimumWidth(0 if is_narrow else wide)
        self._beside.setMaximumWidth(WIDEST if is_narrow else wide)

    # Building

    def _build(self) -> None:
        _ = self._
        self.family_name = TextField("family_name", _("Family name"), longest=100)
        self.given_names = TextField("given_names", _("Given names"), longest=100)
        self.birth_date = DateField(_, "birth_date", _("Date of birth"))
        self.number = TextField(
            "identifiers", _("Patient number"), _("The clinic's own; never a Medicare number"), longest=64
        )
        self.email = TextField("email", _("E-mail"), _("May be left empty"))
        self.mobile = TextField("mobile", _("Mobile"), _("For the Report Complete SMS"), longest=40)
        self.postal_address = ParagraphField("postal_address", _("Postal address"), lines=3)
        self.alert = StatusBadge(
            _("Same name and birth date: both get a name alert"), "stop", "triangle-alert"
        )
        self.alert.hide()
        self.alike_said = Text(_("Who may be the same person appears here while you type."), "quietText")
        self.alike = ResultList(_)
        self.alike.setObjectName("alike")
        self.alike.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.back = KeyButton("register_back", _("Back"), "Esc")
        self.save = KeyButton("register_save", _("Register"), "Ctrl+Return", "primary", icon_name="check")
        form = Card(
            row(self.family_name, self.given_names, gap=2),
            self.birth_date,
            self.number,
            row(self.email, self.mobile, gap=2),
            self.postal_address,
        )
        beside = Card(
            Text(_("Perhaps the same person"), "subheading"),
            self.alike_said,
            self.alert,
            self.alike,
            None,
            gap=1,
            margin=2,
        )
        beside.column.setStretch(3, 1000)
        self.alike.hide()
        self._body = row(form, beside, gap=2)
        self._body.setStretch(0, 1)
        self._beside = beside
        inner = QWidget()
        inner.setProperty("role", "clear")
        inner.setLayout(
            column(
                Text(_("Register a new patient"), "heading"),
                self.notices,
                self._body,
                row(self.back, None, self.save),
                None,
                margin=3,
            )
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.setLayout(column(area))

    def _fill_in(self, typed: str) -> None:
        """Take over what was searched for: a number, or a name."""
        text = typed.strip()
        if not text:
            return
        if re.search(r"\d", text):
            if " " not in text and "/" not in text:
                self.number.set_text(text)
            return
        if "," in text:
            family, _comma, given = text.partition(",")
        else:
            given, _space, family = text.rpartition(" ")
        self.family_name.set_text(_capital(family))
        self.given_names.set_text(_capital(given))

    def _connect(self) -> None:
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._ask_alike)
        for field in (self.family_name, self.given_names, self.birth_date):
            field.changed.connect(self._wait.start)
        for text in (
            self.family_name,
            self.given_names,
            self.birth_date,
            self.number,
            self.email,
            self.mobile,
        ):
            text.submitted.connect(self.focusNextChild)
        self.alike.chosen.connect(lambda patient: self.patient_wanted.emit(patient.id))
        self.back.clicked.connect(self.left)
        self.save.clicked.connect(self._on_save)

    # Alike

    def _ask_alike(self) -> None:
        day = self.birth_date.date()
        family, given = self.family_name.text(), self.given_names.text()
        if day is None or not family:
            self._show_alike((), family, given, day)
            return
        self._seat.run(
            lambda acting: acting.patients.alike(family, given, day),
            owner=self,
            done=lambda rows: self._show_alike(rows, family, given, day),
            failed=self.show_failure,
            group="alike",
        )

    def _show_alike(self, rows: tuple[PatientRow, ...], family: str, given: str, day: date | None) -> None:
        self.alike.show_rows(rows)
        self.alike.setVisible(bool(rows))
        same = any(
            (row.family_name.casefold(), row.given_names.casefold(), row.birth_date)
            == (family.casefold(), given.casefold(), day)
            for row in rows
        )
        self.alert.setVisible(same)
        if rows:
            said = self._("Is it one of these? Choose to open the record that is there.")
        elif day is not None and family:
            said = self._("Nobody of this name and birth date is registered here.")
        else:
            said = self._("Who may be the same person appears here while you type.")
        self.alike_said.setText(said)

    # Saving

    def _on_save(self) -> None:
        if not self.save.isEnabled():
            return
        self.notices.clear()
        day = self.birth_date.date()
        if not self.family_name.text():
            self.family_name.show_error(self._("Please fill this in."))
            self.family_name.setFocus()
            return
        if day is None:
            self.birth_date.show_error(self._("Please type day, month and year."))
            self.birth_date.setFocus()
            return
        number = self.number.text()
        new = NewPatient(
            family_name=self.family_name.text(),
            given_names=self.given_names.text(),
            birth_date=day,
            identifiers=(Identifier(number, self._seat.clinic.name),) if number else (),
            email=self.email.text(),
            mobile=self.mobile.text(),
            postal_address=tuple(self.postal_address.text().splitlines()),
        )
        self.save.setEnabled(False)
        self._seat.run(
            lambda acting: acting.patients.register(new),
            owner=self,
            done=self.registered.emit,
            failed=self._on_failed,
            request_id=self._request_id,
        )

    def _on_failed(self, error: Exception) -> None:
        self.save.setEnabled(True)
        self.show_failure(error)


def _capital(name: str) -> str:
    plain = name.strip()
    return plain.title() if plain.islower() else plain
