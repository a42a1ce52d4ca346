"""The scale bar: a round length, drawn as long as it is, and what it was measured on."""

import math
from dataclasses import replace

import numpy as np
import pytest

from app.imaging.grayscale import Grayscale, Window
from app.words import Words
from ui.viewer.layers import make_layers
from ui.viewer.sayings import Sayings, with_image
from ui.viewer.scale_bar import LONGEST, round_length
from ui.viewer.source import ViewedFrame
from ui.viewer.tone import Tone

FRAME = ViewedFrame(
    np.zeros((100, 100), np.uint16), 100, 100, Grayscale(), spacing_mm=(0.5, 0.5), spacing_of="patient"
)


@pytest.mark.parametrize("mm_per_pixel", [0.003, 0.049, 0.05, 0.7, 1.0, 3.3, 12.0])
def test_the_length_is_round_and_nearly_as_long_as_there_is_room(mm_per_pixel: float) -> None:
    length = round_length(mm_per_pixel)
    assert length / mm_per_pixel + 1e-9 > LONGEST / 2.5
    assert length / mm_per_pixel <= LONGEST + 1e-9
    assert round(length / 10 ** math.floor(math.log10(length) + 1e-9), 6) in {1, 2, 5}


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.5, 9.0])
def test_the_bar_is_as_long_as_it_says(scale: float) -> None:
    said = with_image(Sayings(), make_layers(FRAME), scale, 1.0, None, Words())
    number, unit = said.scale.split()
    mm = float(number) * {"mm": 1, "cm": 10}[unit]
    assert said.scale_length == pytest.approx(mm / 0.5 * scale)


def test_a_length_on_the_detector_says_so_and_without_a_spacing_there_is_no_bar() -> None:
    on_detector = make_layers(replace(FRAME, spacing_of="detector"))
    assert with_image(Sayings(), on_detector, 1.0, 1.0, None, Words()).scale == "10 cm at the detector"
    for spacing in (None, (math.inf, math.inf), (math.nan, math.nan), (0.0, 0.0), (-1.0, -1.0), (1e30, 1e30)):
        unknown = make_layers(replace(FRAME, spacing_mm=spacing))
        assert with_image(Sayings(), unknown, 1.0, 1.0, None, Words()).scale == ""


def test_a_window_that_cannot_be_is_only_a_strange_word() -> None:
    endless = make_layers(replace(FRAME, grayscale=Grayscale(windows=(Window(0.0, math.inf),))))
    assert "inf" in with_image(Sayings(), endless, 1.0, 1.0, Tone(), Words()).seen
