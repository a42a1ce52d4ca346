"""What a person does with images, by touch: enlarges one, swipes, pinches, makes it brighter."""

from collections.abc import Callable

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ui.patient.thumbnails import Thumbnail
from ui.tour.fingers import Fingers
from ui.tour.hands import let_pass, wait_until
from ui.viewer.viewer import Viewer

SMOOTH_MS = 300  # after which an image that stands still is drawn smoothly
SIDE = 64  # pixels: of the small copy whose brightness is measured


class Viewing:
    """The thumbnails of an exam's page, and the viewer that they lead to."""

    def __init__(self, fingers: Fingers) -> None:
        self._fingers = fingers

    def wait_for_thumbnails(self) -> None:
        """Wait until every thumbnail in sight has its picture (R37)."""
        wait_until(
            lambda: bool(self._thumbnails()) and all(one.has_picture for one in self._thumbnails()),
            f"all thumbnails, {self._fingers.where()}",
            60,
        )

    def enlarge_first(self) -> None:
        """Touch the first thumbnail, and wait for its image (R38)."""
        self._fingers.tap_on(self._thumbnails()[0])
        viewer = self._viewer()
        wait_until(lambda: viewer.is_ready and viewer.shown is not None, "the first image")

    def tap(self, name: str) -> None:
        """Touch a control; a touch of the image brings them back when they have faded."""
        if self._fingers.sees(name) is None:
            self._fingers.tap_on(self._viewer().canvas)
        self._fingers.tap(name)

    def swipe_on_and_back(self, there: Callable[[], None]) -> None:
        """Swipe to the next image, where there is one, and back again (R44, R46)."""
        viewer = self._viewer()
        before, by = viewer.shown, viewer.canvas.width() // 2
        self._fingers.swipe(viewer.canvas, -by)
        if viewer.bar.has_walk:
            wait_until(lambda: viewer.shown not in {None, before}, "the next image after a swipe")
        self._wait_until_still()
        there()
        self._fingers.swipe(viewer.canvas, by)
        wait_until(lambda: viewer.shown == before, "the image before after a swipe back")
        self._wait_until_still()

    def pinch(self) -> None:
        """Draw two fingers apart (R47)."""
        canvas = self._viewer().canvas
        before = canvas.placement.scale
        self._fingers.pinch(canvas, 200, 600)
        wait_until(lambda: canvas.placement.scale > before * 2, "a larger image after a pinch")
        self._wait_until_still()

    def brighten(self) -> None:
        """Touch Brighter some times, and see that it helps."""
        canvas = self._viewer().canvas
        self._wait_until_still()
        before = brightness(canvas)
        for _ in range(3):
            self.tap("brighter")
        wait_until(lambda: brightness(canvas) > before, "a brighter image")

    def _viewer(self) -> Viewer:
        return self._fingers.find(Viewer, "viewer")

    def _thumbnails(self) -> list[Thumbnail]:
        return [one for one in self._fingers.window.findChildren(Thumbnail) if one.isVisible()]

    def _wait_until_still(self) -> None:
        canvas = self._viewer().canvas
        wait_until(lambda: not canvas.is_in_motion, "an image that stands still")
        let_pass(SMOOTH_MS)


def brightness(widget: QWidget) -> int:
    """Return how bright a widget looks, 0 to 255."""
    image = widget.grab().toImage().scaled(SIDE, SIDE).convertToFormat(QImage.Format.Format_Grayscale8)
    return sum(image.pixelColor(x, y).value() for x in range(SIDE) for y in range(SIDE)) // SIDE**2
