"""The ring round whatever has the focus, the same for every control, drawn outside it so that nothing moves."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget
from shiboken6 import isValid

NAME = "focusRing"


class FocusRing(QObject):
    """Follows the focus through the application's windows."""

    @classmethod
    def follow(cls, application: QApplication, gap: int) -> None:
        """Begin to follow; does nothing where one follows already.

        gap: pixels from a control's edge to the outside of its ring.
        """
        if application.findChild(cls) is None:
            cls(application, gap)

    def __init__(self, application: QApplication, gap: int) -> None:
        super().__init__(application)
        self._gap = gap
        self._ring: QFrame | None = None
        self._watched: list[QWidget] = []
        application.focusChanged.connect(self._move_to)
        self._move_to(None, application.focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the ring where its control is."""
        if event.type() in {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}:
            self._place()
        return super().eventFilter(watched, event)

    def _move_to(self, _old: QWidget | None, control: QWidget | None) -> None:
        self._leave()
        if control is None or not control.focusPolicy() & Qt.FocusPolicy.TabFocus or control.isWindow():
            return
        home = control.parentWidget()
        self._watched = [control]
        while home is not None and not home.isWindow() and not _is_viewport(home):
            self._watched.append(home)
            home = home.parentWidget()
        for widget in self._watched:
            widget.installEventFilter(self)
        self._ring = QFrame(home)
        self._ring.setObjectName(NAME)
        self._ring.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._place()

    def _leave(self) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None

    def _place(self) -> None:
        if (
            self._ring is None
            or not isValid(self._ring)
            or not self._watched
            or not isValid(self._watched[0])
        ):
            return
        control, home = self._watched[0], self._ring.parentWidget()
        assert home is not None  # it was made in its home
        corner = control.mapTo(home, QPoint(0, 0))
        gap = self._gap
        self._ring.setGeometry(QRect(corner, control.size()).adjusted(-gap, -gap, gap, gap))
        self._ring.setVisible(control.isVisibleTo(home))
        self._ring.raise_()


def _is_viewport(widget: QWidget) -> bool:
    area = widget.parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.viewport() is widget
