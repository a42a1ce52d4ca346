"""The image viewer: the images of one exam, one at a time and large, with what a person may do with them."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.imaging.grayscale import Window
from app.words import Words
from ui.background import Background
from ui.viewer.canvas import ZOOM_STEP, Content, ImageCanvas, SwipeDirection
from ui.viewer.choices import download_choices, series_choices, window_choices
from ui.viewer.cine import Cine
from ui.viewer.controls import GAP, ControlBar
from ui.viewer.corners import Corners
from ui.viewer.fader import Fader
from ui.viewer.layers import Layers
from ui.viewer.light_box import style_sheet
from ui.viewer.loader import FrameLoader
from ui.viewer.order import Order
from ui.viewer.overlay import MARGIN
from ui.viewer.placement import Insets
from ui.viewer.sayings import sayings_of, with_image
from ui.viewer.sheet import Sheet
from ui.viewer.shown_log import ShownLog
from ui.viewer.source import Caption, Download, ImageSource, Position
from ui.viewer.strip import ThumbnailStrip
from ui.viewer.tile import Tile, tile_of
from ui.viewer.tone import Tone
from ui.viewer.tools import ToolSet, tool_of_key, tools_for

TARGET = {"patient": 72, "staff": 36}  # pixels: least height of what is pressed
THUMBNAIL = {"patient": 136, "staff": 96}


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
    ) -> None:
        super().__init__()
        self._words, self._caption = words, caption
        self._tool_set, self._downloads = tools, tuple(downloads)
        self._order = Order(source.series)
        self._loader = FrameLoader(source, self._order, background, parent=self)
        self._log = ShownLog(source, background, self)
        self._cine = Cine(self)
        self._wanted: Position | None = None
        self._shown: Position | None = None
        self._tiles: dict[Position, Tile] = {}
        self._build(swipe_direction)
        self._connect()
        first = start or self._order.at(0)
        if first is not None:
            self.go(first)
        else:
            self.canvas.show_content(
                Tile(words("No images"), words("This exam has no images.")), keep_view=False
            )
            self._say()

    # What a person can do

    @property
    def shown(self) -> Position | None:
        """Return the image that is painted now, if one is."""
        return self._shown

    @property
    def wanted(self) -> Position | None:
        """Return the image that was asked for last."""
        return self._wanted

    def go(self, position: Position | None, *, is_moving: bool = False, is_swipe: bool = False) -> None:
        """Show an image; until it is here, the one before stays, with its own number. None: stay."""
        if position is None:
            return
        is_new_series = self._wanted is None or position.series_id != self._wanted.series_id
        self._wanted = position
        held = self._loader.want(position, is_moving=is_moving)
        if is_new_series:
            self.canvas.set_tone(Tone())
        if held is not None:
            self._show(position, held)
        elif is_new_series or is_swipe or self._shown is None:
            self._shown = None
            self.canvas.show_content(None, keep_view=not is_new_series)
        self._show_place()

    def step(self, by: int, *, is_swipe: bool = False) -> None:
        """Go on through the exam; nothing happens at its ends (R46)."""
        if self._wanted is not None:
            self.go(self._order.after(self._wanted, by), is_swipe=is_swipe)

    def move_on(self, by: int) -> None:
        """Go on within the series, to its end at most."""
        if self._wanted is not None:
            self.go(self._order.within(self._wanted, by), is_moving=True)

    def use(self, tool: str) -> None:
        """Do what the button of this name does."""
        if tool != "presets":
            self._sheet.hide()
        if tool != "cine":
            self._cine.stop()
        self._fader.wake()
        action = self._actions().get(tool)
        if action is not None:
            action()

    def stop(self) -> None:
        """Leave the exam: forget its images, tell the audit what was seen, let nothing arrive any more."""
        self._sheet.hide()
        self._rest()
        self._strip.stop()
        self._loader.close()
        self._log.close()
        self._wanted = self._shown = None
        self._caption = Caption("", "")
        self._tiles.clear()
        self.canvas.forget()

    # Building

    def _build(self, swipe_direction: SwipeDirection) -> None:
        target = TARGET[self._tool_set]
        is_staff = self._tool_set == "staff"
        self.setObjectName("viewer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setStyleSheet(style_sheet(target))
        self.canvas = ImageCanvas(self._neighbour, swipe_direction=swipe_direction, can_window=is_staff)
        self.canvas.setParent(self)
        self._strip = ThumbnailStrip(self._loader, self._words, THUMBNAIL[self._tool_set], self)
        self._strip.setVisible(len(self._order) > 1)
        has_moving_picture = any(one.count > 1 for one in self._order.series)
        tools = tools_for(self._tool_set, self._words, is_moving_picture=has_moving_picture)
        self.bar = ControlBar(tools, self._words, target, self)
        self.bar.installEventFilter(self)
        has_series = len(self._order.series) > 1
        self._corners = Corners(
            self._words, target, self, has_series=has_series, has_downloads=bool(self._downloads)
        )
        self._sheet = Sheet(self, target)
        for before, after in pairwise([*self._corners.offered, self.bar.buttons["previous"]]):
            self.setTabOrder(before, after)  # as they are read
        self._fader = Fader([self.bar, *self._corners.offered], self._is_in_use, self)

    def _connect(self) -> None:
        self._loader.arrived.connect(self._on_arrived)
        self._loader.failed.connect(self._on_failed)
        self._cine.due.connect(self._on_due)
        self._cine.changed.connect(self._show_playing)
        self.canvas.stepped.connect(self._on_stepped)
        self.canvas.scrolled.connect(self._on_scrolled)
        self.canvas.touched.connect(self._fader.wake)
        self.canvas.pressed.connect(self._sheet.hide)
        self.canvas.changed.connect(self._say)
        self._strip.chosen.connect(self._on_chosen)
        self.bar.used.connect(self.use)
        self.bar.slid.connect(self._on_slid)
        self._corners.back.clicked.connect(self.left)
        self._corners.series.clicked.connect(self._offer_series)
        self._corners.download.clicked.connect(self._offer_downloads)

    def _actions(self) -> dict[str, Callable[[], None]]:
        canvas = self.canvas
        everybody: dict[str, Callable[[], None]] = {
            "next": lambda: self.step(1),
            "previous": lambda: self.step(-1),
            "first": lambda: self.move_on(-len(self._order)),
            "last": lambda: self.move_on(len(self._order)),
            "next_series": lambda: self._go_series(1),
            "previous_series": lambda: self._go_series(-1),
            "back": self.left.emit,
        }
        offered: dict[str, Callable[[], None]] = {
            "zoom_in": lambda: canvas.zoom(ZOOM_STEP),
            "zoom_out": lambda: canvas.zoom(1 / ZOOM_STEP),
            "fit": canvas.fit,
            "reset": canvas.reset,
            "brighter": lambda: canvas.set_tone(canvas.tone.brighter()),
            "darker": lambda: canvas.set_tone(canvas.tone.darker()),
            "stronger": lambda: canvas.set_tone(canvas.tone.stronger()),
            "one_to_one": canvas.one_to_one,
            "invert": lambda: canvas.set_tone(canvas.tone.inverted()),
            "turn": canvas.turn,
            "mirror": canvas.mirror,
            "presets": self._offer_windows,
            "cine": self._play_or_stop,
        }
        return everybody | {name: action for name, action in offered.items() if name in self.bar.buttons}

    # What is shown

    def _show(self, position: Position, held: Layers | Exception) -> None:
        is_same_series = self._shown is not None and self._shown.series_id == position.series_id
        self._shown = position
        self.canvas.show_content(self._content(position, held), keep_view=is_same_series)
        if isinstance(held, Layers):
            self._log.note(position)
        self._say()

    def _show_place(self) -> None:
        if self._wanted is None:
            return
        series = self._order.of(self._wanted)
        had_walk = self.bar.has_walk
        self.bar.show_position(self._wanted.index, series.count)
        self.bar.show_walk(
            has_previous=self._order.after(self._wanted, -1) is not None,
            has_next=self._order.after(self._wanted, 1) is not None,
        )
        self._strip.show_position(self._wanted, series)
        self._say()
        if self.bar.has_walk != had_walk:
            self._lay_out()

    def _content(self, position: Position, held: Layers | Exception | None) -> Content:
        return self._tiles.get(position) if isinstance(held, Exception) else held

    def _neighbour(self, step: int) -> tuple[bool, Content]:
        position = self._order.after(self._wanted, step) if self._wanted is not None else None
        if position is None:
            return False, None
        return True, self._content(position, self._loader.held(position))

    def _say(self) -> None:
        place = self._shown or self._wanted
        series = self._order.of(place) if place is not None else None
        sayings = sayings_of(self._caption, series, place, self._words)
        content = self.canvas.content
        if isinstance(content, Layers):
            scale, density = self.canvas.placement.scale, self.canvas.devicePixelRatioF()
            tone = self.canvas.tone if self._tool_set == "staff" else None
            sayings = with_image(sayings, content, scale, density, tone, self._words)
        self.canvas.overlay.say(sayings)
        self.canvas.setAccessibleName("\n".join((*sayings.whose, sayings.which)))
        self.canvas.setAccessibleDescription(content.text if isinstance(content, Tile) else "")

    # Series, sheets, playing

    def _go_series(self, by: int) -> None:
        if self._wanted is not None:
            self.go(self._order.series_after(self._wanted, by))

    def _offer_downloads(self) -> None:
        if self._wanted is not None:
            self._sheet.offer(
                self._corners.download, download_choices(self._downloads, self._wanted, self._words)
            )

    def _offer_series(self) -> None:
        if self._wanted is not None:
            choices = series_choices(self._order, self._wanted.series_id, self.go, self._words)
            self._sheet.offer(self._corners.series, choices)

    def _offer_windows(self) -> None:
        if self._wanted is not None:
            content = self.canvas.content
            grayscale = content.frame.grayscale if isinstance(content, Layers) else None
            own = grayscale.windows if grayscale is not None else ()
            modality = self._order.of(self._wanted).modality
            choices = window_choices(own, modality, self._set_window, self._words)
            self._sheet.offer(self.bar.buttons["presets"], choices)

    def _set_window(self, window: Window) -> None:
        self.canvas.set_tone(Tone(window, is_inverted=self.canvas.tone.is_inverted))

    def _play_or_stop(self) -> None:
        if self._cine.is_playing:
            self._cine.stop()
        elif self._wanted is not None:
            self._cine.play(self._wanted.index, self._order.of(self._wanted))

    def _show_playing(self, is_playing: bool) -> None:  # noqa: FBT001 - a signal's argument
        _, button = self._words, self.bar.buttons["cine"]
        button.setChecked(is_playing)
        button.show_tool(*((_("Stop"), "pause") if is_playing else (_("Play"), "play")))

    def _rest(self) -> None:
        self._cine.stop()
        self._fader.stop()

    # What happens

    def _on_arrived(self, position: Position, layers: Layers) -> None:
        wanted, shown = self._wanted, self._shown
        if wanted is None or position.series_id != wanted.series_id:
            return
        is_nearer = shown is not None and abs(position.index - wanted.index) < abs(shown.index - wanted.index)
        if position == wanted or is_nearer:
            self._show(position, layers)

    def _on_failed(self, position: Position, error: Exception) -> None:
        self._tiles[position] = tile_of(error, self._words)
        if position == self._wanted:
            self._show(position, error)

    def _on_stepped(self, step: int) -> None:
        self._cine.stop()
        self.step(step, is_swipe=True)

    def _on_scrolled(self, by: int) -> None:
        self._cine.stop()
        self.move_on(by)

    def _on_slid(self, index: int) -> None:
        self._cine.stop()
        self._fader.wake()
        self._on_due(index)

    def _on_chosen(self, position: Position) -> None:
        self._cine.stop()
        self._sheet.hide()
        self._fader.wake()
        self.go(position)

    def _on_due(self, index: int) -> None:
        if self._wanted is not None:
            self.go(Position(self._wanted.series_id, index), is_moving=True)

    def _is_in_use(self) -> bool:
        controls = (*self.bar.buttons.values(), self.bar.slider, *self._corners.offered)
        has_focus = any(control.hasFocus() for control in controls)  # by the Tab key only
        return self._sheet.isVisible() or self.bar.slider.isSliderDown() or has_focus

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the controls in sight while the mouse moves over them."""
        if event.type() == QEvent.Type.MouseMove:
            self._fader.wake()
        return super().eventFilter(watched, event)

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
        self._fader.wake()
        self._lay_out()

    def hideEvent(self, event: QHideEvent) -> None:
        """Play nothing that nobody sees."""
        super().hideEvent(event)
        self._rest()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget the images with the window."""
        self.stop()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew: thumbnails at the side of a wide view, at the foot of a tall one."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        room = self._strip.take_edge(self.rect()) if len(self._order) > 1 else self.rect()
        self.canvas.setGeometry(room)
        line = self.canvas.fontMetrics().lineSpacing()
        foot = round(line * 1.25 + MARGIN)
        bar = self.bar.arrange(room.width() - 2 * GAP)
        corner = QPoint(room.center().x() - bar.width() // 2, room.bottom() + 1 - foot - bar.height())
        self.bar.setGeometry(QRect(corner, bar))
        insets = Insets(self.canvas.overlay.make_room(*self._corners.place(room)), foot + bar.height() + GAP)
        self.canvas.overlay.foot = insets.bottom
        self.canvas.set_insets(insets)
