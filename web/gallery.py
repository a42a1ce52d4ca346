"""What the gallery's template and script go by: which sizes there are, and which images stand where."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from app.views.exams import ExamPage, InstanceRow, SeriesRow

THUMBNAIL_SIDE = 256
SIDES = (
    512,
    1024,
    2048,
    8192,
)  # the longest side of what a browser may ask for, in pixels; the last is all there is
FIRST_SHOWN = 12  # thumbnails of a series on the exam's own page
PER_PAGE = 60  # thumbnails on a page of their own
_MOST_WITH_THE_PAGE = (
    100  # instances told with the exam's page; where there are more, the script asks for them
)
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Place:
    """One image of a series."""

    number: int  # from 1
    instance: InstanceRow
    frame: int  # from 0


@dataclass(frozen=True)
class Listing:
    """Some images of a series, and which pages of them there are."""

    places: tuple[Place, ...]
    page: int  # from 1
    pages: int


def places_of(series: SeriesRow) -> Iterator[Place]:
    """Go over the images of a series in their order."""
    places = (
        (instance, frame)
        for instance in series.instances
        if instance.kind == "image"
        for frame in range(instance.frames)
    )
    return (Place(number, instance, frame) for number, (instance, frame) in enumerate(places, 1))


def first_places(series: SeriesRow) -> tuple[Place, ...]:
    """Return the images of a series that stand on the exam's own page."""
    return tuple(islice(places_of(series), FIRST_SHOWN))


def films(series: SeriesRow) -> tuple[Place, ...]:
    """Return the first frames of what moves among the images on the exam's own page."""
    return tuple(place for place in first_places(series) if place.frame == 0 and place.instance.frames > 1)


def videos(page: ExamPage) -> tuple[InstanceRow, ...]:
    """Return the films of an exam that are played as they were stored."""
    return tuple(one for series in page.series for one in series.instances if one.kind == "video")


def listing(series: SeriesRow, page: int) -> Listing:
    """Return a page, from 1, of the images of a series; without images where there is no such page."""
    first = (page - 1) * PER_PAGE
    places = tuple(islice(places_of(series), first, first + PER_PAGE)) if first >= 0 else ()
    return Listing(places, page, -(-series.frame_count // PER_PAGE))


def told(page: ExamPage) -> list[list[tuple[str, int, int, int]]]:
    """Return what the gallery's script needs of every image, series by series: instance, frames, columns and rows."""
    return [
        [
            (str(instance.id), instance.frames, instance.columns, instance.rows)
            for instance in series.instances
            if instance.kind == "image" and instance.frames
        ]
        for series in page.series
        if series.frame_count
    ]


def told_with_page(page: ExamPage) -> Markup:
    """Return the same as JSON to stand in the exam's own page, nothing where that would make it heavy."""
    every = told(page)
    if sum(map(len, every)) > _MOST_WITH_THE_PAGE:
        return Markup()
    # Ids and numbers alone: nothing in it could end the element it stands in.
    return Markup(json.dumps(every, separators=(",", ":")))  # noqa: S704


def megabytes(page: ExamPage) -> int:
    """Return how large the exam's files are together, in millions of bytes, at least 1."""
    size = sum(instance.size for series in page.series for instance in series.instances)
    return max(1, round(size / _MEGABYTE))
