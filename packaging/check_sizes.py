"""Fails when a source file has more than 400 lines and the list below gives no reason for it."""

import subprocess
import sys
from pathlib import Path

LONGEST = 400
REASONS: dict[str, str] = {}


def main() -> int:
    """Name each file that is too long, and each reason that is not needed; return 1 when there is one."""
    listed = subprocess.run(
        ["git", "ls-files", "-zco", "--exclude-standard", "*.py", "*.css", "*.js", "*.html", "*.sh"],
        capture_output=True,
        text=True,
        check=True,
    )
    lengths = {
        name: len(Path(name).read_text(encoding="utf-8").splitlines())
        for name in sorted(set(listed.stdout.split("\0")))
        if name and Path(name).exists()
    }
    too_long = {name: lines for name, lines in lengths.items() if lines > LONGEST}
    for name, lines in too_long.items():
        if name not in REASONS:
            print(f"{name}: {lines} lines; split it by noun, or state a reason in {Path(__file__).name}")
    for name in REASONS.keys() - too_long.keys():
        print(f"{name}: has a reason to be long in {Path(__file__).name}, and is not")
    return int(too_long.keys() != REASONS.keys())


if __name__ == "__main__":
    sys.exit(main())
