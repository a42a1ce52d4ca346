"""Which part of a file a browser or a station asks for (RFC 9110, section 14)."""

import re

_ONE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})|bytes=-(\d{1,18})")


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the first byte asked for and the one after the last, None where all or several parts are asked for.

    Raises ValueError where there is no such part.
    """
    found = _ONE.fullmatch(header.replace(" ", ""))
    if found is None:
        return None
    first, last, length = found.groups()
    if length:
        start, end = max(0, size - int(length)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= end:
        raise ValueError("no such part")
    return start, end
