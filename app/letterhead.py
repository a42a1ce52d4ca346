"""Who writes: the head of every letter, slip and list."""

from uuid import UUID

from app.errors import N_, NotFound
from app.views.clinic import Clinic
from app.views.paper import Letterhead
from db.database import Session
from db.queries import clinic as queries


def letterhead(session: Session, clinic: Clinic, site_id: UUID) -> Letterhead:
    """Return the head with a site's own lines (D30, R79)."""
    site = queries.site(session, site_id)
    if site is None:
        raise NotFound("site_unknown", N_("This site does not exist any more."))
    return Letterhead(
        clinic_name=clinic.name,
        site_name=site.name,
        address=tuple(site.address.splitlines()),
        phone=site.phone,
        email=clinic.email,
        public_address=clinic.public_address,
        time_zone=site.time_zone,
    )
