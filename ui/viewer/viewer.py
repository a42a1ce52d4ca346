"""The image viewer: the images of one exam, one at a time and large, with what a person may do with them."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.background import Background
from ui.viewer.arrangement import lay_out, lay_out_alone
from ui.viewer.canvas import SwipeDirection
from ui.viewer.cine import Cine
from ui.viewer.companion import Companion
from ui.viewer.controls import GAP, ControlBar
from ui.viewer.corners import Corners
from ui.viewer.fader import Fader
from ui.viewer.full_screen import FullScreen
from ui.viewer.layers import Layers
from ui.viewer.light_box import style_sheet
from ui.viewer.loader import BUDGET
from ui.viewer.offers import Offers
from ui.viewer.order import Order
from ui.viewer.showing import Showing
from ui.viewer.shown_log import ShownLog
from ui.viewer.source import Caption, Download, ImageSource, Position, PrintWish, StaffSource
from ui.viewer.staff_extras import StaffExtras
from ui.viewer.strip import ThumbnailStrip
from ui.viewer.tile import Tile
from ui.viewer.tools import ToolSet, canvas_actions, tool_of_key, tools_for

TARGET = {"patient": 72, "staff": 36}  # pixels: least height of what is pressed
THUMBNAIL = {"patient": 136, "staff": 96}
FIRST_MS = 150  # the controls wait for the first image so long at most


class Viewer(QWidget):
    """Shows one exam of one patient in one session; stop() ends it and nothing arrives afterwards."""

    left = Signal()  # Back was pressed

    def __init__(
        self,
        source: ImageSource,
        caption: Caption,
        *,
        words: Words,
        background: Background,
        tools: ToolSet = "patient",
        downloads: Sequence[Download] = (),
        swipe_direction: SwipeDirection = "follow",
        start: Position | None = None,
        print_images: Callable[[PrintWish], None] | None = None,
    ) -> None:
        """Take the images, whose they are, and what may be done with them.

        downloads, print_images: what is handed in is offered; the work is done by whoever handed it in.
        """
        super().__init__()
        self._words = words
        self._tool_set, self._downloads = tools, tuple(downloads)
        is_moving = any(one.count > 1 for one in source.series)
        self._tools = tools_for(tools, words, is_moving_picture=is_moving)
        self._print_images = print_images
        self._order = Order(source.series)
        self._log = ShownLog(source, background, self)
        self._source, self._background = source, background
        common = (source, self._order, caption, self._log, words, background, self)
        show = partial(Showing, *common, is_staff=tools == "staff", swipe_direction=swipe_direction)
        first = start or self._order.at(0)
        self._main = show(first=first)
        self._beside: Callable[[], Showing] | None = partial(show, budget=BUDGET // 2)  # until stop()
        self._loader, self.canvas = self._main.loader, self._main.canvas
        self._companion: Companion | None = None
        self._extras: StaffExtras | None = None
        self._cine = Cine(self)
        self._full_screen = FullScreen(self)
        # While images go by, the image comes first, then the slider and the thumbnails.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_place)
        self.setObjectName("viewer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setStyleSheet(style_sheet(TARGET[tools]))
        # The first image is painted before the controls are made, which takes longer than the image.
        self.is_ready = False
        self._first = QTimer(self, singleShot=True, interval=FIRST_MS)
        self._first.timeout.connect(self._get_ready)
        self.canvas.painted.connect(partial(self._first.start, 0))
        if first is not None:
            self._main.go(first)
        else:
            _ = words
            self._main.show_words(Tile(_("No images"), _("This exam has no images.")))

    # What a person can do

    @property
    def shown(self) -> Position | None:
        """Return the image that is painted now, if one is."""
        return self._main.shown

    @property
    def wanted(self) -> Position | None:
        """Return the image that was asked for last."""
        return self._main.wanted

    def go(self, position: Position | None, *, is_moving: bool = False, is_swipe: bool = False) -> None:
        """Show an image; until it is here, the one before stays, with its own number. None: stay."""
        if position is None:
            return
        before = self.wanted
        self._main.go(position, is_moving=is_moving, is_swipe=is_swipe)
        if is_moving:
            self._soon.start()
        else:
            self._show_place()
        if self._companion is not None and before is not None and before.series_id == position.series_id:
            self._companion.move_on(position.index - before.index)

    def step(self, by: int, *, is_swipe: bool = False) -> None:
        """Go on through the exam; nothing happens at its ends (R46)."""
        if self.wanted is not None:
            self.go(self._order.after(self.wanted, by), is_swipe=is_swipe)

    def move_on(self, by: int) -> None:
        """Go on within the series, to its end at most."""
        if self.wanted is not None:
            self.go(self._order.within(self.wanted, by), is_moving=True)

    def use(self, tool: str) -> None:
        """Do what the button of this name does."""
        self._get_ready()
        if not self.is_ready:
            return
        if tool not in {"presets", "compare"}:
            self._offers.sheet.hide()
        if tool != "cine":
            self._cine.stop()
        self._fader.wake()
        action = self._actions().get(tool)
        if action is not None:
            action()

    def stop(self) -> None:
        """Leave the exam: forget its images, tell the audit what was seen, let nothing arrive any more."""
        self._full_screen.leave()
        self._rest()
        if self.is_ready:
            self._offers.sheet.hide()
            self._strip.stop()
        self._main.stop()
        if self._companion is not None:
            self._companion.stop()
        if self._extras is not None:
            self._extras.stop()
        self._log.close()
        self._beside = None

    # Building

    def _get_ready(self) -> None:
        """Make the controls, once the first image is painted or has kept everybody waiting."""
        if self.is_ready or self._beside is None:
            return
        self._first.stop()
        self.canvas.painted.disconnect()
        if self._tool_set == "staff":
            self._companion = Companion(self._beside(), self._order, self._main)
            if isinstance(self._source, StaffSource):
                common = (self._order, self._words, self._background, TARGET[self._tool_set], self)
                self._extras = StaffExtras(self._source, *common)
        self._build()
        self._connect()
        self.is_ready = True
        self._show_place()
        self._fader.wake()
        self._lay_out()
        self._show_drawings_tool()
        if self._extras is not None:
            self._extras.fetch()

    def _build(self) -> None:
        target = TARGET[self._tool_set]
        self._strip = ThumbnailStrip(self._loader, self._words, THUMBNAIL[self._tool_set], self)
        self._strip.setVisible(len(self._order) > 1)
        self.bar = ControlBar(self._tools, self._words, target, self)
        if "drawings" in self.bar.buttons:
            self.bar.buttons["drawings"].setChecked(True)
            self.bar.offer("drawings", is_offered=False)  # until an image has some
        self._corners = Corners(
            self._words,
            target,
            self,
            has_series=len(self._order.series) > 1,
            has_downloads=bool(self._downloads),
            has_documents=self._extras is not None and self._extras.has_documents,
            has_paper=self._print_images is not None,
        )
        self._offers = Offers(self._main, self._order, self._words, target, self)
        for before, after in pairwise([*self._corners.offered, self.bar.buttons["previous"]]):
            self.setTabOrder(before, after)  # as they are read
        self._fader = Fader([self.bar, *self._corners.offered], self._is_in_use, self)

    def _connect(self) -> None:
        corners, offers = self._corners, self._offers
        self._loader.arrived.connect(self._show_drawings_tool)
        self._cine.due.connect(self._on_due)
        self._cine.changed.connect(self._show_playing)
        self.canvas.stepped.connect(self._on_stepped)
        self.canvas.scrolled.connect(self._cine.stop)
        self.canvas.scrolled.connect(self.move_on)
        self.canvas.touched.connect(self._fader.wake)
        self.canvas.pressed.connect(offers.sheet.hide)
        for chosen in (self._take_hold, offers.sheet.hide, self.go):
            self._strip.chosen.connect(chosen)
        self.bar.used.connect(self.use)
        self.bar.moved_over.connect(self._fader.wake)
        self.bar.slid.connect(self._take_hold)
        self.bar.slid.connect(self._on_due)
        corners.back.clicked.connect(self._go_back)
        corners.series.clicked.connect(lambda: offers.series(corners.series, self.go))
        corners.download.clicked.connect(lambda: offers.downloads(corners.download, self._downloads))
        if self._print_images is not None:
            corners.paper.clicked.connect(
                partial(offers.paper, corners.paper, self._companion, self._print_images)
            )
        if self._extras is not None:
            choices = self._extras.choices
            self._extras.marked.connect(self._show_place)
            corners.documents.clicked.connect(lambda: offers.sheet.offer(corners.documents, choices()))
        if self._companion is not None:
            self._companion.switched.connect(self._show_beside)
            self._companion.scrolled.connect(self._cine.stop)
            self._companion.scrolled.connect(self.move_on)
            self._companion.canvas.touched.connect(self._fader.wake)
            self._companion.canvas.pressed.connect(offers.sheet.hide)

    def _actions(self) -> dict[str, Callable[[], None]]:
        order, here = self._order, self.wanted
        everybody: dict[str, Callable[[], None]] = {
            "next": lambda: self.step(1),
            "previous": lambda: self.step(-1),
            "first": lambda: self.move_on(-len(self._order)),
            "last": lambda: self.move_on(len(self._order)),
            "next_series": lambda: self.go(here and order.series_after(here, 1)),
            "previous_series": lambda: self.go(here and order.series_after(here, -1)),
            "back": self._go_back,
        }
        offered = canvas_actions(self.canvas) | {
            "presets": lambda: self._offers.windows(self.bar.buttons["presets"]),
            "drawings": self._switch_drawings,
            "compare": self._offer_beside,
            "full_screen": self._switch_full_screen,
            "cine": self._play_or_stop,
        }
        if self._extras is not None:
            everybody["next_key_image"] = lambda: self.go(here and order.next_marked(here))
        return everybody | {name: action for name, action in offered.items() if name in self.bar.buttons}

    # What is shown

    def _show_place(self) -> None:
        wanted = self.wanted
        if wanted is None or not self.is_ready:
            return
        series = self._order.of(wanted)
        had_walk = self.bar.has_walk
        self.bar.show_position(wanted.index, series.count)
        before, after = self._order.after(wanted, -1), self._order.after(wanted, 1)
        self.bar.show_walk(has_previous=before is not None, has_next=after is not None)
        self._strip.show_position(wanted, series)
        if self.bar.has_walk != had_walk:
            self._lay_out()

    # Series, sheets, playing

    def _go_back(self) -> None:
        if self._full_screen.is_on:
            self._switch_full_screen()
        else:
            self.left.emit()

    def _offer_beside(self) -> None:
        if self._companion is not None:
            self._offers.beside(self.bar.buttons["compare"], self._companion)
            self._show_beside()

    def _switch_drawings(self) -> None:
        has_drawings = not self.canvas.has_drawings
        self.canvas.show_drawings(has_drawings)
        if self._companion is not None:
            self._companion.canvas.show_drawings(has_drawings)
        self.bar.buttons["drawings"].setChecked(has_drawings)

    def _switch_full_screen(self) -> None:
        self._full_screen.switch()
        self.bar.buttons["full_screen"].setChecked(self._full_screen.is_on)

    def _play_or_stop(self) -> None:
        if self._cine.is_playing:
            self._cine.stop()
        elif self.wanted is not None:
            self._cine.play(self.wanted.index, self._order.of(self.wanted))

    def _show_playing(self, is_playing: bool) -> None:  # noqa: FBT001 - a signal's argument
        _, button = self._words, self.bar.buttons["cine"]
        button.setChecked(is_playing)
        button.show_tool(*((_("Stop"), "pause") if is_playing else (_("Play"), "play")))

    def _rest(self) -> None:
        self._first.stop()
        self._soon.stop()
        self._cine.stop()
        if self.is_ready:
            self._fader.stop()

    # What happens

    def _show_drawings_tool(self) -> None:
        content = self.canvas.content
        if isinstance(content, Layers) and content.overlay and self.bar.offer("drawings", is_offered=True):
            self._lay_out()

    def _show_beside(self) -> None:
        has_two = self._companion is not None and self._companion.wanted is not None
        self.bar.buttons["compare"].setChecked(has_two)
        self._lay_out()

    def _on_stepped(self, step: int) -> None:
        self._cine.stop()
        self.step(step, is_swipe=True)

    def _take_hold(self, *_: object) -> None:
        self._cine.stop()
        self._fader.wake()

    def _on_due(self, index: int) -> None:
        if self.wanted is not None:
            self.go(Position(self.wanted.series_id, index), is_moving=True)

    def _is_in_use(self) -> bool:
        controls = (*self.bar.buttons.values(), self.bar.slider, *self._corners.offered)
        has_focus = any(control.hasFocus() for control in controls)  # by the Tab key only
        return self._offers.sheet.isVisible() or self.bar.slider.isSliderDown() or has_focus

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Use the tool that the key stands for."""
        tool = tool_of_key(event)
        if tool is None:
            super().keyPressEvent(event)
        else:
            self.use(tool)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard, and show the controls for a while."""
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._fader.wake() if self.is_ready else self._first.start()
        self._lay_out()

    def hideEvent(self, event: QHideEvent) -> None:
        """Play nothing that nobody sees."""
        super().hideEvent(event)
        self._rest()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget the images with the window; a full screen that is closed goes back into its page."""
        if self._full_screen.is_on:
            self._switch_full_screen()
            event.ignore()
            return
        self.stop()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew: thumbnails at the side of a wide view, at the foot of a tall one."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        has_strip = len(self._order) > 1
        if not self.is_ready:
            side = THUMBNAIL[self._tool_set] if has_strip else 0
            lay_out_alone(self.rect(), self.canvas, TARGET[self._tool_set], side, self._tools, self._words)
            return
        canvases, beside = [self.canvas], self._companion
        if beside is not None and beside.wanted is not None:
            canvases.append(beside.canvas)
        room = lay_out(self.rect(), self._strip if has_strip else None, self.bar, self._corners, canvases)
        if self._extras is not None:
            self._extras.panel.setGeometry(room.adjusted(GAP, GAP, -GAP, -GAP))
