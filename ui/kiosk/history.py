"""The pages that somebody came through, the last one on top."""

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from ui.kiosk.forgetting import forget_pages
from ui.patient.touch_page import TouchPage


class History(QStackedWidget):
    """Shows the last page; pages that are left by Back are emptied and deleted."""

    def __init__(self, before_any: QWidget) -> None:
        super().__init__()
        self._pages: list[TouchPage] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.addWidget(before_any)

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def last(self) -> TouchPage | None:
        """The page that is shown."""
        return self._pages[-1] if self._pages else None

    def push(self, page: TouchPage) -> None:
        """Show a page on top of the one before."""
        if self.last is not None:
            self.last.leave()
        self._pages.append(page)
        self.addWidget(page)
        self.setCurrentWidget(page)

    def drop(self, count: int) -> None:
        """Forget the last pages, and show the one below them."""
        at = len(self._pages) - max(count, 0)
        dropped = self._pages[at:]
        del self._pages[at:]
        for page in dropped:
            page.leave()
            self.removeWidget(page)
        if self.last is not None:
            self.setCurrentWidget(self.last)
        forget_pages(dropped)

    def above(self, kind: type[TouchPage]) -> int | None:
        """Return how many pages lie on top of the last one of a kind; None when there is none."""
        return next((n for n, page in enumerate(reversed(self._pages)) if isinstance(page, kind)), None)
