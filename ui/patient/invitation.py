"""One invitation, opened: Edit beside Shared Until, Revoke Access beside Status (R67 to R71)."""

from datetime import date
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.rules.calendar import local_day
from app.sayings import contents_line, expired_because, opened_line, opening_line, shared_title, usual_days
from app.views.sharing import InvitationPage, InvitationRow
from ui.patient.day_chooser import AskDay, DayChooser
from ui.patient.parts import Facts, Room, Split
from ui.patient.status import status_badge
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.button import Button
from ui.widgets.confirm_dialog import ConfirmDialog
from ui.widgets.layout import Card, column, row
from ui.widgets.page_turner import PageTurner
from ui.widgets.text import Text


class OpenedInvitation(TouchPage):
    """What is known of the invitation, and what its owner may change."""

    def __init__(self, kiosk: Kiosk, invitation_id: UUID) -> None:
        super().__init__(kiosk, "invitation_page")
        self._id = invitation_id
        self._shown: InvitationPage | None = None
        self._turner: PageTurner | None = None
        self._room = Room()
        self.lay_out("", fills=self._room, wide=True)

    def began(self) -> None:
        """Open it."""
        acting = self.kiosk.acting()
        self.ask(lambda: acting.sharing.open(self._id), self._show, group="open")

    def changed(self, nouns: frozenset[str] | None) -> None:
        """Look again when it changed, or time changes its status."""
        if nouns is None or nouns & {"invitation", "message", "exam"}:
            self.began()

    def _show(self, page: InvitationPage) -> None:
        self.kiosk.due_at(page.invitation.changes_at)
        if page == self._shown:
            return
        self._shown = page
        self.title.setText(shared_title(self._, page.invitation))
        at = self._turner.page if self._turner is not None else 0
        sheet = QWidget()
        sheet.setLayout(column(Split(self._facts(page.invitation), self._openings(page), shares=(5, 3))))
        self._turner = PageTurner(self._, sheet)
        self._room.show_only(self._turner)
        self._turner.turn_to(at)

    def _facts(self, shared: InvitationRow) -> Facts:
        _ = self._
        facts = Facts()
        edit = None
        if shared.can_edit:
            edit = Button(_("Edit"), icon_name="pencil")
            edit.setObjectName("edit_shared_until")
            edit.clicked.connect(lambda: self.kiosk.go(EditSharedUntil(self.kiosk, shared)))
        facts.add(_("Shared Until"), _.date(shared.shared_until), edit)
        revoke = None
        if shared.can_revoke:
            revoke = Button(_("Revoke Access"), icon_name="ban")
            revoke.setObjectName("revoke_access")
            revoke.clicked.connect(self._ask_revoke)
        badge = status_badge(_, shared)
        badge.setObjectName("status")
        facts.add(_("Status"), row(badge, Text(expired_because(_, shared), "quietText"), gap=2), revoke)
        if shared.is_locked:
            unlock = Button(_("Unlock"), icon_name="lock-open")
            unlock.setObjectName("unlock_invitation")
            unlock.clicked.connect(self._on_unlock)
            said = _("Locked, because somebody typed wrong codes")
            if shared.locked_until is not None:
                moment = _.moment(shared.locked_until, shared.time_zone)
                said = _("Locked until {moment}, because somebody typed wrong codes", moment=moment)
            facts.add(_("Lock"), said, unlock)
        way = _("By e-mail to {email}", email=shared.recipient_email)
        if shared.way == "paper":
            way = _("On paper")
        facts.add(_("Shared with"), _("{name}. {way}", name=shared.recipient_name, way=way))
        downloads = _("with downloads") if shared.may_download else _("without downloads")
        contents = contents_line(_, shared.contents)
        facts.add(_("Contents"), _("{contents}, {downloads}", contents=contents, downloads=downloads))
        if shared.created_at_reception:
            facts.add(_("Made by"), _("Created at reception"))
        return facts

    def _openings(self, page: InvitationPage) -> Card:
        _, shared = self._, page.invitation
        lines = [Text(opened_line(_, shared), "strong")]
        lines += [Text(opening_line(_, one, shared.time_zone), "quietText") for one in page.openings]
        if not page.openings:
            lines.append(Text(_("Nobody has opened it yet."), "quietText"))
        return Card(*lines, None, gap=1)

    def _ask_revoke(self) -> None:
        question = ConfirmDialog(
            self,
            self._,
            self._("Stop sharing this exam?"),
            self._(
                "Nobody can open it with this invitation any more, and this cannot be undone. Copies that were already"
                " downloaded cannot be recalled."
            ),
            action=self._("Revoke Access"),
            confirmed=self._on_revoke,
        )
        question.setObjectName("revoke_question")
        question.yes.setObjectName("revoke_yes")

    def _on_revoke(self) -> None:
        acting = self.kiosk.acting()
        self.ask(lambda: acting.sharing.revoke(self._id), lambda _: self.began())

    def _on_unlock(self) -> None:
        acting = self.kiosk.acting()
        self.ask(lambda: acting.sharing.unlock(self._id), lambda _: self.began())


class EditSharedUntil(TouchPage):
    """A later or an earlier day (R69)."""

    def __init__(self, kiosk: Kiosk, shared: InvitationRow) -> None:
        super().__init__(kiosk, "edit_shared_until_page")
        self._shared = shared
        _ = self._
        rules, now = kiosk.clinic.rules, kiosk.surroundings.portal.parts.clock()
        today = local_day(now, shared.time_zone)
        days = usual_days(_, today, shared.first_day, shared.last_day, rules.share_days)
        self.days = DayChooser(_, days, shared.shared_until)
        now_until = Text(_("It is shared until {day} now.", day=shared.shared_until))
        self.lay_out(
            _("Shared Until"), now_until, Card(self.days), action=_("Save"), action_name="save_shared_until"
        )
        self.primary.set_icon("check")
        self.primary.clicked.connect(self._on_save)

    def _on_save(self) -> None:
        day, shared = self.days.day(), self._shared
        if day is not None:
            self._save(self, day)
            return
        asked = AskDay(
            self.kiosk,
            shared.first_day,
            shared.last_day,
            shown=shared.shared_until,
            action=self._("Save"),
            chosen=self._save,
        )
        self.kiosk.go(asked)

    def _saved(self) -> None:
        self.kiosk.back_to(OpenedInvitation)

    def _save(self, page: TouchPage, day: date) -> None:
        acting, shared = self.kiosk.acting(), self._shared
        page.submit(
            lambda: acting.sharing.change_shared_until(shared.id, day),
            lambda _: self._saved(),
        )
