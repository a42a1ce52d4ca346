"""The images of one exam on one canvas: which is wanted, which is shown, and what is said of it."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.background import Background
from ui.viewer.canvas import ImageCanvas, SwipeDirection
from ui.viewer.layers import Layers
from ui.viewer.loader import BUDGET, FrameLoader
from ui.viewer.order import Order
from ui.viewer.sayings import sayings_of, with_image
from ui.viewer.shown_log import ShownLog
from ui.viewer.source import Caption, ImageSource, Position
from ui.viewer.stage import Content
from ui.viewer.tile import Tile, tile_of
from ui.viewer.tone import Tone


class Showing(QObject):
    """Until a wanted image is here the one before stays, with its own number."""

    def __init__(
        self,
        source: ImageSource,
        order: Order,
        caption: Caption,
        log: ShownLog,
        words: Words,
        background: Background,
        home: QWidget,
        *,
        is_staff: bool,
        swipe_direction: SwipeDirection = "follow",
        budget: int = BUDGET,
        first: Position | None = None,
    ) -> None:
        """first: fetched while everything else is made; shown by go()."""
        super().__init__(home)
        self._order, self._caption, self._log, self._words = order, caption, log, words
        self._is_staff = is_staff
        self._tiles: dict[Position, Tile] = {}
        self.wanted: Position | None = None
        self.shown: Position | None = None
        self.loader = FrameLoader(
            source, order, background, budget=budget, has_drawings=is_staff, parent=self
        )
        if first is not None:
            self.loader.want(first)
        self.canvas = ImageCanvas(self._neighbour, swipe_direction=swipe_direction, can_window=is_staff)
        self.canvas.setParent(home)
        self.loader.arrived.connect(self._on_arrived)
        self.loader.failed.connect(self._on_failed)
        self.canvas.changed.connect(self.say)
        self._step = 1
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._settle)

    def go(self, position: Position, *, is_moving: bool = False, is_swipe: bool = False) -> None:
        """Show an image as soon as it is here."""
        is_new_series = self.wanted is None or position.series_id != self.wanted.series_id
        if self.wanted is not None:
            self._step = 1 if self._order.place(position) >= self._order.place(self.wanted) else -1
        self.wanted = position
        held = self.loader.want(position, is_moving=is_moving)
        if is_new_series:
            self.canvas.set_tone(Tone())
        if held is not None:
            self._show(position, held, is_moving=is_moving)
            self._soon.start()
        elif is_new_series or is_swipe or self.shown is None:
            self.shown = None
            self.canvas.show_content(None, keep_view=not is_new_series)

    def show_words(self, tile: Tile) -> None:
        """Show words where there is no image."""
        self.canvas.show_content(tile, keep_view=False)
        self.say()

    def say(self) -> None:
        """Say whose image this is, which one, and how it is seen."""
        place = self.shown or self.wanted
        series = self._order.of(place) if place is not None else None
        sayings = sayings_of(self._caption, series, place, self._words)
        content = self.canvas.content
        if isinstance(content, Layers):
            scale, density = self.canvas.placement.scale, self.canvas.devicePixelRatioF()
            tone = self.canvas.tone if self._is_staff else None
            sayings = with_image(sayings, content, scale, density, tone, self._words)
        self.canvas.overlay.say(sayings)
        self.canvas.setAccessibleName("\n".join((*sayings.whose, sayings.which, *sayings.notes)))
        self.canvas.setAccessibleDescription(content.text if isinstance(content, Tile) else "")

    def forget(self) -> None:
        """Show nothing."""
        self._soon.stop()
        self.wanted = self.shown = None
        self._tiles.clear()
        self.canvas.forget()

    def stop(self) -> None:
        """Forget everything; nothing arrives afterwards."""
        self.loader.close()
        self._caption = Caption("", "")
        self.forget()

    def _show(self, position: Position, held: Layers | Exception, *, is_moving: bool = False) -> None:
        is_same_series = self.shown is not None and self.shown.series_id == position.series_id
        self.shown = position
        self.canvas.show_content(self._content(position, held), keep_view=is_same_series)
        if not is_moving:
            self.say()
        if isinstance(held, Layers):
            self._log.note(position)

    def _settle(self) -> None:
        """Once an image has been painted: say which it is, and colour the one that comes next if the way goes on."""
        self.say()
        _, following = self._neighbour(self._step)
        self.canvas.prepare(following)

    def _content(self, position: Position, held: Layers | Exception | None) -> Content:
        return self._tiles.get(position) if isinstance(held, Exception) else held

    def _neighbour(self, step: int) -> tuple[bool, Content]:
        position = self._order.after(self.wanted, step) if self.wanted is not None else None
        if position is None:
            return False, None
        return True, self._content(position, self.loader.held(position))

    def _on_arrived(self, position: Position, layers: Layers) -> None:
        wanted, shown = self.wanted, self.shown
        if wanted is None or position.series_id != wanted.series_id:
            return
        is_nearer = shown is not None and abs(position.index - wanted.index) < abs(shown.index - wanted.index)
        if position == wanted or is_nearer:
            self._show(position, layers)

    def _on_failed(self, position: Position, error: Exception) -> None:
        self._tiles[position] = tile_of(error, self._words)
        if position == self.wanted:
            self._show(position, error)
