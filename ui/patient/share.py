"""Share Exam, one question a page: with whom, what and until when, a message, and the last look (R53 to R56, D12)."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from app.errors import Invalid
from app.rules.calendar import local_day
from app.rules.invitation import default_shared_until, shared_until_bounds
from app.sayings import contents_line, exam_title, usual_days
from app.views.exams import ExamRow
from app.views.sharing import InvitationMade, NewInvitation
from ui.icons import IconLabel
from ui.patient.day_chooser import AskDay, DayChooser
from ui.patient.parts import Facts
from ui.patient.share_done import ShareDone
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.dress import dress
from ui.widgets.field import TextField
from ui.widgets.layout import Card, column, row
from ui.widgets.page_turner import PageTurner
from ui.widgets.text import Text

LONGEST_NOTE = 500


@dataclass
class ShareDraft:
    """What has been filled in so far; forgotten with the pages."""

    exam: ExamRow
    request_id: UUID
    way: str = "email"
    recipient_name: str = field(default="", repr=False)
    recipient_email: str = field(default="", repr=False)
    contents: str = "report_and_images"
    may_download: bool = True
    shared_until: date | None = None
    note: str = field(default="", repr=False)


class ShareWith(TouchPage):
    """The person, and how the invitation goes to them."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, draft: ShareDraft) -> None:
        super().__init__(kiosk, "share_with")
        self._draft = draft
        _ = self._
        self.recipient_name = TextField("recipient_name", _("Name of the person"), longest=100)
        self.recipient_name.input.setObjectName("share_recipient_name")
        self.by_email = QRadioButton(_("Send by e-mail"))
        self.by_email.setObjectName("share_by_email")
        self.on_paper = QRadioButton(_("Print on paper"))
        self.on_paper.setObjectName("share_on_paper")
        self.by_email.setChecked(True)
        self.lay_out(
            _("Who is it for?"),
            self.recipient_name,
            row(self.by_email, self.on_paper, None, gap=5),
            action=_("Next"),
            action_name="share_with_next",
        )
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        draft = self._draft
        draft.way = "email" if self.by_email.isChecked() else "paper"
        draft.recipient_name = self.recipient_name.text()
        if not draft.recipient_name:
            self.recipient_name.show_error(self._("Write the name of the person you share with."))
            self.recipient_name.setFocus()
        elif draft.way == "email":
            self.kiosk.go(ShareAddress(self.kiosk, draft))
        else:
            draft.recipient_email = ""
            self.kiosk.go(ShareWhat(self.kiosk, draft))


class ShareAddress(TouchPage):
    """Where the e-mail goes."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, draft: ShareDraft) -> None:
        super().__init__(kiosk, "share_address")
        self._draft = draft
        _ = self._
        self.recipient_email = TextField(
            "recipient_email",
            _("E-mail address of {name}", name=draft.recipient_name),
            _("Please check it twice: whoever gets the e-mail can open your exam."),
        )
        self.recipient_email.input.setObjectName("share_recipient_email")
        self.recipient_email.set_text(draft.recipient_email)
        self.lay_out(
            _("What is their e-mail address?"),
            self.recipient_email,
            action=_("Next"),
            action_name="share_address_next",
        )
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        typed = self.recipient_email.text()
        if "@" not in typed:
            self.recipient_email.show_error(self._("Write the e-mail address, such as name@example.org."))
            self.recipient_email.setFocus()
            return
        self._draft.recipient_email = typed
        self.kiosk.go(ShareWhat(self.kiosk, self._draft))


class ShareWhat(TouchPage):
    """What may be seen."""

    def __init__(self, kiosk: Kiosk, draft: ShareDraft) -> None:
        super().__init__(kiosk, "share_what")
        self._draft = draft
        _ = self._
        self._contents = QButtonGroup(self)
        choices = []
        offered = ("report_and_images", "report", "images") if draft.exam.image_count else ("report",)
        for number, contents in enumerate(offered):
            choice = QRadioButton(contents_line(_, contents))
            choice.setObjectName(f"share_{contents}")
            choice.setChecked(contents == draft.contents or len(offered) == 1)
            self._contents.addButton(choice, number)
            choices.append(choice)
        self._offered = offered
        self.may_download = QCheckBox(_("They may also download it"))
        self.may_download.setObjectName("share_may_download")
        self.may_download.setChecked(draft.may_download)
        self.lay_out(
            _("What may they see?"),
            Card(*choices, gap=1),
            Card(self.may_download),
            action=_("Next"),
            action_name="share_what_next",
        )
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        self._draft.contents = self._offered[max(self._contents.checkedId(), 0)]
        self._draft.may_download = self.may_download.isChecked()
        self.kiosk.go(ShareUntil(self.kiosk, self._draft))


class ShareUntil(TouchPage):
    """Until when."""

    def __init__(self, kiosk: Kiosk, draft: ShareDraft) -> None:
        super().__init__(kiosk, "share_until")
        self._draft = draft
        _ = self._
        rules, zone = kiosk.clinic.rules, draft.exam.time_zone
        now = kiosk.surroundings.portal.parts.clock()
        self._bounds = shared_until_bounds(now, now, zone, rules.shared_until_max_months)
        default = default_shared_until(now, zone, rules.share_days)
        days = usual_days(_, local_day(now, zone), *self._bounds, rules.share_days)
        self.days = DayChooser(_, days, draft.shared_until or default)
        self.lay_out(
            _("Shared Until"),
            Text(_("After this day the invitation does not work any more. You can change the day later.")),
            Card(self.days),
            action=_("Next"),
            action_name="share_until_next",
        )
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        day = self.days.day()
        if day is None:
            first, last = self._bounds
            asked = AskDay(
                self.kiosk,
                first,
                last,
                shown=self._draft.shared_until,
                action=self._("Next"),
                chosen=lambda _page, typed: self._go_on(typed),
            )
            self.kiosk.go(asked)
        else:
            self._go_on(day)

    def _go_on(self, day: date) -> None:
        self._draft.shared_until = day
        self.kiosk.go(ShareNote(self.kiosk, self._draft))


class ShareNote(TouchPage):
    """A message, if the patient wants one."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, draft: ShareDraft) -> None:
        super().__init__(kiosk, "share_note")
        self._draft = draft
        _ = self._
        self.note = TextField("note", _("Message"), _("You can leave this empty."), longest=LONGEST_NOTE)
        self.note.input.setObjectName("share_note_input")
        self.note.set_text(draft.note)
        self.lay_out(
            _("Would you like to add a message?"),
            self.note,
            action=_("Next"),
            action_name="share_note_next",
        )
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        self._draft.note = self.note.text()
        self.kiosk.go(ShareCheck(self.kiosk, self._draft))


