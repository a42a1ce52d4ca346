"""A keyboard on the screen for fingers, which never takes the focus from what is being typed into."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTouchEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QSizePolicy, QWidget

from app.words import Words
from ui.widgets.button import Button

DIGITS = "1234567890"
LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SYMBOLS = ("!#$%&*+=/?", "()[]{}<>|\\", "\"':;,~^`")
ACCENTS = ("àáâäãåæçèé", "êëìíîïñòóô", "öõøùúûüý")
PAGES = (LETTERS, SYMBOLS, ACCENTS)
LETTERS_PAGE, SYMBOLS_PAGE, ACCENTS_PAGE = range(3)
LAST_ROW = 4
COLUMNS = 20  # a key takes two, so that rows may be shifted by half a key
WIDEST = 1400
GAP = 8
REPEAT_MS = 300  # a hand that trembles hits the same key again within this time


class OnScreenKeyboard(QWidget):
    """Sends keys to the input that has the focus in its window.

    A tap on the same key within repeat_ms of the last one is taken for a tremor and ignored.
    """

    def __init__(
        self, words: Words, *, repeat_ms: int = REPEAT_MS, seconds: Callable[[], float] = monotonic
    ) -> None:
        super().__init__()
        self._ = words
        self.repeat_ms = repeat_ms
        self._seconds = seconds
        self._last: tuple[_Key, float] | None = None
        self._page = LETTERS_PAGE
        self._touched: dict[int, _Key] = {}
        self._grid = QGridLayout(self)
        self._grid.setSpacing(GAP)
        for at in range(COLUMNS):
            self._grid.setColumnStretch(at, 1)
        self._rows = [[self._character_key("") for _ in range(most)] for most in map(len, SYMBOLS)]
        self._build()
        self._show_page(LETTERS_PAGE)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "keyboard")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._("Keyboard on the screen"))

    def reset(self) -> None:
        """Show small letters again, for the next person."""
        self.shift.setChecked(False)
        self._show_page(LETTERS_PAGE)
        self._last = None

    def key(self, character: str) -> Button:
        """Return the key that types this character now; raises StopIteration when there is none on this page."""
        return next(k for k in self.findChildren(_Key) if k.character == character and not k.isHidden())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the keys in the middle of a wide screen, within reach."""
        side = max(GAP, (self.width() - WIDEST) // 2)
        self._grid.setContentsMargins(side, GAP, side, GAP)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take fingers apart, so that two thumbs may type at once."""
        if not isinstance(event, QTouchEvent):
            return super().event(event)
        for point in event.points():
            if point.state() == point.State.Pressed:
                self._touch(point.id(), point.position().toPoint())
            elif point.state() == point.State.Released:
                self._lift(point.id())
        if event.type() == QEvent.Type.TouchCancel:
            for finger in list(self._touched):
                self._lift(finger)
        event.accept()
        return True

    def _build(self) -> None:
        for at, digit in enumerate(DIGITS):
            self._grid.addWidget(self._character_key(digit), 0, 2 * at, 1, 2)
        self.shift = self._key("", self._("Capital letters"), self._on_shift, icon_name="arrow-big-up")
        self.shift.setCheckable(True)
        self.delete = self._key("", self._("Delete"), self._on_delete, icon_name="delete")
        self.symbols = self._key("#+=", self._("Symbols"), lambda: self._on_page_key(SYMBOLS_PAGE))
        self.accents = self._key("áéü", self._("Accents"), lambda: self._on_page_key(ACCENTS_PAGE))
        self.space = self._key(self._("Space"), self._("Space"), lambda: self._send(Qt.Key.Key_Space, " "))
        self.next = self._key(self._("Next"), self._("Next"), self._on_next)
        self._grid.addWidget(self.shift, LAST_ROW - 1, 0, 1, 2)
        self._grid.addWidget(self.delete, LAST_ROW - 1, COLUMNS - 2, 1, 2)
        column = 0
        signs = [self._character_key(sign) for sign in "@_-."]
        for key, wide in (
            *((self.symbols, 2), (signs[0], 2), (signs[1], 2), (self.space, 5), (signs[2], 2), (signs[3], 2)),
            *((self.accents, 2), (self.next, 3)),
        ):
            self._grid.addWidget(key, LAST_ROW, column, 1, wide)
            column += wide

    def _show_page(self, page: int) -> None:
        self._page = page
        for number, (keys, characters) in enumerate(zip(self._rows, PAGES[page], strict=True), start=1):
            column = (COLUMNS - 2 * len(characters)) // 2
            for at, key in enumerate(keys):
                key.setVisible(at < len(characters))
                if at < len(characters):
                    key.character = characters[at]
                    self._grid.addWidget(key, number, column + 2 * at, 1, 2)
        self._grid.activate()  # the next finger may come before the event loop does
        self.symbols.setText("abc" if page == SYMBOLS_PAGE else "#+=")
        self.accents.setText("abc" if page == ACCENTS_PAGE else "áéü")
        self.shift.setEnabled(page != SYMBOLS_PAGE)
        self._show_letters()

    def _show_letters(self) -> None:
        is_shifted = self.shift.isChecked() and self.shift.isEnabled()
        for key in [key for keys in self._rows for key in keys]:
            key.character = key.character.upper() if is_shifted else key.character.lower()
            key.setText(key.character.replace("&", "&&"))
            key.setAccessibleName(key.character)

    def _character_key(self, character: str) -> "_Key":
        key = self._key(character, character, lambda: self._on_character(key))
        key.character = character
        return key

    def _key(self, text: str, spoken: str, act: Callable[[], None], icon_name: str = "") -> "_Key":
        key = _Key(self, text, act, icon_name)
        key.setAccessibleName(spoken)
        key.pressed.connect(lambda: self._press(key))
        return key

    def _touch(self, finger: int, where: QPoint) -> None:
        key = self.childAt(where)
        if isinstance(key, _Key) and key.isEnabled():
            self._touched[finger] = key
            key.setDown(True)
            self._press(key)

    def _lift(self, finger: int) -> None:
        key = self._touched.pop(finger, None)
        if key is not None:
            key.setDown(False)

    def _press(self, key: "_Key") -> None:
        now = self._seconds()
        if self._last is not None:
            last_key, at = self._last
            if key is last_key and (now - at) * 1000 < self.repeat_ms:
                return
        self._last = (key, now)
        key.act()

    def _on_character(self, key: "_Key") -> None:
        code = ord(key.character.upper())
        self._send(Qt.Key(code) if code < 128 else Qt.Key.Key_unknown, key.character)  # noqa: PLR2004 - ASCII
        if self.shift.isChecked():
            self.shift.setChecked(False)
            self._show_letters()

    def _on_shift(self) -> None:
        self.shift.setChecked(not self.shift.isChecked())
        self._show_letters()

    def _on_page_key(self, page: int) -> None:
        self._show_page(LETTERS_PAGE if self._page == page else page)

    def _on_delete(self) -> None:
        self._send(Qt.Key.Key_Backspace, "")

    def _on_next(self) -> None:
        """Go to the input below, or press Enter in the last one."""
        target = self._target()
        following = _input_after(target) if target is not None else None
        if following is not None:
            following.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._send(Qt.Key.Key_Return, "\r")

    def _target(self) -> QWidget | None:
        target = QApplication.focusWidget()
        return target if target is not None and target.window() is self.window() else None

    def _send(self, key: Qt.Key, text: str) -> None:
        target = self._target()
        if target is None:
            return
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))


class _Key(Button):
    """One key; it leaves the focus where it is and toggles only when the keyboard says so."""

    def __init__(self, keyboard: QWidget, text: str, act: Callable[[], None], icon_name: str) -> None:
        super().__init__(text, "key", icon_name=icon_name)
        self.setParent(keyboard)
        self.act = act
        self.character = ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:  # noqa: N802 - Qt calls it by this name
        """Leave the state alone: a press has set it already."""


def _input_after(target: QWidget) -> QLineEdit | None:
    """Return the next input in reading order, none after the last."""
    window = target.window()
    here = target.mapTo(window, QPoint(0, 0))
    following = target.nextInFocusChain()
    while following is not None and following is not target:
        if isinstance(following, QLineEdit) and following.isVisible() and following.isEnabled():
            there = following.mapTo(window, QPoint(0, 0))
            return following if (there.y(), there.x()) > (here.y(), here.x()) else None
        following = following.nextInFocusChain()
    return None
