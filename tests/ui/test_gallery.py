"""Every widget on one page, as a picture to look at, and measured: nothing cut off, everything large enough and named."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLabel, QLineEdit, QListWidget, QWidget

from app.errors import N_, Conflict
from app.words import Words
from ui.background import Background
from ui.notices import NoticeBar
from ui.page import Page
from ui.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.busy_line import BusyLine
from ui.widgets.button import Button
from ui.widgets.card_button import CardButton
from ui.widgets.code_field import CodeField
from ui.widgets.confirm_dialog import ConfirmDialog
from ui.widgets.date_field import DateField
from ui.widgets.empty_state import EmptyState
from ui.widgets.field import PasswordField, TextField
from ui.widgets.keyboard import OnScreenKeyboard
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.status import StatusBadge
from ui.widgets.text import Text

Show = Callable[..., QWidget]


LOOKS: dict[str, tuple[Literal["desk", "kiosk"], tuple[int, int], bool, bool]] = {
    "desk": ("desk", (1280, 900), False, False),
    "desk-dark": ("desk", (1280, 900), False, True),
    "desk-large": ("desk", (1600, 1200), True, False),
    "kiosk": ("kiosk", (1920, 1080), False, False),
    "kiosk-dark": ("kiosk", (1920, 1080), False, True),
    "kiosk-large": ("kiosk", (1920, 1080), True, False),
    "kiosk-upright": ("kiosk", (1080, 1920), False, False),
    "welcome": ("kiosk", (1920, 1080), False, False),
    "welcome-large": ("kiosk", (1080, 1920), True, True),
}


class Welcome(Page):
    """The first page of a kiosk."""

    def __init__(self, words: Words, background: Background) -> None:
        super().__init__(words, background)
        self.setLayout(
            column(
                row(
                    Text("Welcome to Northside Imaging", "title"),
                    Button("Large text", icon_name="a-large-small"),
                ),
                Text("Here you can see your exams and reports, and share them with people you trust."),
                CardButton(
                    "I have an activation letter",
                    "Set your account up. It takes about 5 minutes.",
                    icon_name="mail-open",
                ),
                CardButton("Sign in", "See your reports and images.", icon_name="log-in"),
                CardButton(
                    "I have an invitation", "Open an exam that somebody shared with you.", icon_name="ticket"
                ),
                CardButton(
                    "CT of the head, 12 March 2026, Northside",
                    "Report is Unavailable",
                    beside=StatusBadge("Viewed", "teal"),
                ),
                None,
                Text("No account yet? Write to portal@northside.example.", "quietText"),
                gap=3,
                margin=6,
            )
        )


class DeskGallery(Page):
    """All that a desk shows."""

    def __init__(self, words: Words, background: Background) -> None:
        super().__init__(words, background)
        self.notices.show_failure(
            Conflict(
                "paper_jam",
                N_("The printer Desk 2 has a paper jam. Clear it and press Print again within 15 minutes."),
            )
        )
        done = NoticeBar(words)
        done.say("good", "The activation letter was printed at Desk 2.")
        waiting = NoticeBar(words)
        waiting.say("wait", "The e-mail is waiting to be sent. It goes out when the mail server answers.")
        busy = BusyLine(words)
        busy.start("Importing 240 files", lambda: None)
        busy.move_to(96, 240)
        email = TextField("email", "E-mail address", "We send the portal's address to it.")
        email.set_text("amelia.harcourt@example.org")
        code = CodeField("code", "Activation code", "It is on your letter.")
        code.set_code("7K2M9QPDX4TN")
        born = DateField(words, "birth_date", "Date of birth", "For example 3 4 1950")
        born.set_date(date(1950, 4, 3))
        wrong = PasswordField(words, "password", "Password", "At least 12 characters.")
        wrong.show_error("Use 12 characters or more.")
        tick = QCheckBox("I understand this is sensitive medical information")
        tick.setChecked(True)
        unticked = QCheckBox("Download allowed")
        choice = QComboBox()
        choice.setAccessibleName("Contents")
        choice.addItems(["Report and images", "Report only", "Images only"])
        people = QListWidget()
        people.setAccessibleName("People found")
        people.addItems(
            ["Amelia Harcourt · 3 April 1950 · MRN 204418", "Amélie Hart · 12 May 1971 · MRN 118200"]
        )
        people.setCurrentRow(0)
        people.setFixedHeight(120)
        off = Button("Print letter", "primary", icon_name="printer")
        off.setEnabled(False)
        quiet_off = Button("Reset slip")
        quiet_off.setEnabled(False)
        left = column(
            Card(email, code, born, wrong, choice, tick, unticked, gap=2),
            None,
        )
        right = column(
            Card(
                Text("CT of the head, 12 March 2026, Northside", "subheading"),
                Text("Amelia Harcourt, born 3 April 1950, MRN 204418", "quietText"),
                Line(),
                row(
                    StatusBadge("Active", "good"),
                    StatusBadge("Viewed", "teal"),
                    StatusBadge("Expired", "wait"),
                    StatusBadge("Revoked", "stop"),
                    StatusBadge("Not sent"),
                    None,
                ),
                Text("7K2M-9QPD-X4TN", "code"),
                people,
                busy,
                row(
                    Button("Print letter", "primary", icon_name="printer"),
                    Button("New code", icon_name="refresh-cw"),
                    Button("Edit", "quiet", icon_name="pencil"),
                    Button("Who looked", "link"),
                    None,
                ),
                row(Button("Block", "danger", icon_name="ban"), off, quiet_off, None),
            ),
            Card(
                EmptyState(
                    "images",
                    "No exams yet",
                    "They appear here as soon as the scan is done.",
                    Button("Import"),
                )
            ),
            None,
        )
        body = column(
            Text("Amelia Harcourt", "title"),
            self.notices,
            done,
            waiting,
            row(left, right, gap=3),
            None,
            margin=4,
        )
        self.setLayout(
            column(
                Banner("Practice mode. These people are made up and no message leaves this computer."),
                body,
                gap=0,
            )
        )


class KioskGallery(Page):
    """All that a kiosk shows."""

    def __init__(self, words: Words, background: Background) -> None:
        super().__init__(words, background)
        self.code = CodeField("code", "Activation code", "It is on your letter.")
        self.code.set_code("7K2M9")
        self.born = DateField(words, "birth_date", "Date of birth")
        self.password = PasswordField(words, "password", "Password")
        self.keyboard = OnScreenKeyboard(words)
        self.setLayout(
            column(
                Banner("Practice mode. Nothing here is real."),
                column(
                    row(Text("Activate your account", "title"), Button("Leave", icon_name="log-out")),
                    self.notices,
                    Card(row(self.code, self.born, gap=4), self.password),
                    None,
                    row(
                        Button("Back", icon_name="arrow-left"),
                        None,
                        Button("Go on", "primary", icon_name="arrow-right", icon_after=True),
                    ),
                    margin=4,
                ),
                self.keyboard,
                gap=0,
            )
        )


@pytest.fixture(params=list(LOOKS))
def gallery(
    request: pytest.FixtureRequest, show: Show, words: Words, background: Background, tmp_path: Path
) -> Page:
    surface, size, large_text, high_contrast = LOOKS[request.param]
    kinds = {"desk": DeskGallery, "kiosk": KioskGallery, "welcome": Welcome}
    page = kinds[request.param.partition("-")[0]](words, background)
    show(page, Theme(surface, large_text=large_text, high_contrast=high_contrast), size)
    first = page.findChild(QLineEdit) or page.findChild(CardButton)
    assert first is not None
    first.setFocus()
    page.grab().save(str(tmp_path / f"{request.param}.png"))
    return page


def test_no_word_is_cut_off(gallery: Page) -> None:
    cut = {
        label.text(): (label.size().toTuple(), label.heightForWidth(label.width()))
        for label in gallery.findChildren(QLabel)
        if label.isVisible() and label.text()
        if label.height() < label.heightForWidth(label.width())
        or (not label.wordWrap() and label.width() < label.sizeHint().width())
    }
    assert cut == {}
    narrow = [b.text() for b in gallery.findChildren(Button) if b.isVisible() and words_wide(b) > b.width()]
    assert narrow == []


def words_wide(button: Button) -> int:
    return button.fontMetrics().horizontalAdvance(button.text())


def test_everything_that_is_pressed_is_named_and_large_enough(gallery: Page) -> None:
    least = 64 if not isinstance(gallery, DeskGallery) else 32
    for control in [*gallery.findChildren(QAbstractButton), *gallery.findChildren(QLineEdit)]:
        if control.isVisible():
            spoken = control.accessibleName() or (
                control.text() if isinstance(control, QAbstractButton) else ""
            )
            assert spoken, control
            assert control.height() >= least, spoken


def test_the_page_fits_its_screen(gallery: Page, request: pytest.FixtureRequest) -> None:
    width, height = LOOKS[request.node.callspec.params["gallery"]][1]
    assert gallery.width() == width
    if not isinstance(gallery, DeskGallery):
        assert gallery.height() == height  # a kiosk never scrolls


@pytest.mark.parametrize("surface", ["desk", "kiosk"])
def test_a_question_stands_over_the_page(
    surface: Literal["desk", "kiosk"], show: Show, words: Words, background: Background, tmp_path: Path
) -> None:
    page = DeskGallery(words, background) if surface == "desk" else KioskGallery(words, background)
    show(page, Theme(surface), LOOKS[surface][1])
    ConfirmDialog(
        page,
        words,
        "Stop sharing this exam?",
        "Nobody can open it with this invitation any more. Copies that were already downloaded stay where they are.",
        action="Revoke Access",
        confirmed=lambda: None,
    )
    picture = page.grab()
    picture.save(str(tmp_path / f"question-{surface}.png"))
    question = page.findChild(ConfirmDialog)
    assert question is not None
    middle = question.card.geometry().center() - page.rect().center()
    assert abs(middle.x()) <= 1
    assert abs(middle.y()) <= 1
