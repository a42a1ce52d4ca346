"""What is painted is what the formulas say, only the visible part of it, at the resolution shown."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.imaging.grayscale import Grayscale, Window
from ui.viewer.canvas import ImageCanvas
from ui.viewer.layers import Layers, make_layers
from ui.viewer.picture import Picture
from ui.viewer.placement import Insets, Placement, fitted
from ui.viewer.source import Pixels, ViewedFrame
from ui.viewer.stage import Content
from ui.viewer.tone import Tone

VIEW = QRectF(0, 0, 512, 512)
CT = Grayscale(intercept=-1024.0, windows=(Window(40, 400),))


def layers(pixels: Pixels, grayscale: Grayscale | None, aspect: float = 1.0) -> Layers:
    return make_layers(ViewedFrame(pixels, pixels.shape[0], pixels.shape[1], grayscale, aspect))


def painted(image: Layers, placement: Placement, tone: Tone, picture: Picture | None = None) -> np.ndarray:
    """The screen as (rows, columns, RGB) after painting without smoothing."""
    screen = QImage(512, 512, QImage.Format.Format_RGB32)
    screen.fill(QColor("blue"))
    painter = QPainter(screen)
    (picture or Picture()).paint(painter, image, placement, tone, VIEW, is_smooth=False)
    painter.end()
    return np.frombuffer(screen.constBits(), np.uint8).reshape(512, 512, 4)[..., 2::-1].copy()


NUMBERS = np.random.default_rng(11).integers(0, 4095, (512, 512))


@pytest.mark.parametrize(
    "pixels", [NUMBERS.astype(np.uint16), (NUMBERS - 3000).astype(np.int16)], ids=["u", "s"]
)
def test_one_to_one_every_pixel_has_the_grey_of_the_formula(pixels: Pixels) -> None:
    screen = painted(layers(pixels, CT), Placement(1.0, QPointF(256, 256)), Tone())
    wanted = CT.grey_levels(pixels)
    assert np.array_equal(screen, np.repeat(wanted[..., None], 3, axis=2))


def test_colour_is_painted_as_it_is() -> None:
    pixels = np.random.default_rng(12).integers(0, 256, (512, 512, 3)).astype(np.uint8)
    assert np.array_equal(painted(layers(pixels, None), Placement(1.0, QPointF(256, 256)), Tone()), pixels)


def test_turned_and_mirrored_the_pixels_lie_where_they_should() -> None:
    pixels = np.random.default_rng(13).integers(0, 4095, (512, 512)).astype(np.uint16)
    grey = CT.grey_levels(pixels)
    lying = Placement(1.0, QPointF(256, 256))
    turned = painted(layers(pixels, CT), lying.turned(), Tone())[..., 0]
    mirrored = painted(layers(pixels, CT), lying.mirrored(), Tone())[..., 0]
    assert np.array_equal(turned, np.rot90(grey, -1))
    assert np.array_equal(mirrored, grey[:, ::-1])


def test_tall_pixels_are_drawn_tall() -> None:
    image = layers(np.full((100, 100), 4000, np.uint16), CT, aspect=2.0)
    screen = painted(image, fitted(QSizeF(*image.size), VIEW), Tone())
    white = (screen == 255).all(axis=2)
    rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
    assert len(rows) == 512
    assert len(columns) == 256


def test_only_the_visible_part_is_coloured_and_at_the_size_shown() -> None:
    large = layers(np.zeros((4096, 4096), np.uint16), CT)
    picture = Picture()
    painted(large, fitted(QSizeF(*large.size), VIEW), Tone(), picture)
    assert picture._image.width() * picture._image.height() <= 512 * 512
    painted(large, Placement(2.0, QPointF(256, 256)), Tone(), picture)
    assert picture._image.width() * picture._image.height() <= (256 + 4) ** 2 + 4096


def test_a_repaint_without_a_change_colours_nothing_again() -> None:
    image, picture = layers(np.zeros((512, 512), np.uint16), CT), Picture()
    painted(image, fitted(QSizeF(*image.size), VIEW), Tone(), picture)
    before = picture._buffer.copy()
    picture._buffer[:] = 0xFF00FF00  # a mark that colouring would wipe out
    screen = painted(image, fitted(QSizeF(*image.size), VIEW), Tone(), picture)
    assert (screen == (0, 255, 0)).all()
    screen = painted(image, fitted(QSizeF(*image.size), VIEW), Tone().brighter(), picture)
    assert not (screen == (0, 255, 0)).all()
    assert len(picture._buffer) == len(before)


def test_another_images_buffer_shows_nothing_of_the_one_before() -> None:
    picture = Picture()
    first, second = (
        layers(np.full((512, 512), 4000, np.uint16), CT),
        layers(np.zeros((300, 200), np.uint16), CT),
    )
    painted(first, fitted(QSizeF(*first.size), VIEW), Tone(), picture)
    screen = painted(second, fitted(QSizeF(*second.size), VIEW), Tone(), picture)
    assert not (screen == 255).all(axis=2).any()


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[ImageCanvas]:
    def alone(step: int) -> tuple[bool, Content]:
        return False, None

    made = ImageCanvas(alone)
    qtbot.addWidget(made)
    made.resize(600, 400)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.forget()


def test_the_fitted_image_leaves_the_room_for_controls_free(canvas: ImageCanvas) -> None:
    canvas.set_insets(Insets(20, 80))
    canvas.show_content(layers(np.full((100, 100), 4000, np.uint16), CT), keep_view=False)
    box = canvas.placement.covers(QSizeF(100, 100))
    assert (box.top(), box.bottom()) == (20, 320)


def test_what_was_fitted_stays_fitted_when_the_window_changes(canvas: ImageCanvas) -> None:
    canvas.show_content(layers(np.zeros((100, 100), np.uint16), CT), keep_view=False)
    canvas.resize(300, 500)
    assert canvas.placement.scale == pytest.approx(3.0)
    assert canvas.is_fitted


def test_forgetting_wipes_the_image_from_the_canvas(canvas: ImageCanvas) -> None:
    canvas.show_content(layers(np.full((100, 100), 4000, np.uint16), CT), keep_view=False)
    assert QColor(canvas.grab().toImage().pixel(300, 200)) == QColor("white")
    canvas.forget()
    assert QColor(canvas.grab().toImage().pixel(300, 200)) == QColor("#0A0D0F")
