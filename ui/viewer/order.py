"""The images of one exam in the order they are looked at; there is nothing before the first or after the last."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from ui.viewer.source import Position, ViewedSeries


class Order:
    """Walks through all series of one exam, and never out of it (R45, D20)."""

    def __init__(self, series: Sequence[ViewedSeries]) -> None:
        self.series = tuple(one for one in series if one.count > 0)
        self._number = {one.id: number for number, one in enumerate(self.series)}
        self._first = [0, *accumulate(one.count for one in self.series)]

    def __len__(self) -> int:
        return self._first[-1]

    def of(self, position: Position) -> ViewedSeries:
        """Return the series that an image belongs to."""
        return self.series[self._number[position.series_id]]

    def place(self, position: Position) -> int:
        """Return how many images of the exam come before this one."""
        return self._first[self._number[position.series_id]] + position.index

    def at(self, place: int) -> Position | None:
        """Return the image at this place of the exam, if there is one."""
        for number, one in enumerate(self.series):
            if self._first[number] <= place < self._first[number + 1]:
                return Position(one.id, place - self._first[number])
        return None

    def after(self, position: Position, steps: int) -> Position | None:
        """Return the image so many steps on, or back; None beyond the ends of the exam."""
        return self.at(self.place(position) + steps)

    def within(self, position: Position, steps: int) -> Position:
        """Return the image so many steps on in the same series, at most its last or first."""
        last = self.of(position).count - 1
        return Position(position.series_id, max(0, min(last, position.index + steps)))

    def series_after(self, position: Position, steps: int) -> Position | None:
        """Return the first image of the series so many further on, if there is one."""
        number = self._number[position.series_id] + steps
        return Position(self.series[number].id, 0) if 0 <= number < len(self.series) else None

    def mark(self, key_images: Mapping[str, frozenset[int]]) -> None:
        """Remember which images are marked, by series."""
        self.series = tuple(
            replace(one, key_images=one.key_images | key_images.get(one.id, frozenset()))
            for one in self.series
        )

    def next_marked(self, position: Position) -> Position | None:
        """Return the next image that is marked, after the last one the first, if there is any."""
        places = [
            self._first[number] + index
            for number, one in enumerate(self.series)
            for index in sorted(one.key_images)
            if index < one.count
        ]
        here = self.place(position)
        found = next((place for place in places if place > here), places[0] if places else None)
        return None if found is None else self.at(found)
