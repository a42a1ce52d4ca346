"""What an import brought, looked up in database and archive."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.errors import PortalError
from app.portal import Acting, Portal
from app.views.exams import Imported
from db.models import Exam, Instance, Series, Study


def brought(desk: Acting, patient: UUID | None, *paths: Path, reason: str = "") -> Imported:
    found = desk.imports.survey(tuple(map(str, paths)), patient)
    return desk.imports.take(found.id, patient, reason)


def counts(portal: Portal) -> tuple[int, int, int, int]:
    """Exams, studies, series and instances in the database."""
    with portal.parts.database.reading() as session:
        exam, study, series, instance = (
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Exam, Study, Series, Instance)
        )
    return exam, study, series, instance


def kept(portal: Portal) -> set[str]:
    return set(portal.parts.archive.keys())


def filed(portal: Portal) -> set[str]:
    with portal.parts.database.reading() as session:
        return set(session.scalars(select(Instance.archive_key)))


def kind_of(call: object, *arguments: object, **more: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments, **more)  # type: ignore[operator]  # a bound method
    return caught.value.kind


def nothing_waits(portal: Portal) -> bool:
    folder = portal.parts.settings.data_folder / "surveys"
    return not folder.exists() or not list(folder.iterdir())
