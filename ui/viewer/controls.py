"""The buttons and the slider under an image, for a patient or for staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from app.words import Words
from ui.icons import icon

INK, FAINT = QColor("#E6EDEF"), QColor("#5B6B72")
GAP = 8
TOUCH = 48  # pixels: a target this high is made for fingers


@dataclass(frozen=True)
class Tool:
    """One button: a stable name, its words, its icon, and its key where there is a keyboard."""

    name: str
    text: str
    icon_name: str
    key: str = ""
    can_stay_down: bool = False


class ToolButton(QToolButton):
    """An icon with its word under it, or beside it in a corner of the view."""

    def __init__(self, tool: Tool, target: int, *, is_solid: bool = False) -> None:
        super().__init__()
        self._target = target
        self.setObjectName(tool.name)
        self.setText(tool.text)
        self.setAccessibleName(tool.text)
        self.setToolTip(f"{tool.text} ({tool.key})" if tool.key else tool.text)
        self.setCheckable(tool.can_stay_down)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        is_under = target >= TOUCH and not is_solid
        style = (
            Qt.ToolButtonStyle.ToolButtonTextUnderIcon
            if is_under
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        self.setToolButtonStyle(style)
        if is_solid:
            self.setProperty("lightbox", "solid")
        self.show_icon(tool.icon_name)

    def show_icon(self, name: str) -> None:
        """Show another icon."""
        side = self._target * 3 // 8 if self._target >= TOUCH else 18
        self.setIcon(icon(name, INK, FAINT, side))
        self.setIconSize(QSize(side, side))


class ControlBar(QFrame):
    """Previous, slider, next; then the tools. One line where there is room for it, else two."""

    used = Signal(str)  # the name of the tool
    slid = Signal(int)  # the index the slider stands on
    let_go = Signal()  # the slider stands still

    def __init__(self, tools: Sequence[Tool], words: Words, target: int, parent: QWidget) -> None:
        super().__init__(parent)
        _ = self._words = words
        self.setProperty("lightbox", "bar")
        self.buttons: dict[str, ToolButton] = {}
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(GAP, GAP // 2, GAP, GAP // 2)
        self._lines.setSpacing(GAP)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMinimumWidth(target * 3)
        self.slider.setAccessibleName(_("Image"))
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.valueChanged.connect(self.slid)
        self.slider.sliderReleased.connect(self.let_go)
        self.position = QLabel()
        self.position.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._walk = QWidget()
        walk = QHBoxLayout(self._walk)
        walk.setContentsMargins(0, 0, 0, 0)
        walk.setSpacing(GAP)
        walk.addWidget(self._button(Tool("previous", _("Previous"), "chevron-left", "←"), target))
        walk.addWidget(self.slider, 1)
        walk.addWidget(self.position)
        walk.addWidget(self._button(Tool("next", _("Next"), "chevron-right", "→"), target))
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP if target >= TOUCH else GAP // 2)
        row.addStretch(1)
        for tool in tools:
            row.addWidget(self._button(tool, target))
        row.addStretch(1)
        self._lines.addWidget(self._walk, 1)
        self._lines.addWidget(self._tools)

    def arrange(self, width: int) -> QSize:
        """Lay the parts out for this width and return the size they take."""
        one_line = self._walk.sizeHint().width() + self._tools.sizeHint().width() + 3 * GAP
        is_one = one_line <= width or self._walk.isHidden()
        self._lines.setDirection(
            QBoxLayout.Direction.LeftToRight if is_one else QBoxLayout.Direction.TopToBottom
        )
        self._lines.activate()
        most = 1_600 if is_one else self._tools.sizeHint().width() + 2 * GAP
        wide = self._tools.sizeHint().width() + 2 * GAP if self._walk.isHidden() else max(most, 480)
        return QSize(min(width, wide), self._lines.minimumSize().height())

    def show_position(self, index: int, count: int) -> None:
        """Stand on this image."""
        _ = self._words
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(count - 1, 0))
        self.slider.setValue(index)
        self.slider.blockSignals(False)
        self.slider.setVisible(count > 1)
        widest = _("{n} of {count}", n=count, count=count)
        self.position.setMinimumWidth(self.position.fontMetrics().horizontalAdvance(widest) + GAP)
        self.position.setText(_("{n} of {count}", n=index + 1, count=count))

    def show_walk(self, *, has_previous: bool, has_next: bool) -> None:
        """Offer only the ways there are; none at all for an exam of one image."""
        self.buttons["previous"].setEnabled(has_previous)
        self.buttons["next"].setEnabled(has_next)
        self._walk.setVisible(has_previous or has_next)

    def _button(self, tool: Tool, target: int) -> ToolButton:
        button = ToolButton(tool, target)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.used.emit(tool.name))
        self.buttons[tool.name] = button
        return button
