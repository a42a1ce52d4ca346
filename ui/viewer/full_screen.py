"""Takes a widget out of its page to fill the screen, and puts it back; never longer than its page is in sight."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class FullScreen(QObject):
    """The widget stays its page's child, and in its place of the layout, so it comes back where it was.

    When the page is hidden or closed, as by the lock of the screen, the widget goes with it.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._page: QWidget | None = None

    @property
    def is_on(self) -> bool:
        """Tell whether the widget fills the screen."""
        return self._page is not None

    def switch(self) -> None:
        """Fill the screen, or go back."""
        if self.is_on:
            self.leave()
        else:
            self._enter()

    def _enter(self) -> None:
        page = self._widget.parentWidget()
        if page is None:
            return
        self._page = page
        page.installEventFilter(self)
        self._widget.setWindowFlag(Qt.WindowType.Window)
        self._widget.showFullScreen()

    def leave(self) -> None:
        """Go back into the page."""
        page, self._page = self._page, None
        if page is None:
            return
        page.removeEventFilter(self)
        self._widget.hide()
        self._widget.setWindowFlag(Qt.WindowType.Window, on=False)
        self._widget.setWindowState(Qt.WindowState.WindowNoState)
        self._widget.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the screen with the page."""
        if event.type() in {QEvent.Type.Hide, QEvent.Type.Close}:
            self.leave()
        return super().eventFilter(watched, event)
