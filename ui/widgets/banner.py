"""A band across the whole window that cannot be mistaken, as in practice mode."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from ui.icons import IconLabel
from ui.widgets.text import Text


class Banner(QFrame):
    """One sentence in bold on amber."""

    def __init__(self, sentence: str, icon_name: str = "flask-conical") -> None:
        super().__init__()
        self.setProperty("role", "banner")
        text = Text(sentence)
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 8, 24, 8)
        line.setSpacing(12)
        line.addWidget(IconLabel(icon_name), alignment=Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(text, stretch=1)
        self.setAccessibleName(sentence)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
