"""Sample exams: the same each time, in all codings, and with something to see."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from app.imaging import DecodePool
from app.imaging.phantoms import make_ct, make_dx, make_ultrasound
from tests.app.imaging.conftest import EXAM, PATIENT


def test_the_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    first = make_ct(tmp_path / "a", PATIENT, EXAM, slices=2, side=64)
    second = make_ct(tmp_path / "b", PATIENT, EXAM, slices=2, side=64)
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]
    assert first[0].read_bytes() != first[1].read_bytes()


def test_a_chest_has_air_lung_soft_tissue_and_bone(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(make_ct(tmp_path, PATIENT, EXAM, slices=3, side=256)[1])
    units = dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
    assert np.median(units[:10]) < -900
    for low, high in ((-900, -800), (20, 80), (140, 220), (500, 900)):
        assert ((units > low) & (units < high)).mean() > 0.005, (low, high)


def test_the_slices_of_a_chest_stand_in_order(pool: DecodePool, tmp_path: Path) -> None:
    said = [pool.describe(file) for file in make_ct(tmp_path, PATIENT, EXAM, slices=4, side=32)]
    assert [one.instance_number for one in said] == [1, 2, 3, 4]
    assert len({one.series_instance_uid for one in said}) == 1
    assert len({one.sop_instance_uid for one in said}) == 4


def test_bones_are_white_on_the_hand(pool: DecodePool, tmp_path: Path) -> None:
    file = make_dx(tmp_path, PATIENT, EXAM, rows=500, columns=400)[0]
    assert pydicom.dcmread(file).PhotometricInterpretation == "MONOCHROME1"
    shown = pool.render(file).pixels
    beside, flesh, bone = (shown[475, column] for column in (124, 152, 184))
    assert beside < 60 < flesh < 130 < bone


def test_the_film_moves_in_colour_and_closes_its_circle(pool: DecodePool, tmp_path: Path) -> None:
    file = make_ultrasound(tmp_path, PATIENT, EXAM, frames=8, coding="raw")[0]
    frames = [pool.render(file, number).pixels.astype(int) for number in range(8)]
    steps = [np.abs(a - b).mean() for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert min(steps) > 0.3
    assert max(steps) < 4 * min(steps)
    assert (np.ptp(frames[0], axis=2) > 100).any()


def test_baseline_jpeg_does_not_take_twelve_bits(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="8 bits"):
        make_ct(tmp_path, PATIENT, EXAM, slices=1, side=32, coding="jpeg")
