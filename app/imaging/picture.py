"""What the workers hand out: pictures ready to show, and stored frames to window oneself."""

from dataclasses import dataclass

from app.imaging.grayscale import Array, Grayscale, GreyLevels, Window


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    """A picture without its pixels."""

    width: int
    height: int
    aspect: float = 1.0  # height of a pixel over its width; 2.0 means: draw twice as tall
    window: Window | None = None  # what was applied; None for colour
    reduced: int = 1  # pixels of the file behind one, in each direction
    lossy: bool = False  # compressed before it came to us
    notes: tuple[str, ...] = ()  # kinds of app.imaging.problems, to be told beside the picture

    @property
    def square_size(self) -> tuple[int, int]:
        """Width and height when every pixel is drawn as a square, no detail left out."""
        if abs(self.aspect - 1) < 0.001:  # noqa: PLR2004 - less than a pixel on any screen
            return self.width, self.height
        if self.aspect > 1:
            return self.width, round(self.height * self.aspect)
        return round(self.width / self.aspect), self.height


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture(PictureFacts):
    """A frame or a page as 8-bit grey levels (height, width) or RGB (height, width, 3)."""

    pixels: GreyLevels


@dataclass(frozen=True, kw_only=True)
class StoredFacts:
    """A stored frame without its pixels."""

    width: int
    height: int
    grayscale: Grayscale | None
    signed: bool = False
    aspect: float = 1.0
    rows: int  # of the whole frame: a reduced one has fewer pixels
    columns: int
    reduced: int = 1
    pixel_spacing: tuple[float, float] | None = None  # mm between rows, mm between columns
    spacing_of: str = ""  # patient, detector, geometry, fiducial, region, scanner; "" without spacing
    lossy: bool = False
    has_overlays: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredFrame(StoredFacts):
    """A frame to window oneself: uint16 or int16 with its Grayscale, or 8-bit RGB without one."""

    pixels: Array

    def table(self, window: Window | None = None, *, invert: bool = False) -> GreyLevels:
        """Return the 65,536 grey levels for pixels.view(uint16)."""
        assert self.grayscale is not None
        return self.grayscale.table(window, signed=self.signed, invert=invert)
