"""What became of sharing: printed, with the desk, or on its way by e-mail; a code to pass on is shown once (D12, D19)."""

from app import documents
from app.documents import PaperStyle
from app.rules.codes import grouped
from app.views.exams import ExamRow
from app.views.sharing import InvitationMade, InvitationPage
from app.words import Words
from ui.icons import IconLabel
from ui.patient.print_line import PrintLine
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.layout import Card, row
from ui.widgets.text import Text


class ShareDone(TouchPage):
    """The end of Share Exam; Done leads home."""

    def __init__(self, kiosk: Kiosk, exam: ExamRow, made: InvitationMade, recipient_name: str) -> None:
        super().__init__(kiosk, "share_done")
        self._made = made
        _ = self._
        self._paper = PrintLine(kiosk, "invitation", exam.patient_id, self.show_failure)
        self._mail = Text("")
        self._mail.setObjectName("share_mail_state")
        (self._mail if made.printed is not None else self._paper).hide()
        code = made.code_to_pass_on or ""
        self._code = Text(grouped(code) if code else "", "code")
        self._code.setObjectName("code_to_pass_on")
        pass_on = Card(
            Text(_("Tell {name} this verification code yourself", name=recipient_name), "subheading"),
            self._code,
            Text(
                _("Write it down now: it is shown only here and only once. It is not in the e-mail."),
            ),
            gap=2,
            margin=4,
        )
        if not code:
            pass_on.hide()
        self.lay_out(
            _("Your exam is shared"),
            Card(
                row(
                    IconLabel("circle-check", "good", lines=1.6),
                    Text(_("The invitation is for {name}.", name=recipient_name), "subheading"),
                    gap=2,
                ),
                self._paper,
                self._mail,
                gap=3,
                margin=4,
            ),
            pass_on,
            Text(_("Shared Exams shows who opened it. There you can also end it at any time."), "quietText"),
            action=_("Done"),
            action_name="share_done_button",
        )
        self.back_button.hide()  # what is shared is shared: it is changed in Shared Exams
        self.primary.clicked.connect(kiosk.go_home)

    def began(self) -> None:
        """Print at once, or say how the e-mail goes."""
        printed = self._made.printed
        if printed is None:
            self._say_mail("queued")
            self.changed(None)
            return

        def document(style: PaperStyle, words: Words) -> bytes:
            return documents.invitation(printed, style, words)

        self._paper.print_document(document)

    def changed(self, nouns: frozenset[str] | None) -> None:
        """Look whether the e-mail has gone."""
        if self._made.printed is None and (nouns is None or nouns & {"invitation", "message"}):
            acting, made = self.kiosk.acting(), self._made
            self.ask(lambda: acting.sharing.open(made.invitation_id), self._show, group="state")

    def leave(self) -> None:
        """Cancel a print that is still on its way."""
        self._paper.stop()
        super().leave()

    def _show(self, page: InvitationPage) -> None:
        self._say_mail(page.invitation.message_state)

    def _say_mail(self, state: str) -> None:
        _ = self._
        if state in {"sent", "delivered"}:
            self._mail.setText(_("The e-mail has been sent."))
        elif state in {"failed", "unclear"}:
            self._mail.setText(_("The e-mail could not be sent. Please ask at the reception desk."))
        else:
            self._mail.setText(_("The e-mail is on its way. It is sent within a few minutes."))
