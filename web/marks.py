"""Short marks that change when an open page of an exam would look different."""

import hashlib
from typing import Any

from app.views.exams import ExamPage


def mark_of(page: ExamPage) -> str:
    """Return the mark of a patient's page."""
    return _mark(page)


def guests_mark(page: ExamPage) -> str:
    """Return the mark of a guest's page, which shows less."""
    return _mark(
        (
            page.may_see_report,
            page.may_see_images,
            page.may_download,
            page.notice,
            [(report.id, report.title, report.state, report.notice, report.pages) for report in page.reports],
            [instance.id for series in page.series for instance in series.instances],
        )
    )


def _mark(seen: Any) -> str:
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
