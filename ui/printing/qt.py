"""Prints through Qt where there is no CUPS (Windows): the pages go out as pictures, and nobody says what became of them."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from app.errors import N_, Unavailable
from app.imaging.picture import Picture
from ui.printing.printer import Printer, PrinterState, PrintOutcome, unclear

_DPI = 300
_POINTS_PER_INCH = 72


class Rasteriser(Protocol):
    """Makes the pages of a PDF into pictures, in a worker process of its own (app.imaging.DecodePool)."""

    def pdf_pages(self, pdf: bytes) -> int:
        """Return how many pages there are."""
        ...

    def pdf_page(self, pdf: bytes, page: int, dpi: int) -> Picture:
        """Return one page, from 0."""
        ...


class QtPrinters:
    """The printers that Qt knows."""

    def __init__(self, rasteriser: Rasteriser) -> None:
        self._rasteriser = rasteriser

    def list(self) -> list[Printer]:
        """Return the printers, the default one first."""
        found = [
            Printer(info.printerName(), _state(info.state()), is_default=info.isDefault())
            for info in QPrinterInfo.availablePrinters()
        ]
        return sorted(found, key=lambda printer: (not printer.is_default, printer.name.casefold()))

    def print_pdf(
        self,
        printer: str,
        pdf: bytes,
        title: str,
        *,
        copies: int = 1,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[Printer], None] = lambda _printer: None,  # noqa: ARG002 - Qt tells nothing meanwhile
    ) -> PrintOutcome:
        """Hand the pages to the system's queue; at best the outcome is unclear, for nothing tells us of paper."""
        info = QPrinterInfo.printerInfo(printer)
        device = QPrinter(info, QPrinter.PrinterMode.HighResolution)
        # Without such a printer Qt makes a file, and calls that printed.
        if (
            info.isNull()
            or device.outputFormat() != QPrinter.OutputFormat.NativeFormat
            or device.outputFileName()
        ):
            return PrintOutcome(
                "failed",
                Unavailable(
                    "printer_gone",
                    N_("The printer {printer} cannot be found. Choose another printer."),
                    printer=printer,
                ),
            )
        device.setDocName(title)
        device.setCopyCount(copies)
        device.setResolution(_DPI)
        device.setFullPage(True)
        return self._paint(device, printer, pdf, cancelled)

    def close(self) -> None:
        """Nothing is ours any more once it is in the system's queue."""

    def _paint(self, device: QPrinter, name: str, pdf: bytes, cancelled: Callable[[], bool]) -> PrintOutcome:
        painter = QPainter()
        for page in range(self._rasteriser.pdf_pages(pdf)):
            pixels = self._rasteriser.pdf_page(pdf, page, _DPI).pixels
            if cancelled():
                device.abort()
                painter.end()
                return PrintOutcome("cancelled")
            device.setPageSize(_page_size(pixels))
            device.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
            started = device.newPage() if painter.isActive() else painter.begin(device)
            if not started:
                painter.end()
                return PrintOutcome("failed", Printer(name, PrinterState.OFF).trouble)
            painter.drawImage(QRectF(device.paperRect(QPrinter.Unit.DevicePixel)), _image(pixels))
        painter.end()
        return PrintOutcome("unclear", unclear(name))


def _image(pixels: NDArray[np.uint8]) -> QImage:
    kept = np.ascontiguousarray(pixels)
    grey = kept.ndim == 2  # noqa: PLR2004 - rows and columns
    form = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    # A copy of its own: the pixels may be gone before Qt has painted them.
    return QImage(kept.data, kept.shape[1], kept.shape[0], kept.strides[0], form).copy()


def _page_size(pixels: NDArray[np.uint8]) -> QPageSize:
    height, width = pixels.shape[:2]
    size = QSizeF(width * _POINTS_PER_INCH / _DPI, height * _POINTS_PER_INCH / _DPI)
    return QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyMatch)


def _state(state: QPrinter.PrinterState) -> PrinterState:
    return {
        QPrinter.PrinterState.Active: PrinterState.PRINTING,
        QPrinter.PrinterState.Aborted: PrinterState.PAUSED,
        QPrinter.PrinterState.Error: PrinterState.OFF,
    }.get(state, PrinterState.READY)
