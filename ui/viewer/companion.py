"""The second image, side by side with the first: another series, scrolled and zoomed together with it."""

from PySide6.QtCore import QObject, Signal

from ui.viewer.canvas import ImageCanvas
from ui.viewer.order import Order
from ui.viewer.showing import Showing
from ui.viewer.source import Position, ViewedSeries


class Companion(QObject):
    """What is done to one image is done to the other while they are linked."""

    switched = Signal()  # it was opened or closed
    scrolled = Signal(int)  # by so many images, asked for over the second image while they are linked

    def __init__(self, showing: Showing, order: Order, main: Showing) -> None:
        super().__init__(showing)
        self._showing, self._order, self._main = showing, order, main
        self._is_linked = True
        self._is_following = False
        self.canvas = showing.canvas
        self.canvas.hide()
        self.canvas.stepped.connect(self._on_scrolled)
        self.canvas.scrolled.connect(self._on_scrolled)
        self.canvas.led.connect(self._lead)
        main.canvas.changed.connect(self.follow)
        showing.loader.arrived.connect(self.follow)

    @property
    def wanted(self) -> Position | None:
        """Return the image beside, if there is one."""
        return self._showing.wanted

    @property
    def is_linked(self) -> bool:
        """Tell whether both images are scrolled and zoomed together."""
        return self._is_linked

    def link(self) -> None:
        """Scroll and zoom both together, or each by itself."""
        self._is_linked = not self._is_linked
        self.follow()

    def open(self, series: ViewedSeries, beside: Position) -> None:
        """Show the image of a series that stands as far through it as the other one through its own."""
        share = beside.index / max(1, self._order.of(beside).count - 1)
        self._go(Position(series.id, round(share * (series.count - 1))))
        self.canvas.show()
        self.canvas.lower()
        self.switched.emit()

    def close_image(self) -> None:
        """Show one image only."""
        self._showing.forget()
        self.canvas.hide()
        self.switched.emit()

    def stop(self) -> None:
        """Forget everything; nothing arrives afterwards."""
        self.canvas.hide()
        self._showing.stop()

    def move_on(self, by: int) -> None:
        """Go on with the other image."""
        if self.wanted is not None and self._is_linked and by:
            self._go(self._order.within(self.wanted, by), is_moving=True)

    def follow(self) -> None:
        """See of this image what is seen of the main one."""
        self._pass_on(self._main.canvas, self.canvas)

    def _lead(self) -> None:
        self._pass_on(self.canvas, self._main.canvas)

    def _pass_on(self, giver: ImageCanvas, taker: ImageCanvas) -> None:
        if self.wanted is None or not self._is_linked or self._is_following:
            return
        self._is_following = True
        taker.take_view(giver.view)
        if taker.tone != giver.tone and self._is_alike(self.wanted):
            taker.set_tone(giver.tone)
        self._is_following = False

    def _is_alike(self, ours: Position) -> bool:
        """Tell whether one window suits both."""
        theirs = self._main.wanted
        return theirs is not None and self._order.of(ours).modality == self._order.of(theirs).modality

    def _go(self, position: Position, *, is_moving: bool = False) -> None:
        self._showing.go(position, is_moving=is_moving)
        self.follow()

    def _on_scrolled(self, by: int) -> None:
        if self._is_linked:
            self.scrolled.emit(by)
        elif self.wanted is not None:
            self._go(self._order.within(self.wanted, by), is_moving=True)
