"""Prints a PDF through QtPrinters in a process of its own, for the print server is chosen once per process."""

import json
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from app.imaging import DecodePool
from ui.printing import QtPrinters

if __name__ == "__main__":
    application = QGuiApplication([])
    printer, pdf = sys.argv[1], Path(sys.argv[2])
    pool = DecodePool(workers=1)
    try:
        printers = QtPrinters(pool)
        names = [found.name for found in printers.list()]
        outcome = printers.print_pdf(printer, pdf.read_bytes(), "Letter", copies=1)
    finally:
        pool.close()
    reason = outcome.reason.kind if outcome.reason else ""
    sys.stdout.write(json.dumps({"names": names, "result": outcome.result, "reason": reason}))
