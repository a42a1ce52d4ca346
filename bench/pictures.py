"""The first image after a click, through the limited worker, beside pydicom in the same process."""

import tempfile
from datetime import date, time
from functools import partial
from pathlib import Path

import numpy as np

from app.imaging import DecodePool
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_dx
from bench.measure import Measured, interleaved


def measure_pictures(repeats: int) -> list[Measured]:
    """Measure one CT slice and one radiograph, uncompressed: what pydicom decodes by itself."""
    patient = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "100234")
    exam = SampleExam("B1", date(2026, 3, 12), time(9, 30), "Benchmark")
    with tempfile.TemporaryDirectory() as made, DecodePool(1) as pool:
        files = {
            "CT 512 x 512": make_ct(Path(made), patient, exam, slices=1)[0],
            "DX 2500 x 2000": make_dx(Path(made), patient, exam)[0],
        }
        return [
            Measured(
                f"{what}, raw, to 8-bit grey levels",
                *interleaved(partial(pool.render, file, 0), partial(_naive, file), repeats * 3),
                "pydicom with numpy, in process",
                bar,
                "through a worker with limits",
            )
            for (what, file), bar in zip(files.items(), (2.0, 1.5), strict=True)
        ]


def _naive(file: Path) -> object:
    import pydicom
    from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

    dataset = pydicom.dcmread(file)
    pixels = apply_voi_lut(apply_modality_lut(dataset.pixel_array, dataset), dataset).astype(np.float64)
    low, high = pixels.min(), pixels.max()
    return ((pixels - low) / max(high - low, 1) * 255).astype(np.uint8)
