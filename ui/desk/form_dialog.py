"""A small form over the page: stays open until the portal has done what was asked, so that nothing typed is lost."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.errors import PortalError
from app.ids import new_id
from app.portal import Acting
from ui.desk.dialog import DeskDialog
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.button import ButtonRole
from ui.widgets.layout import column

Ask = Callable[[Acting], Any]
MOST_OF_WINDOW = 0.62  # how much of the window's height a form may take before it scrolls


class FormDialog(DeskDialog):
    """read: called when the person presses the button; returns what to ask of the portal, or raises Invalid."""

    def __init__(
        self,
        seat: Seat,
        page: QWidget,
        heading: str,
        sentence: str,
        *,
        action: str,
        fields: Sequence[QWidget] = (),
        read: Callable[[], Ask],
        done: Callable[[Any], None] = lambda _result: None,
        role: ButtonRole = "primary",
    ) -> None:
        self._seat = seat
        self._read = read
        self._done = done
        self._request_id = new_id()
        self.form = Form(seat, fields)
        super().__init__(
            "form_dialog", page, seat.words, heading, sentence, body=self.form, action=action, role=role
        )
        self.form.grown.connect(self._place)
        first = next((field for field in fields if field.focusProxy() is not None), None)
        (first or self.no).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter send, also with Ctrl from a field of several lines."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_yes()
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        self.form.fit(round(self.window().height() * MOST_OF_WINDOW))
        super()._place()

    def _on_yes(self) -> None:
        if not self.yes.isEnabled():
            return
        self.form.notices.clear()
        try:
            ask = self._read()
        except PortalError as error:
            self.form.show_failure(error)
            return
        self.yes.setEnabled(False)
        self._seat.run(
            ask, owner=self, done=self._on_done, failed=self._on_failed, request_id=self._request_id
        )

    def _on_done(self, result: Any) -> None:
        self.close_dialog()
        self._done(result)

    def _on_failed(self, error: Exception) -> None:
        self.yes.setEnabled(True)
        self.form.show_failure(error)
        self._place()


class Form(Page):
    """The fields and the line for notices; scrolls where the window is too low for it."""

    grown = Signal()  # what is in it needs more or less room

    def __init__(self, seat: Seat, fields: Sequence[QWidget]) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setProperty("role", "clear")
        inner = QWidget()
        inner.setProperty("role", "clear")
        self._fields = column(*fields, None, gap=2)
        self._fields.setContentsMargins(6, 6, 6, 6)
        inner.setLayout(self._fields)
        inner.installEventFilter(self)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inner)
        self.column = column(self.notices, self._area, gap=1)
        self.setLayout(self.column)
        self._area.setVisible(bool(fields))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear that the fields need more room, which the scroll area keeps to itself."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.grown.emit()
        return super().eventFilter(watched, event)

    def fit(self, most: int) -> None:
        """Be as high as the fields need, at most so many pixels."""
        layout = self._fields
        layout.activate()
        width = max(self._area.viewport().width(), 200)
        needed = max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height())
        policy = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if needed > most else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self._area.setVerticalScrollBarPolicy(policy)
        self._area.setFixedHeight(min(needed, most) + 2 * self._area.frameWidth())
