"""What the desk may do to an account: each action asks first, then changes it, then prints what came of it."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.portal import Acting
from app.rules.account_life import AccountState
from app.views.people import AccountRow, Incident, PatientRow
from ui.desk.drawer import Paper
from ui.desk.questions import ask_reason
from ui.desk.seat import Seat
from ui.reception import account_forms as forms
from ui.reception.family_dialog import FamilyDialog
from ui.reception.incident_dialog import IncidentDialog


class AccountActions(QObject):
    """paper: something to print; changed: look at the patient again; said: a sentence for the notice line."""

    paper = Signal(object)  # Paper
    changed = Signal()
    said = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(self, seat: Seat, page: QWidget) -> None:
        super().__init__(page)
        self._seat = seat
        self._page = page
        self._ = seat.words
        self._actions: dict[str, Callable[[AccountRow, PatientRow], object]] = {
            "print_letter": self._print_letter,
            "new_code": self.reissue,
            "mail_again": self._mail_again,
            "void": self.void,
            "wrong_person": self._wrong_person,
            "reset_slip": self._slip,
            "reinstate": self._slip,
            "contact": self._contact,
            "family": self._family,
            "block": self._block,
            "unblock": self._unblock,
            "delete": self._delete,
        }

    def do(self, action: str, account: AccountRow, patient: PatientRow) -> None:
        """Do what the button of this name says."""
        self._actions[action](account, patient)

    def create(self, patient: PatientRow) -> None:
        """Make the patient's own account."""
        forms.ask_create(self._seat, self._page, patient, self._on_issued)

    def create_for_other(self, patient: PatientRow) -> None:
        """Make an account for somebody who cares for the patient."""
        forms.ask_for_other(self._seat, self._page, patient, self._on_issued)

    def reissue(self, account: AccountRow, patient: PatientRow) -> None:
        """Make a new code in place of the old one."""
        checks = forms.holder_checks(account, patient, self._)
        forms.ask_reissue(self._seat, self._page, account, checks, self._on_issued)

    def void(self, account: AccountRow, patient: PatientRow) -> None:
        """Kill the code of a misprinted or lost letter, then ask for a new one (D2)."""

        def ask_new(_none: object) -> None:
            self._seat.drawer.drop(account.id)
            self.changed.emit()
            self.reissue(account, patient)

        self._ask(
            self._("Void the letter of {name}", name=account.holder_name),
            self._("Its code stops working. Tear the letter up, then make a new one."),
            self._("Void the letter"),
            lambda acting, reason: acting.accounts.void_letter(account.id, reason),
            ask_new,
            label=self._("What is wrong with the letter?"),
        )

    def _print_letter(self, account: AccountRow, patient: PatientRow) -> None:
        paper = self._seat.drawer.find(account.id)
        if paper is None:
            self.reissue(account, patient)
        else:
            self.paper.emit(paper)

    def _mail_again(self, account: AccountRow, _patient: PatientRow) -> None:
        _ = self._
        sentence = (
            _("The e-mail to confirm the address is on its way. See Messages.")
            if account.state is AccountState.ACTIVE
            else _("The e-mail with the Activate Account button is on its way. See Messages.")
        )

        def done(_none: object) -> None:
            self.said.emit(sentence)
            self.changed.emit()

        self._seat.run(
            lambda acting: acting.accounts.send_activation_mail(account.id),
            owner=self,
            done=done,
            failed=self.failed.emit,
        )

    def _slip(self, account: AccountRow, patient: PatientRow) -> None:
        checks = forms.holder_checks(account, patient, self._)
        forms.ask_slip(self._seat, self._page, account, checks, self._on_slip)

    def _contact(self, account: AccountRow, _patient: PatientRow) -> None:
        forms.ask_contact(self._seat, self._page, account, lambda _none: self.changed.emit())

    def _family(self, account: AccountRow, _patient: PatientRow) -> None:
        FamilyDialog(self._seat, self._page, account, self.changed.emit)

    def _wrong_person(self, account: AccountRow, patient: PatientRow) -> None:
        checks = forms.holder_checks(account, patient, self._)

        def ask(acting: Acting, what_happened: str) -> tuple[Incident, Paper | None]:
            incident = acting.accounts.given_to_wrong_person(account.id, what_happened)
            return incident, forms.letter_paper(self._seat, incident.code, checks)

        self._ask(
            self._("The letter of {name} went to the wrong person", name=account.holder_name),
            self._(
                "The code and everything made with it stop working at once, what was shared with it is revoked, the"
                " incident is recorded, and a new letter is made."
            ),
            self._("Take it back and make a new letter"),
            ask,
            self._on_incident,
            field="what_happened",
            label=self._("What happened?"),
        )

    def _block(self, account: AccountRow, _patient: PatientRow) -> None:
        self._ask(
            self._("Block the account of {name}", name=account.holder_name),
            self._(
                "Codes stop working, the patient is signed out, and invitations are suspended. Only a manager can"
                " unblock it."
            ),
            self._("Block"),
            lambda acting, reason: acting.accounts.block(account.id, reason),
            lambda _none: self._on_killed(account.id),
        )

    def _unblock(self, account: AccountRow, _patient: PatientRow) -> None:
        ask_reason(
            self._seat,
            self._page,
            self._("Unblock the account of {name}", name=account.holder_name),
            self._("The patient can sign in again, and invitations work again. Codes stay dead."),
            self._("Unblock"),
            lambda acting, reason: acting.accounts.unblock(account.id, reason),
            lambda _none: self.changed.emit(),
            role="primary",
        )

    def _delete(self, account: AccountRow, _patient: PatientRow) -> None:
        self._ask(
            self._("Delete the account of {name}", name=account.holder_name),
            self._(
                "User name, password and contact data of the account are erased, and invitations become Revoked. This"
                " cannot be undone. Exams and reports stay."
            ),
            self._("Delete the account"),
            lambda acting, reason: acting.accounts.delete(account.id, reason),
            lambda _none: self._on_killed(account.id),
        )

    def _ask(
        self,
        heading: str,
        sentence: str,
        action: str,
        ask: Callable[[Acting, str], object],
        done: Callable[..., None],
        *,
        field: str = "reason",
        label: str = "",
    ) -> None:
        ask_reason(self._seat, self._page, heading, sentence, action, ask, done, field=field, label=label)

    def _on_issued(self, result: forms.Issued) -> None:
        issued, paper = result
        self.changed.emit()
        if paper is not None:
            self.paper.emit(paper)
        elif issued.way == "sms":
            self.said.emit(self._("The code goes out by SMS. Messages shows whether it arrived."))
        else:
            self.said.emit(self._("The code goes out by e-mail. Messages shows whether it was sent."))

    def _on_slip(self, paper: Paper) -> None:
        self.changed.emit()
        self.paper.emit(paper)

    def _on_killed(self, account_id: UUID) -> None:
        self._seat.drawer.drop(account_id)
        self.changed.emit()

    def _on_incident(self, result: tuple[Incident, Paper | None]) -> None:
        incident, paper = result
        self.changed.emit()
        dialog = IncidentDialog(self._seat, self._page, incident)
        if paper is not None:
            self._seat.drawer.put(paper)
            dialog.print_wanted.connect(lambda: self.paper.emit(paper))
