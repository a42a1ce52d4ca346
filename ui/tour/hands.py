"""Acts as a person in front of a window: looks, waits, and uses keys, mouse and files by Qt's own events."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QMimeData, QModelIndex, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QScrollArea, QTreeView, QWidget

from ui.background import Background
from ui.notices import NoticeBar

PATIENCE_S = 30.0  # how long a person waits before giving up
LOOK_EVERY_MS = 15
EDGE = 8  # px that are seen round what is scrolled to
NONE, CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
W = TypeVar("W", bound=QWidget)


class NotSeen(Exception):  # noqa: N818 - reads as what happened
    """Something did not come to pass. Says what was waited for and where, never what stands on the screen."""


def let_pass(milliseconds: int) -> None:
    """Let the windows live for a while. An event loop, because QTest.qWait keeps other threads from working."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop, loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Wait until the condition holds; raises NotSeen, which names what was waited for."""
    ends_at = monotonic() + seconds
    while not condition():
        if monotonic() > ends_at:
            raise NotSeen(what)
        let_pass(LOOK_EVERY_MS)


class Eyes:
    """Looks at one window."""

    def __init__(self, window: QWidget, background: Background) -> None:
        self.window = window
        self.background = background

    def sees(self, name: str) -> QWidget | None:
        """Return what has this name and is in sight, the newest first."""
        found = [widget for widget in self.window.findChildren(QWidget, name) if widget.isVisible()]
        return found[-1] if found else None

    def find(self, kind: type[W], name: str) -> W:
        """Return what has this name, as soon as it is in sight; raises NotSeen."""
        wait_until(lambda: self.sees(name) is not None, f"{name}, {self.where()}")
        widget = self.sees(name)
        if not isinstance(widget, kind):
            raise NotSeen(f"{name} as {kind.__name__}, {self.where()}")
        return widget

    def wait_for(self, name: str) -> QWidget:
        """Wait until something of this name is in sight."""
        return self.find(QWidget, name)

    def ready(self, name: str) -> QWidget:
        """Return what has this name as soon as it can be pressed; press at once, for pages come and go."""

        def found() -> QWidget | None:
            widget = self.sees(name)
            return widget if widget is not None and widget.isEnabled() else None

        wait_until(lambda: found() is not None, f"{name} to be pressed, {self.where()}")
        widget = found()
        assert widget is not None
        return widget

    def wait_gone(self, name: str) -> None:
        """Wait until nothing of this name is in sight."""
        wait_until(lambda: self.sees(name) is None, f"the end of {name}, {self.where()}")

    def words(self) -> str:
        """Return every word in sight."""
        found = []
        for widget in self.window.findChildren(QWidget):
            if widget.isVisible() and hasattr(widget, "text"):
                with suppress(TypeError):
                    found.append(str(widget.text()))
            if isinstance(widget, QTreeView) and widget.isVisible():
                found += _cells(widget)
        return "\n".join(found)

    def wait_to_read(self, words: str) -> None:
        """Wait until these words are in sight."""
        wait_until(lambda: words in self.words(), f"the words “{words}”, {self.where()}")

    def notice(self) -> str:
        """Return the notice in sight, if any."""
        bars = (bar for bar in self.window.findChildren(NoticeBar) if bar.isVisible())
        return next((bar.sentence for bar in bars if bar.sentence), "")

    def wait_for_notice(self, words: str) -> None:
        """Wait until a notice says these words; raises NotSeen, also when another stays."""
        wait_until(lambda: bool(self.notice()), f"a notice, {self.where()}")
        wait_until(lambda: words in self.notice(), f"the notice “{words}”, {self.where()}")

    def settle(self) -> None:
        """Wait until nothing is under way and what moved stands still."""
        let_pass(2 * LOOK_EVERY_MS)
        wait_until(self.background.is_idle, f"an end of the work, {self.where()}")
        let_pass(2 * LOOK_EVERY_MS)

    def step_up(self) -> None:
        """Step up to this window: desk and kiosk are two machines, whose windows share one screen here."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            wait_until(self.window.isActiveWindow, "the window in front")

    def where(self) -> str:
        """Return the names of the pages in sight, for whoever looks for a fault."""
        names = [
            widget.objectName()
            for widget in self.window.findChildren(QWidget)
            if widget.isVisible() and widget.objectName() and widget.width() * 2 > self.window.width()
        ]
        return f"in {self.window.objectName() or type(self.window).__name__} at {', '.join(names[-3:])}"


class DeskHands(Eyes):
    """Keyboard and mouse, and files dragged from elsewhere."""

    def type(self, text: str) -> None:
        """Type into whatever has the focus, letter by letter."""
        for letter in text:
            if letter == "\n":
                self.press(Qt.Key.Key_Return)
            else:
                QTest.keyClicks(self._focused(), letter)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key, perhaps with others held."""
        QTest.keyClick(self._focused(), key, modifiers)

    def click(self, name: str) -> None:
        """Click what has this name, as soon as it can be pressed."""
        self.step_up()
        widget = self.ready(name)
        self._click_at(widget, widget.rect().center())

    def fill_in(self, name: str, text: str) -> None:
        """Click into a field and type; what stood there is replaced."""
        self.step_up()
        field = self.wait_for(name)
        box = field.focusProxy() or field
        self._click_at(box, box.rect().center())
        wait_until(lambda: QApplication.focusWidget() is box, f"the cursor in {name}")
        self.press(Qt.Key.Key_A, CTRL)
        self.type(text)

    def click_row(self, name: str, row: int) -> None:
        """Click a row of a list."""
        view = self.find(QAbstractItemView, name)
        wait_until(lambda: view.model().rowCount() > row, f"row {row} of {name}")
        self._scroll_to(view)
        where = view.visualRect(view.model().index(row, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)

    def drop(self, name: str, path: Path) -> None:
        """Drag a file or folder from the desktop and drop it on what has this name."""
        target = self.wait_for(name)
        at = target.mapTo(self.window, target.rect().center())
        under = self.window.childAt(at) or target
        where = QPointF(under.mapFrom(self.window, at))
        files = QMimeData()
        files.setUrls([QUrl.fromLocalFile(str(path.resolve()))])
        actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        entering = QDragEnterEvent(where.toPoint(), actions, files, left, NONE)
        QApplication.sendEvent(under, entering)
        if not entering.isAccepted():
            raise NotSeen(f"{name} to take files")
        QApplication.sendEvent(under, QDropEvent(where, actions, files, left, NONE))

    def _click_at(self, widget: QWidget, where: QPoint) -> None:
        self._scroll_to(widget)
        hit = self.window.childAt(widget.mapTo(self.window, where))
        if hit is not widget and not (hit is not None and widget.isAncestorOf(hit)):
            raise NotSeen(f"{widget.objectName()} under the mouse, but {type(hit).__name__}, {self.where()}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=where)

    def _scroll_to(self, widget: QWidget) -> None:
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea) and (content := parent.widget()) is not None:
                middle = widget.mapTo(content, widget.rect().center())
                parent.ensureVisible(middle.x(), middle.y(), 0, widget.height() // 2 + EDGE)
            parent = parent.parentWidget()

    def _focused(self) -> QWidget:
        self.step_up()
        return QApplication.focusWidget() or self.window


def _cells(view: QTreeView) -> list[str]:
    model, top = view.model(), QModelIndex()
    return [
        str(model.index(row, column).data())
        for row in range(model.rowCount(top))
        for column in range(model.columnCount(top))
    ]
