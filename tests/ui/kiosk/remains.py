"""Looks for what is left of somebody: in every widget, object, undo stack, clipboard, Python object and temporary file."""

import contextlib
import gc
import secrets
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard, QGuiApplication, QTextDocument
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit
from shiboken6 import isValid

MOST_UNDOS = 50
WORDED = {"QString", "QStringList", "QVariant", "QUrl", "QByteArray"}


class Canary:
    """A word that stands nowhere else in this process; kept backwards, so that the canary itself is not found."""

    def __init__(self) -> None:
        self._backwards = secrets.token_hex(6)

    @property
    def word(self) -> str:
        """A fresh copy: keep it nowhere."""
        return self._backwards[::-1]

    def find(self, *folders: Path) -> list[str]:
        """Say where the word is still to be found."""
        gc.unfreeze()  # what was there before the stay may hold something of it now
        gc.collect()
        word = self.word
        return sorted({*_in_qt(word), *_in_clipboard(word), *_in_python(word), *_in_files(word, folders)})


def _in_qt(word: str) -> Iterator[str]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    objects: dict[int, QObject] = {id(one): one for one in application.allWidgets()}
    for top in [application, *application.topLevelWidgets()]:
        objects |= {id(one): one for one in top.findChildren(QObject)}
    objects |= {id(one): one for one in gc.get_objects() if isinstance(one, QObject) and isValid(one)}
    for one in objects.values():
        name = f"{type(one).__name__} {one.objectName()}"
        if any(word in said for said in list(_properties(one))):
            yield f"property of {name}"
        if isinstance(one, QLineEdit) and word in _undone(one):
            yield f"undo of {name}"
        if isinstance(one, QTextDocument) and word in one.toPlainText():
            yield f"document {name}"
        if isinstance(one, QPlainTextEdit | QTextEdit):
            one.undo()
            if word in one.toPlainText():
                yield f"undo of {name}"


def _properties(one: QObject) -> Iterator[str]:
    meta = one.metaObject()
    for number in range(meta.propertyCount()):
        if str(meta.property(number).typeName()) in WORDED:
            yield str(meta.property(number).read(one)).lower()
    for name in one.dynamicPropertyNames():
        with contextlib.suppress(RuntimeError):  # Qt's own, which no Python type can hold
            yield str(one.property(bytes(name.data()).decode())).lower()


def _undone(line: QLineEdit) -> str:
    found = [line.text()]
    for _ in range(MOST_UNDOS):
        if not line.isUndoAvailable():
            break
        line.undo()
        found.append(line.text())
    return " ".join(found).lower()


def _in_clipboard(word: str) -> Iterator[str]:
    clipboard = QGuiApplication.clipboard()
    for mode in QClipboard.Mode:
        if word in clipboard.text(mode).lower():
            yield f"clipboard {mode.name}"


def _in_python(word: str) -> Iterator[str]:
    raw = word.encode()
    for one in gc.get_objects():
        for part in gc.get_referents(one):
            text = part if isinstance(part, str) and part is not word else ""
            data = part if isinstance(part, bytes) else b""
            if word in text.lower() or raw in data.lower():
                yield f"Python {type(one).__name__}"


def _in_files(word: str, folders: tuple[Path, ...]) -> Iterator[str]:
    for folder in folders:
        for file in folder.rglob("*"):
            if word in file.name.lower() or (file.is_file() and word.encode() in file.read_bytes().lower()):
                yield f"file {file.name}"
