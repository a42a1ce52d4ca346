"""Smaller levels of an image: means of two by two, the right one for each size on the screen."""

import math

import numpy as np
import pytest

from app.imaging.grayscale import Grayscale
from ui.viewer.layers import make_layers
from ui.viewer.source import ViewedFrame


def framed(pixels: np.ndarray) -> ViewedFrame:
    return ViewedFrame(pixels, pixels.shape[0], pixels.shape[1], None if pixels.ndim == 3 else Grayscale())


@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
def test_each_level_is_the_mean_of_two_by_two_pixels(dtype: type) -> None:
    info = np.iinfo(dtype)
    pixels = np.random.default_rng(3).integers(info.min, info.max, (1024, 768), dtype, endpoint=True)
    levels = make_layers(framed(pixels)).levels
    wanted = pixels.astype(np.int64).reshape(512, 2, 384, 2).sum(axis=(1, 3)) // 4
    assert len(levels) == 2
    assert levels[1].dtype == dtype
    assert np.array_equal(levels[1], wanted)


def test_colour_is_halved_in_each_channel() -> None:
    pixels = np.zeros((600, 600, 3), np.uint8)
    pixels[..., 1] = 255
    level = make_layers(framed(pixels)).levels[1]
    assert level.shape == (300, 300)
    assert (level == 0xFF00FF00).all()


def test_the_level_drawn_has_a_pixel_for_each_of_the_screen_and_no_level_more() -> None:
    layers = make_layers(framed(np.zeros((4000, 3000), np.uint16)))
    assert layers.levels[layers.level_for(1.0)].shape == (4000, 3000)
    assert layers.levels[layers.level_for(0.4)].shape == (2000, 1500)
    assert layers.levels[layers.level_for(0.25)].shape == (1000, 750)
    assert layers.levels[layers.level_for(7.0)].shape == (4000, 3000)


def test_an_image_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words: the person is told by the tile
        make_layers(framed(np.zeros((0, 10), np.uint16)))


@pytest.mark.parametrize("aspect", [math.inf, math.nan, 0.0, -1.0, 1e-9, 1e9])
def test_a_shape_of_pixels_that_cannot_be_is_taken_as_square(aspect: float) -> None:
    image = make_layers(ViewedFrame(np.zeros((10, 20), np.uint16), 10, 20, Grayscale(), aspect))
    assert image.size == (20, 10)


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (1, 1), (1025, 3)])
def test_odd_shapes_are_no_trouble(shape: tuple[int, int]) -> None:
    layers = make_layers(framed(np.full(shape, 9, np.uint16)))
    assert all((level == 9).all() and level.size for level in layers.levels)
