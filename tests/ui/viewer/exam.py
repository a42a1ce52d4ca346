"""A synthetic exam: every image has its own grey, so that a painted pixel tells which image it is."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.errors import PortalError
from app.imaging import Document, DocumentLine
from app.imaging.grayscale import Grayscale, Window
from ui.viewer.source import Caption, Extras, Position, ViewedDocument, ViewedFrame, ViewedSeries

CAPTION = Caption("Ada Example", "CT of the chest, 12 March 2026, Northside", "Born 1 May 1980")
WINDOW = Window(500.0, 1000.0, function="LINEAR_EXACT")


def series(
    *counts: int, modality: str = "CT", key_images: frozenset[int] = frozenset()
) -> list[ViewedSeries]:
    return [
        ViewedSeries(f"s{number}", f"Series {number}", modality, count, key_images)
        for number, count in enumerate(counts)
    ]


def grey_of(position: Position) -> int:
    """The stored number, 0 to 1000, that fills an image."""
    return 100 + 300 * int(position.series_id[1:]) + 7 * position.index


class Exam:
    """An ImageSource without files; gates hold images back until the test lets them through."""

    def __init__(self, *counts: int, side: int = 64, broken: frozenset[Position] = frozenset()) -> None:
        self.series: Sequence[ViewedSeries] = series(*counts)
        self.side = side
        self.broken = broken
        self.asked: list[tuple[Position, bool]] = []
        self.asked_small: list[Position] = []
        self.told: list[tuple[str, list[int]]] = []
        self.gates: dict[Position, threading.Event] = {}
        self.started: dict[Position, threading.Event] = {}
        self.delay: float = 0.0

    def hold(self, position: Position) -> threading.Event:
        """Keep an image back until the returned event is set."""
        self.started[position] = threading.Event()
        self.gates[position] = threading.Event()
        return self.gates[position]

    def frame(self, series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
        position = Position(series_id, index)
        self.asked.append((position, reduced))
        if position in self.gates:
            self.started[position].set()
            assert self.gates[position].wait(20)
        if position in self.broken:
            raise PortalError("damaged", "Part of the file is missing.")
        side = self.side // 2 if reduced else self.side
        pixels = np.full((side, side), grey_of(position), np.uint16)
        return ViewedFrame(pixels, self.side, self.side, Grayscale(windows=(WINDOW,)))

    def thumbnail(self, series_id: str, index: int) -> NDArray[np.uint8]:
        position = Position(series_id, index)
        self.asked_small.append(position)
        return np.full((32, 32), grey_of(position) * 255 // 1000, np.uint8)

    def shown(self, series_id: str, indexes: Sequence[int]) -> None:
        self.told.append((series_id, list(indexes)))


class FarExam(Exam):
    """An exam whose files come over a line; gates hold them back on it."""

    is_far = True

    def __init__(self, *counts: int, size: int = 200_000) -> None:
        super().__init__(*counts)
        self.size = size
        self.brought: list[Position] = []
        self.lost: dict[Position, PortalError] = {}
        self.line_gates: dict[Position, threading.Event] = {}
        self.set_out: dict[Position, threading.Event] = {}

    def hold_on_line(self, position: Position) -> threading.Event:
        """Keep a file on its way until the returned event is set."""
        self.set_out[position] = threading.Event()
        self.line_gates[position] = threading.Event()
        return self.line_gates[position]

    def bring(self, series_id: str, index: int) -> "NearFrame":
        position = Position(series_id, index)
        self.brought.append(position)
        if position in self.line_gates:
            self.set_out[position].set()
            assert self.line_gates[position].wait(60)
        if position in self.lost:
            raise self.lost[position]
        return NearFrame(self, position, self.size)


@dataclass(frozen=True)
class NearFrame:
    """A file of such an exam after it came."""

    exam: FarExam
    position: Position
    size: int

    def frame(self, *, reduced: bool) -> ViewedFrame:
        return self.exam.frame(self.position.series_id, self.position.index, reduced=reduced)

    def thumbnail(self) -> NDArray[np.uint8]:
        return self.exam.thumbnail(self.position.series_id, self.position.index)

    def overlay(self) -> NDArray[np.uint8]:
        raise NotImplementedError


class StaffExam(Exam):
    """An exam with what staff have besides: drawings over every image, key images, documents."""

    documents: Sequence[ViewedDocument] = (
        ViewedDocument("pdf", "pdf", "Letter"),
        ViewedDocument("sr", "report", "SR"),
        ViewedDocument("pr", "presentation", "PR"),
    )

    def __init__(self, *counts: int, side: int = 64) -> None:
        super().__init__(*counts, side=side)
        self.read: list[str] = []

    def frame(self, series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
        return replace(super().frame(series_id, index, reduced=reduced), has_overlays=True)

    def extras(self) -> Extras:
        return Extras({"s0": frozenset({1, 3})}, {"sr": "Basic report", "pr": "Arrows of Dr Lind"})

    def overlay(self, series_id: str, index: int) -> NDArray[np.uint8]:
        drawn = np.zeros((self.side, self.side), np.uint8)
        drawn[self.side // 4, :] = 255
        return drawn

    def document(self, document_id: str) -> Document:
        self.read.append(document_id)
        if document_id == "pdf":
            return Document("Letter", pdf=b"%PDF-")
        return Document("Basic report", (DocumentLine(0, "Finding", ""), DocumentLine(1, "Lung", "clear")))

    def pages(self, document: Document) -> int:
        return 2

    def page(self, document: Document, number: int) -> NDArray[np.uint8]:
        return np.full((300, 200, 3), 100 + 100 * number, np.uint8)
