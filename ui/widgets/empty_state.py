"""What stands where a list will be, while there is nothing in it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui.icons import IconLabel
from ui.widgets.button import Button
from ui.widgets.text import Text


class EmptyState(QWidget):
    """Says in a heading that there is nothing, and in a sentence why or what to do."""

    def __init__(
        self, icon_name: str, heading: str, sentence: str = "", button: Button | None = None
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 32, 24, 32)
        column.setSpacing(8)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(1)
        column.addWidget(IconLabel(icon_name, "quietText", lines=2.5), alignment=centre)
        column.addSpacing(8)
        for text in (Text(heading, "subheading"), Text(sentence, "quietText")):
            text.setAlignment(centre)
            column.addWidget(text)
            text.setHidden(not text.text())
        if button is not None:
            column.addSpacing(16)
            column.addWidget(button, alignment=centre)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
