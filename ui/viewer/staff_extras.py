"""What staff have besides images: key images marked by the radiologist, documents, presentation states."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.background import Background
from ui.viewer.choices import document_choices, document_name
from ui.viewer.document_panel import DocumentPanel
from ui.viewer.order import Order
from ui.viewer.sheet import Choice
from ui.viewer.source import Extras, StaffSource, ViewedDocument


class StaffExtras(QObject):
    """Looks into the files once, after the first image has had its turn."""

    marked = Signal()  # the key images are known

    def __init__(
        self,
        source: StaffSource,
        order: Order,
        words: Words,
        background: Background,
        target: int,
        home: QWidget,
    ) -> None:
        super().__init__(home)
        self._source, self._order, self._words, self._background = source, order, words, background
        self._extras = Extras()
        self.panel = DocumentPanel(source, words, background, target, home)

    @property
    def has_documents(self) -> bool:
        """Tell whether there is anything to list."""
        return bool(self._source.documents)

    def fetch(self) -> None:
        """Ask for the marks and the titles; without them the images are there all the same."""
        self._background.run(
            self._source.extras, owner=self, done=self._on_extras, failed=lambda _error: None, lane="images"
        )

    def choices(self) -> list[Choice]:
        """Return one line for each document."""
        return document_choices(self._source.documents, self._extras.titles, self._read, self._words)

    def stop(self) -> None:
        """Forget everything."""
        self._background.cancel_all(self)
        self._extras = Extras()
        self.panel.forget()
        self.panel.hide()

    def _read(self, document: ViewedDocument) -> None:
        title = self._extras.titles.get(document.id) or document.title
        self.panel.read(document, document_name(document.kind, title, self._words))

    def _on_extras(self, extras: Extras) -> None:
        self._extras = extras
        if any(extras.key_images.values()):
            self._order.mark(extras.key_images)
            self.marked.emit()
