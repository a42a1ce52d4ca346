"""The buttons and the slider under an image, for a patient or for staff."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider, QWidget

from app.words import Words
from ui.viewer.tool_button import TOUCH, Shape, Tool, ToolButton, size_of_button

GAP = 8
WIDEST = 1_720  # pixels: a longer slider is no easier to use


class ControlBar(QFrame):
    """Previous, slider, next; then the tools. One line where there is room for it, else more."""

    used = Signal(str)  # the name of the tool
    slid = Signal(int)  # the index the slider stands on
    moved_over = Signal()  # the mouse is there

    def __init__(self, tools: Sequence[Tool], words: Words, target: int, parent: QWidget) -> None:
        super().__init__(parent)
        _ = self._words = words
        self._target = target
        self.setProperty("lightbox", "bar")
        self.setMouseTracking(True)
        self.buttons: dict[str, ToolButton] = {}
        self._left_out: set[ToolButton] = set()
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(GAP, GAP // 2, GAP, GAP // 2)
        self._lines.setSpacing(GAP)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMinimumWidth(target * 3)
        self.slider.setAccessibleName(_("Image"))
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.valueChanged.connect(self.slid)
        self.position = QLabel()
        self.position.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._walk = QWidget()
        self._walk_line = walk = QHBoxLayout(self._walk)
        walk.setContentsMargins(0, 0, 0, 0)
        walk.setSpacing(GAP)
        walk.addWidget(self._button(Tool("previous", _("Previous"), "chevron-left", "←")))
        walk.addWidget(self.slider, 1)
        walk.addWidget(self.position)
        walk.addWidget(self._button(Tool("next", _("Next"), "chevron-right", "→")))
        self._tools = QWidget()
        self._grid = QGridLayout(self._tools)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP if target >= TOUCH else GAP // 2)
        self._row = [self._button(tool) for tool in tools]
        for button in self._row:
            button.setParent(self._tools)
        self._lines.addWidget(self._walk, 1)
        self._lines.addWidget(self._tools)

    def offer(self, name: str, *, is_offered: bool) -> bool:
        """Show or leave out a tool; tell whether that is new, so that the parts have to be arranged again."""
        button = self.buttons[name]
        is_new = is_offered == (button in self._left_out)
        button.setVisible(is_offered)
        if is_offered:
            self._left_out.discard(button)
        else:
            self._left_out.add(button)
        return is_new

    def arrange(self, width: int) -> QSize:
        """Lay the parts out for this width and return the size they take."""
        room = width - 2 * GAP
        for button in self.buttons.values():
            button.ensurePolished()  # else its words are measured in another font than theirs
        row = [button for button in self._row if button not in self._left_out]
        widths = [button.sizeHint().width() for button in row]
        tools = sum(widths) + self._grid.spacing() * (len(widths) - 1)
        lines = max(1, math.ceil(tools / room))
        while lines < len(widths) and self._widest_line(widths, lines) > room:
            lines += 1
        per_line = math.ceil(len(row) / lines)
        for number, button in enumerate(row):
            self._grid.addWidget(button, number // per_line, number % per_line, Qt.AlignmentFlag.AlignHCenter)
        has_walk = self.has_walk
        is_one = not has_walk or self._walk.minimumSizeHint().width() + tools + GAP <= room
        self._lines.setDirection(
            QBoxLayout.Direction.LeftToRight if is_one else QBoxLayout.Direction.TopToBottom
        )
        for layout in (self._walk_line, self._grid, self._lines):
            layout.invalidate()  # what they measured before may be of another font
            layout.activate()
        least = self._lines.totalMinimumSize()  # with the border
        return QSize(min(width, WIDEST) if has_walk else min(width, least.width()), least.height())

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

    @property
    def has_walk(self) -> bool:
        """Tell whether there is more than one image to go to."""
        return not self._walk.isHidden()

    def show_walk(self, *, has_previous: bool, has_next: bool) -> None:
        """Offer only the ways there are; none at all for an exam of one image."""
        self.buttons["previous"].setEnabled(has_previous)
        self.buttons["next"].setEnabled(has_next)
        self._walk.setVisible(has_previous or has_next)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell that the mouse is there."""
        super().mouseMoveEvent(event)
        self.moved_over.emit()

    def _widest_line(self, widths: Sequence[int], lines: int) -> int:
        columns = math.ceil(len(widths) / lines)
        widest = [max(widths[column::columns]) for column in range(columns)]
        return sum(widest) + self._grid.spacing() * (columns - 1)

    def _button(self, tool: Tool) -> ToolButton:
        button = ToolButton(tool, self._target, _shape(self._target))
        button.clicked.connect(lambda: self.used.emit(tool.name))
        self.buttons[tool.name] = button
        return button


def usual_height(
    tools: Sequence[Tool], width: int, target: int, metrics: QFontMetrics, *, has_walk: bool
) -> int:
    """Return about the height that a bar of this width will take when it has been made."""
    gap = GAP if target >= TOUCH else GAP // 2
    sizes = [size_of_button(tool.text, target, _shape(target), metrics, has_icon=True) for tool in tools]
    taken = sum(size.width() for size in sizes) + gap * (len(sizes) - 1)
    lines = max(1, math.ceil(taken / max(width - 2 * GAP, 1)))
    height = max((size.height() for size in sizes), default=target)
    walk = 6 * target + 5 * GAP  # two buttons, the slider and its number
    above = height + GAP if has_walk and walk + taken > width else 0
    return above + lines * height + (lines - 1) * gap + GAP + 2  # its border


def _shape(target: int) -> Shape:
    return "under" if target >= TOUCH else "beside"
