"""After a stay nothing of it is left: canaries in every field, page and cache, and a control that leaks (D25)."""

import gc
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit

from tests.fakes import FixedClock
from tests.scene import PASSWORD, Scene
from tests.ui.kiosk.at_kiosk import AtKiosk, SpyPrinters
from tests.ui.kiosk.remains import Canary
from ui.kiosk.welcome import Welcome
from ui.patient.exam_images import PortalImages
from ui.patient.thumbnails import Thumbnails
from ui.patient.touch_page import TouchPage
from ui.viewer.layers import Layers
from ui.viewer.viewer import Viewer


@pytest.fixture
def canary() -> Canary:
    return Canary()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process makes its temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def used(
    scene: Scene,
    kiosk: AtKiosk,
    canary: Canary,
    import_exam: Callable[..., UUID],
    printers: SpyPrinters,
    temporary: Path,
) -> AtKiosk:
    """A kiosk that somebody has walked away from, having been on every page, with a print still in the queue."""
    patient = scene.patient(f"Ada{canary.word}", f"Ng{canary.word}", mrn=f"M{canary.word}")
    scene.account(patient, user_name=f"ada{canary.word}", email=f"{canary.word}@example.org")
    exam = import_exam(patient, slices=3, description=f"CT {canary.word}")
    scene.report(exam, text=f"Findings {canary.word}.\n\n" * 3)
    it = scene.acting("it").stations
    it.change(scene.kiosk.id, "Kiosk 1", (("invitation", "Kiosk printer"),), "A4", False)
    kiosk.window.start()
    kiosk.window._look_up()  # the printer was given to the kiosk after it started
    kiosk.wait_until(lambda: bool(kiosk.window.station.printers))
    printers.holds = True
    kiosk.sign_in(f"ada{canary.word}", PASSWORD)
    kiosk.wait_for("home")
    for name in ("details", "who_opened", "shared_exams", "change_password"):
        kiosk.tap(name)
        kiosk.wait_until(kiosk.window.surroundings.background.is_idle)
        kiosk.tap("back")
    kiosk.tap("my_exam")
    kiosk.tap(f"exam_{exam}")
    kiosk.wait_to_read(f"Findings {canary.word}.")
    kiosk.tap("read_report")
    kiosk.wait_to_read(f"Findings {canary.word}.")
    kiosk.tap("download_report")
    kiosk.wait_to_read("The code works until")
    kiosk.tap("download_done")
    kiosk.tap("back")
    kiosk.wait_until(lambda: kiosk.sees("thumbnail_1") is not None)
    kiosk.tap("thumbnail_1")
    kiosk.wait_until(lambda: is_shown(kiosk))
    kiosk.window.go_back()
    kiosk.tap("share_exam")
    kiosk.type(f"Dr {canary.word}", into="share_recipient_name")
    typed = kiosk.find("share_recipient_name")
    assert isinstance(typed, QLineEdit)
    typed.selectAll()
    typed.copy()
    del typed
    kiosk.tap("share_on_paper")
    kiosk.tap("share_with_next")
    kiosk.tap("share_what_next")
    kiosk.tap("share_until_next")
    kiosk.type(f"note {canary.word}", into="share_note_input")
    kiosk.tap("share_note_next")
    kiosk.tap("understands_sensitive")
    kiosk.tap("share_exam_now")
    kiosk.wait_for("share_done")
    kiosk.wait_until(printers.waiting.is_set)
    return kiosk


def is_shown(kiosk: AtKiosk) -> bool:
    viewer = kiosk.sees("viewer")
    return isinstance(viewer, Viewer) and viewer.is_ready and viewer.shown is not None


def let_it_end(kiosk: AtKiosk, clock: FixedClock, printers: SpyPrinters) -> None:
    clock.advance(timedelta(seconds=90))
    kiosk.wait_for("still_there")
    clock.advance(timedelta(seconds=30))
    kiosk.wait_for("welcome")
    kiosk.wait_until(printers.cancelled.is_set)
    kiosk.wait_until(kiosk.window.surroundings.background.is_idle)
    kiosk.qtbot.wait(50)  # deleted widgets go with the next turn of the event loop


