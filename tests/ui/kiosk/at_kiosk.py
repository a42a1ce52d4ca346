"""A person in front of the kiosk: touches what has a name, types on the keyboard on the screen, looks."""

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QRadioButton, QWidget
from pytestqt.exceptions import TimeoutError as TooLate
from pytestqt.qtbot import QtBot

from tests.ui.fingers import Finger
from ui.kiosk.window import KioskWindow
from ui.notices import NoticeBar
from ui.patient.touch_page import TouchPage
from ui.printing import Printer, PrinterState, PrintOutcome
from ui.widgets.button import Button
from ui.widgets.keyboard import ACCENTS, LETTERS, SYMBOLS

Found = TypeVar("Found", bound=QWidget)
PATIENCE_MS = 60_000  # on a machine that is busy with other tests


class AtKiosk:
    """Only touches: nothing here calls a page's methods."""

    def __init__(self, window: KioskWindow, qtbot: QtBot, finger: Finger) -> None:
        self.window = window
        self.qtbot = qtbot
        self.finger = finger
        self.size = (window.width(), window.height())

    # Looking

    @property
    def page(self) -> TouchPage:
        page = self.window.page
        assert page is not None
        return page

    def sees(self, name: str) -> QWidget | None:
        """What has this name and is in sight, if anything."""
        found = [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]
        return found[-1] if found else None

    def find(self, name: str) -> QWidget:
        found = self.sees(name)
        assert found is not None, f"{name} is not in sight on {self.page.objectName()}: {self.words()}"
        return found

    def words(self) -> list[str]:
        """All words in sight."""
        said = [label.text() for label in self.window.findChildren(QLabel) if label.isVisible()]
        said += [button.text() for button in self.window.findChildren(Button) if button.isVisible()]
        return [words for words in said if words]

    def reads(self, words: str) -> bool:
        return any(words in said for said in self.words())

    def notice(self) -> str:
        return next((n.sentence for n in self.window.findChildren(NoticeBar) if n.isVisible()), "")

    def wait_for(self, name: str) -> QWidget:
        """Wait until a page or a widget of this name is in sight."""
        self.wait_until(lambda: self.sees(name) is not None)
        return self.find(name)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        try:
            self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)
        except TooLate as late:
            raise AssertionError(f"on {self.page.objectName()}: {self.words()}") from late

    def wait_to_read(self, words: str) -> None:
        self.wait_until(lambda: self.reads(words))

    # Touching

    def tap(self, name: str) -> None:
        """Touch what has this name, as soon as it is in sight."""
        self.touch(lambda: self.sees(name))

    def touch(self, find: Callable[[], QWidget | None]) -> None:
        """Touch what is found, once it can be pressed and lies still: a person aims at what they see."""
        before: tuple[QPoint, QSize] | None = None

        def lies_still() -> bool:
            nonlocal before
            widget = find()
            if widget is None or not widget.isEnabled():
                return False
            now = widget.mapTo(self.window, QPoint(0, 0)), widget.size()
            is_still, before = now == before, now
            return is_still

        self.wait_until(lies_still)
        found = find()
        assert found is not None
        spot = None
        if isinstance(found, QRadioButton | QCheckBox):
            spot = QPoint(20, found.height() // 2)
        self.finger.tap(found, spot)

    def type(self, text: str, into: str = "") -> None:
        """Type on the keyboard on the screen; with into, touch that input first."""
        if into and QApplication.focusWidget() is not self.wait_for(into):
            self.tap(into)
            self.wait_until(lambda: QApplication.focusWidget() is self.sees(into))
        for character in text:
            self._press(character)

    def _press(self, character: str) -> None:
        keyboard = self.window.keyboard
        keyboard.repeat_ms = 0  # a test's finger does not tremble
        assert keyboard.isVisible(), f"no keyboard on {self.page.objectName()}"
        if character == " ":
            self.finger.tap(keyboard.space)
            return
        lower = character.lower()
        pages = {
            None: "".join(LETTERS) + "1234567890@_-.",
            "symbols": "".join(SYMBOLS),
            "accents": "".join(ACCENTS),
        }
        page = next(name for name, characters in pages.items() if lower in characters)
        if page is not None:
            self.finger.tap(getattr(keyboard, page))
        if character != lower:
            self.finger.tap(keyboard.shift)
        self.finger.tap(keyboard.key(character))
        if page is not None:
            self.finger.tap(getattr(keyboard, page))

    # Whole ways

    def sign_in(self, user_name: str, password: str) -> None:
        self.tap("sign_in")
        self.type(user_name, into="sign_in_user_name")
        self.type(password, into="sign_in_password")
        self.tap("sign_in_button")


class SpyPrinters:
    """A printer that keeps what it is given; it may fail, or hold a job in its queue until it is cancelled."""

    def __init__(self) -> None:
        self.printed: list[tuple[str, bytes, str]] = []
        self.outcome = PrintOutcome("printed")
        self.holds = False
        self.cancelled = threading.Event()
        self.waiting = threading.Event()
        self.closed = 0

    def list(self) -> list[Printer]:
        return [Printer("Kiosk printer", PrinterState.READY, is_default=True)]

    def print_pdf(
        self,
        printer: str,
        pdf: bytes,
        title: str,
        *,
        copies: int = 1,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[Printer], None] = lambda _printer: None,
    ) -> PrintOutcome:
        pause = threading.Event()
        while self.holds:
            self.waiting.set()
            if cancelled():
                self.cancelled.set()
                return PrintOutcome("cancelled")
            pause.wait(0.02)
        if self.outcome.result == "printed":
            self.printed.append((printer, pdf, title))
        return self.outcome

    def close(self) -> None:
        self.closed += 1
