"""What is taken home: a report, one image, or all of them."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ImageKind = Literal["image_png", "image_jpeg", "film", "all_zip", "dicom_zip"]
WhatKind = Literal["report"] | ImageKind


@dataclass(frozen=True)
class What:
    """Which exam, and what of it."""

    exam_id: UUID
    kind: WhatKind
    report_id: UUID | None = None
    instance_id: UUID | None = None
    frame: int = 0
