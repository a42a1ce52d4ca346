"""The Image Pixel module (PS3.3 C.7.6.3): how the numbers of a frame are laid out."""

from dataclasses import dataclass, replace

from app.imaging import tags
from app.imaging.codestream import Codestream
from app.imaging.dicom_file import DicomFile
from app.imaging.problems import Damaged

MAX_SAMPLES = 120_000_000  # of one frame: a mammogram has 14, the largest plates 60 million
MAX_SIDE = 65_535
MAX_FRAMES = 1_000_000
_ALLOCATED = frozenset((1, 2, 4, 8, 10, 12, 14, 16, 24, 32, 64))
_RGB = 3
_ONE_SAMPLE = frozenset(("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"))
KNOWN_PHOTOMETRIC = frozenset(
    (
        "MONOCHROME1",
        "MONOCHROME2",
        "PALETTE COLOR",
        "RGB",
        "YBR_FULL",
        "YBR_FULL_422",
        "YBR_PARTIAL",  # not of the standard: YBR_PARTIAL_422 that is not subsampled
        "YBR_PARTIAL_422",
        "YBR_PARTIAL_420",
        "YBR_ICT",
        "YBR_RCT",
        "XYB",
    )
)


@dataclass(frozen=True)
class PixelLayout:
    """How the numbers of every frame are laid out."""

    rows: int
    columns: int
    samples: int
    allocated: int
    stored: int
    high_bit: int
    signed: bool
    planar: bool
    photometric: str
    frames: int
    floating: bool  # Float or Double Float Pixel Data

    @property
    def frame_samples(self) -> int:
        """How many numbers a frame has when nothing is subsampled."""
        return self.rows * self.columns * self.samples

    @property
    def subsampled(self) -> bool:
        """Tell whether native pixel data has two chrominance samples for two pixels (C.7.6.3.1.2)."""
        return self.photometric.endswith("_422") and self.samples == _RGB

    @property
    def frame_bits(self) -> int:
        """How many bits a native frame takes."""
        samples = self.rows * (self.columns + self.columns % 2) * 2 if self.subsampled else self.frame_samples
        return samples * self.allocated


def layout_of(file: DicomFile, codestream: Codestream | None) -> PixelLayout:
    """Return the layout, filled in from the codestream where the header leaves it open; raises Damaged.

    codestream: what the first frame's codestream says, or None for native pixel data.
    """
    elements = file.elements
    pixels = file.pixels
    assert pixels is not None, "whoever asks has looked for frames"
    rows = elements.integer(tags.ROWS, 0) or (codestream.rows if codestream else 0)
    columns = elements.integer(tags.COLUMNS, 0) or (codestream.columns if codestream else 0)
    samples = elements.integer(tags.SAMPLES_PER_PIXEL, 0) or (codestream.components if codestream else 0) or 1
    said = elements.text(tags.PHOTOMETRIC_INTERPRETATION).upper()
    photometric = said or ("RGB" if samples == _RGB else "MONOCHROME2")
    if not said:
        file.note("coding_guessed")
    depth = codestream.precision if codestream else 0
    allocated = elements.integer(tags.BITS_ALLOCATED, 0) or ((depth + 7) // 8 * 8 if depth else 0)
    floating = pixels.tag != tags.PIXEL_DATA
    if floating:
        allocated = 32 if pixels.tag == tags.FLOAT_PIXEL_DATA else 64
    stored = elements.integer(tags.BITS_STORED, 0) or depth or allocated
    found = PixelLayout(
        rows=rows,
        columns=columns,
        samples=samples,
        allocated=allocated,
        stored=stored,
        high_bit=elements.integer(tags.HIGH_BIT, stored - 1),
        signed=elements.integer(tags.PIXEL_REPRESENTATION, 0) == 1 and not floating,
        planar=elements.integer(tags.PLANAR_CONFIGURATION, 0) == 1,
        photometric=photometric,
        frames=max(1, min(elements.integer(tags.NUMBER_OF_FRAMES, 1), MAX_FRAMES)),
        floating=floating,
    )
    return _checked(found)


def _checked(layout: PixelLayout) -> PixelLayout:
    """Refuse what cannot be laid out before a byte is set aside for it."""
    if layout.rows <= 0 or layout.columns <= 0 or layout.samples not in {1, 2, 3, 4}:
        raise Damaged("image_unreadable")
    if max(layout.rows, layout.columns) > MAX_SIDE or layout.frame_samples > MAX_SAMPLES:
        raise Damaged("image_too_large")
    if layout.allocated not in _ALLOCATED:
        raise Damaged("image_unreadable")
    if layout.photometric not in KNOWN_PHOTOMETRIC:
        raise Damaged("image_coding_unknown")
    if (layout.samples == 1) != (layout.photometric in _ONE_SAMPLE):
        raise Damaged("image_unreadable")
    stored = layout.stored if 1 <= layout.stored <= layout.allocated else layout.allocated
    high = layout.high_bit if stored - 1 <= layout.high_bit < layout.allocated else stored - 1
    return replace(layout, stored=stored, high_bit=high)
