"""The images of one opened exam, for the viewer and the thumbnails, fetched through the portal."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.callers import Caller
from app.images import Images
from app.imaging import Document, KeyReference
from app.portal import Portal
from app.views.exams import ExamPage, InstanceRow, SeriesRow, StoredImage
from ui.viewer.source import DocumentKind, Extras, ViewedDocument, ViewedFrame, ViewedSeries, viewed_frame

THUMBNAIL_SIDE = 256  # pixels
KINDS: Final[dict[str, DocumentKind]] = {
    "document_pdf": "pdf",
    "structured_report": "report",
    "presentation_state": "presentation",
    "key_objects": "key_images",
}


class OneImage:
    """One frame of an instance, and what can be made of it; a NearImage where its file was brought here."""

    def __init__(
        self,
        images: Images,
        instance: UUID | StoredImage,
        number: int,
        cancelled: threading.Event,
        size: int = 0,
    ) -> None:
        """instance: which one, asked for anew at each look, or what bring() found; size: of its file, in bytes."""
        self._images, self._instance, self._number, self._cancelled = images, instance, number, cancelled
        self.size = size

    def frame(self, *, reduced: bool) -> ViewedFrame:
        """Return the image; raises PortalError."""
        found = self._images.frame(self._instance, self._number, reduced=reduced, cancelled=self._cancelled)
        return viewed_frame(found)

    def thumbnail(self) -> NDArray[np.uint8]:
        """Return a small picture; raises PortalError."""
        found = self._images.thumbnail(
            self._instance, self._number, THUMBNAIL_SIDE, cancelled=self._cancelled
        )
        return found.pixels

    def overlay(self) -> NDArray[np.uint8]:
        """Return the drawings over it, white on black; raises PortalError."""
        return self._images.overlays(self._instance, self._number, cancelled=self._cancelled).pixels


class PortalImages:
    """A StaffSource and a FarSource for one caller; after close() nothing is fetched any more.

    because: why reception reads a document (D26).
    """

    def __init__(self, portal: Portal, caller: Caller, page: ExamPage, *, because: str = "") -> None:
        self._because = because
        self._acting = portal.acting(caller)
        self._exam_id = page.exam.id
        self._closed = threading.Event()
        self._frames: dict[str, list[tuple[InstanceRow, int]]] = {}
        self.series: Sequence[ViewedSeries] = (
            [self._viewed(one) for one in page.series if one.frame_count] if page.may_see_images else []
        )
        # Patients and guests are told of images only.
        self._instances = {one.uid: (series, one) for series in page.series for one in series.instances}
        self.documents: Sequence[ViewedDocument] = [
            ViewedDocument(str(one.id), KINDS[one.kind], series.title)
            for series, one in self._instances.values()
            if one.kind in KINDS
        ]

    def instance_at(self, series_id: str, index: int) -> tuple[UUID, int]:
        """Return which instance an image is, and which of its frames, both from 0."""
        instance, frame = self._frames[series_id][index]
        return instance.id, frame

    @property
    def is_far(self) -> bool:
        """Tell whether files come over a line."""
        return self._acting.images.is_far

    def bring(self, series_id: str, index: int) -> "OneImage":
        """Bring one image's file to this machine; raises PortalError."""
        instance, number = self._frames[series_id][index]
        found, size = self._acting.images.bring(instance.id, cancelled=self._closed)
        return OneImage(self._acting.images, found, number, self._closed, size)

    def frame(self, series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
        """Return one image; raises PortalError."""
        return self._at(series_id, index).frame(reduced=reduced)

    def thumbnail(self, series_id: str, index: int) -> NDArray[np.uint8]:
        """Return a small picture; raises PortalError."""
        return self._at(series_id, index).thumbnail()

    def shown(self, series_id: str, indexes: Sequence[int]) -> None:
        """Tell the audit which images a person has seen (D24)."""
        self._acting.images.shown(self._exam_id, UUID(series_id), tuple(index + 1 for index in indexes))

    def extras(self) -> Extras:
        """Return which images are marked, and what the documents call themselves; raises PortalError."""
        marked: dict[str, set[int]] = defaultdict(set)
        titles: dict[str, str] = {}
        for document in self.documents:
            about = self._acting.images.described(UUID(document.id))
            titles[document.id] = about.document_title
            for reference in about.key_references:
                for key, index in self._places_of(reference):
                    marked[key].add(index)
        return Extras({key: frozenset(indexes) for key, indexes in marked.items()}, titles)

    def overlay(self, series_id: str, index: int) -> NDArray[np.uint8]:
        """Return the drawings over one image, white on black; raises PortalError."""
        return self._at(series_id, index).overlay()

    def document(self, document_id: str) -> Document:
        """Return a document; raises PortalError."""
        return self._acting.images.document(UUID(document_id), self._because)

    def pages(self, document: Document) -> int:
        """Return how many pages a document that is a PDF has; raises PortalError."""
        return self._acting.images.document_pages(document)

    def page(self, document: Document, number: int) -> NDArray[np.uint8]:
        """Return one page, from 0, of a document that is a PDF; raises PortalError."""
        return self._acting.images.document_page(document, number).pixels

    def close(self) -> None:
        """Stop what is being fetched."""
        self._closed.set()

    def _at(self, series_id: str, index: int) -> "OneImage":
        instance, number = self._frames[series_id][index]
        return OneImage(self._acting.images, instance.id, number, self._closed)

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

    def _places_of(self, reference: KeyReference) -> Iterator[tuple[str, int]]:
        found = self._instances.get(reference.sop_instance_uid)
        for index, (instance, number) in enumerate(self._frames.get(str(found[0].id), []) if found else []):
            if found and instance.id == found[1].id and number in (reference.frames or (number,)):
                yield str(found[0].id), index
