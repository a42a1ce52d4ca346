"""What was sent to the patient, and what really became of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ids import new_id
from app.rules.access import Role
from app.views.desk import PatientPage
from app.views.work import MessageRow
from app.words import Words
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.reception.section import AT_SERVER, Section
from ui.widgets.layout import row
from ui.widgets.status import StatusKind
from ui.widgets.text import Text

KINDS: dict[str, StatusKind] = {
    "queued": "wait",
    "sending": "wait",
    "sent": "good",
    "delivered": "good",
    "unclear": "wait",
    "failed": "stop",
}


class MessagesSection(Section):
    """The line below the list says more about the message under the cursor, and sends it again."""

    changed = Signal()
    said = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(self, seat: Seat) -> None:
        _ = seat.words
        super().__init__("messages_section", _("Messages"), "Ctrl+4")
        self._seat = seat
        self._ = seat.words
        self._messages: tuple[MessageRow, ...] = ()
        self.table = RowTable(
            "messages_table",
            _("Messages"),
            (_("When"), _("What"), _("To"), _("State")),
            seat.surroundings.theme.colours,
            stretch=1,
        )
        self.first = self.table
        self.table.chosen.connect(self._show_more)
        self._none = Text("", "quietText")
        self.more = Text("", "quietText")
        self.more.setObjectName("message_more")
        self.again = KeyButton("resend_button", _("Send it again"), "Alt+Z", icon_name="send")
        self.again.clicked.connect(self._on_again)
        below = QWidget()
        line = row(self.more, self.again, gap=2)
        line.setStretch(0, 1)
        below.setLayout(line)
        self._below = below
        for widget in (self._none, self.table, below):
            self.column.addWidget(widget)
        below.hide()

    def show_page(self, page: PatientPage) -> None:
        """Show the messages as they are now."""
        self._messages = page.messages
        _ = self._
        self._none.setText(_(AT_SERVER) if page.is_copy else _("Nothing has been sent yet."))
        self._none.setVisible(not page.messages)
        self.table.setVisible(bool(page.messages))
        self.table.show_rows([self._row(message) for message in page.messages])
        self._show_more(self.table.current_key())

    def _row(self, message: MessageRow) -> Line:
        _ = self._
        return Line(
            message.id,
            (
                Cell(_.moment(message.created_at, self._seat.zone)),
                Cell(kind_word(_, message), is_bold=True),
                Cell(message.recipient),
                Cell(state_word(_, message.state), KINDS.get(message.state, "quietText")),
            ),
        )

    def _chosen(self) -> MessageRow | None:
        key = self.table.current_key()
        return next((message for message in self._messages if message.id == key), None)

    def _show_more(self, _key: object) -> None:
        _, message = self._, self._chosen()
        self._below.setVisible(message is not None)
        if message is None:
            return
        said = {
            "queued": _("It waits to be sent."),
            "sending": _("It is being sent now."),
            "sent": _("The mail server or SMS gateway has taken it. Whether it arrived is not known."),
            "delivered": _("Its arrival was confirmed."),
            "unclear": _("Nobody can tell whether it was sent."),
            "failed": _("It could not be delivered."),
        }.get(message.state, "")
        reason = _(message.reason) if message.reason else ""
        code = (
            _("It held a code and cannot be sent again. Make a new code instead.")
            if message.needs_new_code
            else ""
        )
        self.more.setText(" ".join(part for part in (said, reason, code) if part))
        may = self._seat.has(Role.RECEPTION, Role.MANAGER, Role.CLINICAL)
        self.again.setVisible(may and message.can_resend)

    def _on_again(self) -> None:
        message = self._chosen()
        if message is None:
            return

        def done(_none: object) -> None:
            self.said.emit(self._("It is on its way again."))
            self.changed.emit()

        self._seat.run(
            lambda acting: acting.messages.resend(message.id),
            owner=self,
            done=done,
            failed=self.failed.emit,
            request_id=new_id(),
        )


def kind_word(words: Words, message: MessageRow) -> str:
    """Return what a message is for."""
    _ = words
    by_sms = message.channel == "sms"
    return {
        "activation": _("E-mail with the Activate Account button"),
        "activation_code": _("SMS with the activation code")
        if by_sms
        else _("E-mail with the activation code"),
        "recovery": _("E-mail for a new password"),
        "confirm_email": _("E-mail to confirm an address"),
        "email_changed": _("E-mail that an address was changed"),
        "account_expiring": _("E-mail that the account will expire"),
        "invitation": _("Invitation by e-mail"),
        "invitation_link": _("Invitation by e-mail, without the code"),
        "report_withdrawn": _("E-mail that a report was withdrawn"),
        "report_complete": _("Report Complete SMS"),
    }.get(message.kind, message.kind)


def state_word(words: Words, state: str) -> str:
    """Return in a word what became of a message."""
    _ = words
    return {
        "queued": _("Waiting"),
        "sending": _("Being sent"),
        "sent": _("Sent"),
        "delivered": _("Delivered"),
        "unclear": _("Unclear"),
        "failed": _("Failed"),
    }.get(state, state)
