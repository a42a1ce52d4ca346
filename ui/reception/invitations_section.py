"""What the patient shares: with whom, until when, how often opened; and inviting on the patient's behalf."""

from PySide6.QtCore import Signal

from app.rules.access import Role
from app.sayings import shared_title, status_word
from app.views.desk import PatientPage
from app.views.sharing import InvitationRow
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.patient.status import KINDS
from ui.reception.section import AT_SERVER, Section
from ui.widgets.text import Text


class InvitationsSection(Section):
    """opened carries the invitation that was chosen."""

    opened = Signal(object)  # UUID
    invite_wanted = Signal()

    def __init__(self, seat: Seat) -> None:
        _ = seat.words
        super().__init__("invitations_section", _("Invitations"), "Ctrl+3")
        self._ = seat.words
        self.table = RowTable(
            "invitations_table",
            _("Invitations"),
            (_("For"), _("Exam"), _("Status"), _("Opened"), _("Shared Until")),
            seat.surroundings.theme.colours,
            stretch=1,
        )
        self.first = self.table
        self.table.opened.connect(self.opened)
        self._none = Text("", "quietText")
        invite = KeyButton("invite_button", _("Invite for the patient"), "Alt+J", icon_name="share-2")
        invite.clicked.connect(self.invite_wanted)
        self.add_button(invite)
        self._invite = invite
        self._may_invite = seat.has(Role.RECEPTION)
        self.column.addWidget(self._none)
        self.column.addWidget(self.table)

    def show_page(self, page: PatientPage) -> None:
        """Show the invitations as they are now."""
        _ = self._
        self._none.setText(_(AT_SERVER) if page.is_copy else _("Nothing has been shared."))
        self._none.setVisible(not page.invitations)
        self.table.setVisible(bool(page.invitations))
        self.table.show_rows([self._row(invitation) for invitation in page.invitations])
        self._invite.setVisible(self._may_invite and any(exam.exam.can_share for exam in page.exams))

    def _row(self, invitation: InvitationRow) -> Line:
        _ = self._
        word = status_word(_, invitation.state)
        locked = _("{status}, locked", status=word) if invitation.is_locked else word
        return Line(
            invitation.id,
            (
                Cell(invitation.recipient_name, is_bold=True),
                Cell(shared_title(_, invitation)),
                Cell(locked, KINDS[invitation.state]),
                Cell(_("{n} of {most}", n=invitation.accesses, most=invitation.max_accesses)),
                Cell(_.date(invitation.shared_until)),
            ),
        )
