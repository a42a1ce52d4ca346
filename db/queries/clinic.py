"""The clinic's settings, sites and stations."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import ClinicRecord, Site, Station


def document(session: Session) -> tuple[str, int] | None:
    """Return the settings document and its version, or None before the clinic is set up."""
    row = session.get(ClinicRecord, 1)
    return (row.document, row.version) if row else None


def replace_document(session: Session, text: str, version: int) -> bool:
    """Store new settings unless somebody stored others meanwhile; tell whether it was done."""
    done = session.execute(
        update(ClinicRecord)
        .where(ClinicRecord.id == 1, ClinicRecord.version == version)
        .values(document=text, version=version + 1)
        .returning(ClinicRecord.id)
    )
    return done.first() is not None


def sites(session: Session) -> list[Site]:
    """Return every site, by name."""
    return list(session.scalars(select(Site).order_by(Site.name)))


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def stations(session: Session) -> list[Station]:
    """Return every station, by site and name."""
    return list(session.scalars(select(Station).order_by(Station.site_id, Station.name)))


def station(session: Session, station_id: UUID) -> Station | None:
    """Return a station."""
    return session.get(Station, station_id)
