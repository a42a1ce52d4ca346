"""What a user would pick instead of our viewer. Runs in an environment of its own, .venv-bench, and imports nothing of ours.

`decode`: a server that times decoders: a line {"peer", "path", "repeats"} in, a line of milliseconds out.
`naive FOLDER` and `pyqtgraph FOLDER`: windows that step through a series; a line of milliseconds out.
"""

import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIDE = 1024  # pixels of the view


def timed(work: Callable[[], object], repeats: int) -> float:
    """Return the median of some runs, in milliseconds, after one that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


# Decoders: file in, stored numbers out; where the library can open the file first, only decoding is timed.


def dicomsdl(path: str, repeats: int) -> float:
    """Time dicomsdl, the file opened before."""
    opened = importlib.import_module("dicomsdl").open(path)
    return timed(lambda: opened.pixelData(0, storedvalue=True), repeats)


def dicomsdl_file(path: str, repeats: int) -> float:
    """Time dicomsdl, opening the file included."""
    open_file = importlib.import_module("dicomsdl").open
    return timed(lambda: open_file(path).pixelData(0, storedvalue=True), repeats)


def pydicom(path: str, repeats: int) -> float:
    """Time pydicom with pylibjpeg, the file read before."""
    dataset = importlib.import_module("pydicom").dcmread(path)
    decoder = importlib.import_module("pydicom.pixels").get_decoder(dataset.file_meta.TransferSyntaxUID)
    return timed(lambda: decoder.as_array(dataset, index=0, raw=True), repeats)


def pydicom_file(path: str, repeats: int) -> float:
    """Time pydicom with pylibjpeg, reading the file included."""
    read = importlib.import_module("pydicom").dcmread
    return timed(lambda: read(path).pixel_array, repeats)


def simpleitk(path: str, repeats: int) -> float:
    """Time SimpleITK, which reads and decodes in one step."""
    itk = importlib.import_module("SimpleITK")
    itk.ProcessObject_SetGlobalWarningDisplay(False)
    return timed(lambda: itk.GetArrayViewFromImage(itk.ReadImage(path)), repeats)


def dcmj2pnm(path: str, repeats: int) -> float:
    """Time DCMTK's dcmj2pnm, a process for each file, without what starting it takes."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out.pgm")

        def convert() -> None:
            subprocess.run(["dcmj2pnm", path, out], check=True, capture_output=True)  # noqa: S603, S607 - DCMTK's

        def start() -> None:
            subprocess.run(["dcmj2pnm", "--version"], check=True, capture_output=True)  # noqa: S607 - the same

        return max(0.0, timed(convert, repeats) - timed(start, repeats))


DECODERS: dict[str, Callable[[str, int], float]] = {
    "dicomsdl": dicomsdl,
    "dicomsdl, file": dicomsdl_file,
    "pydicom and pylibjpeg": pydicom,
    "pydicom and pylibjpeg, file": pydicom_file,
    "SimpleITK": simpleitk,
    "dcmj2pnm": dcmj2pnm,
}


def serve() -> None:
    """Answer until the input ends; null where a peer cannot decode a file."""
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            spent: float | None = DECODERS[asked["peer"]](asked["path"], asked["repeats"])
        except Exception:  # noqa: BLE001 - whatever a peer raises, it cannot
            spent = None
        print("=" + json.dumps(spent), flush=True)


# Windows


