"""The units of systemd: what they start is there, and systemd itself finds nothing wrong with them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "packaging" / "systemd").iterdir())
SANDBOX = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "SystemCallFilter=@system-service",
)


def test_the_units_start_what_is_there_locked_in_and_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    services = [unit for unit in UNITS if unit.suffix == ".service"]
    assert [unit.name for unit in services] == ["patient-portal-backup.service", "patient-portal.service"]
    for unit in services:
        text = unit.read_text()
        assert all(f"\n{line}\n" in text for line in SANDBOX), unit.name
        command = re.search(r"main\.py ((?:\w+ )+)--settings", text)
        assert command is not None
        words = [sys.executable, "main.py", *command[1].split(), "--help"]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    program = shutil.which("systemd-analyze")
    if program is None:  # a machine without systemd: what is above holds
        return
    copies = []
    for unit in UNITS:
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text().replace("/opt/patient-portal/.venv/bin/python", sys.executable))
        copies.append(str(copy))
    done = subprocess.run(
        [program, "verify", "--man=no", *copies], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "patient-portal" in line] == []
