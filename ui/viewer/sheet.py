"""A small dark card of choices that opens beside its button, inside the viewer, large enough for fingers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.icons import icon

INK, FAINT = QColor("#E6EDEF"), QColor("#5B6B72")
GAP = 8


@dataclass(frozen=True)
class Choice:
    """One line of a sheet."""

    text: str
    choose: Callable[[], None]
    icon_name: str = ""
    is_current: bool = False


class Sheet(QFrame):
    """Closes when something is chosen and on Esc; the viewer closes it when anything else is pressed."""

    def __init__(self, choices: Sequence[Choice], home: QWidget) -> None:
        super().__init__(home)
        self._home = home
        self.setProperty("lightbox", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        for choice in choices:
            column.addWidget(self._row(choice))
        home.installEventFilter(self)

    def open_at(self, button: QWidget) -> None:
        """Show under or over the button, wholly inside the viewer."""
        home = self._home
        self.adjustSize()
        corner = button.mapTo(home, QPoint(0, button.height() + GAP))
        if corner.y() + self.height() > home.height() - GAP:
            corner.setY(max(GAP, button.mapTo(home, QPoint(0, 0)).y() - self.height() - GAP))
        corner.setX(max(GAP, min(corner.x(), home.width() - self.width() - GAP)))
        self.move(corner)
        self.show()
        self.raise_()
        first = self.findChild(QToolButton)
        if isinstance(first, QToolButton):
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close when the viewer changes its size: the button is somewhere else then."""
        if event.type() == QEvent.Type.Resize:
            self.close()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc; go through the choices with the arrows."""
        match event.key():
            case Qt.Key.Key_Escape:
                self.close()
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)

    def _row(self, choice: Choice) -> QToolButton:
        row = QToolButton()
        row.setProperty("lightbox", "row")
        row.setText(choice.text)
        row.setCheckable(choice.is_current)
        row.setChecked(choice.is_current)
        row.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if choice.icon_name:
            row.setIcon(icon(choice.icon_name, INK, FAINT, row.fontMetrics().height()))

        def chosen() -> None:
            self.close()
            choice.choose()

        row.clicked.connect(chosen)
        return row
