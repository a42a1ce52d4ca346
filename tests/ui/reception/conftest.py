"""The desk's real window on a real portal in an SQLite file, driven by keys."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.errors import Unavailable
from app.imaging import DecodePool
from app.portal import Portal
from app.words import Words
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.printers.cupsd import PrintServer, running_print_server
from tests.scene import PASSWORD, Known, Scene
from ui.background import Background
from ui.printing import CupsPrinters, Printer, Printers, PrintOutcome
from ui.reception.desk import DeskWindow
from ui.surroundings import Surroundings
from ui.theme import Theme

W = TypeVar("W", bound=QWidget)
PATIENCE_MS = 60_000  # on a machine that is busy with other tests
NONE, CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


class NoPrinters:
    """A machine without a print service."""

    def list(self) -> list[Printer]:
        raise Unavailable("print_service_away", "The print service of this computer does not answer.")

    def print_pdf(self, *_args: object, **_more: object) -> PrintOutcome:
        raise AssertionError("nothing to print on")

    def close(self) -> None:
        return


@pytest.fixture
def portal(
    sqlite_files: SQLiteFiles,
    tmp_path: Path,
    clock: FixedClock,
    mailer: KeptMailer,
    texts: KeptTextSender,
    imaging: DecodePool,
) -> Iterator[Portal]:
    """The portal in an SQLite file: what the desk shows does not depend on the kind of database."""
    url = sqlite_files.upgraded()
    made = make_portal(url, tmp_path, clock, mailer, texts, imaging)
    yield made
    made.parts.database.close()
    sqlite_files.drop(url)


@pytest.fixture(scope="session")
def print_server() -> Iterator[PrintServer]:
    with running_print_server() as running:
        yield running


@pytest.fixture
def cups(print_server: PrintServer) -> CupsPrinters:
    return CupsPrinters(print_server.socket)


@dataclass
class Desk:
    """The window, and hands that type and look."""

    window: DeskWindow
    qtbot: QtBot
    scene: Scene
    background: Background

    def find(self, kind: type[W], name: str) -> W:
        """The visible widget of this name."""
        found = [widget for widget in self.window.findChildren(kind, name) if widget.isVisible()]
        assert found, f"no visible {name}"
        return found[-1]

    def sees(self, name: str) -> bool:
        return any(widget.isVisible() for widget in self.window.findChildren(QWidget, name))

    def wait_for(self, name: str) -> None:
        self.qtbot.waitUntil(lambda: self.sees(name), timeout=PATIENCE_MS)

    def wait_gone(self, name: str) -> None:
        self.qtbot.waitUntil(lambda: not self.sees(name), timeout=PATIENCE_MS)

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(self.background.is_idle, timeout=PATIENCE_MS)

    def focused(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        for letter in text:  # each to whatever has the focus by then
            QTest.keyClicks(self.focused(), letter)

    def stay(self, clock: FixedClock, by: timedelta) -> None:
        """Let time pass while somebody presses a key now and then, so that the screen does not lock."""
        until = clock() + by
        while clock() < until:
            clock.advance(min(timedelta(minutes=8), until - clock()))
            QTest.keyClick(self.window.windowHandle(), Qt.Key.Key_Shift)
            self.qtbot.waitUntil(lambda: self.window._touched_at == clock(), timeout=PATIENCE_MS)
        self.settle()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        widget = QApplication.focusWidget() or self.window
        QTest.keyClick(widget, key, modifiers)

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(QWidget, name), Qt.MouseButton.LeftButton)

    def text(self, name: str) -> str:
        widget = self.find(QWidget, name)
        text: str = widget.text()  # type: ignore[attr-defined]  # a label or a field
        return text

    def words(self) -> str:
        """Every word that can be seen."""
        found = []
        for widget in self.window.findChildren(QWidget):
            if widget.isVisible() and hasattr(widget, "text"):
                with suppress(TypeError):
                    found.append(str(widget.text()))
        return "\n".join(found)

    def sign_in(self, who: Known) -> None:
        """Sign in with the keyboard."""
        self.wait_for("sign_in_user_name")
        self.type(user_name(self.scene, who))
        self.press(Qt.Key.Key_Return)
        self.type(PASSWORD)
        self.press(Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.sees("status_line"), timeout=PATIENCE_MS)
        self.settle()

    def open(self, text: str) -> None:
        """Find a patient and open the first one."""
        self.press(Qt.Key.Key_F2)
        self.type(text)
        self.press(Qt.Key.Key_Return)
        self.wait_for("account_section")
        self.settle()


def user_name(scene: Scene, who: Known) -> str:
    acting = scene.portal.acting(scene.portal.command_line())
    return next(row.user_name for row in acting.staff.all() if row.id == who.id)


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(
    qtbot: QtBot, show: Callable[..., QWidget], background: Background, words: Words
) -> Iterator[OpenDesk]:
    """Open the desk's window; scene or portal first."""
    opened: list[DeskWindow] = []

    def open_it(
        scene: Scene | None,
        *,
        printers: Printers | None = None,
        portal: Portal | None = None,
        theme: Theme | None = None,
        size: tuple[int, int] = (1280, 800),
        **more: object,
    ) -> Desk:
        the_portal = portal or (scene.portal if scene else None)
        assert the_portal is not None
        surroundings = Surroundings(
            portal=the_portal,
            station=scene.desk.caller if scene else the_portal.nobody(),
            words=words,
            background=background,
            theme=theme or Theme("desk"),
            printers=printers or NoPrinters(),
            **more,  # type: ignore[arg-type]  # is_practice
        )
        window = DeskWindow(surroundings)
        opened.append(window)
        show(window, surroundings.theme, size)
        return Desk(window, qtbot, scene, background)  # type: ignore[arg-type]  # a desk without a scene makes its own

    yield open_it
    for window in opened:
        window.close()


@pytest.fixture
def patient(scene: Scene) -> UUID:
    """Amelia Hart, whom most is about."""
    return scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M100234")


@pytest.fixture
def desk(scene: Scene, patient: UUID, open_desk: OpenDesk) -> Desk:
    """A desk at which reception is signed in."""
    made = open_desk(scene)
    made.sign_in(scene.staff["reception"])
    return made
