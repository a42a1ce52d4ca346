"""Real files through the decode workers: the viewer's own table paints the pixels that rendering gives."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.errors import PortalError
from app.imaging import DecodePool
from ui.viewer.layers import make_layers
from ui.viewer.picture import Picture
from ui.viewer.placement import Placement
from ui.viewer.source import viewed_frame
from ui.viewer.tone import Tone

SHIPPED = (  # what the pip package pydicom brings along
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_bigendian.dcm",
    "examples_rgb_color.dcm",
    "examples_palette.dcm",
    "mlut_18.dcm",
    "vlut_04.dcm",
    "rtdose_1frame.dcm",
    "liver_1frame.dcm",
    "SC_rgb_small_odd.dcm",
    "JPEG2000.dcm",
    "JPEG-lossy.dcm",
)


def files() -> Iterator[Path]:
    import pydicom.data

    folder = Path(pydicom.data.__file__).parent / "test_files"
    yield from (folder / name for name in SHIPPED if (folder / name).is_file())
    if "PORTAL_DICOM_SAMPLES" in os.environ:
        yield from sorted((Path(os.environ["PORTAL_DICOM_SAMPLES"]) / "images").glob("*.dcm"))


@pytest.mark.slow
def test_the_pixels_on_the_screen_are_those_of_rendering(qapp: QApplication, imaging: DecodePool) -> None:
    compared, wrong = 0, []
    for file in files():
        try:
            stored, rendered = imaging.stored(file), imaging.render(file)
        except PortalError:
            continue  # not an image, or one that is told in words: other tests' matter
        rows, columns = stored.pixels.shape[:2]
        image = QImage(columns, rows, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        square = viewed_frame(stored)
        middle = QPointF(columns / 2, rows * stored.aspect / 2)
        painter.scale(1.0, 1.0 / stored.aspect)
        view = QRectF(0, 0, columns, rows * stored.aspect)
        Picture().paint(painter, make_layers(square), Placement(1.0, middle), Tone(), view, is_smooth=True)
        painter.end()
        seen = np.frombuffer(image.constBits(), np.uint8).reshape(rows, columns, 4)[..., 2::-1].astype(int)
        wanted = rendered.pixels if rendered.pixels.ndim == 3 else rendered.pixels[..., None]
        compared += 1
        if np.abs(seen - wanted).max() > 1:  # a level: floats are stored in 16 bits for the table
            wrong.append(file.name)
    assert wrong == []
    assert compared >= 5


@pytest.mark.parametrize("max_side", [64, 100])
def test_a_reduced_frame_takes_the_place_of_the_whole_one(imaging: DecodePool, max_side: int) -> None:
    file = next(file for file in files() if file.name.startswith("CT_small"))
    whole = make_layers(viewed_frame(imaging.stored(file)))
    reduced = make_layers(viewed_frame(imaging.stored(file, max_side=max_side)))
    assert reduced.size == whole.size
    assert not whole.is_reduced
