"""Enrolled desks and kiosks."""

import json
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.codes import digest_of_typed, fresh_code
from app.errors import N_, Conflict, Invalid, NotFound, Refused
from app.ids import new_id
from app.read_copy import made_copy
from app.rules.access import Role
from app.rules.attempts import Guarded
from app.sites import no_site
from app.throttles import count_try, forgive
from app.typed import optional, required
from app.use_case import Effect, Noun, Work, use_case
from app.views.clinic import StationRow
from app.views.desk_copy import DeskCopy
from app.views.people import EnrolledStation, EnrolmentCode
from db.models import Site, Station
from db.queries import clinic as queries
from db.queries import handed_in as handed_in_queries

OFFICE = frozenset({Role.IT, Role.MANAGER, Role.COMMAND_LINE})
ANYBODY = frozenset(Role)
AT_A_DESK = frozenset({Role.RECEPTION, Role.MANAGER})
NOT_YET = frozenset({Role.NOBODY})
# A code stands where the station's key will, so that it can be used once only.
CODE_GOOD_FOR = timedelta(hours=24)

KINDS = ("desk", "kiosk")
PAPERS = ("A4", "Letter")
_KEY_BYTES = 32


class Stations(Noun):
    """Enrolled desks and kiosks."""

    @use_case(OFFICE, Effect.WRITES, secret=True)
    def enrol(self, work: Work[None], site_id: UUID, name: str, kind: str) -> EnrolledStation:
        """Enrol a desk or kiosk and return its key, which is said once and goes into the station's settings."""
        key = _new_key()
        station = self._added(work, site_id, name, kind, self.parts.keys.digest("station", key))
        return EnrolledStation(station.id, station.name, key)

    @use_case(OFFICE, Effect.WRITES, secret=True)
    def expect(self, work: Work[None], site_id: UUID, name: str, kind: str) -> EnrolmentCode:
        """Put a desk or kiosk on the list and return the code with which its computer enrols itself: once, for a day."""
        code = fresh_code(self.parts.keys, "enrolment")
        station = self._added(work, site_id, name, kind, code.digest)
        return EnrolmentCode(station.id, station.name, code.grouped, work.now + CODE_GOOD_FOR)

    @use_case(OFFICE, Effect.WRITES, secret=True)
    def new_code(self, work: Work[None], station_id: UUID) -> EnrolmentCode:
        """Return a code with which another computer becomes this station; the one before is out from now on."""
        station, _site = _station(work, station_id)
        if station.revoked_at is not None:
            raise Conflict(
                "station_revoked",
                N_("This station was switched off for good. Enrol the computer as a new one."),
            )
        code = fresh_code(self.parts.keys, "enrolment")
        station.key_digest, station.enrolled_at = code.digest, work.now
        _changed(work, station)
        return EnrolmentCode(station.id, station.name, code.grouped, work.now + CODE_GOOD_FOR)

    @use_case(NOT_YET, Effect.WRITES, secret=True, is_activity=False)
    def enrol_with_code(self, work: Work[None], code: str) -> EnrolledStation:
        """Make the computer that is asking the station that a code was made for, and return its key; once.

        Raises Refused, in the same words for a wrong, a used and an old code.
        """
        count_try(work.session, Guarded.ENROLMENT, work.who, work.now)
        key = _new_key()
        found = queries.enrol_station(
            work.session,
            code_digest=digest_of_typed(self.parts.keys, "enrolment", code),
            key_digest=self.parts.keys.digest("station", key),
            now=work.now,
            made_after=work.now - CODE_GOOD_FOR,
        )
        if found is None:
            raise Refused(
                "enrolment_code_wrong",
                N_("This code is not right, was used, or is older than a day. Ask a manager for a new one."),
            )
        forgive(work.session, Guarded.ENROLMENT, work.who)
        station_id, site_id, name = found
        work.about(site_id=site_id, station=station_id)
        work.changed("station", station_id, site_id=site_id)
        return EnrolledStation(station_id, name, key)

    def _added(self, work: Work[Any], site_id: UUID, name: str, kind: str, digest: bytes) -> Station:
        site = queries.site(work.session, site_id)
        if site is None or not _is_theirs(work, site_id):
            raise no_site()
        if site.closed_at is not None:
            raise Conflict("site_closed", N_("This site is closed."))
        if kind not in KINDS:
            raise Invalid("kind_unknown", N_("A station is a desk or a kiosk."), field="kind")
        station = Station(
            id=new_id(),
            site_id=site_id,
            name=_free_name(work, site_id, name),
            kind=kind,
            key_digest=digest,
            enrolled_at=work.now,
        )
        work.session.add(station)
        _changed(work, station)
        return station

    @use_case(OFFICE)
    def all(self, work: Work[None]) -> tuple[StationRow, ...]:
        """Return the stations of the caller's sites, also those switched off."""
        sites = {site.id: site for site in queries.sites(work.session)}
        handed_in = handed_in_queries.counts(work.session)
        return tuple(
            _row(station, sites[station.site_id], handed_in.get(station.id, 0))
            for station in queries.stations(work.session)
            if _is_theirs(work, station.site_id)
        )

    @use_case(OFFICE, Effect.WRITES)
    def change(
        self,
        work: Work[None],
        station_id: UUID,
        name: str,
        printers: tuple[tuple[str, str], ...],
        paper: str,
        usb_download: bool,  # noqa: FBT001 - a tick on the form
    ) -> StationRow:
        """Change a station's name, its printer for each kind of document, its paper and whether USB sticks work."""
        station, site = _station(work, station_id)
        if name.strip() != station.name:
            station.name = _free_name(work, station.site_id, name)
        if paper not in PAPERS:
            raise Invalid("paper_unknown", N_("Paper is A4 or Letter."), field="paper")
        chosen = {kind[:40]: optional(printer, "printers", 200) for kind, printer in printers}
        station.printers = json.dumps({kind: printer for kind, printer in chosen.items() if printer})
        station.paper, station.usb_download = paper, usb_download
        _changed(work, station)
        return _row(station, site)

    @use_case(OFFICE, Effect.WRITES)
    def revoke(self, work: Work[None], station_id: UUID) -> None:
        """Switch a station off for good: its key opens nothing from the next request on."""
        station, _site = _station(work, station_id)
        station.revoked_at = station.revoked_at or work.now
        _changed(work, station)

    @use_case(ANYBODY, is_activity=False, while_locked=True)
    def mine(self, work: Work[None]) -> StationRow:
        """Return the station that is asking."""
        if work.who.station_id is None:
            raise NotFound("no_station", N_("This computer is not enrolled as a station."))
        station = queries.station(work.session, work.who.station_id)
        assert station is not None
        site = queries.site(work.session, station.site_id)
        assert site is not None
        return _row(station, site)

    @use_case(AT_A_DESK, Effect.OPENS, is_activity=False, while_locked=True)
    def desk_copy(self, work: Work[None]) -> DeskCopy:
        """Return what the asking desk keeps to go on while the server is away: who has exams at its site about now."""
        if work.who.station_id is None or work.who.site_id is None:
            raise NotFound("no_station", N_("This computer is not enrolled as a station."))
        if work.who.site_id not in work.who.site_ids and not work.who.may_search_other_sites:
            raise no_site()
        station = queries.station(work.session, work.who.station_id)
        site = queries.site(work.session, work.who.site_id)
        assert station is not None
        assert site is not None
        work.about(site_id=site.id, station=station.id)
        return made_copy(work, _row(station, site))


