"""Words on a page: always plain text, wrapped, never taken for markup."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

TextRole = Literal[
    "", "title", "heading", "subheading", "strong", "quietText", "code", "teal", "good", "wait", "stop"
]


class Text(QLabel):
    """A label whose look comes from its role."""

    def __init__(self, text: str = "", role: TextRole = "", *, wraps: bool = True) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self.setProperty("role", role)
        self.setText(text)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)
