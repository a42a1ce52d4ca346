"""The pictures of other viewers: the references of the sample folder, and pydicom's own decoder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_files
from pydicom.pixels.processing import apply_color_lut

from app.imaging import DecodePool

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = os.environ.get("PORTAL_DICOM_SAMPLES", "")

# Native, RLE and what Pillow decodes: pydicom needs no further plug-in for these.
FILES = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "MR_small_padded.dcm",
    "MR_small_jp2klossless.dcm",
    "JPEG2000.dcm",
    "693_J2KI.dcm",
    "ExplVR_BigEnd.dcm",
    "SC_rgb_rle.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_rgb_rle_16bit.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_small_odd_big_endian.dcm",
    "liver_1frame.dcm",
    "liver_expb_1frame.dcm",
    "rtdose_1frame.dcm",
    "rtdose_rle_1frame.dcm",
    "rtdose_expb_1frame.dcm",
    "image_dfl.dcm",
    "examples_palette.dcm",
    "J2K_pixelrep_mismatch.dcm",
)


@pytest.mark.filterwarnings("ignore:The pixel data is:UserWarning")  # pydicom on padding; we read past it too
@pytest.mark.parametrize("name", FILES)
def test_numbers_equal_pydicom_s(pool: DecodePool, name: str) -> None:
    path = Path(get_testdata_files(name)[0])
    dataset = pydicom.dcmread(path)
    theirs = dataset.pixel_array
    theirs = theirs[0] if dataset.get("NumberOfFrames", 1) > 1 else theirs
    ours = pool.stored(path)
    if dataset.BitsAllocated > 16:
        # Spread over 65,536 steps: the greatest difference is half a step.
        assert ours.grayscale is not None
        slope = float(dataset.get("RescaleSlope", 1))
        values = ours.grayscale.modality_values(ours.pixels)
        step = float(np.ptp(theirs)) * slope / 65_535
        assert np.abs(values - theirs.astype(float) * slope).max() <= step * 0.51
    elif ours.grayscale is None and dataset.PhotometricInterpretation == "PALETTE COLOR":
        assert np.array_equal(ours.pixels, apply_color_lut(theirs, dataset) >> 8)
    elif ours.grayscale is None:
        assert np.array_equal(ours.pixels, theirs >> (dataset.BitsStored - 8))
    else:
        assert np.array_equal(ours.pixels, theirs)


if SAMPLES:

    def test_every_reference_picture_is_met() -> None:
        compare = Path(SAMPLES).resolve()
        counted = sum(
            bool(entry["ref"]) for entry in json.loads((compare / "images" / "oracle.json").read_text())
        )
        done = subprocess.run(
            [sys.executable, "compare.py", "images", "--callable", "app.imaging:render_frame"],
            cwd=compare,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        last = done.stdout.strip().splitlines()[-1]
        assert last.startswith(f"{counted} passed, 0 failed"), [
            line for line in done.stdout.splitlines() if "FAIL" in line or "ERROR" in line
        ]
