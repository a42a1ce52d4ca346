"""Our decoder as the benchmark times it, in a process of its own: the file opened before, or opened each time.

The limit of what has no codec is timed too: getting the bytes alone.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.imaging.decode import decode_frame
from app.imaging.dicom_file import open_file
from app.imaging.frames import Frames


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        path = Path(asked["path"])
        opened = Frames(open_file(path))
        works: dict[str, Callable[[], object]] = {
            "ours": lambda opened=opened: decode_frame(opened, 0),  # type: ignore[misc]  # bound now
            "ours, file": lambda path=path: decode_frame(Frames(open_file(path)), 0),  # type: ignore[misc]
            "bytes alone": lambda opened=opened: opened.native_bytes_of(0),  # type: ignore[misc]
        }
        work = works[asked["peer"]]
        work()
        spent = []
        for _ in range(asked["repeats"]):
            began = time.perf_counter()
            work()
            spent.append((time.perf_counter() - began) * 1000)
        print("=" + json.dumps(statistics.median(spent)), flush=True)


if __name__ == "__main__":
    main()