def naive(folder: Path, steps: int, hertz: float) -> dict[str, Any]:
    """Step through files with pydicom, numpy and a QPixmap, all in the window's thread, as most examples do."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
    from PySide6.QtWidgets import QApplication, QWidget

    from bench.stepping import Stepper

    numpy = importlib.import_module("numpy")
    read = importlib.import_module("pydicom").dcmread
    processing = importlib.import_module("pydicom.pixels.processing")
    files = sorted(folder.iterdir())

    class View(QWidget):
        """Shows one pixmap, smoothly scaled."""

        def __init__(self) -> None:
            super().__init__()
            self.pixmap, self.index = QPixmap(), -1
            self.stepper: Stepper | None = None
            self.first = 0.0

        def show_file(self, index: int) -> None:
            """Read, window and show a file."""
            dataset = read(files[index % len(files)])
            values = processing.apply_modality_lut(dataset.pixel_array, dataset)
            shown = processing.apply_voi_lut(values, dataset)
            low, high = shown.min(), shown.max()
            grey = ((shown - low) / max(high - low, 1) * 255).astype(numpy.uint8)
            rows, columns = grey.shape
            image = QImage(grey.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
            self.pixmap = QPixmap.fromImage(image).scaled(
                self.size(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self.index = index
            self.update()

        def paintEvent(self, _event: QPaintEvent) -> None:
            """Draw it."""
            painter = QPainter(self)
            painter.drawPixmap(0, 0, self.pixmap)
            painter.end()
            if not self.first and self.index == 0:
                self.first = time.perf_counter()
            if self.stepper is not None:
                self.stepper.painted(self.index)

    application = QApplication.instance() or QApplication(sys.argv)
    view = View()
    view.resize(SIDE, SIDE)
    view.show()
    application.processEvents()
    view.show_file(len(files) - 1)  # another image was seen before the click, as in ours
    application.processEvents()
    clicked = time.perf_counter()
    view.show_file(0)
    while not view.first:
        application.processEvents()
    first_ms = (view.first - clicked) * 1000
    view.stepper = Stepper(view.show_file, steps, hertz, application.quit)
    view.stepper.start()
    application.exec()
    return {"latency_ms": view.stepper.latency_ms, "first_ms": first_ms}


def pyqtgraph(folder: Path, steps: int, hertz: float) -> dict[str, Any]:
    """Load a whole series into pyqtgraph's ImageView, then step through it."""
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    from bench.stepping import Stepper

    numpy = importlib.import_module("numpy")
    graph = importlib.import_module("pyqtgraph")
    read = importlib.import_module("pydicom").dcmread
    files = sorted(folder.iterdir())
    application = QApplication.instance() or QApplication(sys.argv)
    clicked = time.perf_counter()
    volume = numpy.stack([read(file).pixel_array for file in files])
    painted_first: list[float] = []
    found: dict[str, Stepper] = {}
    paint = graph.GraphicsView.paintEvent

    def painted(seen: Any, event: Any) -> None:
        paint(seen, event)
        painted_first.append(time.perf_counter())
        if "stepper" in found:
            found["stepper"].painted(view.currentIndex)

    graph.GraphicsView.paintEvent = painted
    view = graph.ImageView()
    for part in (view.ui.histogram, view.ui.roiBtn, view.ui.menuBtn):
        part.hide()
    view.ui.graphicsView.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    view.ui.graphicsView.setFixedSize(SIDE, SIDE)
    view.getView().setDefaultPadding(0)
    view.setImage(volume, levels=(824, 1224), axes={"t": 0, "y": 1, "x": 2})
    view.show()
    while not painted_first:
        application.processEvents()
    first_ms = (painted_first[0] - clicked) * 1000
    found["stepper"] = Stepper(view.setCurrentIndex, min(steps, len(files) - 1), hertz, application.quit)
    found["stepper"].start()
    application.exec()
    return {"latency_ms": found["stepper"].latency_ms, "first_ms": first_ms}


def main() -> None:
    """Do what the first argument says."""
    what, *rest = sys.argv[1:]
    if what == "decode":
        serve()
        return
    folder, steps, hertz = Path(rest[0]), int(rest[1]), float(rest[2])
    window = {"naive": naive, "pyqtgraph": pyqtgraph}[what]
    print("=" + json.dumps(window(folder, steps, hertz)), flush=True)


if __name__ == "__main__":
    main()
