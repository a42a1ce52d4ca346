"""Takes everything of a stay out of the window's reach: texts, undo, clipboard, pictures (D25)."""

import gc
from collections.abc import Iterable

from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard, QGuiApplication, QPixmapCache
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

PROPERTIES = ("accessibleName", "accessibleDescription", "toolTip", "statusTip", "whatsThis", "windowTitle")


def forget_pages(pages: Iterable[QWidget]) -> None:
    """Empty every widget of the pages, then delete them."""
    for page in pages:
        for widget in (page, *page.findChildren(QWidget)):
            _empty(widget)
        page.hide()
        page.setParent(None)
        page.deleteLater()


def forget_shared() -> None:
    """Empty what all windows share: the clipboard, cached pictures, and objects nobody holds any more."""
    clipboard = QGuiApplication.clipboard()
    for mode in QClipboard.Mode:
        if mode is QClipboard.Mode.Clipboard or _has(clipboard, mode):
            clipboard.clear(mode)
    QPixmapCache.clear()
    gc.collect()


def _has(clipboard: QClipboard, mode: QClipboard.Mode) -> bool:
    return (mode is QClipboard.Mode.Selection and clipboard.supportsSelection()) or (
        mode is QClipboard.Mode.FindBuffer and clipboard.supportsFindBuffer()
    )


def _empty(widget: QWidget) -> None:
    if isinstance(widget, QLineEdit):
        widget.setText("")  # clear() would keep Undo
        widget.setPlaceholderText("")
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        widget.setPlainText("")
        widget.document().clearUndoRedoStacks()
    elif isinstance(widget, QLabel):
        widget.clear()
    elif isinstance(widget, QAbstractButton):
        widget.setText("")
    _empty_properties(widget)


def _empty_properties(found: QObject) -> None:
    for name in PROPERTIES:
        if found.property(name):
            found.setProperty(name, "")
