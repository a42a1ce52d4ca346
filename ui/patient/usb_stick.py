"""Saving to a USB stick, at kiosks where the clinic has turned it on (D21)."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStorageInfo, QTimer

from app.errors import N_, Unavailable
from app.outside.durable import write_whole
from app.portal import Acting
from ui.background import Progress
from ui.patient.touch_page import Kiosk, TouchPage
from ui.patient.what import What
from ui.widgets.busy_line import BusyLine
from ui.widgets.layout import Card
from ui.widgets.text import Text

LOOK_EVERY_MS = 1_000
ENDINGS = {
    "report": "report.pdf",
    "image_png": "image.png",
    "image_jpeg": "image.jpg",
    "film": "film.webp",
    "all_zip": "images.zip",
    "dicom_zip": "dicom.zip",
}
MOUNTS = ("/media/", "/run/media/")  # where Linux desktops put what is plugged in


class SaveToStick(TouchPage):
    """Waits for a stick, then saves when it is asked to."""

    def __init__(
        self, kiosk: Kiosk, what: What, *, find_sticks: Callable[[], list[Path]] | None = None
    ) -> None:
        super().__init__(kiosk, "save_to_stick")
        self._what, self._find_sticks = what, find_sticks or sticks
        self._stop = threading.Event()
        _ = self._
        self._line = Text("", "subheading")
        self._busy = BusyLine(_)
        self.lay_out(
            _("Save to a USB stick"),
            Card(self._line, self._busy, margin=4, gap=3),
            Text(_("Whoever has the stick can open what is on it. Take it with you."), "quietText"),
            action=_("Save"),
            action_name="save_to_stick_button",
        )
        self.primary.set_icon("usb")
        self.primary.setEnabled(False)
        self.primary.clicked.connect(self._on_save)
        self._look_again = QTimer(self, interval=LOOK_EVERY_MS)
        self._look_again.timeout.connect(self._look)

    def began(self) -> None:
        """Look for a stick until there is one."""
        self._look_again.start()
        self._look()

    def leave(self) -> None:
        """Stop writing; nothing half-written is left on the stick."""
        self._look_again.stop()
        self._stop.set()
        super().leave()

    def _look(self) -> None:
        has_stick = bool(self._find_sticks())
        self.primary.setEnabled(has_stick)
        self._line.setText(
            self._("Your USB stick is here. Touch Save.") if has_stick else self._("Put your USB stick in.")
        )

    def _on_save(self) -> None:
        found = self._find_sticks()
        if not found:
            return
        self._look_again.stop()
        self.primary.setEnabled(False)
        self._line.setText(self._("Saving. Please leave the stick in."))
        self._busy.start("")
        target = free_name(found[0], ENDINGS[self._what.kind])
        acting, what, stop = self.kiosk.acting(), self._what, self._stop
        progress = Progress(self._busy.move_to)
        self.background.run(
            lambda: save(acting, what, target, progress, stop),
            owner=self,
            done=lambda _: self._show_saved(target.name),
            failed=self._on_failed,
            progress=progress,
        )

    def _show_saved(self, name: str) -> None:
        self._busy.stop()
        self.primary.hide()
        self._line.setText(self._("Saved as {name}. You can take the stick out now.", name=name))

    def _on_failed(self, error: Exception) -> None:
        self._busy.stop()
        self.show_failure(error)
        self.began()


def save(acting: Acting, what: What, target: Path, progress: Progress, stop: threading.Event) -> None:
    """Write the report or the images to the stick, whole or not at all; raises PortalError."""
    if what.kind != "report":
        acting.images.download(
            what.exam_id,
            what.kind,
            target,
            instance_id=what.instance_id,
            frame=what.frame,
            progress=progress.report,
            cancelled=stop,
        )
        return
    assert what.report_id is not None
    pdf = acting.reports.document(what.report_id)
    try:
        write_whole(target, pdf)
    except OSError:
        raise Unavailable(
            "stick_unwritable",
            N_("The stick cannot be written to. It may be full or locked. Try another one."),
        ) from None


def free_name(folder: Path, name: str) -> Path:
    """Return a path that is not taken yet: what is on the stick stays."""
    wished = folder / name
    number = 2
    while wished.exists():
        wished = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        number += 1
    return wished


def sticks() -> list[Path]:
    """Return where USB sticks are mounted that can be written to."""
    system = "C:/" if sys.platform == "win32" else ""
    found = []
    for volume in QStorageInfo.mountedVolumes():
        root = volume.rootPath()
        is_plugged_in = root != system if system else root.startswith(MOUNTS)
        if is_plugged_in and volume.isReady() and not volume.isReadOnly():
            found.append(Path(root))
    return found
