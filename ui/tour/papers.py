"""A printer without paper: what is printed becomes a PDF in a folder, and its name says so."""

from collections.abc import Callable
from pathlib import Path

from ui.printing import Printer, PrinterState, PrintOutcome

NAME = "Folder of the tour (no paper)"


class FolderPrinters:
    """One printer, which keeps what it is given where it was told to expect it."""

    def __init__(self) -> None:
        self._next: Path | None = None

    def expect(self, path: Path) -> None:
        """Say where what is printed next goes."""
        self._next = path

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
        path, self._next = self._next, None
        if path is None or cancelled():  # nobody waits for it
            return PrintOutcome("cancelled")
        path.write_bytes(pdf)
        return PrintOutcome("printed")

    def close(self) -> None:
        """Nothing waits here."""
