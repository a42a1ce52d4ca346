"""Draws how looking things up grows with the data: `python -m bench.search_plot` makes the picture of the results."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

RESULTS = Path(__file__).resolve().parent / "results" / "search.json"
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "growth.png"
FEW, MANY = "100,000 patients", "1,000,000 patients"
WIDTH, ROW, LEFT, RIGHT, TOP = 960, 30, 400, 60, 110
INK, QUIET, LINE, BAR = "#10242b", "#8a979d", "#0b6e7f", "#b3261e"
_DECADES = (1, 10, 100, 1000)  # ms


def plot(bars: Sequence[Mapping[str, Any]], bar_ms: float, picture: Path) -> None:
    """Draw for each kind of looking up its p50 and p99 at both sizes, in milliseconds by a logarithmic scale."""
    asked = [bar for bar in bars if FEW in bar["details"] and MANY in bar["details"]]
    height = TOP + ROW * len(asked) + 40
    image = Image.new("RGB", (WIDTH, height), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(16)

    def across(spent: float) -> float:
        part = math.log10(min(max(spent, _DECADES[0]), _DECADES[-1])) / (len(_DECADES) - 1)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    for decade in _DECADES:
        x = across(decade)
        draw.line([(x, TOP - 12), (x, height - 34)], fill="#dbe3e6")
        draw.text((x - 22, height - 28), f"{decade} ms", fill=INK, font=font)
    x = across(bar_ms)
    draw.line([(x, TOP - 12), (x, height - 34)], fill=BAR)
    draw.text((x + 6, TOP - 34), f"{bar_ms:g} ms", fill=BAR, font=font)
    draw.text(
        (16, 16),
        "Time of an answer, half of them (dot) and 99 of 100 (end of the line):",
        fill=INK,
        font=font,
    )
    draw.text((16, 40), f"above among {FEW},", fill=QUIET, font=font)
    draw.text(
        (16 + draw.textlength(f"above among {FEW}, ", font=font), 40),
        f"below among {MANY}",
        fill=LINE,
        font=font,
    )
    for number, bar in enumerate(asked):
        y = TOP + ROW * number
        draw.text((16, y + 1), bar["work"].partition(", p99")[0], fill=INK, font=font)
        for size, colour, at in ((FEW, QUIET, y + 6), (MANY, LINE, y + 15)):
            spent = bar["details"][size]
            half, most = across(spent["p50"]), across(spent["p99"])
            draw.line([(half, at), (most, at)], fill=colour, width=3)
            draw.ellipse([(half - 4, at - 4), (half + 4, at + 4)], fill=colour)
    image.save(picture, optimize=True)


if __name__ == "__main__":
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    plot(found["bars"], 50, PICTURE)
