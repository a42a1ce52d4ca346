"""The formulas of PS3.3 C.11, worked by hand."""

import numpy as np
import pytest

from app.imaging.grayscale import Grayscale, LookUpTable, Window, window_share


def share(value: float, window: Window) -> float:
    return float(np.clip(window_share(np.array([value]), window), 0, 1)[0])


@pytest.mark.parametrize(
    ("value", "expected"),
    # The example of C.11.2.1.2.1: centre 2048, width 4096.
    [(0, 0.0), (2047.5, 0.5), (4095, 1.0), (-5, 0.0), (5000, 1.0), (1023.75, 0.25)],
)
def test_linear_counts_grey_levels(value: float, expected: float) -> None:
    assert share(value, Window(2048, 4096)) == pytest.approx(expected)


@pytest.mark.parametrize(("value", "expected"), [(2047, 0.0), (2048, 1.0)])
def test_linear_of_width_one_has_nothing_between_black_and_white(value: float, expected: float) -> None:
    assert share(value, Window(2048, 1)) == expected


@pytest.mark.parametrize(
    ("value", "width", "expected"),
    # The examples of C.11.2.1.3.2.
    [
        (0, 4096, 0.0),
        (2048, 4096, 0.5),
        (4096, 4096, 1.0),
        (2047.5, 1, 0.0),
        (2048, 1, 0.5),
        (2048.5, 1, 1.0),
    ],
)
def test_linear_exact_measures_distances(value: float, width: float, expected: float) -> None:
    assert share(value, Window(2048, width, function="LINEAR_EXACT")) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "expected"), [(100, 0.5), (150, 0.880797), (50, 0.119203), (1e9, 1.0), (-1e9, 0.0)]
)
def test_sigmoid_is_the_logistic_function(value: float, expected: float) -> None:
    # 1 / (1 + exp(-4 (x - c) / w)): half a width away from the centre that is 1 / (1 + e^-2).
    assert share(value, Window(100, 100, function="SIGMOID")) == pytest.approx(expected, abs=1e-6)


def test_rescale_comes_before_the_window() -> None:
    grayscale = Grayscale(slope=2, intercept=-1000, windows=(Window(0, 201),))
    # 500 * 2 - 1000 = 0: (0 - (0 - 0.5)) / 200 + 0.5 = 0.5025, of 255 that is 128.
    assert grayscale.grey_levels(np.array([500, 400, 600], np.uint16)).tolist() == [128, 0, 255]


def test_monochrome1_turns_black_and_white_round_and_invert_turns_them_back() -> None:
    grayscale = Grayscale(windows=(Window(128, 256),), inverted=True)
    numbers = np.array([0, 255], np.uint8)
    assert grayscale.grey_levels(numbers).tolist() == [255, 0]
    assert grayscale.grey_levels(numbers, invert=True).tolist() == [0, 255]


def test_without_a_window_the_frame_s_own_range_is_shown() -> None:
    grayscale = Grayscale(lowest=10, highest=20)
    assert grayscale.grey_levels(np.array([10, 15, 20], np.int16)).tolist() == [0, 128, 255]


def test_a_look_up_table_holds_its_ends_for_values_outside() -> None:
    table = LookUpTable(first=-2, bits=8, entries=(0, 100, 255))
    grayscale = Grayscale(tables=(table,))
    assert grayscale.grey_levels(np.array([-9, -2, -1, 0, 7], np.int16)).tolist() == [0, 0, 100, 255, 255]


def test_a_modality_table_replaces_the_rescale() -> None:
    table = LookUpTable(first=0, bits=16, entries=(1000, 2000))
    grayscale = Grayscale(slope=9, intercept=9, modality_table=table, windows=(Window(1500.5, 1001),))
    assert grayscale.grey_levels(np.array([0, 1], np.uint16)).tolist() == [0, 255]


@pytest.mark.parametrize("signed", [True, False])
def test_the_table_for_the_viewer_equals_the_direct_way(signed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    chance = np.random.default_rng(5)
    low, high = (-32768, 32768) if signed else (0, 65536)
    numbers = chance.integers(low, high, (40, 40)).astype(np.int16 if signed else np.uint16)
    grayscale = Grayscale(slope=0.7, intercept=-300, windows=(Window(4000, 9000),))
    assert np.array_equal(
        grayscale.table(signed=signed)[numbers.view(np.uint16)], grayscale.grey_levels(numbers)
    )


def test_values_that_are_no_numbers_are_black() -> None:
    grayscale = Grayscale(windows=(Window(0.5, 1),))
    assert grayscale.grey_levels(np.array([np.nan, 0.5, np.inf])).tolist() == [0, 128, 255]
