"""Broken and hostile files: no crash, no hang, a plain sentence, and the next good image comes."""

import os
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from app.imaging import DecodePool
from app.imaging.limits import Limits
from app.imaging.problems import error_of, sentence_of
from tests.app.imaging.mutation import attack, told

SAMPLES = os.environ.get("PORTAL_DICOM_SAMPLES", "")
MUTATIONS = 15  # of each coding; make fuzz does 5,000


def test_mutated_files_of_every_coding_end_in_a_picture_or_a_sentence(
    pool: DecodePool, coded: dict[str, Path]
) -> None:
    for name, file in coded.items():
        tally = attack(pool, file.read_bytes(), MUTATIONS, f"{name} 7")
        assert sum(tally.kinds.values()) == MUTATIONS
        assert "image_timed_out" not in tally.kinds, name
        assert tally.memory <= Limits().memory_for_many_frames, name


if SAMPLES:
    BROKEN = sorted(
        path for path in (Path(SAMPLES) / "broken").rglob("*") if path.name not in {"MANIFEST.tsv", "mut"}
    )

    @pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
    def test_a_broken_file_harms_nobody(pool: DecodePool, coded: dict[str, Path], path: Path) -> None:
        good = coded["ct jpeg_ls"]
        before = pool.render(good).pixels
        start = time.monotonic()
        kinds = [
            told(ask)
            for ask in (lambda: pool.describe(path), lambda: pool.render(path), lambda: pool.thumbnail(path))
        ]
        assert time.monotonic() - start < 10
        assert "image_worker_lost" not in kinds
        start = time.monotonic()
        assert np.array_equal(pool.render(good).pixels, before)
        assert time.monotonic() - start < 1

    # What broken/mut/MANIFEST.tsv wants to be seen as a picture, and the kinds of what cannot be.
    PICTURES = (
        "missing_InstanceNumber",
        "window_zero_width",
        "window_text",
        "sq_nested_200",
        "self_reference",
        "name_wrong_charset",
        "name_html",
        "name_path",
        "spacing_zero",
        "no_preamble",
        "ts_lies_jpeg",
        "ts_lies_implicit",
        "ts_lies_unknown",
        "ts_lies_mpeg4",
        "voilut_no_data",
        "huge_frames",
        "trunc_unc_30",
    )
    SENTENCES = {
        "empty_file": "not_dicom",
        "random_bytes": "not_dicom",
        "jpeg_renamed": "not_dicom",
        "huge_rows_cols": "image_too_large",
        "zero_rows": "image_unreadable",
        "pixeldata_empty": "image_has_no_pixels",
        "missing_PixelData": "image_has_no_pixels",
        "image_sop_no_pixels": "image_has_no_pixels",
        "photometric_unknown": "image_coding_unknown",
        "photometric_palette_no_lut": "image_unreadable",
        "bits_allocated_13": "image_unreadable",
        "samples_3_mono": "image_unreadable",
        "a_directory": "file_is_folder",
        "encapsulated_pdf": "image_has_no_pixels",
        "key_object": "image_has_no_pixels",
        "presentation_state": "image_has_no_pixels",
    }

    @pytest.mark.parametrize("name", PICTURES)
    def test_small_faults_do_not_hide_a_picture(pool: DecodePool, name: str) -> None:
        assert len(np.unique(pool.render(Path(SAMPLES) / "broken" / "mut" / f"{name}.dcm").pixels)) > 2

    @pytest.mark.parametrize(("name", "kind"), SENTENCES.items())
    def test_what_is_wrong_is_said_plainly(pool: DecodePool, name: str, kind: str) -> None:
        assert told(lambda: pool.render(Path(SAMPLES) / "broken" / "mut" / f"{name}.dcm")) == kind


def test_every_kind_has_a_sentence_and_an_unknown_one_is_a_damaged_image() -> None:
    assert error_of("never heard of").kind == "image_unreadable"
    assert sentence_of("image_cut_short") != sentence_of("image_unreadable")


def test_a_jpeg_ls_image_that_ends_early_is_refused_at_once(coded: dict[str, Path]) -> None:
    data = coded["ct jpeg_ls"].read_bytes()
    with DecodePool(1, seconds=2.5) as pool:
        pool.render(data)
        for share in (0.7, 0.8, 0.9):
            assert told(partial(pool.render, data[: int(len(data) * share)])) == "image_unreadable"
