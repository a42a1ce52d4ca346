"""Badges, busy lines, empty states and banners say in words what they show."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QWidget

from app.look import read_look
from app.words import Words
from tests.ui.fingers import Finger
from ui.icons import IconLabel
from ui.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.busy_line import BusyLine
from ui.widgets.button import Button
from ui.widgets.card_button import CardButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import Measure, column
from ui.widgets.status import StatusBadge, StatusKind
from ui.widgets.text import Text

Show = Callable[..., QWidget]


def on_page(show: Show, *widgets: QWidget, theme: Theme | None = None) -> QWidget:
    page = QWidget()
    page.setLayout(column(*widgets, None, margin=2))
    return show(page, theme)


@pytest.mark.parametrize("kind", ["good", "teal", "wait", "stop", "quietText"])
def test_a_status_is_a_word_and_an_icon_and_not_colour_alone(show: Show, kind: StatusKind) -> None:
    badge = StatusBadge("Viewed", kind)
    on_page(show, badge)
    assert badge.word == "Viewed"
    assert badge.accessibleName() == "Viewed"
    icon = badge.findChild(IconLabel)
    assert icon is not None
    assert icon.isVisible()


def test_a_status_changes_in_place(show: Show) -> None:
    badge = StatusBadge("Active", "good")
    on_page(show, badge)
    badge.show_status("Revoked", "stop")
    assert badge.word == "Revoked"
    colour = badge.grab().toImage().pixelColor(badge.width() // 2, 2).name().upper()
    assert colour == read_look().light.stop_pale


def test_busy_work_can_be_cancelled_once(show: Show, words: Words) -> None:
    cancelled: list[bool] = []
    busy = BusyLine(words)
    on_page(show, busy)
    assert not busy.isVisible()
    busy.start("Importing 240 files", lambda: cancelled.append(True))
    busy.move_to(60, 240)
    bar = busy.findChild(QProgressBar)
    assert bar is not None
    assert (bar.value(), bar.maximum()) == (60, 240)
    QTest.mouseClick(busy.cancel_button, Qt.MouseButton.LeftButton)
    assert cancelled == [True]
    assert not busy.isVisible()


def test_busy_work_that_cannot_be_stopped_offers_no_button(show: Show, words: Words) -> None:
    busy = BusyLine(words)
    on_page(show, busy)
    busy.start("Signing in")
    assert busy.isVisible()
    assert not busy.cancel_button.isVisible()


def test_an_empty_list_says_why(show: Show) -> None:
    empty = EmptyState("images", "No exams yet", "They appear after the scan.", Button("Import"))
    on_page(show, empty)
    assert {label.text() for label in empty.findChildren(QLabel) if label.isVisible()} == {
        "No exams yet",
        "They appear after the scan.",
    }


def test_a_card_is_pressed_as_a_whole_by_touch_mouse_or_key(show: Show, finger: Finger) -> None:
    pressed: list[str] = []
    card = CardButton("CT of the head", "12 March 2026", beside=StatusBadge("Viewed", "teal"))
    card.clicked.connect(lambda: pressed.append("once"))
    on_page(show, card)
    badge = card.findChild(StatusBadge)
    assert badge is not None
    finger.tap(card, badge.geometry().center())
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(40, 20))
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Return)
    QTest.keyClick(card, Qt.Key.Key_Space)
    assert pressed == ["once"] * 4
    assert (card.accessibleName(), card.accessibleDescription()) == ("CT of the head", "12 March 2026")


def test_a_narrow_card_grows_with_its_words(show: Show) -> None:
    card = CardButton("CT of the head and of the neck with contrast, 12 March 2026, Northside", "Report")
    page = on_page(show, card, theme=Theme("kiosk"))
    wide = card.height()
    page.resize(500, 800)
    QApplication.processEvents()
    assert card.height() > wide


def test_making_a_widget_opens_no_window_of_its_own(show: Show, words: Words) -> None:
    page = on_page(show, EmptyState("images", "No exams yet"), Banner("Practice mode."), BusyLine(words))
    assert [window for window in QApplication.topLevelWidgets() if window.isVisible()] == [page]


def test_practice_mode_cannot_be_mistaken(show: Show) -> None:
    look = read_look()
    for theme, colours in ((Theme("desk"), look.light), (Theme("desk", high_contrast=True), look.dark)):
        banner = Banner("Practice mode.")
        on_page(show, banner, theme=theme)
        assert banner.grab().toImage().pixelColor(banner.width() // 2, 2).name().upper() == colours.wait


def test_lines_of_text_stay_short_enough_to_read(show: Show) -> None:
    text = Text("word " * 200)
    on_page(show, Measure(text))
    widest = text.fontMetrics().averageCharWidth() * 70
    assert text.width() <= widest
    assert text.width() > widest // 2
