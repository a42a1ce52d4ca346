"""The images of one opened exam, for the viewer and the thumbnails, fetched through the portal."""

import threading
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.callers import Caller
from app.portal import Portal
from app.views.exams import ExamPage, InstanceRow, SeriesRow
from ui.viewer.source import ViewedFrame, ViewedSeries, viewed_frame

THUMBNAIL_SIDE = 256  # pixels


class PortalImages:
    """An ImageSource for one caller; after close() nothing is fetched any more."""

    def __init__(self, portal: Portal, caller: Caller, page: ExamPage) -> None:
        self._acting = portal.acting(caller)
        self._exam_id = page.exam.id
        self._closed = threading.Event()
        self._frames: dict[str, list[tuple[InstanceRow, int]]] = {}
        self.series: Sequence[ViewedSeries] = (
            [self._viewed(one) for one in page.series if one.frame_count] if page.may_see_images else []
        )

    def instance_at(self, series_id: str, index: int) -> tuple[UUID, int]:
        """Return which instance an image is, and which of its frames, both from 0."""
        instance, frame = self._frames[series_id][index]
        return instance.id, frame

    def frame(self, series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
        """Return one image; raises PortalError."""
        instance, number = self._frames[series_id][index]
        return viewed_frame(
            self._acting.images.frame(instance.id, number, reduced=reduced, cancelled=self._closed)
        )

    def thumbnail(self, series_id: str, index: int) -> NDArray[np.uint8]:
        """Return a small picture; raises PortalError."""
        instance, number = self._frames[series_id][index]
        picture = self._acting.images.thumbnail(instance.id, number, THUMBNAIL_SIDE, cancelled=self._closed)
        return picture.pixels

    def shown(self, series_id: str, indexes: Sequence[int]) -> None:
        """Tell the audit which images a person has seen (D24)."""
        self._acting.images.shown(self._exam_id, UUID(series_id), tuple(index + 1 for index in indexes))

    def close(self) -> None:
        """Stop what is being fetched."""
        self._closed.set()

    def _viewed(self, series: SeriesRow) -> ViewedSeries:
        key = str(series.id)
        self._frames[key] = [
            (instance, number)
            for instance in series.instances
            if instance.kind == "image"
            for number in range(instance.frames)
        ]
        return ViewedSeries(
            key, series.title, series.modality, len(self._frames[key]), frame_time_ms=series.frame_time_ms
        )
