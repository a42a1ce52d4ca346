"""What in a report's text is a heading: radiologists write them in capitals or with a colon, on a line of their own."""

import re

LONGEST = 40  # characters

_PARTED = re.compile(rf"(?m)^(?P<heading>[^\n]{{1,{LONGEST}}})[ \t]*\n")


def is_heading(line: str) -> bool:
    """Tell whether a line of its own is a heading: short, and ending in a colon or all in capitals."""
    words = line.strip()
    if not 0 < len(words) <= LONGEST or "\n" in words:
        return False
    return words.endswith(":") or (words.isupper() and not words.endswith("."))


def paragraphs(text: str) -> tuple[str, ...]:
    """Return a report's paragraphs: parted by empty lines, and by headings."""
    parted = _PARTED.sub(
        lambda found: found.group() + "\n" if is_heading(found["heading"]) else found.group(),
        text.replace("\r\n", "\n"),
    )
    return tuple(part.strip() for part in re.split(r"\n\s*\n", parted) if part.strip())
