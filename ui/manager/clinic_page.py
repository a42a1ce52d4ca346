"""The clinic's settings: what it promises, each with the default beside it (D3)."""

from dataclasses import replace

from PySide6.QtWidgets import QSpinBox

from app.errors import N_, Invalid
from app.rules.limits import ClinicRules
from app.views.clinic import Clinic
from app.words import Words
from ui.desk.form_fields import ChoiceField, ParagraphField, TickField, TicksField
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.manager.office_part import OfficePart
from ui.manager.rule_words import GROUPS, rule_words
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Card
from ui.widgets.text import Text

LARGEST = 100_000
FEW_LINES = 5


class NumberField(Field):
    """A whole number of at least one."""

    def __init__(self, words: Words, name: str, label: str, default: int) -> None:
        _ = words
        super().__init__(name, label, _("Default: {n}", n=default))
        self.input = QSpinBox()
        self.input.setRange(1, LARGEST)
        self.input.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.input.setAccessibleName(label)
        self.input.setFixedWidth(self.fontMetrics().averageCharWidth() * 16)
        self._line.addWidget(self.input)
        self._line.addStretch(1)
        self.setFocusProxy(self.input)
        self._label.setBuddy(self.input)


class ClinicPage(OfficePart):
    """Saved as a whole; somebody else's faster change is told and nothing typed is lost."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "clinic_page")
        self._clinic: Clinic | None = None
        self._numbers: dict[str, NumberField] = {}
        self._build()
        self.save.clicked.connect(self._on_save)

    def reload(self) -> None:
        """Ask how they are now."""
        self._seat.run(
            lambda acting: acting.clinic.settings(),
            owner=self,
            done=self._show,
            failed=self.show_failure,
            group="look",
        )

    def _build(self) -> None:
        _ = self._
        self.name = TextField("name", _("Name of the clinic"), longest=120)
        self.email = TextField("email", _("E-mail address that patients write to"))
        self.address = TextField("public_address", _("Address of the web portal"))
        self.head_email = TextField(
            "audit_head_email",
            _("E-mail address that gets the head of the audit trail every day"),
            _("Somebody outside who keeps it. May be left empty."),
        )
        self.country = TextField("country", _("Country"), _("Two letters, such as AU"), longest=2)
        self.swipe: ChoiceField[str] = ChoiceField(
            "swipe_direction",
            _("Swiping"),
            [
                ("follow", _("The image follows the finger: to the left is the next one")),
                ("literal", _("To the right is the next one")),
            ],
        )
        self.code_in_mail = TickField(
            "verification_code_in_email",
            _("Invitations by e-mail hold the verification code"),
            _("Otherwise the patient passes the code on."),
        )
        self.by_ris = TickField(
            "sms_sent_by_ris",
            _("The RIS sends the Report Complete SMS"),
            _("Then the portal sends none, and staff record when it went out."),
        )
        self.ways: TicksField[str] = TicksField(
            "codes_may_go_by",
            _("Activation codes may also go"),
            [("post", _("by post")), ("sms", _("by SMS")), ("email", _("by e-mail"))],
            _("To patients who are not here. On the letter at the desk they always may."),
        )
        self.notice_version = TextField("notice_version", _("Version of the collection notice"), longest=40)
        self.notice = ParagraphField("notice", _("Collection notice shown at activation"), lines=FEW_LINES)
        self.help_text = ParagraphField(
            "help_text",
            _("Your own answers on the Help page"),
            _("The question on one line, the answer below it, then an empty line."),
            lines=FEW_LINES,
        )
        self.help_alone = TickField(
            "help_text_alone", _("Leave out the portal's own answers on the Help page")
        )
        self.save = KeyButton("clinic_save", _("Save"), "Ctrl+Return", "primary", icon_name="check")
        cards = [
            Card(
                Text(_("The clinic"), "subheading"),
                self.name,
                self.email,
                self.address,
                self.country,
                self.head_email,
            ),
            Card(
                Text(_("How it works here"), "subheading"),
                self.swipe,
                self.code_in_mail,
                self.by_ris,
                self.ways,
                self.notice_version,
                self.notice,
                self.help_text,
                self.help_alone,
            ),
        ]
        defaults = ClinicRules()
        labels = rule_words(_)
        for heading, names in GROUPS.items():
            card = Card(Text(_(heading), "subheading"))
            for name in names:
                field = NumberField(_, name, labels[name], getattr(defaults, name))
                self._numbers[name] = field
                card.column.addWidget(field)
            cards.append(card)
        self.lay_out(
            _("Clinic settings"),
            _("A change counts for what happens from then on. What was promised to somebody stays."),
            *cards,
            beside=(self.save,),
            widest=720,
        )

    def _show(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self.name.set_text(clinic.name)
        self.email.set_text(clinic.email)
        self.address.set_text(clinic.public_address)
        self.country.set_text(clinic.country)
        self.head_email.set_text(clinic.audit_head_email)
        self.swipe.choose(clinic.swipe_direction)
        self.code_in_mail.tick(on=clinic.verification_code_in_email)
        self.by_ris.tick(on=clinic.sms_sent_by_ris)
        self.ways.tick(clinic.codes_may_go_by)
        self.notice_version.set_text(clinic.notice_version)
        self.notice.set_text(clinic.notice)
        self.help_text.set_text(clinic.help_text)
        self.help_alone.tick(on=clinic.help_text_alone)
        for name, field in self._numbers.items():
            field.input.setValue(getattr(clinic.rules, name))

    def _on_save(self) -> None:
        clinic = self._clinic
        if clinic is None or not self.save.isEnabled():
            return
        self.notices.clear()
        try:
            rules = replace(
                clinic.rules, **{name: field.input.value() for name, field in self._numbers.items()}
            )
        except ValueError:
            self.show_failure(
                Invalid(
                    "rules_contradict", N_("The shortest length must not be longer than the longest one.")
                )
            )
            return
        typed = replace(
            clinic,
            name=self.name.text(),
            email=self.email.text(),
            public_address=self.address.text(),
            country=self.country.text().upper(),
            audit_head_email=self.head_email.text(),
            swipe_direction=self.swipe.value(),
            verification_code_in_email=self.code_in_mail.is_ticked(),
            sms_sent_by_ris=self.by_ris.is_ticked(),
            codes_may_go_by=self.ways.values(),
            notice_version=self.notice_version.text(),
            notice=self.notice.text(),
            help_text=self.help_text.text(),
            help_text_alone=self.help_alone.is_ticked(),
            rules=rules,
        )
        self.save.setEnabled(False)
        self._seat.run(
            lambda acting: acting.clinic.change(typed),
            owner=self,
            done=self._on_saved,
            failed=self._on_failed,
        )

    def _on_saved(self, clinic: Clinic) -> None:
        self.save.setEnabled(True)
        self._seat.clinic = clinic
        self._show(clinic)
        self.notices.say("good", self._("Saved. It counts from now on."))

    def _on_failed(self, error: Exception) -> None:
        self.save.setEnabled(True)
        self.show_failure(error)
