"""How large a pixel is, what that was measured on, and whether compression cost anything (PS3.3 10.7, C.7.6.3.1.7)."""

from app.imaging import tags
from app.imaging.dicom_file import DicomFile
from app.imaging.elements import Elements
from app.imaging.voi import frame_groups

_LOSSY = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 81, 112))
_CENTIMETRES = 3  # (0018,6024)


def is_lossy(file: DicomFile) -> bool:
    """Tell whether the image was compressed with a loss: the file says so, or its coding has no other way."""
    return file.elements.text(tags.LOSSY_IMAGE_COMPRESSION) == "01" or file.transfer_syntax in _LOSSY


def aspect_of(file: DicomFile, frame: int) -> float:
    """Return a pixel's height over its width: Pixel Aspect Ratio (C.7.6.3.1.7), else the spacing (10.7.1)."""
    measures = frame_groups(file, frame, tags.PIXEL_MEASURES_SEQUENCE)[:1]
    for elements, tag in (
        (file.elements, tags.PIXEL_ASPECT_RATIO),
        (file.elements, tags.PIXEL_SPACING),
        (file.elements, tags.IMAGER_PIXEL_SPACING),
        *((item, tags.PIXEL_SPACING) for item in measures),
    ):
        sides = elements.numbers(tag)
        if len(sides) > 1 and sides[0] > 0 and sides[1] > 0:
            ratio = sides[0] / sides[1]
            return ratio if 0.05 < ratio < 20 else 1.0  # noqa: PLR2004 - anything else is a slip of the pen
    return 1.0


def spacing_in(file: DicomFile, frame: int) -> tuple[tuple[float, float] | None, str]:
    """Return a frame's pixel spacing in mm and what it was measured on (PS3.3 10.7)."""
    elements = file.elements
    measures = (frame_groups(file, frame, tags.PIXEL_MEASURES_SEQUENCE)[:1] or (elements,))[0]
    calibration = elements.text(tags.PIXEL_SPACING_CALIBRATION_TYPE).lower()
    projected = (
        tags.IMAGER_PIXEL_SPACING in elements
    )  # Imager Pixel Spacing: on the detector, larger than in the patient
    for holder, tag, on in (
        (
            measures,
            tags.PIXEL_SPACING,
            calibration or ("detector" if projected and _same_as_imager(elements) else "patient"),
        ),
        (elements, tags.PIXEL_SPACING, calibration or "patient"),
        (elements, tags.IMAGER_PIXEL_SPACING, "detector"),
        (elements, tags.NOMINAL_SCANNED_PIXEL_SPACING, "scanner"),
    ):
        sides = holder.numbers(tag)
        if len(sides) > 1 and sides[0] > 0 and sides[1] > 0:
            return (sides[0], sides[1]), on if on in {
                "patient",
                "detector",
                "geometry",
                "fiducial",
                "scanner",
            } else "patient"
    regions = elements.items(tags.SEQUENCE_OF_ULTRASOUND_REGIONS)
    # More than one region means more than one scale (C.8.5.5.1).
    if len(regions) == 1 and regions[0].integer(tags.PHYSICAL_UNITS_X_DIRECTION, 0) == _CENTIMETRES:
        across, down = regions[0].number(tags.PHYSICAL_DELTA_X), regions[0].number(tags.PHYSICAL_DELTA_Y)
        if across and down:
            return (abs(down) * 10, abs(across) * 10), "region"
    return None, ""


def _same_as_imager(elements: Elements) -> bool:
    return elements.numbers(tags.PIXEL_SPACING) == elements.numbers(tags.IMAGER_PIXEL_SPACING)
