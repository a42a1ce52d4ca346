"""The first start: the clinic, its first site and its first manager, where there was nothing."""

from PySide6.QtCore import Qt, QTimeZone, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.errors import Invalid
from app.rules.limits import ClinicRules
from app.views.clinic import FirstStart
from ui.desk.form_fields import ParagraphField
from ui.desk.key_button import KeyButton
from ui.page import Page
from ui.surroundings import Surroundings
from ui.widgets.field import Field, PasswordField, TextField
from ui.widgets.layout import Card, Measure, column, row
from ui.widgets.text import Text


class FirstStartPage(Page):
    """Shown once in a clinic's life; begun carries the manager's user name."""

    begun = Signal(str)

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings.words, surroundings.background)
        self._portal = surroundings.portal
        self._is_practice = surroundings.is_practice
        self._build()
        self.button.clicked.connect(self._on_begin)
        self.clinic_name.setFocus()

    def _build(self) -> None:
        _, usual = self._, ClinicRules()
        self.clinic_name = TextField("clinic_name", _("Name of the clinic"), longest=120)
        self.email = TextField("email", _("E-mail address that patients write to"))
        self.public_address = TextField(
            "public_address",
            _("Address of the web portal"),
            _("As on letters, such as https://portal.clinic.example"),
        )
        self.site_name = TextField("site_name", _("Name of the first site"), longest=80)
        self.site_address = ParagraphField("site_address", _("Its postal address"), lines=3)
        self.site_phone = TextField("site_phone", _("Its telephone number"), longest=40)
        self.time_zone = TextField("time_zone", _("Its time zone"), _("As in Australia/Sydney"))
        self.time_zone.set_text(bytes(QTimeZone.systemTimeZoneId().data()).decode())
        self.country = TextField(
            "country", _("Country"), _("Two letters, such as AU: where numbers without + are dialled")
        )
        self.country.set_text("AU")
        self.full_name = TextField("full_name", _("Your name"), longest=120)
        self.user_name = TextField(
            "user_name",
            _("Your user name"),
            _("At least {least} letters or digits", least=usual.user_name_min),
        )
        self.password = PasswordField(
            _,
            "password",
            _("Password"),
            _("At least {least} characters. Three or four words work well.", least=usual.password_min),
        )
        self.repeat = PasswordField(_, "repeat", _("Password again"))
        self.button = KeyButton("begin_button", _("Set up the clinic"), "Ctrl+Return", "primary")
        inner = Measure(
            Text(_("Welcome"), "title"),
            Text(
                _(
                    "There is no clinic here yet. Describe yours, its first site, and yourself as its first manager."
                    " Everything can be changed later."
                )
            ),
            self.notices,
            Card(
                Text(_("The clinic"), "subheading"),
                self.clinic_name,
                self.email,
                self.public_address,
                self.country,
            ),
            Card(
                Text(_("The first site"), "subheading"),
                self.site_name,
                self.site_address,
                row(self.site_phone, self.time_zone, gap=2),
            ),
            Card(
                Text(_("The first manager"), "subheading"),
                row(self.full_name, self.user_name, gap=2),
                row(self.password, self.repeat, gap=2),
            ),
            row(None, self.button),
            characters=84,
        )
        page = QWidget()
        page.setProperty("role", "clear")
        page.setLayout(column(inner, margin=4))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        self._area = area
        self.setLayout(column(area))
        for field in self.findChildren(Field):
            field.submitted.connect(self.focusNextChild)

    def show_failure(self, error: Exception) -> None:
        """Show what is wrong where it is, and roll there."""
        if isinstance(error, Invalid):
            # The clinic and its site have fields of the same name.
            whose = "clinic_name" if not self.clinic_name.text() else "site_name"
            error.field = {"name": whose, "address": "site_address", "phone": "site_phone"}.get(
                error.field, error.field
            )
        super().show_failure(error)
        self._area.ensureWidgetVisible(self.notices if self.notices.sentence else self.focusWidget())

    def _on_begin(self) -> None:
        self.notices.clear()
        if self.password.text() != self.repeat.text():
            self.repeat.show_error(self._("This is not the same as above. Type it again."))
            self.repeat.setFocus()
            return
        first = FirstStart(
            clinic_name=self.clinic_name.text(),
            email=self.email.text(),
            public_address=self.public_address.text(),
            site_name=self.site_name.text(),
            site_address=tuple(self.site_address.text().splitlines()),
            site_phone=self.site_phone.text(),
            time_zone=self.time_zone.text(),
            full_name=self.full_name.text(),
            user_name=self.user_name.text(),
            password=self.password.text(),
            country=self.country.text().upper(),
            practice=self._is_practice,
        )
        self.button.setEnabled(False)
        self.background.run(
            lambda: self._portal.begin(first),
            owner=self,
            done=lambda _none: self.begun.emit(first.user_name),
            failed=self._on_failed,
        )

    def _on_failed(self, error: Exception) -> None:
        self.button.setEnabled(True)
        self.show_failure(error)