def _new_key() -> str:
    return secrets.token_urlsafe(_KEY_BYTES)


def _station(work: Work[Any], station_id: UUID) -> tuple[Station, Site]:
    station = queries.station(work.session, station_id)
    site = queries.site(work.session, station.site_id) if station else None
    if station is None or site is None or not _is_theirs(work, station.site_id):
        raise no_station()
    return station, site


def no_station() -> NotFound:
    """Return the error of a station that is not there, or of no site of the caller's."""
    return NotFound("station_unknown", N_("There is no such station."))


def _is_theirs(work: Work[Any], site_id: UUID) -> bool:
    return Role.COMMAND_LINE in work.who.roles or site_id in work.who.site_ids


def _free_name(work: Work[Any], site_id: UUID, name: str) -> str:
    plain = required(name, "name", 80)
    if any(
        other.site_id == site_id and other.name.casefold() == plain.casefold()
        for other in queries.stations(work.session)
    ):
        raise Invalid(
            "station_name_taken", N_("Another station of this site has this name already."), field="name"
        )
    return plain


def _row(station: Station, site: Site, handed_in: int = 0) -> StationRow:
    return StationRow(
        id=station.id,
        site_id=site.id,
        site_name=site.name,
        name=station.name,
        kind=station.kind,
        printers=tuple(sorted(json.loads(station.printers).items())),
        paper=station.paper,
        usb_download=station.usb_download,
        enrolled_at=station.enrolled_at,
        last_seen_at=station.last_seen_at,
        revoked_at=station.revoked_at,
        handed_in=handed_in,
    )


def _changed(work: Work[Any], station: Station) -> None:
    work.about(site_id=station.site_id, station=station.id)
    work.changed("station", station.id, site_id=station.site_id)
