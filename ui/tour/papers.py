"""A printer without paper: what is printed becomes a PDF in a folder, and its name says so."""

from collections.abc import Callable
from pathlib import Path

from ui.printing import Printer, PrinterState, PrintOutcome

NAME = "Folder of the tour (no paper)"


class FolderPrinters:
    """One printer, which keeps what it is given under the name that was announced for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = 0
        self._next = ""

    def expect(self, name: str) -> Path:
        """Announce what is printed next; return where it will be."""
        self._next = f"{name}.pdf"
        return self._folder / self._next

    def list(self) -> list[Printer]:
        """Return the one printer there is."""
        return [Printer(NAME, PrinterState.READY, is_default=True)]

    def print_pdf(
        self,
        printer: str,  # noqa: ARG002 - there is one
        pdf: bytes,
        title: str,  # noqa: ARG002 - the same for all, as it names nobody
        *,
        copies: int = 1,  # noqa: ARG002 - a file needs no copies
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[Printer], None] = lambda _printer: None,  # noqa: ARG002 - it is done at once
    ) -> PrintOutcome:
        """Keep the PDF."""
        if cancelled():
            return PrintOutcome("cancelled")
        self._kept += 1
        name, self._next = self._next or f"paper-{self._kept}.pdf", ""
        (self._folder / name).write_bytes(pdf)
        return PrintOutcome("printed")

    def close(self) -> None:
        """Nothing waits here."""