@pytest.mark.rule("D25")
def test_nothing_of_the_patient_is_left_after_the_idle_time(
    used: AtKiosk, clock: FixedClock, canary: Canary, printers: SpyPrinters, temporary: Path
) -> None:
    assert canary.find(temporary) != []  # it is everywhere while the stay lasts
    let_it_end(used, clock, printers)
    assert canary.find(temporary) == []
    assert printers.printed == []
    assert printers.closed == 1


KINDS = TouchPage | Viewer | Thumbnails | PortalImages | Layers


@pytest.fixture
def older() -> list[object]:
    """What other tests of this process keep, held so that its places in memory are not given away."""
    return [one for one in gc.get_objects() if isinstance(one, KINDS)]


@pytest.mark.rule("D25")
def test_no_page_image_or_cache_of_the_stay_is_alive(
    older: list[object], used: AtKiosk, clock: FixedClock, printers: SpyPrinters
) -> None:
    known = {id(one) for one in older}

    def alive() -> list[str]:
        gc.collect()
        found = [one for one in gc.get_objects() if isinstance(one, KINDS)]
        return [type(one).__name__ for one in found if id(one) not in known]

    assert "ShareDone" in alive()  # the stay's last page
    let_it_end(used, clock, printers)
    # A thread whose work was dropped lets go of it at its next turn.
    used.wait_until(lambda: alive() == [Welcome.__name__])


@pytest.mark.rule("D25")
def test_leave_forgets_as_the_clock_does(
    used: AtKiosk, canary: Canary, printers: SpyPrinters, temporary: Path
) -> None:
    used.tap("leave")
    used.wait_for("welcome")
    used.wait_until(printers.cancelled.is_set)
    used.wait_until(used.window.surroundings.background.is_idle)
    used.qtbot.wait(50)
    assert canary.find(temporary) == []


def hidden_label(kiosk: AtKiosk, word: str, _folder: Path) -> None:
    QLabel(word, kiosk.window).hide()


def cleared_line(kiosk: AtKiosk, word: str, _folder: Path) -> None:
    line = QLineEdit(kiosk.window)
    line.insert(word)
    line.clear()  # keeps Undo


def clipboard(_kiosk: AtKiosk, word: str, _folder: Path) -> None:
    QGuiApplication.clipboard().setText(word)


def dynamic_property(kiosk: AtKiosk, word: str, _folder: Path) -> None:
    kiosk.window.header.setProperty("whose", word)


def spoken_name(kiosk: AtKiosk, word: str, _folder: Path) -> None:
    kiosk.window.header.setAccessibleDescription(word)


KEPT: list[str] = []  # there before any stay, as what a module keeps is


def kept_in_python(_kiosk: AtKiosk, word: str, _folder: Path) -> None:
    KEPT[:] = [word]


def kept_in_a_closure(kiosk: AtKiosk, word: str, _folder: Path) -> None:
    kiosk.window.header.large_text.toggled.connect(lambda _: len(word))


def temporary_file(_kiosk: AtKiosk, word: str, _folder: Path) -> None:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"%PDF " + word.encode())


@pytest.mark.parametrize(
    "leak",
    [
        hidden_label,
        cleared_line,
        clipboard,
        dynamic_property,
        spoken_name,
        kept_in_python,
        kept_in_a_closure,
        temporary_file,
    ],
)
def test_control_the_search_finds_what_leaks(
    kiosk: AtKiosk, canary: Canary, temporary: Path, leak: Callable[[AtKiosk, str, Path], None]
) -> None:
    assert canary.find(temporary) == []
    leak(kiosk, canary.word, temporary)
    assert canary.find(temporary) != []
