"""Takes the controls out of sight when nobody has touched anything for a while."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPropertyAnimation, QTimer
from PySide6.QtWidgets import QGraphicsOpacityEffect, QStyle, QWidget

IDLE_MS = 3_000
MOTION_MS = 180


class Fader(QObject):
    """Shows its widgets at once when woken and fades them away when idle, unless something holds them."""

    def __init__(
        self,
        widgets: Sequence[QWidget],
        is_held: Callable[[], bool],
        parent: QObject,
        *,
        idle_ms: int = IDLE_MS,
    ) -> None:
        super().__init__(parent)
        self._widgets = tuple(widgets)
        self._is_held = is_held
        self._idle = QTimer(self, singleShot=True, interval=idle_ms)
        self._idle.timeout.connect(self._fade)
        self._motions: list[QPropertyAnimation] = []

    def wake(self) -> None:
        """Show the controls, and begin to wait again."""
        self._stop()
        for widget in self._widgets:
            widget.setGraphicsEffect(None)  # type: ignore[arg-type]  # Qt takes none off with a null pointer
            widget.show()
        self._idle.start()

    def stop(self) -> None:
        """Leave everything as it is."""
        self._idle.stop()
        self._stop()

    def _fade(self) -> None:
        if self._is_held():
            self._idle.start()
            return
        for widget in self._widgets:
            if widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) <= 0:
                widget.hide()
                continue
            effect = QGraphicsOpacityEffect(widget)
            widget.setGraphicsEffect(effect)
            motion = QPropertyAnimation(effect, b"opacity", self)
            motion.setStartValue(1.0)
            motion.setEndValue(0.0)
            motion.setDuration(MOTION_MS)
            motion.finished.connect(widget.hide)
            motion.start()
            self._motions.append(motion)

    def _stop(self) -> None:
        for motion in self._motions:
            motion.stop()
            motion.deleteLater()
        self._motions.clear()
