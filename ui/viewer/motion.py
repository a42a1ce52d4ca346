"""One short movement at a time, only to show where something went; none when the system asks for reduced motion."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

MOTION_MS: Final = 180


class Motion(QVariantAnimation):
    """Leads a path from 0 to 1; a new path takes the place of the old one where that stands."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._path: Callable[[float], None] = lambda _: None
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setDuration(MOTION_MS)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._on_value)

    def follow(self, path: Callable[[float], None]) -> None:
        """Go along this path from now on, at once to its end where nothing moves."""
        self.stop()
        self._path = path
        moves = self._widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
        if moves and self._widget.isVisible():
            self.start()
        else:
            path(1.0)

    @property
    def is_running(self) -> bool:
        """Tell whether something is still on its way."""
        return self.state() == QVariantAnimation.State.Running

    def _on_value(self, done: float) -> None:
        self._path(done)
