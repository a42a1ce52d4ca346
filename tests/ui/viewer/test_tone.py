"""Brighter, darker, more contrast, inverted: what they say is what is seen, on every kind of image."""

import numpy as np
import pytest

from app.imaging.grayscale import Grayscale, LookUpTable, Window
from ui.viewer.tone import Tone, colour_table, grey_table

CT = Grayscale(intercept=-1024.0, windows=(Window(40, 400),))
WHITE_BONES = Grayscale(windows=(Window(2000, 3000),))
BLACK_BONES = Grayscale(windows=(Window(2000, 3000),), inverted=True)
CURVE = Grayscale(tables=(LookUpTable(0, 8, tuple(int(255 * (n / 1023) ** 0.5) for n in range(1024))),))
KINDS = pytest.mark.parametrize(
    "grayscale", [CT, WHITE_BONES, BLACK_BONES, CURVE], ids=["ct", "mono2", "mono1", "curve"]
)


def greys(grayscale: Grayscale, tone: Tone) -> np.ndarray:
    return (grey_table(grayscale, tone, signed=False) & 0xFF).astype(int)


@KINDS
def test_without_a_change_the_look_is_the_files_own(grayscale: Grayscale) -> None:
    assert np.abs(greys(grayscale, Tone()) - grayscale.table(signed=False)).max() == 0


@KINDS
def test_brighter_lightens_every_grey_and_darker_takes_it_back(grayscale: Grayscale) -> None:
    plain, light = greys(grayscale, Tone()), greys(grayscale, Tone().brighter())
    between = (plain > 0) & (plain < 220)
    assert (light >= plain).all()
    assert (light[between] - plain[between] >= 24).all()
    assert np.array_equal(greys(grayscale, Tone().brighter().darker()), plain)


@KINDS
def test_brighter_lightens_an_inverted_image_too(grayscale: Grayscale) -> None:
    inverted = Tone().inverted()
    assert (greys(grayscale, inverted.brighter()) >= greys(grayscale, inverted)).all()
    assert greys(grayscale, inverted.brighter()).sum() > greys(grayscale, inverted).sum()


@KINDS
def test_more_contrast_moves_greys_apart_about_the_middle(grayscale: Grayscale) -> None:
    plain, strong = greys(grayscale, Tone()), greys(grayscale, Tone().stronger())
    assert (strong[plain < 127] <= plain[plain < 127]).all()
    assert (strong[plain > 128] >= plain[plain > 128]).all()


@KINDS
def test_inverting_twice_is_the_same_and_once_is_the_opposite(grayscale: Grayscale) -> None:
    plain = greys(grayscale, Tone())
    assert np.array_equal(greys(grayscale, Tone().inverted().inverted()), plain)
    assert np.abs(greys(grayscale, Tone().inverted()) - (255 - plain)).max() <= 1


def test_dragging_to_the_right_widens_the_window_and_up_lightens() -> None:
    assert Tone().dragged(0.2, 0.0).window_on(CT).width > 400
    assert Tone().dragged(0.0, -0.2).window_on(CT).center < 40


def test_a_preset_takes_the_place_of_the_files_window() -> None:
    lung = Tone(Window(-600, 1500))
    assert lung.window_on(CT) == Window(-600, 1500)


def test_colour_is_left_alone_until_somebody_changes_it() -> None:
    assert np.array_equal(colour_table(Tone()), np.arange(256))
    assert colour_table(Tone().brighter())[100] == pytest.approx(100 + 25.5, abs=1)
