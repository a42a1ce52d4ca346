import re
import time
from datetime import UTC
from pathlib import Path

from app.outside.clock import system_clock

ROOT = Path(__file__).parents[3]


def test_the_clock_is_aware_in_utc_and_the_machines_own() -> None:
    before, now, after = time.time(), system_clock(), time.time()
    assert now.tzinfo is UTC
    assert before - 0.001 <= now.timestamp() <= after + 0.001


def test_nothing_else_reads_the_time() -> None:
    reading = re.compile(
        r"\b(?:datetime|date)\.(?:now|today|utcnow)\(|\btime\.time\(|\btime\.(?:local|gm)time\("
    )
    rooms = [
        ROOT / "main.py",
        *(file for room in ("app", "db", "ui", "web") for file in (ROOT / room).rglob("*.py")),
    ]
    found = [
        file.name for file in rooms if file.exists() and reading.search(file.read_text(encoding="utf-8"))
    ]
    assert found == ["clock.py"]
