"""Changes what a widget is to the style sheet, and lets Qt draw it so."""

from PySide6.QtWidgets import QWidget


def dress(widget: QWidget, **properties: str) -> None:
    """Set properties that the style sheet asks for, such as role="good"; Qt looks at them only when told."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
