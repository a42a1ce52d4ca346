"""The tour: walks the whole main job in the real windows, as people do, and leaves papers, pictures and a report."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.errors import N_, Invalid
from ui.tour.papers import FolderPrinters

if TYPE_CHECKING:
    from ui.tour.report import Step

__all__ = ["run_tour"]


def run_tour(
    out: Path, imported: Path | None, make_printers: Callable[[], FolderPrinters] = FolderPrinters
) -> int:
    """Walk through everything; return 0, or 1 as soon as a step goes wrong, after saying which.

    out gets letter.pdf, invitation.pdf, a picture of every page and tour.json. imported: DICOM files to use instead
    of made-up ones; raises Invalid where there are none. make_printers: what stands for the printers.
    """
    from ui.tour.clinic import TourClinic
    from ui.tour.complaints import Complaints
    from ui.tour.report import Broken, Report
    from ui.tour.walk import Walk

    if imported is not None and not imported.exists():
        raise Invalid("path_missing", N_("There is nothing at {path}."), path=str(imported))
    application = QApplication.instance() or QApplication(sys.argv[:1])
    printers = make_printers()
    clinic = TourClinic(lambda: printers)
    with Complaints() as complaints:
        report = Report(out, imported, complaints)
        try:
            report.step("clinic", "is made, with a desk, a kiosk and a web server", clinic.make)
            walk = Walk(clinic, report, printers, imported)
            walk.go()
            walk.keep_messages()
        except Broken:
            if clinic.log_folder is not None:
                report.keep_log(clinic.log_folder)
            _say_failure(report.steps[-1])
            return 1
        finally:
            report.write()
            clinic.close()
            application.processEvents()
    return 0


def _say_failure(step: "Step") -> None:
    pictures = [name for name in step.pictures if "failed" in name]
    sys.stderr.write(
        f"\nTHE TOUR HAS FAILED at step {step.number}, {step.who}: {step.what}.\n{step.problem}\n"
        f"See {', '.join(pictures) or 'tour.json'}.\n"
    )
