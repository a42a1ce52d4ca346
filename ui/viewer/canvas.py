"""The image itself: drawn where fingers, wheel and buttons put it, and nothing else."""

import math
from collections.abc import Callable
from typing import Final, Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTouchEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from ui.viewer import swipe
from ui.viewer.gestures import Gestures
from ui.viewer.layers import Layers
from ui.viewer.motion import Motion
from ui.viewer.overlay import Overlay
from ui.viewer.placement import Insets, Placement, View, bounds, fit_scale, fitted, placed, settled, view_of
from ui.viewer.stage import Content, Manner, Stage, size_of
from ui.viewer.tone import Tone

SwipeDirection = Literal["follow", "literal"]

GROUND: Final = QColor("#0A0D0F")
GAP: Final = 32  # pixels between an image and the next while swiping
STILL_MS: Final = 120
ZOOM_STEP: Final = 1.25
WHEEL_NOTCH: Final = 120
RUN_MM: Final = 30.0  # a second: a pan let go quicker than this runs out
GLIDE_S: Final = 0.15
RESISTANCE: Final = 3.0
GIVE: Final = 1.6  # fingers may go this far beyond the bounds of zoom before it springs back


class ImageCanvas(QWidget):
    """Shows one image, and the one beside it while a finger swipes."""

    stepped = Signal(int)  # a swipe asks for the next (1) or previous (-1) image
    scrolled = Signal(int)  # the wheel asks for an image so many further on
    changed = Signal()  # zoom or tone are different now
    led = Signal()  # ... because somebody zoomed, moved or windowed here
    touched = Signal()  # somebody is there
    pressed = Signal()  # somebody pressed here, and not on whatever lies over the image
    painted = Signal()  # an image, or the words in its place, has been drawn

    def __init__(
        self,
        neighbour: Callable[[int], tuple[bool, Content]],
        *,
        swipe_direction: SwipeDirection = "follow",
        can_window: bool = False,
    ) -> None:
        """Take what tells whether there is an image one step away, and that image if it is here."""
        super().__init__()
        self._neighbour = neighbour
        self._toward = -1 if swipe_direction == "follow" else 1
        self._content: Content = None
        self._here, self._beside, self._ahead = Stage(), Stage(), Stage()
        self._placement = Placement(1.0, QPointF())
        self._is_fitted = self._has_drawings = True
        self._insets = Insets()
        self._tone = Tone()
        self._pulled = self._slide = 0.0
        self._wheel = 0
        self.overlay = Overlay(self)
        self._gestures = Gestures(self, can_window=can_window)
        self._still = QTimer(self, singleShot=True, interval=STILL_MS)
        self._still.timeout.connect(self.update)
        self._motion = Motion(self)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    # What is shown

    def show_content(self, content: Content, *, keep_view: bool) -> None:
        """Show an image or a tile; keep_view leaves zoom and place as they are where the size allows it."""
        before = self._content
        self._content = content
        if self._ahead.shows(content):
            self._here, self._ahead = self._ahead, self._here
        if not keep_view or not isinstance(content, Layers):
            if not self._slide:
                self._motion.stop()
            self._place(self._fitted(), is_led=False)
        elif not isinstance(before, Layers) or before.size != content.size:
            self._place(self._fitted() if self._is_fitted else self._settled(self._placement), is_led=False)
        elif not self._slide:
            self._still.start()  # buttons beside the image are not drawn anew
            self.update(self._box())
            return
        self._move()

    def prepare(self, content: Content) -> None:
        """Make ready to show an image of the same size as this one without delay."""
        if size_of(content) == self._size():
            density = self.devicePixelRatioF()
            self._ahead.prepare(content, self._placement, QRectF(self.rect()), self._tone, density)

    def forget(self) -> None:
        """Drop the image and wipe what was drawn of it."""
        self._hold()
        self._still.stop()
        self._content = None
        for stage in (self._here, self._beside, self._ahead):
            stage.clear()
        self.overlay.forget()
        self.setAccessibleName("")
        self.setAccessibleDescription("")
        self.update()

    @property
    def content(self) -> Content:
        """Return what is shown."""
        return self._content

    @property
    def placement(self) -> Placement:
        """Return where the image lies."""
        return self._placement

    @property
    def is_fitted(self) -> bool:
        """Tell whether the whole image is in the view."""
        return self._is_fitted

    @property
    def slide(self) -> float:
        """Return how far a swipe has carried the image, in pixels."""
        return self._slide

    @property
    def is_in_motion(self) -> bool:
        """Tell whether something is still moving to its place."""
        return self._motion.is_running

    @property
    def tone(self) -> Tone:
        """Return how the image is lightened."""
        return self._tone

    def set_tone(self, tone: Tone) -> None:
        """Show the image lighter, darker, stronger or inverted."""
        self._tone = tone
        self._move()
        self.changed.emit()

    @property
    def has_drawings(self) -> bool:
        """Tell whether what is drawn over an image is shown."""
        return self._has_drawings

    def show_drawings(self, has_drawings: bool) -> None:  # noqa: FBT001 - reads as the state
        """Show or hide what is drawn over an image."""
        self._has_drawings = has_drawings
        self.update()

    @property
    def view(self) -> View:
        """Return what is seen of the image, whatever its size."""
        return view_of(self._placement, self._size(), self._room())

    def take_view(self, view: View) -> None:
        """See the same of this image as is seen of another."""
        self._hold()
        self._place(self._settled(placed(view, self._size(), self._room())), is_led=False)

    def set_insets(self, insets: Insets) -> None:
        """Keep room free for controls while the image fits the view."""
        self._insets = insets
        if self._is_fitted:
            self._place(self._fitted(), is_led=False)

    # Zoom, pan, turn

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom, leaving the image's point under `about` (the middle, if none) where it is."""
        self._hold()
        target = self._placement.zoomed(about or self._room().center(), self._placement.scale * factor)
        self._place(self._settled(target))

    def fit(self) -> None:
        """Show the whole image."""
        self._glide(self._fitted())

    def one_to_one(self) -> None:
        """Show one pixel of the image on one pixel of the screen."""
        self._glide(self._settled(self._placement.zoomed(self._room().center(), self._one_to_one())))

    def turn(self) -> None:
        """Turn the image a quarter to the right."""
        self._hold()
        self._place(fitted(self._size(), self._room(), self._placement.turned()))

    def mirror(self) -> None:
        """Exchange left and right."""
        self._hold()
        self._place(fitted(self._size(), self._room(), self._placement.mirrored()))

    def reset(self) -> None:
        """Show the image as it came."""
        self._hold()
        self._place(fitted(self._size(), self._room()))
        self.set_tone(Tone())

    # Surface: what gestures do

    def pixels_per_mm(self) -> float:
        """Return the screen's density, or the usual one where the screen tells nonsense."""
        density = self.physicalDpiX()
        return (density if 50 <= density <= 600 else 96) / 25.4  # noqa: PLR2004 - dots per inch that exist

    def begin_drag(self) -> None:
        """Take hold of the image."""
        self._hold()

    def drag(self, by: QPointF) -> None:
        """Swipe when the whole image is seen, else pan."""
        if not self._is_fitted:
            self._place(self._settled(self._placement.moved(by)))
            return
        self._pulled += by.x()
        is_there, _ = self._neighbour(self._step(self._pulled))
        self._slide = self._pulled if is_there else self._pulled / RESISTANCE
        self._move()

    def end_drag(self, speed: QPointF) -> None:
        """Go on to the neighbour, spring back, or let a pan run out."""
        if not self._is_fitted:
            if math.hypot(speed.x(), speed.y()) > self.pixels_per_mm() * RUN_MM:
                self._glide(self._settled(self._placement.moved(speed * GLIDE_S)))
            return
        pulled, self._pulled = self._pulled, 0.0
        step = self._step(pulled)
        is_there, _ = self._neighbour(step)
        if is_there and swipe.counts(pulled, speed.x(), self.width(), self.pixels_per_mm()):
            self.stepped.emit(step)
            self._slide += -math.copysign(self.width() + GAP, pulled)
        self._spring_back()

    def cancel_drag(self) -> None:
        """Spring back: a second finger came, or the screen lost the first."""
        self._pulled = 0.0
        self._spring_back()

    def _spring_back(self) -> None:
        start = self._slide
        self._motion.follow(lambda done: self._set_slide(start * (1.0 - done)))

    def pinch(self, was: QPointF, now: QPointF, factor: float) -> None:
        """Zoom about the fingers' middle and carry the image with it."""
        self._hold()
        least, most = bounds(self._size(), self._room(), self._placement.turns, self._one_to_one())
        scale = min(max(self._placement.scale * factor, least / GIVE), most * GIVE)
        self._place(self._placement.zoomed(was, scale).moved(now - was))

    def end_pinch(self) -> None:
        """Spring back within the bounds."""
        self._glide(self._settled(self._placement))

    def double_tap(self, at: QPointF) -> None:
        """Show twice the size there, or all of it again."""
        twice = self._settled(self._placement.zoomed(at, self._placement.scale * 2.0))
        self._glide(twice if self._is_fitted else self._fitted())

    def drag_tone(self, by: QPointF) -> None:
        """Widen the window to the right, lighten upwards."""
        self.set_tone(self._tone.dragged(by.x() / max(self.width(), 1), by.y() / max(self.height(), 1)))
        self.led.emit()

    # Qt

    def event(self, event: QEvent) -> bool:
        """Take touches raw, so that Qt makes no mouse of them."""
        if isinstance(event, QTouchEvent):
            self.touched.emit()
            if event.type() == QEvent.Type.TouchBegin:
                self.pressed.emit()
            self._gestures.touch(event)
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        self.touched.emit()
        self.pressed.emit()
        self._gestures.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Count as a second press: double taps are told by distance in millimetres."""
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        self.touched.emit()
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        self._gestures.release(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll through the series; with Ctrl, zoom at the pointer."""
        self.touched.emit()
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM_STEP ** (turned / WHEEL_NOTCH), event.position())
        else:
            notches = int((self._wheel + turned) / WHEEL_NOTCH)
            self._wheel += turned - notches * WHEEL_NOTCH
            if notches:
                self.scrolled.emit(-notches)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what was fitted fitted."""
        super().resizeEvent(event)
        self._place(self._fitted() if self._is_fitted else self._settled(self._placement), is_led=False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw quickly while something moves, smoothly when it is still."""
        painter = QPainter(self)
        try:
            ground = event.region()
            if (
                isinstance(self._content, Layers) and not self._slide
            ):  # to fill under an image takes a third of a swipe
                ground -= self._placement.covers(self._size()).toRect().adjusted(1, 1, -1, -1)
            for part in ground:  # type: ignore[attr-defined]  # its rectangles, of which the stubs know nothing
                painter.fillRect(part, GROUND)
            if self._slide or event.region().intersects(self._box()):
                self._paint_images(painter)
            self.overlay.paint(painter, event.region())
        finally:
            painter.end()  # a painter that outlives its widget's event takes the process with it
        if self._content is not None:
            self.painted.emit()

    def _paint_images(self, painter: QPainter) -> None:
        manner = Manner(self._tone, not self._still.isActive(), self._has_drawings)
        rooms, font = (QRectF(self.rect()), self._room()), self.font()
        self._here.paint(painter, self._content, self._placement, self._slide, rooms, manner, font)
        is_there, beside = self._neighbour(self._step(self._slide)) if self._slide else (False, None)
        if is_there:
            away = self._slide - math.copysign(self.width() + GAP, self._slide)
            place = fitted(size_of(beside), self._room(), self._placement)
            self._beside.paint(painter, beside, place, away, rooms, manner, font)

    # Inside

    def _hold(self) -> None:
        self._motion.stop()
        self._slide = self._pulled = 0.0

    def _step(self, pulled: float) -> int:
        return self._toward if pulled > 0 else -self._toward

    def _box(self) -> QRect:
        is_image = isinstance(self._content, Layers)
        return self._placement.covers(self._size()).toAlignedRect() if is_image else self.rect()

    def _size(self) -> QSizeF:
        return size_of(self._content)

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(0, self._insets.top, 0, -self._insets.bottom)

    def _one_to_one(self) -> float:
        return 1.0 / self.devicePixelRatioF()

    def _fitted(self) -> Placement:
        return fitted(self._size(), self._room(), self._placement)

    def _settled(self, placement: Placement) -> Placement:
        return settled(placement, self._size(), self._room(), self._one_to_one())

    def _place(self, placement: Placement, *, is_led: bool = True) -> None:
        self._placement = placement
        self._is_fitted = placement.scale <= fit_scale(self._size(), self._room(), placement.turns) * 1.001
        self._move()
        self.changed.emit()
        if is_led:
            self.led.emit()

    def _move(self) -> None:
        self._still.start()
        self.update()

    def _set_slide(self, slide: float) -> None:
        self._slide = slide
        self._move()

    def _glide(self, target: Placement) -> None:
        start = self._placement

        def path(done: float) -> None:
            scale = start.scale * (target.scale / start.scale) ** done
            centre = start.centre + (target.centre - start.centre) * done
            self._place(Placement(scale, centre, target.turns, target.is_mirrored))

        self._motion.follow(path)
