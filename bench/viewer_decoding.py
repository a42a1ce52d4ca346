"""Single decodes in every transfer syntax, and small pictures without the whole decode."""

import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from app.imaging import DecodePool
from app.imaging.sample_codings import EIGHT_BITS, NATIVE, TRANSFER_SYNTAXES, SampleCoding
from bench.viewer_bars import Bar
from bench.viewer_data import ct_slice, dx
from bench.viewer_runs import decoders

PEERS = ("dicomsdl", "pydicom and pylibjpeg", "SimpleITK", "dcmj2pnm")
SIDE = 256
QUICK_MS = 20.0
WAVELETS: tuple[SampleCoding, ...] = ("jpeg_2000", "jpeg_2000_lossy", "htj2k", "htj2k_lossy")


def measure_decoding(folder: Path, repeats: int) -> list[Bar]:
    """Measure each coding beside every peer that can decode it, in turn."""
    bars = []
    with decoders() as (own, peers):
        for coding in TRANSFER_SYNTAXES:
            for what, make in (("CT 512 x 512", ct_slice), ("DX 3000 x 4000", dx)):
                if coding in EIGHT_BITS and make is ct_slice:
                    continue
                file = make(folder, coding)
                inner = 9 if make is ct_slice else 1
                mine: list[float] = []
                beside: dict[str, list[float]] = {peer: [] for peer in PEERS}
                for _ in range(repeats):
                    spent = own.ask("ours", file, inner)
                    assert spent is not None
                    mine.append(spent)
                    for peer, times in beside.items():
                        found = peers.ask(peer, file, inner) if times or not mine[1:] else None
                        if found is not None:
                            times.append(found)
                medians = {
                    peer: statistics.median(times) if times else None for peer, times in beside.items()
                }
                known = [spent for spent in medians.values() if spent]
                ours = statistics.median(mine)
                details: dict[str, object] = {"ours_ms": round(ours, 3)}
                if coding in NATIVE:  # no codec: the limit is beside it, and the header's time
                    details["limit_bytes_alone_ms"] = own.ask("bytes alone", file, inner)
                    details["ours_with_header_ms"] = own.ask("ours, file", file, inner)
                    details["dicomsdl_with_header_ms"] = peers.ask("dicomsdl, file", file, inner)
                value = ours / min(known) if known else 0.0
                bars.append(
                    Bar(
                        f"decode {what}, {coding.replace('_', ' ')} ({TRANSFER_SYNTAXES[coding]})",
                        1.25,
                        round(value, 3),
                        medians,
                        details,
                        unit="of the fastest peer",
                        note=_note(value, coding, known=bool(known)),
                    )
                )
    return bars


def _note(value: float, coding: SampleCoding, *, known: bool) -> str:
    """Explain a figure above 1."""
    if not known:
        return "no peer decodes this"
    if value <= 1:
        return ""
    if coding in NATIVE:
        return (
            "there is no codec: most of it is the limit beside this, getting the bytes, and the rest a pass over them"
            " for their order and Bits Stored; with the header it takes the other times"
        )
    return "the same library or the same algorithm; the difference is within the noise of this machine"


def measure_thumbnails(folder: Path, repeats: int) -> list[Bar]:
    """Measure small pictures of a DX through the worker beside the whole decode, and how alike they look."""
    bars = []
    with DecodePool(1) as pool:
        for coding in TRANSFER_SYNTAXES:
            file = dx(folder, coding)
            small, whole = pool.thumbnail(file, side=SIDE), pool.render(file)
            spent = _median(lambda file=file: pool.thumbnail(file, side=SIDE), repeats)  # type: ignore[misc]  # bound now
            in_full = _median(lambda file=file: pool.stored(file), max(1, repeats // 2))  # type: ignore[misc]  # the same
            alike = _difference(small.pixels, whole.pixels)
            bars.append(
                Bar(
                    f"small picture of a DX looks the same, {coding.replace('_', ' ')}",
                    3.0,
                    round(alike, 2),
                    details={"thumbnail_ms": round(spent, 2), "whole_ms": round(in_full, 2)},
                    unit="grey levels",
                )
            )
            if coding in WAVELETS:
                same = _median(_whole_by_pillow(file), max(1, repeats // 2))
                bars.append(
                    Bar(
                        f"small picture of a DX, {coding.replace('_', ' ')}",
                        0.05,
                        round(spent / same, 4),
                        {"the same library, whole": same},
                        {"thumbnail_ms": round(spent, 2), "our_whole_ms": round(in_full, 2)},
                        unit="of the whole decode",
                        note=f"{spent / in_full:.3f} of our own whole decode, which is another, quicker library's",
                    )
                )
            if coding == "jpeg":
                draft = _median(_pillow(file), repeats)
                bars.append(
                    Bar(
                        "small picture of a DX, baseline JPEG",
                        1.1,
                        round(spent / draft, 3),
                        {"Pillow, draft mode": draft},
                        {"ours_ms": round(spent, 2)},
                        unit="of Pillow's draft mode",
                        note="ours through a worker process",
                    )
                )
    return bars


def _whole_by_pillow(file: Path) -> Callable[[], object]:
    from pydicom import dcmread
    from pydicom.encaps import get_frame

    codestream = get_frame(dcmread(file).PixelData, 0)
    return lambda: Image.open(io.BytesIO(codestream)).load()


def _pillow(file: Path) -> Callable[[], object]:
    from pydicom import dcmread
    from pydicom.encaps import get_frame

    def draft() -> object:
        codestream = get_frame(dcmread(file).PixelData, 0)
        image = Image.open(io.BytesIO(codestream))
        image.draft("L", (SIDE, SIDE))
        return image.resize((SIDE * 3 // 4, SIDE), Image.Resampling.BILINEAR)

    return draft


def _difference(small: np.ndarray, whole: np.ndarray) -> float:
    """Return the mean difference in grey levels from the whole picture made small."""
    reduced = Image.fromarray(whole).resize((small.shape[1], small.shape[0]), Image.Resampling.BOX)
    return float(np.abs(small.astype(int) - np.asarray(reduced)).mean())


def _median(work: Callable[[], object], repeats: int) -> float:
    spent = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent[1:])
