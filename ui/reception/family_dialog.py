"""Whose exams an account reaches besides the holder's own, granted and ended at the desk (D31)."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from app.rules.access import Relation
from app.views.people import AccountRow, GrantRow
from ui.desk.dialog import DeskDialog
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.key_button import KeyButton
from ui.desk.patient_field import PatientField
from ui.desk.questions import ask_reason, optional_date
from ui.desk.seat import Seat
from ui.page import Page
from ui.reception.account_forms import relation_field
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField
from ui.widgets.layout import Line, column, row
from ui.widgets.text import Text


class FamilyDialog(DeskDialog):
    """Lists what is granted; each can be ended, another added."""

    def __init__(self, seat: Seat, page: QWidget, account: AccountRow, changed: Callable[[], None]) -> None:
        self._seat = seat
        self._page = page
        self._account = account
        self._changed = changed
        self._ = seat.words
        _ = seat.words
        self._add = KeyButton(
            "grant_add", _("Give access to another patient"), "Alt+G", icon_name="user-plus"
        )
        self._shut = KeyButton("family_close", _("Close"), "Esc")
        body = Page(_, seat.surroundings.background)
        body.setProperty("role", "clear")
        grants = [grant for grant in account.grants if grant.relation is not Relation.SELF]
        shown: list[QWidget] = [self._grant(grant) for grant in grants]
        if not shown:
            shown = [Text(_("This account sees nobody else's exams."), "quietText")]
        body.setLayout(column(*shown, Line(), row(self._shut, None, self._add), gap=2))
        super().__init__(
            "family_dialog",
            page,
            _,
            _("Family and carers of {name}", name=account.holder_name),
            _("With one sign-in they see their own exams and those of the people listed here."),
            body=body,
        )
        self._shut.clicked.connect(self.close_dialog)
        self._add.clicked.connect(self._on_add)
        self._add.setFocus()

    def _grant(self, grant: GrantRow) -> QWidget:
        _ = self._
        line = QWidget()
        if not grant.is_in_force:
            until = _("ended")
        elif grant.until_at is None:
            until = _("without an end")
        else:
            last = (grant.until_at - timedelta(microseconds=1)).astimezone(ZoneInfo(self._seat.zone))
            until = _("until {day}", day=last.date())
        relation = {
            Relation.PARENT: _("parent"),
            Relation.GUARDIAN: _("guardian"),
            Relation.CARER: _("carer"),
            Relation.SELF: "",
        }[grant.relation]
        about = column(
            Text(grant.patient_name, "strong"),
            Text(f"{relation} · {until} · {grant.evidence}", "quietText"),
            gap=0,
        )
        end = KeyButton("grant_end", _("End"))
        end.clicked.connect(lambda: self._on_end(grant))
        words = row(about, end)
        words.setStretch(0, 1)
        line.setLayout(words)
        end.setVisible(grant.is_in_force)
        return line

    def _on_end(self, grant: GrantRow) -> None:
        _, changed = self._, self._changed  # the dialog is gone by then
        self.close_dialog()
        ask_reason(
            self._seat,
            self._page,
            _("End the access to the exams of {name}", name=grant.patient_name),
            _("It ends at once, and what this account shared of these exams is revoked."),
            _("End the access"),
            lambda acting, reason: acting.family.end(grant.id, reason),
            lambda _none: changed(),
        )

    def _on_add(self) -> None:
        _, changed = self._, self._changed  # the dialog is gone by then
        self.close_dialog()
        patient = PatientField(self._seat, "patient_id", _("Whose exams?"))
        relation = relation_field(_)
        evidence = TextField(
            "evidence", _("What shows this"), _("Such as: birth certificate seen"), longest=200
        )
        until = DateField(_, "until", _("Last day"), _("May be left empty"))
        account_id = self._account.id

        def read() -> Ask:
            chosen, kind = patient.needed(), relation.value()
            shows, last = evidence.text(), optional_date(until)
            return lambda acting: acting.family.grant(account_id, chosen.id, kind, shows, last)

        FormDialog(
            self._seat,
            self._page,
            _("Give {name} access", name=self._account.holder_name),
            _("They see the exams of one more patient with the same sign-in."),
            action=_("Give access"),
            fields=[patient, relation, evidence, until],
            read=read,
            done=lambda _row: changed(),
        )
