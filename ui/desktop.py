"""Starts the reception desk or the kiosk: paints first, then loads what the window needs."""

import gc
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from app.errors import PortalError
from app.words import Words
from ui.theme import Theme

if TYPE_CHECKING:
    import subprocess

    from app.callers import Caller
    from app.portal import Portal
    from app.practice import Sample
    from app.settings import MachineSettings
    from ui.background import Background, Progress
    from ui.surroundings import Surroundings

MAIN = Path(__file__).resolve().parent.parent / "main.py"


def run_staff(settings: "Callable[[], MachineSettings]", *, is_practice: bool) -> int:
    """Open the reception desk; returns the exit status when its window is closed. The settings are read behind it."""

    def window(surroundings: "Surroundings", samples: "tuple[Sample, ...]") -> QWidget:
        from ui.reception.desk import DeskWindow

        return DeskWindow(surroundings, samples=samples)

    return _run("desk", settings, is_practice=is_practice, window=window)


def run_kiosk(settings: "Callable[[], MachineSettings]", *, is_practice: bool) -> int:
    """Open the patient kiosk; returns the exit status when it is closed. The settings are read behind it."""

    def window(surroundings: "Surroundings", samples: "tuple[Sample, ...]") -> QWidget:
        from ui.kiosk.window import KioskWindow

        return KioskWindow(surroundings, samples=samples)

    return _run("kiosk", settings, is_practice=is_practice, window=window)


def _run(
    kind: str,
    settings: "Callable[[], MachineSettings]",
    *,
    is_practice: bool,
    window: "Callable[[Surroundings, tuple[Sample, ...]], QWidget]",
) -> int:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    _end_when_told(application)
    start = Start(application, kind, settings, is_practice=is_practice, window=window)
    start.show()
    status = application.exec()
    start.close_down()
    return status


def _end_when_told(application: QApplication) -> None:
    """Close well at Ctrl+C in the terminal and when the system stops the program."""
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda _signal, _frame: application.quit())
    # Qt's own loop never lets Python look whether there was a signal.
    look = QTimer(application)
    look.timeout.connect(lambda: None)
    look.start(200)


@dataclass(frozen=True)
class _Opened:
    settings: "MachineSettings"
    portal: "Portal"
    station: "Caller"
    samples: "tuple[Sample, ...]"


class Start(QObject):
    """The first window, and what happens behind it until the real one can open."""

    def __init__(
        self,
        application: QApplication,
        kind: str,
        settings: "Callable[[], MachineSettings]",
        *,
        is_practice: bool,
        window: "Callable[[Surroundings, tuple[Sample, ...]], QWidget]",
    ) -> None:
        super().__init__(application)
        self._application = application
        self._kind, self._read_settings, self._is_practice, self._window = kind, settings, is_practice, window
        self._ = Words()
        self._theme = Theme("kiosk" if kind == "kiosk" else "desk")
        self._theme.dress(application)
        self._background: Background | None = None
        self._portal: Portal | None = None
        self.opened: QWidget | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._stop_chores: Callable[[], None] = lambda: None
        self.first = FirstPage(self._)

    def show(self) -> None:
        """Paint the first page, then begin to load."""
        self.first.show()
        QTimer.singleShot(0, self, self._load)

    def _load(self) -> None:
        from ui.background import Background, Progress

        self._theme.apply(self._application)
        _translate_qt(self._application)
        self._background = Background(self)
        progress = Progress(self.first.show_progress)
        self._background.run(
            lambda: _open(self._read_settings, self._kind, progress, is_practice=self._is_practice),
            owner=self,
            done=self._show_window,
            failed=self._failed,
            progress=progress,
        )

    def _show_window(self, opened: _Opened) -> None:
        import subprocess

        from app.chores import Chores
        from ui.printing import find_printers
        from ui.surroundings import Surroundings

        assert self._background is not None
        self._portal = opened.portal
        chores = Chores(opened.portal)
        chores.start()
        self._stop_chores = chores.stop
        if self._is_practice:
            # The pages that letters, invitations and e-mails lead to.
            command = [sys.executable, str(MAIN), "server", "--practice"]
            self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
        surroundings = Surroundings(
            portal=opened.portal,
            station=opened.station,
            words=self._,
            background=self._background,
            theme=self._theme,
            printers=find_printers(opened.portal.parts.imaging, opened.settings.cups_server),
            is_practice=self._is_practice,
        )
        self.opened = self._window(surroundings, opened.samples)
        if self._kind == "kiosk":
            self.opened.showFullScreen()
        else:
            self.opened.resize(1280, 800)
            self.opened.show()
        self.first.close()
        # All this lives as long as the program: a search for garbage that goes through it is a tenth of a second in
        # which no image moves.
        gc.freeze()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, PortalError):
            self.first.say(self._.error(error))
        else:
            from app.outside.logs import report_bug

            reference = report_bug(error)
            self.first.say(
                self._(
                    "The application could not start. Tell the person who looks after it: {reference}.",
                    reference=reference,
                )
            )

    def close_down(self) -> None:
        """Stop what runs beside the window."""
        if self._background is not None:
            self._background.stop()
        self._stop_chores()
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=10)
        if self._portal is not None:
            self._portal.close()


def _open(
    read_settings: "Callable[[], MachineSettings]", kind: str, progress: "Progress", *, is_practice: bool
) -> _Opened:
    """Read the settings, load the rest of the program and open the portal; runs beside the GUI thread."""
    from app.outside.logs import start_logging
    from app.own_station import own_station
    from app.portal import open_portal

    settings = read_settings()
    start_logging(settings.log_folder, kind)
    samples: tuple[Sample, ...] = ()
    if is_practice:
        from app.practice import SAMPLES, open_practice

        portal, samples = open_practice(settings, progress.report), SAMPLES
    else:
        portal = open_portal(settings)
    station = own_station(portal, kind) if portal.is_set_up() else portal.nobody()
    if portal.desk is not None and kind == "desk":
        portal.desk.start()
    return _Opened(settings, portal, station, samples)


class FirstPage(QWidget):
    """One calm sentence while the application loads."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._ = words
        self.setWindowTitle(self._("Patient portal"))
        self.resize(1280, 800)
        self._line = QLabel(self._("Opening the patient portal"), self)
        self._line.setObjectName("first_line")  # centred by the style sheet: to load Qt's enums takes 25 ms
        self._line.setProperty("role", "heading")
        QVBoxLayout(self).addWidget(self._line)

    @property
    def sentence(self) -> str:
        """Return what is said."""
        return self._line.text()

    def show_progress(self, done: int, total: int) -> None:
        """Say how far the loading has come."""
        self._line.setText(
            self._("Making sample patients and exams: {done} of {total}", done=done, total=total)
        )

    def say(self, sentence: str) -> None:
        """Show why the application cannot open."""
        self._line.setText(sentence)


def _translate_qt(application: QApplication) -> None:
    """Give Qt's own texts the language of the system, from Qt's .qm files."""
    from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator  # their many names take 25 ms

    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(QLocale.Language.English), "qtbase", "_", folder):
        application.installTranslator(translator)
