"""The clinic's settings, sites and stations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from db.models import ClinicRecord, Site, Station

# Built once, and no entity is made of it: it is asked at every request.
_DOCUMENT = select(ClinicRecord.document, ClinicRecord.version).where(ClinicRecord.id == 1)

_SITE_NAMES = select(Site.id, Site.name)


def document(session: Session) -> tuple[str, int] | None:
    """Return the settings document and its version, or None before the clinic is set up."""
    return session.execute(_DOCUMENT).one_or_none()


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


def site_names(session: Session) -> dict[UUID, str]:
    """Return the names of all sites."""
    return {row.id: row.name for row in session.execute(_SITE_NAMES)}


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def stations(session: Session) -> list[Station]:
    """Return every station, by site and name."""
    return list(session.scalars(select(Station).order_by(Station.site_id, Station.name)))


def station(session: Session, station_id: UUID) -> Station | None:
    """Return a station."""
    return session.get(Station, station_id)


def station_seen(session: Session, station_id: UUID, now: datetime, not_since: datetime) -> None:
    """Note that a station was there; one that was noted after not_since stays."""
    session.execute(
        update(Station)
        .where(
            Station.id == station_id,
            or_(Station.last_seen_at.is_(None), Station.last_seen_at <= not_since),
        )
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def enrol_station(
    session: Session, *, code_digest: bytes, key_digest: bytes, now: datetime, made_after: datetime
) -> tuple[UUID, UUID, str] | None:
    """Put a key in the place of a code that is still good; return the station's id, site and name."""
    done = session.execute(
        update(Station)
        .where(
            Station.key_digest == code_digest,
            Station.revoked_at.is_(None),
            Station.enrolled_at > made_after,
        )
        .values(key_digest=key_digest, enrolled_at=now)
        .returning(Station.id, Station.site_id, Station.name)
        .execution_options(synchronize_session=False)
    ).first()
    return (done[0], done[1], done[2]) if done else None
