"""The clinic that the tour walks through: made anew in a folder of its own, with a desk, a kiosk and a web server."""

import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from multiprocessing import get_context
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_dx
from app.outside.clock import system_clock
from app.outside.logs import start_logging
from app.portal import open_portal
from app.practice import ISSUER, PASSWORD, make_clinic
from app.settings import read_settings
from app.words import Words
from ui.background import Background
from ui.kiosk.window import KioskWindow
from ui.printing import Printers
from ui.reception.desk import DeskWindow
from ui.surroundings import Surroundings
from ui.theme import Theme
from ui.tour.fingers import Fingers
from ui.tour.hands import DeskHands, wait_until
from ui.tour.papers import NAME
from ui.tour.web import HOST, Server, free_port

NORA = SamplePatient("Valentine-Okonkwo", "Nora Josephine", date(1958, 3, 12), "HI-20417", ISSUER, "F")
ANOTHER = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "HI-10023", ISSUER, "F")
SLICES = 30
MESSAGES = "messages"
DESK, KIOSK, UPRIGHT = (1280, 800), (1920, 1080), (1080, 1920)


class Clock:
    """The time of the tour's windows: the machine's, and further where somebody lets the kiosk stand idle."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the time."""
        return system_clock() + self._ahead

    def let_pass(self, seconds: float) -> None:
        """Go on by some seconds that nobody has to wait for."""
        self._ahead += timedelta(seconds=seconds)


class TourClinic:
    """Everything that stands before the first person comes; close() takes away what there is of it."""

    def __init__(self, make_printers: Callable[[], Printers]) -> None:
        self._make_printers = make_printers
        self._backgrounds: list[Background] = []
        self._windows: list[DeskWindow | KioskWindow] = []
        self._images: dict[str, Future[Path]] = {}
        self._made = ExitStack()
        self.log_folder: Path | None = None
        self.clock = Clock()

    def make(self) -> None:
        """Make the clinic in a folder of its own; the web server starts beside it."""
        made = self._made
        self.folder = Path(made.enter_context(tempfile.TemporaryDirectory(prefix="portal-tour-")))
        painter = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        made.callback(painter.shutdown, cancel_futures=True)
        today = system_clock().date()
        for name in ("another", "hand", "chest"):
            self._images[name] = painter.submit(draw, name, self.folder / "images" / name, today)
        port = free_port()
        self.address = f"http://{HOST}:{port}/"
        settings_file = self.folder / "settings.toml"
        settings_file.write_text(_settings(self.folder, port), "utf-8")
        settings = read_settings(settings_file, {})
        self.log_folder = settings.log_folder
        made.callback(start_logging(settings.log_folder, "tour").close)
        self.portal = open_portal(settings, clock=self.clock)
        made.callback(self.portal.close)
        self.server = Server(settings_file, port)
        made.callback(self.server.stop)
        self._desk_station, self._kiosk_station = make_clinic(self.portal)
        self._give_kiosk_a_printer()
        made.callback(self._close_windows)

    def images(self, name: str) -> Path:
        """Return the folder of images that was drawn, as soon as it is ready."""
        job = self._images[name]
        wait_until(job.done, f"the images “{name}”", 120)
        return job.result()

    def open_desk(self) -> DeskHands:
        """Open the reception desk's window."""
        surroundings = self._surroundings("desk")
        window = DeskWindow(surroundings)
        window.setObjectName("desk")
        self._open(window, surroundings.theme, DESK)
        return DeskHands(window, surroundings.background)

    def open_kiosk(self) -> Fingers:
        """Open the kiosk's window."""
        surroundings = self._surroundings("kiosk")
        window = KioskWindow(surroundings)
        window.setWindowFlag(Qt.WindowType.FramelessWindowHint)  # it fills the screen
        self._open(window, surroundings.theme, KIOSK)
        screen = QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)
        return Fingers(window, surroundings.background, screen)

    def messages(self, ending: str) -> list[Path]:
        """Return the e-mails ("eml") or SMS ("txt") that were sent, in order."""
        return sorted((self.folder / MESSAGES).glob(f"*.{ending}"))

    def close(self) -> None:
        """Close the windows, stop what runs, and remove the folder."""
        self._made.close()

    def _close_windows(self) -> None:
        for window in self._windows:
            window.close_down()
            window.close()
            window.deleteLater()
        for background in self._backgrounds:
            background.stop()
        QApplication.processEvents()

    def _surroundings(self, kind: str) -> Surroundings:
        background = Background()
        self._backgrounds.append(background)
        return Surroundings(
            portal=self.portal,
            station=self._kiosk_station if kind == "kiosk" else self._desk_station,
            words=Words(),
            background=background,
            theme=Theme("kiosk" if kind == "kiosk" else "desk"),
            printers=self._make_printers(),
        )

    def _open(self, window: DeskWindow | KioskWindow, theme: Theme, size: tuple[int, int]) -> None:
        self._windows.append(window)
        theme.apply(window)
        window.resize(*size)
        window.show()
        window.activateWindow()
        wait_until(window.isActiveWindow, "a window that opens")

    def _give_kiosk_a_printer(self) -> None:
        """As a manager would: invitations come out beside the kiosk, everything else at the desk."""
        portal = self.portal
        signed_in = portal.acting(self._desk_station).staff.sign_in("manager", PASSWORD)
        manager = portal.acting(portal.signed_in(signed_in.token, station=self._desk_station))
        kiosk = portal.acting(self._kiosk_station).stations.mine()
        manager.stations.change(kiosk.id, kiosk.name, (("invitation", NAME),), "A4", False)
        manager.staff.sign_out()


def draw(name: str, folder: Path, today: date) -> Path:
    """Write the images of an exam into a folder; return it. For a process of its own."""
    folder.mkdir(parents=True)
    when = today - timedelta(days=1)
    if name == "chest":
        exam = SampleExam("T-0001", when, time(9, 40), "CT of the chest", "Lindqvist^Sara")
        make_ct(folder, NORA, exam, slices=SLICES, coding="jpeg_ls")
        make_ct(folder, NORA, exam, slices=6, side=256, coding="jpeg_2000", series=2)
    elif name == "hand":
        make_dx(folder, NORA, SampleExam("T-0002", today, time(8, 15), "X-ray of the left hand"))
    else:
        exam = SampleExam("T-0003", when, time(10, 5), "CT of the chest")
        make_ct(folder, ANOTHER, exam, slices=3, side=128)
    return folder


def _settings(folder: Path, port: int) -> str:
    data = (folder / "data").as_posix()
    return (
        f'data_folder = "{data}"\nmessages_folder = "{(folder / MESSAGES).as_posix()}"\n'
        f'[listen]\nhost = "{HOST}"\nport = {port}\n'
    )
