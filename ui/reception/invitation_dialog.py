"""One invitation, opened at the desk: Edit beside Shared Until, Revoke Access beside Status (R67 to R72)."""

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.rules.invitation import ExpiredBecause
from app.sayings import contents_line, shared_title, status_word
from app.views.sharing import InvitationPage, InvitationRow
from ui.desk.dialog import DeskDialog
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.key_button import KeyButton
from ui.desk.questions import needed_date
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.page import Page
from ui.patient.status import KINDS
from ui.widgets.confirm_dialog import ConfirmDialog
from ui.widgets.date_field import DateField
from ui.widgets.layout import column, row
from ui.widgets.status import StatusBadge
from ui.widgets.text import Text


class InvitationDialog(DeskDialog):
    """changed: look at the patient again."""

    changed = Signal()
    characters = 84

    def __init__(self, seat: Seat, page: QWidget, invitation: InvitationRow) -> None:
        self._seat = seat
        self._page = page
        self._ = seat.words
        self._row = invitation
        self._make()
        super().__init__(
            "invitation_dialog",
            page,
            seat.words,
            self._("Invitation for {name}", name=invitation.recipient_name),
            shared_title(seat.words, invitation),
            body=self._body,
        )
        self._connect()
        self._show(invitation)
        self.shut.setFocus()
        self._ask(invitation.id)

    def _make(self) -> None:
        _ = self._
        self._body = Page(_, self._seat.surroundings.background)
        self._body.setProperty("role", "clear")
        self.status = StatusBadge()
        self.status.setObjectName("invitation_status")
        self.why = Text("", "quietText")
        self.until = Text("", wraps=False)
        self.until.setObjectName("invitation_until")
        self.edit = KeyButton("invitation_edit", _("Edit"), "Alt+E", icon_name="pencil")
        self.revoke = KeyButton("invitation_revoke", _("Revoke Access"), "Alt+R", icon_name="ban")
        self.unlock = KeyButton("invitation_unlock", _("Unlock"), "Alt+U", "primary", icon_name="lock-open")
        self.shut = KeyButton("invitation_close", _("Close"), "Esc")
        self.facts = Text("", "quietText")
        self.openings = RowTable(
            "invitation_openings",
            _("Openings"),
            (_("Opened"), _("Where")),
            self._seat.surroundings.theme.colours,
            stretch=1,
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(2, 1)
        grid.addWidget(Text(_("Status"), "strong", wraps=False), 0, 0)
        grid.addLayout(row(self.status, self.revoke, self.unlock, gap=2), 0, 1)
        grid.addWidget(Text(_("Shared Until"), "strong", wraps=False), 1, 0)
        grid.addLayout(row(self.until, self.edit, None, gap=2), 1, 1)
        self._body.setLayout(
            column(self._body.notices, grid, self.why, self.facts, self.openings, row(None, self.shut), gap=2)
        )

    def _connect(self) -> None:
        self.edit.clicked.connect(self._on_edit)
        self.revoke.clicked.connect(self._on_revoke)
        self.unlock.clicked.connect(self._on_unlock)
        self.shut.clicked.connect(self.close_dialog)

    def _ask(self, invitation_id: UUID) -> None:
        self._seat.run(
            lambda acting: acting.sharing.open(invitation_id),
            owner=self,
            done=self._show_page,
            failed=self._body.show_failure,
        )

    def _show_page(self, page: InvitationPage) -> None:
        _ = self._
        self._show(page.invitation)
        zone = page.invitation.time_zone
        where = {"station": _("at a station of the clinic"), "web": _("in the web portal")}
        self.openings.setVisible(bool(page.openings))
        self.openings.show_rows(
            [
                Line(at, (Cell(_.moment(opening.at, zone)), Cell(where.get(opening.where, opening.where))))
                for at, opening in enumerate(page.openings)
            ]
        )

    def _show(self, invitation: InvitationRow) -> None:
        _ = self._
        self._row = invitation
        self.status.show_status(status_word(_, invitation.state), KINDS[invitation.state])
        self.until.setText(_.date(invitation.shared_until))
        self.edit.setVisible(invitation.can_edit)
        self.revoke.setVisible(invitation.can_revoke)
        self.unlock.setVisible(invitation.is_locked)
        said = self._reason(invitation)
        self.why.setText(said)
        self.why.setVisible(bool(said))
        way = (
            _("Sent by e-mail to {email}.", email=invitation.recipient_email)
            if invitation.way == "email"
            else _("Printed on paper.")
        )
        made = (
            _("Created at reception, {moment}.", moment=_.moment(invitation.created_at, invitation.time_zone))
            if invitation.created_at_reception
            else _(
                "Created by the patient, {moment}.",
                moment=_.moment(invitation.created_at, invitation.time_zone),
            )
        )
        opened = _("Opened {n} of {most} times.", n=invitation.accesses, most=invitation.max_accesses)
        self.facts.setText("\n".join((contents_line(_, invitation.contents), way, made, opened)))
        self.openings.setVisible(invitation.accesses > 0)

    def _reason(self, invitation: InvitationRow) -> str:
        _ = self._
        if invitation.is_locked:
            if invitation.locked_until is None:
                return _("Locked after many wrong codes, until it is unlocked here or by the patient.")
            until = _.moment(invitation.locked_until, invitation.time_zone)
            return _("Locked after wrong codes until {moment}.", moment=until)
        if invitation.reason is None:
            return ""
        return {
            ExpiredBecause.DATE: _("The Shared Until date has passed."),
            ExpiredBecause.USES: _("It was opened as often as it may be."),
            ExpiredBecause.ACCOUNT_INACTIVE: _("The patient's account was not used for a long time."),
            ExpiredBecause.ACCOUNT_BLOCKED: _("The patient's account is blocked."),
            ExpiredBecause.EXAM_UNAVAILABLE: _("The exam is withheld."),
        }[invitation.reason]

    def _on_edit(self) -> None:
        _, invitation = self._, self._row
        day = DateField(
            _,
            "shared_until",
            _("Shared Until"),
            _("From {first} to {last}", first=invitation.first_day, last=invitation.last_day),
        )
        day.set_date(invitation.shared_until)

        def read() -> Ask:
            chosen = needed_date(day)
            return lambda acting: acting.sharing.change_shared_until(invitation.id, chosen)

        FormDialog(
            self._seat,
            self._page,
            _("Edit Shared Until"),
            _("It works to the end of the day you choose, later or earlier than now."),
            action=_("Save"),
            fields=[day],
            read=read,
            done=self._on_changed,
        )

    def _on_revoke(self) -> None:
        _, invitation = self._, self._row
        ConfirmDialog(
            self._page,
            _,
            _("Revoke the access of {name}?", name=invitation.recipient_name),
            _(
                "From now on nobody can open the exam with this invitation. This cannot be undone, and copies that were"
                " downloaded already cannot be called back."
            ),
            action=_("Revoke Access"),
            confirmed=lambda: self._do(lambda acting: acting.sharing.revoke(invitation.id)),
        ).yes.setObjectName("revoke_yes")

    def _on_unlock(self) -> None:
        invitation_id = self._row.id
        self._do(lambda acting: acting.sharing.unlock(invitation_id))

    def _do(self, work: Ask) -> None:
        self._seat.run(work, owner=self, done=self._on_changed, failed=self._body.show_failure)

    def _on_changed(self, invitation: InvitationRow) -> None:
        self._show(invitation)
        self.changed.emit()
