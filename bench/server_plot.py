"""Draws how the server's answers grow with the load: `python -m bench.server_plot` makes the picture of the results."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

RESULTS = Path(__file__).resolve().parent / "results" / "server.json"
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "server-load.png"
WIDTH, HEIGHT, MARGIN = 960, 480, 70
INK, QUIET, LINE, BAR = "#10242b", "#5b6b73", "#0b6e7f", "#b3261e"
_DECADES = (10, 100, 1000, 10_000)


def plot(steps: Sequence[Mapping[str, Any]], bar_ms: float, picture: Path) -> None:
    """Draw p50 and p99 in milliseconds, by a logarithmic scale, and what was done, over what was asked a second."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(16)
    most = max(step["asked a second"] for step in steps)

    def place(asked: float, spent: float) -> tuple[float, float]:
        x = MARGIN + asked / most * (WIDTH - 2 * MARGIN)
        part = (math.log10(max(spent, _DECADES[0])) - 1) / (len(_DECADES) - 1)
        return x, HEIGHT - MARGIN - part * (HEIGHT - 2 * MARGIN)

    for decade in _DECADES:
        y = place(0, decade)[1]
        draw.line([(MARGIN, y), (WIDTH - MARGIN, y)], fill="#dbe3e6")
        draw.text((8, y - 9), f"{decade} ms", fill=QUIET, font=font)
    for words, key, colour, width in (("p50", "p50", QUIET, 2), ("p99", "p99", LINE, 3)):
        points = [place(step["asked a second"], step[key]) for step in steps]
        draw.line(points, fill=colour, width=width)
        draw.text((points[-1][0] + 6, points[-1][1] - 9), words, fill=colour, font=font)
    y = place(0, bar_ms)[1]
    draw.line([(MARGIN, y), (WIDTH - MARGIN, y)], fill=BAR)
    draw.text((MARGIN + 4, y - 20), f"{bar_ms:g} ms", fill=BAR, font=font)
    for number, step in enumerate(steps):
        x = place(step["asked a second"], 1)[0]
        below = HEIGHT - MARGIN + (8 if number % 2 else 26)
        draw.text(
            (x - 20, below), f"{step['asked a second']:g}: {step['done a second']:g}", fill=INK, font=font
        )
    draw.text(
        (MARGIN, 16),
        "Time of an answer over steps asked a second (below: asked: done); no passwords",
        fill=INK,
        font=font,
    )
    image.save(picture, optimize=True)


if __name__ == "__main__":
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    plot(found["steps"], 150, PICTURE)