class ShareCheck(TouchPage):
    """All of it once more, the warning, and the tick (R53)."""

    def __init__(self, kiosk: Kiosk, draft: ShareDraft) -> None:
        super().__init__(kiosk, "share_check")
        self._draft = draft
        _ = self._
        facts = Facts()
        facts.add(_("Exam"), exam_title(_, draft.exam))
        to = draft.recipient_name
        if draft.way == "email":
            to = _("{name}, by e-mail to {email}", name=to, email=draft.recipient_email)
        else:
            to = _("{name}, on paper", name=to)
        facts.add(_("Shared with"), to)
        downloads = _("with downloads") if draft.may_download else _("without downloads")
        facts.add(
            _("Contents"),
            _("{contents}, {downloads}", contents=contents_line(_, draft.contents), downloads=downloads),
        )
        assert draft.shared_until is not None
        facts.add(_("Shared Until"), _.date(draft.shared_until))
        if draft.note:
            facts.add(_("Message"), draft.note)
        warning = Card(
            row(
                IconLabel("shield-alert", "wait", lines=1.6),
                Text(
                    _(
                        "Exams can contain sensitive medical information. Share them only with people you trust."
                    )
                ),
                gap=2,
            ),
            margin=2,
        )
        warning.setObjectName("share_warning")
        dress(warning, kind="wait")
        self.understands = QCheckBox(_("I understand this is sensitive medical information"))
        self.understands.setObjectName("understands_sensitive")
        self.understands.toggled.connect(self.notices.clear)
        sheet = QWidget()
        sheet.setLayout(column(facts, gap=0))
        turner = PageTurner(_, sheet)
        self.lay_out(
            _("Please check"),
            fills=turner,
            below=(warning, self.understands),
            action=_("Share Exam"),
            action_name="share_exam_now",
        )
        self.primary.set_icon("share-2")
        self.primary.clicked.connect(self._on_share)

    def _on_share(self) -> None:
        draft = self._draft
        new = NewInvitation(
            way=draft.way,
            recipient_name=draft.recipient_name,
            recipient_email=draft.recipient_email,
            shared_until=draft.shared_until,
            note=draft.note,
            contents=draft.contents,
            may_download=draft.may_download,
            understands_sensitive=self.understands.isChecked(),
        )
        # One id for the form: a second press is the same request.
        acting = self.kiosk.acting(draft.request_id)
        self.submit(lambda: acting.sharing.invite(draft.exam.id, new), self._on_made)

    def _on_made(self, made: InvitationMade) -> None:
        self.kiosk.go(ShareDone(self.kiosk, self._draft.exam, made, self._draft.recipient_name))

    def refused_elsewhere(self, error: Invalid) -> None:
        """Go back to the page that asked for what was refused."""
        asked: dict[str, type[TouchPage]] = {
            "recipient_name": ShareWith,
            "recipient_email": ShareAddress,
            "contents": ShareWhat,
            "shared_until": ShareUntil,
            "note": ShareNote,
        }
        kind = asked.get(error.field)
        page = self.kiosk.back_to(kind) if kind is not None else None
        (page or self).show_failure(error)
