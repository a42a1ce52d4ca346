"""What a kiosk knows of itself before anybody comes: the clinic, the station, the site."""

from dataclasses import dataclass, replace

from app.errors import N_, NotFound
from app.portal import Acting
from app.views.clinic import Clinic, SiteRow, StationRow


@dataclass(frozen=True)
class Place:
    """Looked up once, at the start."""

    clinic: Clinic
    station: StationRow
    site: SiteRow

    def is_like(self, other: "Place") -> bool:
        """Tell whether nothing that shows has changed; a station is seen again at every look."""
        seen = other.station.last_seen_at
        return replace(self, station=replace(self.station, last_seen_at=seen)) == other


def find_place(here: Acting) -> Place:
    """Return where this kiosk is; raises PortalError when it is no station of this clinic or the portal is away."""
    station = here.stations.mine()
    site = next((site for site in here.sites.all() if site.id == station.site_id), None)
    if site is None:
        raise NotFound("site_unknown", N_("The site of this kiosk does not exist any more."))
    return Place(here.clinic.settings(), station, site)
