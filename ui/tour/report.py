"""What the tour leaves behind: a line and a time for each step, numbered pictures, and tour.json."""

import json
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from ui.tour.complaints import Complaints

FILE = "tour.json"
SAMPLE = 48  # pixels: the side of the small copy that is looked at for anything but one colour


class Broken(Exception):  # noqa: N818 - reads as what happened
    """A step went wrong; the report says which and how."""


class Complained(Exception):  # noqa: N818 - the same
    """All went well on the screen, but Qt or the log said otherwise."""


@dataclass
class Step:
    """One thing that a person did."""

    number: int
    who: str
    what: str
    ok: bool = False
    seconds: float = 0.0
    pictures: list[str] = field(default_factory=list)
    problem: str = ""


class Report:
    """Goes along with the walk."""

    def __init__(self, folder: Path, imported: Path | None, complaints: Complaints) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.steps: list[Step] = []
        self._imported = imported
        self._complaints = complaints
        self._began = monotonic()
        self._pictures = 0
        self._papers: set[str] = set()
        self._remove_former()

    def step(self, who: str, what: str, do: Callable[[], None]) -> None:
        """Do one step; raises Broken when it goes wrong, after a picture of every window."""
        step = Step(len(self.steps) + 1, who, what)
        self.steps.append(step)
        began = monotonic()
        try:
            do()
            complaints = self._complaints.take()
            if complaints:
                raise Complained("\n".join(complaints))  # noqa: TRY301 - a step like any other that goes wrong
        except Exception as error:
            step.problem = "\n".join([f"{type(error).__name__}: {error}", *self._complaints.take()])
            self._keep_windows()
            raise Broken(what) from error
        else:
            step.ok = True
        finally:
            step.seconds = round(monotonic() - began, 2)
            sys.stdout.write(f"{'ok    ' if step.ok else 'FAILED'} {step.seconds:5.1f} s  {who}: {what}\n")
            sys.stdout.flush()

    def picture(self, window: QWidget, name: str, size: tuple[int, int]) -> None:
        """Keep a picture of a window; raises ValueError for a window that has grown beyond its screen, or is blank."""
        grabbed = window.grab()
        self._save(grabbed, name)
        if (window.width(), window.height()) != size:
            raise ValueError(f"the window has grown to {window.width()} x {window.height()} at “{name}”")
        if is_blank(grabbed.toImage()):
            raise ValueError(f"nothing is to be seen at “{name}”")

    def keep(self, content: bytes, name: str, ending: str) -> None:
        """Keep something that is no window: a page of the web view, an image that it served."""
        file = self._number(name, ending)
        (self.folder / file).write_bytes(content)

    def paper(self, name: str) -> Path:
        """Return where a paper or a message of this name goes; what an earlier tour left there is gone."""
        self._papers.add(name)
        path = self.folder / name
        path.unlink(missing_ok=True)
        return path

    def keep_log(self, folder: Path) -> None:
        """Keep what the programs have logged."""
        for log in folder.glob("*.log"):
            shutil.copyfile(log, self.paper(f"log-{log.stem}.txt"))

    def write(self) -> None:
        """Write tour.json."""
        broken = next((step for step in self.steps if not step.ok), None)
        content = {
            "ok": broken is None and bool(self.steps),
            "failed": asdict(broken) if broken else None,
            "seconds": round(monotonic() - self._began, 1),
            "imported": str(self._imported) if self._imported else None,
            "papers": sorted(self._papers),
            "steps": [asdict(step) for step in self.steps],
        }
        (self.folder / FILE).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")

    def _keep_windows(self) -> None:
        for window in QApplication.topLevelWidgets():
            if window.isVisible():
                with suppress(Exception):  # the fault itself matters more
                    self._save(window.grab(), f"failed {window.objectName() or type(window).__name__}")

    def _save(self, picture: QPixmap, name: str) -> None:
        file = self._number(name, "png")
        if not picture.save(str(self.folder / file), "PNG", 80):
            raise OSError(f"{file} cannot be written")

    def _number(self, name: str, ending: str) -> str:
        self._pictures += 1
        file = f"{self._pictures:03}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.{ending}"
        if self.steps:
            self.steps[-1].pictures.append(file)
        return file

    def _remove_former(self) -> None:
        """Remove what an earlier tour has listed, and nothing else that may be there."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            former = json.loads((self.folder / FILE).read_text("utf-8"))
            for name in [*former["papers"], *(name for step in former["steps"] for name in step["pictures"])]:
                (self.folder / Path(name).name).unlink(missing_ok=True)


def is_blank(image: QImage) -> bool:
    """Tell whether an image is of one colour only."""
    small = image.scaled(SAMPLE, SAMPLE)
    return len({small.pixel(x, y) for x in range(small.width()) for y in range(small.height())}) < 2  # noqa: PLR2004 - one colour is none
