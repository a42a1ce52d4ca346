"""A card that is pressed as a whole: an exam in a list, a way to go on from the first page."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import IconLabel
from ui.widgets.button import Button
from ui.widgets.text import Text


class CardButton(Button):
    """Icon, heading and a quieter line; beside them whatever else the row shows, such as a badge."""

    def __init__(
        self, heading: str, line: str = "", *, icon_name: str = "", beside: QWidget | None = None
    ) -> None:
        super().__init__("", "card")
        self.setAccessibleName(heading)
        self.setAccessibleDescription(line)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(Text(heading, "subheading"))
        if line:
            words.addWidget(Text(line, "quietText"))
        words.addStretch(1)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(24, 16, 24, 16)
        self._line.setSpacing(24)
        if icon_name:
            self._line.addWidget(
                IconLabel(icon_name, "teal", lines=1.6), alignment=Qt.AlignmentFlag.AlignVCenter
            )
        self._line.addLayout(words, stretch=1)
        if beside is not None:
            self._line.addWidget(beside, alignment=Qt.AlignmentFlag.AlignVCenter)
        self._line.addWidget(IconLabel("chevron-right", "quietText"), alignment=Qt.AlignmentFlag.AlignVCenter)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Return the room that the words need."""
        return self._line.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the least room that the words need."""
        return self._line.totalMinimumSize()

    def hasHeightForWidth(self) -> bool:
        """Tell Qt that words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return how high the words are at this width."""
        return self._line.totalHeightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the row above know that another width may need another height."""
        super().resizeEvent(event)
        self.updateGeometry()
