"""Starts scenarios and peers in processes of their own, and tells what machine this is."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-bench" / "bin" / "python"
AROUND = os.environ | {
    "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    "PYTHONPATH": str(ROOT),
}
PATIENCE_S = 900


def ours(scenario: str, *arguments: object) -> dict[str, Any]:
    """Play a scenario of bench.viewer_window; return its figures."""
    return _figures([sys.executable, "-m", "bench.viewer_window", scenario, *map(str, arguments)])


def theirs(window: str, *arguments: object) -> dict[str, Any]:
    """Play a window of bench/viewer_peers.py; return its figures."""
    return _figures([str(PEERS), str(ROOT / "bench" / "viewer_peers.py"), window, *map(str, arguments)])


def _figures(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - our own scripts
        command, check=True, capture_output=True, text=True, cwd=ROOT, env=AROUND, timeout=PATIENCE_S
    )
    found: dict[str, Any] = json.loads(done.stdout.rpartition("=")[2])
    return found


class Server:
    """A process that times decoders, one question a line."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own scripts
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=AROUND,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, peer: str, path: Path, repeats: int) -> float | None:
        """Return the median milliseconds of decoding a file, None where the peer cannot."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        question = {"peer": peer, "path": str(path), "repeats": repeats}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("="):  # libraries say other things besides
                found: float | None = json.loads(line[1:])
                return found
        return None


@contextmanager
def decoders() -> Iterator[tuple[Server, Server]]:
    """Start our own decoder and the peers' as servers."""
    with (
        Server([sys.executable, "-m", "bench.viewer_own_decoder"]) as own,
        Server([str(PEERS), str(ROOT / "bench" / "viewer_peers.py"), "decode"]) as peers,
    ):
        yield own, peers


def machine() -> str:
    """Describe the machine."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{model or platform.machine()}, {os.cpu_count()} processors, {memory} GB, {platform.platform()}, load {load}"


def physical_limits(folder: Path) -> dict[str, float]:
    """Measure what nobody can do without: reading and copying a frame, drawing it smoothly, a process's answer."""
    found: dict[str, float] = {}
    for name, size in (("CT", 512 * 512 * 2), ("DX", 3000 * 4000 * 2)):
        file = folder / f"limit {name}"
        file.write_bytes(bytes(size))
        memory = np.ones(size, np.uint8)
        found[f"read {name}"] = _least(file.read_bytes)
        found[f"copy {name}"] = _least(memory.copy)
    found["draw 512 x 512 smoothly on 1024 x 1024"] = _least(_drawing())
    return {name: round(spent, 3) for name, spent in found.items()}


def _drawing() -> Any:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    screen = QImage(1024, 1024, QImage.Format.Format_RGB32)
    image = QImage(512, 512, QImage.Format.Format_RGB32)
    image.fill(0)

    def draw() -> None:
        painter = QPainter(screen)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, 1024, 1024), image)
        painter.end()

    return draw


def _least(work: Any) -> float:
    spent = []
    for _ in range(15):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)[7]
