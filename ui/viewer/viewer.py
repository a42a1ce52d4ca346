"""The image viewer: the images of one exam, one at a time and large, with what a person may do with them."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.errors import PortalError
from app.words import Words
from ui.background import Background
from ui.viewer.canvas import Content, ImageCanvas, Insets, SwipeDirection
from ui.viewer.cine import Cine
from ui.viewer.controls import GAP, ControlBar, Tool, ToolButton
from ui.viewer.fader import Fader
from ui.viewer.layers import Layers
from ui.viewer.light_box import style_sheet
from ui.viewer.loader import FrameLoader
from ui.viewer.order import Order
from ui.viewer.overlay import MARGIN, Sayings
from ui.viewer.sheet import Choice, Sheet
from ui.viewer.shown_log import ShownLog
from ui.viewer.source import Caption, Download, ImageSource, Position, Window
from ui.viewer.strip import ThumbnailStrip
from ui.viewer.tile import Tile
from ui.viewer.tone import Tone
from ui.viewer.tools import ToolSet, download_words, presets_for, tool_of_key, tools_for

TARGET = {"patient": 72, "staff": 36}  # pixels: least height of what is pressed
THUMBNAIL = {"patient": 136, "staff": 96}
ZOOM_STEP = 1.25


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
        self._words, self._caption, self._tool_set, self._downloads = words, caption, tools, tuple(downloads)
        self._order = Order(source.series)
        self._loader = FrameLoader(source, self._order, background, parent=self)
        self._log = ShownLog(source, background, self)
        self._cine = Cine(self)
        self._wanted = start if start is not None else self._order.at(0)
        self._shown: Position | None = None
        self._sheet: Sheet | None = None
        self._build(swipe_direction)
        self._connect()
        if self._wanted is None:
            self.canvas.show_content(
                Tile(words("No images"), words("There are no images in this exam.")), keep_view=False
            )
            self._say()
        else:
            self._go(self._wanted)

    # Whatever a person can do, as methods

    @property
    def shown(self) -> Position | None:
        """Return the image that is painted now, if one is."""
        return self._shown

    @property
    def wanted(self) -> Position | None:
        """Return the image that was asked for last."""
        return self._wanted

    def step(self, by: int) -> None:
        """Go on through the exam; nothing happens at its ends (R46)."""
        if self._wanted is not None:
            self._go(self._order.after(self._wanted, by))

    def move_on(self, by: int) -> None:
        """Go on within the series, to its end at most."""
        if self._wanted is not None:
            self._go(self._order.within(self._wanted, by), is_moving=True)

    def use(self, tool: str) -> None:
        """Do what the button of this name does."""
        self._close_sheet()
        action = self._actions().get(tool)
        if tool != "cine":
            self._cine_off()
        if action is not None:
            action()

    def stop(self) -> None:
        """Leave the exam: forget its images, tell the audit what was seen, let nothing arrive any more."""
        self._cine.stop()
        self._fader.stop()
        self._strip.stop()
        self._loader.close()
        self._log.tell()
        self.canvas.forget()
        self.canvas.overlay.say(Sayings())
        self._wanted = self._shown = None

    # Building

    def _build(self, swipe_direction: SwipeDirection) -> None:
        _ = self._words
        target = TARGET[self._tool_set]
        self.setObjectName("viewer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setStyleSheet(style_sheet(target))
        self.canvas = ImageCanvas(
            self._neighbour, swipe_direction=swipe_direction, can_window=self._tool_set == "staff"
        )
        self.canvas.setParent(self)
        self._strip = ThumbnailStrip(self._loader, self._words, THUMBNAIL[self._tool_set], self)
        self._strip.setVisible(len(self._order) > 1)
        is_moving_picture = any(one.count > 1 for one in self._order.series)
        tools = tools_for(self._tool_set, self._words, is_moving_picture=is_moving_picture)
        self.bar = ControlBar(tools, self._words, target, self)
        self._back = ToolButton(Tool("back", _("Back"), "arrow-left"), target, is_solid=True)
        self._series = ToolButton(Tool("series", _("Series"), "layers"), target, is_solid=True)
        self._download = ToolButton(Tool("download", _("Download"), "download"), target, is_solid=True)
        for button in (self._back, self._series, self._download):
            button.setParent(self)
        controls: list[QWidget] = [self.bar, self._back]
        if len(self._order.series) > 1:
            controls.append(self._series)
        self._series.setVisible(len(self._order.series) > 1)
        if self._downloads:
            controls.append(self._download)
        self._download.setVisible(bool(self._downloads))
        self._fader = Fader(controls, self._is_in_use, self)

    def _connect(self) -> None:
        self._loader.arrived.connect(self._on_arrived)
        self._loader.failed.connect(self._on_failed)
        self._cine.due.connect(self._on_due)
        self.canvas.stepped.connect(self._on_stepped)
        self.canvas.scrolled.connect(self._on_scrolled)
        self.canvas.touched.connect(self._on_touched)
        self.canvas.changed.connect(self._say)
        self._strip.chosen.connect(self._on_chosen)
        self.bar.used.connect(self.use)
        self.bar.slid.connect(self._on_slid)
        self._back.clicked.connect(lambda: self.use("back"))
        self._series.clicked.connect(self._show_series)
        self._download.clicked.connect(self._show_downloads)

    def _actions(self) -> dict[str, Callable[[], None]]:
        canvas = self.canvas
        everybody: dict[str, Callable[[], None]] = {
            "next": lambda: self.step(1),
            "previous": lambda: self.step(-1),
            "first": lambda: self.move_on(-len(self._order)),
            "last": lambda: self.move_on(len(self._order)),
            "next_series": lambda: self._go_series(1),
            "previous_series": lambda: self._go_series(-1),
            "zoom_in": lambda: canvas.zoom(ZOOM_STEP),
            "zoom_out": lambda: canvas.zoom(1 / ZOOM_STEP),
            "fit": canvas.fit,
            "reset": self._reset,
            "back": self.left.emit,
        }
        offered: dict[str, Callable[[], None]] = {
            "brighter": lambda: canvas.set_tone(canvas.tone.brighter()),
            "darker": lambda: canvas.set_tone(canvas.tone.brighter(-0.1)),
            "stronger": lambda: canvas.set_tone(canvas.tone.stronger()),
            "cine": self._cine_toggle,
            "one_to_one": canvas.one_to_one,
            "invert": lambda: canvas.set_tone(canvas.tone.inverted()),
            "turn": canvas.turn,
            "mirror": canvas.mirror,
            "presets": self._show_presets,
        }
        return everybody | {name: action for name, action in offered.items() if name in self.bar.buttons}

    # Going from image to image

    def _go(self, position: Position | None, *, is_moving: bool = False, is_swipe: bool = False) -> None:
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

    def _show(self, position: Position, held: Layers | Exception) -> None:
        is_same = self._shown is not None and self._shown.series_id == position.series_id
        self._shown = position
        self.canvas.show_content(self._content(held), keep_view=is_same)
        if isinstance(held, Layers):
            self._log.note(position)
        self._say()

    def _show_place(self) -> None:
        if self._wanted is None:
            return
        series = self._order.of(self._wanted)
        self.bar.show_position(self._wanted.index, series.count)
        self.bar.show_walk(
            has_previous=self._order.after(self._wanted, -1) is not None,
            has_next=self._order.after(self._wanted, 1) is not None,
        )
        self._strip.show_position(self._wanted, series)
        self._say()

    def _content(self, held: Layers | Exception | None) -> Content:
        if not isinstance(held, Exception):
            return held
        _ = self._words
        reason = (
            _.error(held) if isinstance(held, PortalError) else _("Something in this image file is damaged.")
        )
        return Tile(_("This image cannot be shown"), reason + "\n" + _("The other images are not affected."))

    def _neighbour(self, step: int) -> tuple[bool, Content]:
        position = self._order.after(self._wanted, step) if self._wanted is not None else None
        return (False, None) if position is None else (True, self._content(self._loader.held(position)))

    def _go_series(self, by: int) -> None:
        if self._wanted is not None:
            self._go(self._order.series_after(self._wanted, by))

    def _reset(self) -> None:
        self.canvas.reset()

    # Words over the image

    def _say(self) -> None:
        _, caption, shown = self._words, self._caption, self._shown
        whose = [caption.name, *([caption.identity] if caption.identity else []), caption.exam]
        seen: list[str] = []
        warning = [_("Not for diagnosis")]
        place = shown or self._wanted
        if place is not None:
            series = self._order.of(place)
            position = _("Image {n} of {count}", n=place.index + 1, count=series.count)
            whose += [position, *([series.title] if series.title else [])]
        content = self.canvas.content
        if shown is not None and isinstance(content, Layers):
            scale = self.canvas.placement.scale * self.canvas.devicePixelRatioF()
            seen.append(_("Zoom {percent} %", percent=round(100 * scale)))
            if self._tool_set == "staff" and not content.is_colour:
                window = self.canvas.tone.window_on(content.frame, content.extremes)
                seen.append(
                    _("Window {width} at {center}", width=round(window.width), center=round(window.center))
                )
            if content.frame.lossy:
                warning.insert(0, _("Compressed: fine detail may be lost"))
        self.canvas.overlay.say(Sayings(tuple(whose), (), tuple(seen), tuple(warning)))

    # Sheets

    def _open_sheet(self, button: QToolButton, choices: list[Choice]) -> None:
        was_open = self._sheet is not None
        self._close_sheet()
        if was_open and self.sender() is button:
            return
        self._sheet = Sheet(choices, self)
        self._sheet.destroyed.connect(self._on_sheet_gone)
        self._sheet.open_at(button)

    def _on_sheet_gone(self) -> None:
        self._sheet = None

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.close()
            self._sheet = None

    def _show_downloads(self) -> None:
        choices = []
        for download in self._downloads:
            text, icon_name = download_words(download.kind, self._words)
            choices.append(Choice(text, partial(self._save, download.save), icon_name))
        self._open_sheet(self._download, choices)

    def _save(self, save: Callable[[Position], None]) -> None:
        if self._wanted is not None:
            save(self._wanted)

    def _show_series(self) -> None:
        current = self._wanted.series_id if self._wanted else ""
        self._open_sheet(
            self._series,
            [
                Choice(
                    self._words.count(
                        "{title} ({n} image)", "{title} ({n} images)", one.count, title=one.title
                    ),
                    partial(self._go, Position(one.id, 0)),
                    is_current=one.id == current,
                )
                for one in self._order.series
            ],
        )

    def _show_presets(self) -> None:
        if self._wanted is None:
            return
        content = self.canvas.content
        own = content.frame.windows if isinstance(content, Layers) else ()
        _ = self._words
        named = [(window.name or _("As in the file"), window) for window in own]
        named += [(window.name, window) for window in presets_for(self._order.of(self._wanted).modality, _)]
        self._open_sheet(
            self.bar.buttons["presets"],
            [Choice(name, partial(self._set_window, window)) for name, window in named],
        )

    def _set_window(self, window: Window) -> None:
        self.canvas.set_tone(Tone(window, is_inverted=self.canvas.tone.is_inverted))

    # Cine

    def _cine_toggle(self) -> None:
        if self._cine.is_playing or self._wanted is None:
            self._cine_off()
            return
        series = self._order.of(self._wanted)
        if series.count > 1:
            self._cine.play(self._wanted.index, series.count, series.frame_time_ms)
        self._show_playing()

    def _cine_off(self) -> None:
        self._cine.stop()
        self._show_playing()

    def _show_playing(self) -> None:
        button = self.bar.buttons.get("cine")
        if button is not None:
            is_playing = self._cine.is_playing
            button.setChecked(is_playing)
            button.setText(self._words("Stop") if is_playing else self._words("Play"))
            button.show_icon("pause" if is_playing else "play")

    # What happens

    def _on_arrived(self, position: Position, layers: Layers) -> None:
        wanted, shown = self._wanted, self._shown
        if wanted is None or position.series_id != wanted.series_id:
            return
        is_nearer = shown is not None and abs(position.index - wanted.index) < abs(shown.index - wanted.index)
        if position == wanted or (is_nearer and shown != wanted):
            self._show(position, layers)

    def _on_failed(self, position: Position, error: Exception) -> None:
        if position == self._wanted:
            self._show(position, error)

    def _on_stepped(self, step: int) -> None:
        self._cine_off()
        if self._wanted is not None:
            self._go(self._order.after(self._wanted, step), is_swipe=True)

    def _on_scrolled(self, by: int) -> None:
        self._cine_off()
        self.move_on(by)

    def _on_slid(self, index: int) -> None:
        self._cine_off()
        if self._wanted is not None:
            self._go(Position(self._wanted.series_id, index), is_moving=True)

    def _on_chosen(self, position: Position) -> None:
        self._cine_off()
        self._on_touched()
        self._go(position)

    def _on_due(self, index: int) -> None:
        if self._wanted is not None:
            self._go(Position(self._wanted.series_id, index), is_moving=True)

    def _on_touched(self) -> None:
        self._close_sheet()
        self._fader.wake()

    def _is_in_use(self) -> bool:
        has_focus = any(widget.hasFocus() for widget in self.findChildren(QToolButton) if widget.isVisible())
        return self._sheet is not None or self.bar.underMouse() or self.bar.slider.isSliderDown() or has_focus

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Use the tool that the key stands for."""
        tool = tool_of_key(event)
        if tool is None:
            super().keyPressEvent(event)
            return
        self._fader.wake()
        self.use(tool)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard, and show the controls for a while."""
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._fader.wake()
        self._lay_out()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget the images with the window."""
        self.stop()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew: thumbnails at the side of a wide view, at the foot of a tall one."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        size, is_wide = self.size(), self.width() >= self.height()
        room = QRect(QPoint(0, 0), size)
        if len(self._order) > 1:
            self._strip.lie(is_upright=is_wide)
            across = THUMBNAIL[self._tool_set] + GAP
            if is_wide:
                self._strip.setGeometry(0, 0, across, size.height())
                room.setLeft(across)
            else:
                self._strip.setGeometry(0, size.height() - across, size.width(), across)
                room.setBottom(size.height() - across - 1)
        self.canvas.setGeometry(room)
        line = self.canvas.fontMetrics().lineSpacing()
        bar = self.bar.arrange(room.width() - 2 * GAP)
        foot = round(2 * line + MARGIN)
        self.bar.setGeometry(
            QRect(QPoint(room.center().x() - bar.width() // 2, room.bottom() - foot - bar.height()), bar)
        )
        self._place_corners(room)
        overlay = self.canvas.overlay
        overlay.left = self._back.width() + 2 * MARGIN
        overlay.bottom = MARGIN / 2
        top = GAP if is_wide else round(5 * line + MARGIN)
        self.canvas.set_insets(Insets(top, foot + bar.height() + GAP))

    def _place_corners(self, room: QRect) -> None:
        for button in (self._back, self._series, self._download):
            button.resize(button.sizeHint().expandedTo(QSize(TARGET[self._tool_set], TARGET[self._tool_set])))
        self._back.move(room.left() + GAP, room.top() + GAP)
        right = room.right() - GAP
        for button in (self._download, self._series):
            if not button.isVisibleTo(self) and button is self._download and not self._downloads:
                continue
            button.move(right - button.width(), room.top() + GAP)
            right -= button.width() + GAP
