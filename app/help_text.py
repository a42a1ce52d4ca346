"""The clinic's own answers to common questions, as its managers type them: plain text, a blank line between two."""

import re
from dataclasses import dataclass

_BETWEEN = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class HelpAnswer:
    """A question and its answer; without a question it is a notice that stands open."""

    question: str
    paragraphs: tuple[str, ...]


def help_answers(text: str) -> tuple[HelpAnswer, ...]:
    """Return what a text holds: the first line of each block is the question, a line by itself is a notice."""
    blocks = _BETWEEN.split(text.replace("\r\n", "\n"))
    lines = [[line.strip() for line in block.splitlines() if line.strip()] for block in blocks]
    return tuple(
        HelpAnswer(block[0], tuple(block[1:])) if len(block) > 1 else HelpAnswer("", (block[0],))
        for block in lines
        if block
    )
