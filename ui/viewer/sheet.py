"""A small dark card of choices that opens beside its button, inside the viewer, large enough for fingers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui.viewer.picture_row import PictureRow
from ui.viewer.tool_button import Tool, ToolButton

GAP = 8


@dataclass(frozen=True)
class Choice:
    """One line of a sheet."""

    text: str
    choose: Callable[[], None]
    icon_name: str = ""
    is_current: bool = False
    more: str = ""  # a second line, for a choice with a picture
    picture: Callable[[], NDArray[np.uint8] | None] | None = None  # gives it as soon as it is there


class Sheet(QFrame):
    """Hidden until there is something to choose; closes when it is chosen, on Esc, and when the viewer says so."""

    closed = Signal()

    def __init__(self, home: QWidget, target: int) -> None:
        super().__init__(home)
        self._home, self._target = home, target
        self._button: QWidget | None = None
        self._rows: list[ToolButton] = []
        self.setProperty("lightbox", "sheet")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GAP, GAP, GAP, GAP)
        self._grid.setSpacing(GAP)
        self.hide()
        home.installEventFilter(self)

    def offer(self, button: QWidget, choices: Sequence[Choice]) -> None:
        """Open under or over the button, wholly inside the viewer; the same button closes it again."""
        if self.isVisible() and self._button is button:
            self.hide()
            return
        for row in self._rows:
            self._grid.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(number, choice) for number, choice in enumerate(choices)]
        height = max((row.sizeHint().height() for row in self._rows), default=self._target)
        per_column = max(1, (self._home.height() - 4 * self._target) // (height + GAP))
        columns = -(-len(self._rows) // per_column)
        widest = (self._home.width() - 2 * GAP) // max(columns, 1) - 2 * GAP
        for number, row in enumerate(self._rows):
            row.setFixedWidth(min(max(one.sizeHint().width() for one in self._rows), widest))
            self._grid.addWidget(row, number % per_column, number // per_column)
            row.show()
        self._button = button
        self._grid.activate()
        self.resize(self._grid.totalSizeHint())  # with the border
        corner = button.mapTo(self._home, QPoint(0, button.height() + GAP))
        if corner.y() + self.height() > self._home.height() - GAP:
            corner.setY(max(GAP, button.mapTo(self._home, QPoint(0, 0)).y() - self.height() - GAP))
        corner.setX(max(GAP, min(corner.x(), self._home.width() - self.width() - GAP)))
        self.move(corner)
        self.show()
        self.raise_()
        if self._rows:
            self._rows[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def refresh(self) -> None:
        """Draw the pictures that have come meanwhile."""
        for row in self._rows:
            row.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close when the viewer changes its size: the button is somewhere else then."""
        if event.type() == QEvent.Type.Resize:
            self.hide()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the keyboard back to the image."""
        super().hideEvent(event)
        self.closed.emit()
        self._home.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc; go through the choices with the arrows."""
        match event.key():
            case Qt.Key.Key_Escape:
                self.hide()
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)

    def _row(self, number: int, choice: Choice) -> ToolButton:
        tool = Tool(f"choice_{number}", choice.text, choice.icon_name, can_stay_down=choice.is_current)
        row: ToolButton = (
            PictureRow(tool, self._target, choice.more, choice.picture)
            if choice.picture
            else ToolButton(tool, self._target, "row")
        )
        row.setParent(self)
        row.ensurePolished()  # else its words are measured in another font than theirs
        row.setChecked(choice.is_current)

        def chosen() -> None:
            self.hide()
            choice.choose()

        row.clicked.connect(chosen)
        return row
