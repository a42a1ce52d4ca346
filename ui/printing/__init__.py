"""Puts PDFs on paper and says truly what became of them: through CUPS, or through Qt where there is none."""

import sys

from ui.printing.cups import CupsPrinters
from ui.printing.printer import Printer, Printers, PrinterState, PrintOutcome
from ui.printing.qt import QtPrinters, Rasteriser

__all__ = [
    "CupsPrinters",
    "PrintOutcome",
    "Printer",
    "PrinterState",
    "Printers",
    "QtPrinters",
    "find_printers",
]


def find_printers(rasteriser: Rasteriser, server: str = "") -> Printers:
    """Return the printers of this machine: those of CUPS where its commands are, else those that Qt knows.

    server: a CUPS server's socket or host[:port]; empty for the machine's own. rasteriser: app.imaging.DecodePool, or what does as it does.
    """
    if sys.platform != "win32" and CupsPrinters.is_here():
        return CupsPrinters(server)
    return QtPrinters(rasteriser)
