import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.documents import PaperStyle, invitation
from app.words import Words
from tests.app.documents.reading import info_of, qr_of
from tests.app.documents.rows import INVITATION
from tests.printers.cupsd import PRINTERS, PrintServer

HERE = Path(__file__).parent
LETTER = invitation(INVITATION, PaperStyle("Letter"), Words())


def print_through_qt(server: str, printer: str, folder: Path) -> dict[str, Any]:
    pdf = folder / "letter.pdf"
    pdf.write_bytes(LETTER)
    environment = {
        **os.environ,
        "CUPS_SERVER": server,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join((str(HERE.parents[2]), os.environ.get("PYTHONPATH", ""))),
    }
    done = subprocess.run(
        [sys.executable, str(HERE / "print_through_qt.py"), printer, str(pdf)],
        env=environment,
        cwd=folder,
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_pages_through_qt_come_out_in_size_with_a_qr_code_that_reads_back(
    server: PrintServer, tmp_path: Path
) -> None:
    found = print_through_qt(server.socket, "Desk_Good", tmp_path)
    assert set(found["names"]) == set(PRINTERS)
    # Qt hands over and hears no more: nothing may be claimed.
    assert (found["result"], found["reason"]) == ("unclear", "print_unclear")
    give_up = time.monotonic() + 20
    while not server.kept and time.monotonic() < give_up:
        threading.Event().wait(0.05)
    kept = server.kept[-1]
    assert kept.title == "Letter"
    assert info_of(kept.pdf)["Page size"].startswith("612 x 792")
    said, _side = qr_of(kept.pdf, 100)
    assert said == "https://portal.harbour-imaging.example/i/7XK2M9QTA4HB#VW3Y8Z5N6P2C"


@pytest.mark.parametrize("printer", ["Desk_9", ""])
def test_a_printer_that_is_not_there_never_becomes_a_file(
    server: PrintServer, printer: str, tmp_path: Path
) -> None:
    found = print_through_qt(server.socket, printer, tmp_path)
    assert (found["result"], found["reason"]) == ("failed", "printer_gone")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.pdf"]


def test_without_any_print_service_nothing_is_said_to_be_printed(tmp_path: Path) -> None:
    found = print_through_qt(str(tmp_path / "none.sock"), "Desk_Good", tmp_path)
    assert found == {"names": [], "result": "failed", "reason": "printer_gone"}
    assert [path.name for path in tmp_path.iterdir()] == ["letter.pdf"]
