"""One report on its way: to the referring doctor, then the SMS, then the waiting time, then to the patient."""

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.rules.access import Role
from app.rules.report_release import ReportState
from app.views.exams import ExamRow, ReportRow
from ui.desk.flow import Flow
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.reception.exams_section import KINDS, state_word
from ui.widgets.button import ButtonRole
from ui.widgets.layout import Card, column, row
from ui.widgets.status import StatusBadge
from ui.widgets.text import Text

KEYS = {
    "finalise": "Alt+L",
    "sent": "Alt+S",
    "complete": "Alt+C",
    "again": "Alt+Z",
    "told": "Alt+T",
    "no_referrer": "Alt+N",
    "by_ris": "Alt+Q",
    "read": "Alt+R",
    "print": "Ctrl+P",
    "hold_report": "Alt+J",
    "end_hold": "Alt+J",
    "release": "Alt+E",
    "withdraw": "Alt+W",
    "openers": "Alt+K",
}


class ReportCard(Card):
    """wanted carries the name of an action, the exam and the report."""

    wanted = Signal(str, object, object)

    def __init__(self, seat: Seat, exam: ExamRow, report: ReportRow, *, has_keys: bool) -> None:
        super().__init__(gap=1, margin=2)
        self._seat = seat
        self._ = seat.words
        self._exam = exam
        self._report = report
        self._has_keys = has_keys
        self.setObjectName("report_card")
        self.state = StatusBadge(state_word(self._, report), KINDS[report.state])
        self.state.setObjectName("report_state")
        about = column(
            Text(self._heading(), "strong"),
            Text(self._author(), "quietText"),
            *(
                [Text(self._("This report corrects an earlier one."), "quietText")]
                if report.is_correction
                else []
            ),
            gap=0,
        )
        head = row(about, self.state, gap=2)
        head.setStretch(0, 1)
        self.column.addLayout(head)
        for sentence in self._sentences():
            self.column.addWidget(Text(sentence))
        self.column.addSpacing(8)
        self.column.addWidget(self._buttons())

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more happens to this report."""
        return self._report.state is ReportState.WITHDRAWN

    # Words

    def _heading(self) -> str:
        _ = self._
        kind = {
            "preliminary": _("Preliminary report"),
            "final": _("Final report"),
            "addendum": _("Addendum"),
        }[self._report.status]
        return _("{kind}: {title}", kind=kind, title=_(self._report.title))

    def _author(self) -> str:
        _, report = self._, self._report
        moment = _.moment(report.authored_at, self._exam.time_zone)
        if report.is_pdf:
            pages = _.count("{n} page", "{n} pages", report.pages)
            return _("{author}, {moment}, PDF of {pages}", author=report.author, moment=moment, pages=pages)
        return _("{author}, {moment}", author=report.author, moment=moment)

    def _sentences(self) -> list[str]:
        _, report, zone = self._, self._report, self._exam.time_zone
        said: list[str] = []
        if report.state is ReportState.WITHDRAWN and report.withdrawn_at is not None:
            return [_("Withdrawn {moment}.", moment=_.moment(report.withdrawn_at, zone))]
        if report.state is ReportState.PRELIMINARY:
            return [_("The patient never sees a preliminary report. Make it final when it is.")]
        if report.withheld_ground:
            said.append(_("Withheld: {ground}", ground=report.withheld_ground))
        if report.referrer_sent_at is not None:
            said.append(
                _(
                    "Sent to {name} by {way}, {moment}.",
                    name=report.referrer_name,
                    way=report.referrer_way,
                    moment=_.moment(report.referrer_sent_at, zone),
                )
            )
        elif report.no_referrer_reason:
            said.append(_("No referring doctor: {reason}", reason=report.no_referrer_reason))
        else:
            said.append(_("Next: send it to the referring doctor and record that. The doctor comes first."))
        said += self._about_message()
        return said

    def _about_message(self) -> list[str]:
        _, report, zone = self._, self._report, self._exam.time_zone
        if report.complete_at is not None:
            told = _("The patient was told {moment}.", moment=_.moment(report.complete_at, zone))
            if report.visible_from is None:
                return [told]
            opens = _.moment(report.visible_from, zone)
            return [told, _("The patient can read it from {moment}.", moment=opens)]
        if report.visible_from is not None:
            return [_("Released early, {moment}.", moment=_.moment(report.visible_from, zone))]
        sms = {
            "queued": _("The Report Complete SMS waits to be sent."),
            "sending": _("The Report Complete SMS is being sent."),
            "sent": _("The Report Complete SMS was sent; its arrival is not confirmed yet."),
            "unclear": _(
                "Nobody can tell whether the SMS arrived. Ask the patient, or tell them another way."
            ),
            "failed": _("The SMS could not be delivered. Check the number, or tell the patient another way."),
        }.get(report.message_state)
        if sms:
            return [sms]
        if report.referrer_sent_at is not None or report.no_referrer_reason:
            return [
                _(
                    "Next: Report Complete tells the patient by SMS. {hours} hours later the report opens.",
                    hours=self._seat.clinic.rules.report_hours,
                )
            ]
        return []

    # Actions

    def _words_of(self, action: str) -> str:
        _ = self._
        return {
            "finalise": _("Make it final"),
            "sent": _("Sent to the doctor"),
            "no_referrer": _("No referring doctor"),
            "complete": _("Report Complete"),
            "again": _("Send Report Complete again"),
            "told": _("Told another way"),
            "by_ris": _("The RIS sent the SMS"),
            "read": _("Read"),
            "print": _("Print"),
            "hold_report": _("Withhold"),
            "end_hold": _("End the withholding"),
            "release": _("Release early"),
            "withdraw": _("Withdraw"),
            "openers": _("Who opened it"),
        }[action]

    def _next(self) -> list[str]:
        """Return what moves the report on, the first one first."""
        report = self._report
        if report.state is ReportState.WITHDRAWN:
            return ["openers"]
        if report.state is ReportState.PRELIMINARY:
            return ["finalise", "read"]
        is_sent = report.referrer_sent_at is not None or bool(report.no_referrer_reason)
        if not is_sent:
            return ["sent", "no_referrer", "read", "print"]
        if report.complete_at is None:
            complete = "by_ris" if self._seat.clinic.sms_sent_by_ris else "complete"
            first = [complete, "told"]
            if report.message_state:
                first = ["again", "told"] if report.message_state in {"failed", "unclear"} else ["told"]
            return [*first, "read", "print"]
        return ["read", "print"]

    def _more(self) -> list[str]:
        report = self._report
        if not self._seat.has(Role.CLINICAL) or report.state is ReportState.WITHDRAWN:
            return []
        if report.withheld_ground:
            return ["end_hold", "withdraw", "openers"]
        may_release = report.state in {ReportState.AWAITING, ReportState.WAITING}
        return [*(["release"] if may_release else []), "hold_report", "withdraw", "openers"]

    def _buttons(self) -> Flow:
        buttons: list[KeyButton] = []
        if self._seat.has(Role.RECEPTION, Role.CLINICAL):
            for action in self._next():
                first: ButtonRole = (
                    "primary" if not buttons and action not in {"read", "openers", "told"} else ""
                )
                key = KEYS[action] if self._has_keys else ""
                button = KeyButton(f"report_{action}", self._words_of(action), key, first)
                button.clicked.connect(partial(self._want, action))
                buttons.append(button)
            if self._more():
                buttons.append(self._menu_button())
        return Flow(*buttons)

    def _menu_button(self) -> KeyButton:
        button = KeyButton(
            "report_more", self._("More"), "Alt+M" if self._has_keys else "", icon_name="ellipsis"
        )
        menu = QMenu(self)
        for name in self._more():
            action = QAction(self._words_of(name), self)
            action.setObjectName(f"report_{name}")
            if self._has_keys:
                action.setShortcut(QKeySequence(KEYS[name]))
            action.triggered.connect(partial(self._want, name))
            menu.addAction(action)
            self.addAction(action)  # so that its key works while the menu is shut
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4))))
        return button

    def _want(self, action: str, _checked: object = None) -> None:
        self.wanted.emit(action, self._exam, self._report)
