"""Opens the sheets of the viewer beside their buttons: what there is to choose just now."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.imaging.grayscale import Window
from app.words import Words
from ui.viewer.choices import (
    compare_choices,
    download_choices,
    middle_of,
    paper_choices,
    series_choices,
    window_choices,
)
from ui.viewer.companion import Companion
from ui.viewer.layers import Layers
from ui.viewer.order import Order
from ui.viewer.sheet import Choice, Sheet
from ui.viewer.showing import Showing
from ui.viewer.source import Download, PerPage, Position, PrintWish, ViewedSeries
from ui.viewer.tone import Tone


class Offers(QObject):
    """Each method opens one sheet; what is chosen happens at once."""

    def __init__(self, main: Showing, order: Order, words: Words, target: int, home: QWidget) -> None:
        super().__init__(home)
        self._main, self._order, self._words = main, order, words
        self.sheet = Sheet(home, target)
        self.sheet.closed.connect(lambda: main.loader.prefer_thumbnails(()))
        main.loader.thumbnail_arrived.connect(self.sheet.refresh)

    def series(self, button: QWidget, go: Callable[[Position], None]) -> None:
        """Offer the series of the exam."""
        wanted = self._main.wanted
        if wanted is not None:
            choices = self._series(wanted.series_id, lambda series: go(Position(series.id, 0)))
            self._open(button, choices)

    def beside(self, button: QWidget, companion: Companion) -> None:
        """Offer what can stand beside the image."""
        wanted, there = self._main.wanted, companion.wanted
        if wanted is None:
            return
        choices = self._series(there.series_id if there else "", lambda one: companion.open(one, wanted))
        if there is not None:
            choices = compare_choices(
                choices,
                is_linked=companion.is_linked,
                link=companion.link,
                close=companion.close_image,
                words=self._words,
            )
        self._open(button, choices)

    def windows(self, button: QWidget) -> None:
        """Offer the windows that suit the image."""
        content, wanted = self._main.canvas.content, self._main.wanted
        if wanted is not None and isinstance(content, Layers):
            modality = self._order.of(wanted).modality
            self.sheet.offer(button, window_choices(content, modality, self._set_window, self._words))

    def downloads(self, button: QWidget, downloads: Sequence[Download]) -> None:
        """Offer the ways to save."""
        wanted = self._main.wanted
        if wanted is not None:
            is_moving = self._order.of(wanted).count > 1
            self.sheet.offer(
                button, download_choices(downloads, wanted, self._words, is_moving_picture=is_moving)
            )

    def paper(
        self, button: QWidget, companion: Companion | None, wish: Callable[[PrintWish], None], *_: object
    ) -> None:
        """Offer what can be printed."""
        wanted = self._main.wanted
        if wanted is None:
            return

        beside = companion.wanted if companion is not None else None

        def wished(positions: Sequence[Position], per_page: PerPage) -> None:
            content, tone = self._main.canvas.content, self._main.canvas.tone
            grayscale = content.frame.grayscale if isinstance(content, Layers) else None
            window = tone.window_on(grayscale) if grayscale is not None and tone != Tone() else None
            wish(PrintWish(tuple(positions), per_page, window, tone.is_inverted))

        self.sheet.offer(button, paper_choices(self._order, wanted, beside, wished, self._words))

    def _series(self, current: str, go: Callable[[ViewedSeries], None]) -> list[Choice]:
        return series_choices(self._order, current, go, self._main.loader.thumbnail, self._words)

    def _open(self, button: QWidget, choices: Sequence[Choice]) -> None:
        self.sheet.offer(button, choices)
        if self.sheet.isVisible():
            self._main.loader.prefer_thumbnails([middle_of(one) for one in self._order.series])

    def _set_window(self, window: Window) -> None:
        canvas = self._main.canvas
        canvas.set_tone(Tone(window, is_inverted=canvas.tone.is_inverted))
