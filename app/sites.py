"""The clinic's places (D30)."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import N_, Conflict, Invalid, NotFound
from app.ids import new_id
from app.rules.access import Role
from app.typed import required
from app.use_case import Effect, Noun, Work, use_case
from app.views.clinic import SiteRow
from db.database import Session
from db.models import Site
from db.queries import clinic as queries

ANYBODY = frozenset(Role)
MANAGER = frozenset({Role.MANAGER})


class Sites(Noun):
    """The clinic's places (D30)."""

    @use_case(ANYBODY, is_activity=False, while_locked=True)
    def all(self, work: Work[None]) -> tuple[SiteRow, ...]:
        """Return every site, also closed ones, by name."""
        return tuple(site_row(site) for site in queries.sites(work.session))

    @use_case(MANAGER, Effect.WRITES)
    def add(
        self, work: Work[None], name: str, address: tuple[str, ...], phone: str, time_zone: str
    ) -> SiteRow:
        """Open a site; time_zone as in "Australia/Sydney"."""
        site = new_site(name, address, phone, time_zone)
        _name_is_free(work, site.name)
        work.session.add(site)
        return _changed(work, site)

    @use_case(MANAGER, Effect.WRITES)
    def change(
        self,
        work: Work[None],
        site_id: UUID,
        name: str,
        address: tuple[str, ...],
        phone: str,
        time_zone: str,
    ) -> SiteRow:
        """Correct a site's name, letterhead or time zone; days already promised keep theirs (D3)."""
        site = _site(work, site_id)
        typed = new_site(name, address, phone, time_zone)
        if typed.name != site.name:
            _name_is_free(work, typed.name)
        site.name, site.address, site.phone = typed.name, typed.address, typed.phone
        site.time_zone = typed.time_zone
        return _changed(work, site)

    @use_case(MANAGER, Effect.WRITES)
    def close(self, work: Work[None], site_id: UUID) -> SiteRow:
        """Close a site: nobody registers there any more; its patients and exams stay."""
        site = _site(work, site_id)
        if not [
            other for other in queries.sites(work.session) if other.closed_at is None and other is not site
        ]:
            raise Conflict(
                "last_site", N_("This is the only open site. Open another one before you close it.")
            )
        site.closed_at = site.closed_at or work.now
        return _changed(work, site)


def site_row(site: Site) -> SiteRow:
    """Return a site as screens see it."""
    lines = tuple(site.address.splitlines())
    return SiteRow(site.id, site.name, lines, site.phone, site.time_zone, site.closed_at is not None)


def zone_of(session: Session, site_id: UUID) -> str:
    """Return a site's time zone."""
    site = queries.site(session, site_id)
    if site is None:
        raise no_site()
    return site.time_zone


def new_site(name: str, address: tuple[str, ...], phone: str, time_zone: str) -> Site:
    """Return a site made of what was typed; raises Invalid."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "time_zone_unknown",
            N_("This time zone is not known. Write it as in Australia/Sydney."),
            field="time_zone",
        ) from None
    lines = "\n".join(line.strip() for line in address if line.strip())
    return Site(
        id=new_id(),
        name=required(name, "name", 80),
        address=required(lines, "address", 400),
        phone=required(phone, "phone", 40),
        time_zone=time_zone,
    )


def no_site() -> NotFound:
    """Return the error of a site that does not exist."""
    return NotFound("site_unknown", N_("There is no such site."))


def _site(work: Work[Any], site_id: UUID) -> Site:
    site = queries.site(work.session, site_id)
    if site is None:
        raise no_site()
    return site


def _name_is_free(work: Work[Any], name: str) -> None:
    if any(site.name.casefold() == name.casefold() for site in queries.sites(work.session)):
        raise Invalid("site_name_taken", N_("Another site has this name already."), field="name")


def _changed(work: Work[Any], site: Site) -> SiteRow:
    work.about(site_id=site.id)
    work.changed("site", site.id)
    return site_row(site)
