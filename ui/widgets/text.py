"""Words on a page: always plain text, wrapped, never taken for markup."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

TextRole = Literal[
    "", "title", "heading", "subheading", "strong", "quietText", "code", "teal", "good", "wait", "stop"
]


def make_bold(code: QWidget) -> None:
    """Set the weight of the code font, which is one variable file: the style sheet's "bold" does not reach it."""
    font = QFont()
    font.setVariableAxis(QFont.Tag("wght"), QFont.Weight.Bold.value)
    code.setFont(font)


class Text(QLabel):
    """A label whose look comes from its role."""

    def __init__(self, text: str = "", role: TextRole = "", *, wraps: bool = True) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self.setProperty("role", role)
        if role == "code":
            make_bold(self)
        self.setText(text)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        if wraps:  # takes the room there is, so that it wraps late; a stretch beside it would take that away
            policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
