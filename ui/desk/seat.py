"""The place at the desk that an employee has taken: who they are, where they sit, and the road to the portal."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.callers import Caller
from app.errors import NotAllowed
from app.portal import Acting
from app.rules.access import Role
from app.views.clinic import Clinic, SiteRow, StationRow
from app.views.people import StaffRow
from app.words import Words
from ui.background import Progress
from ui.desk.drawer import Drawer
from ui.surroundings import Surroundings

Result = TypeVar("Result")
OVER = frozenset({"locked", "signed_out", "session_over", "station_revoked"})


class Seat(QObject):
    """One signed-in stay. Pages ask the portal through run(); interrupted says that the stay is locked or over."""

    interrupted = Signal(object)  # NotAllowed

    def __init__(
        self,
        surroundings: Surroundings,
        caller: Caller,
        staff: StaffRow,
        clinic: Clinic,
        sites: tuple[SiteRow, ...],
        station: StationRow | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.surroundings = surroundings
        self.caller = caller
        self.staff = staff
        self.clinic = clinic
        self.sites = sites
        self.station = station
        self.drawer = Drawer(surroundings.portal.parts.clock, clinic.rules.letter_memory_minutes)

    @property
    def words(self) -> Words:
        """The sentences of the person's language."""
        return self.surroundings.words

    @property
    def zone(self) -> str:
        """The time zone in which times are shown here."""
        own = self.station.site_id if self.station else None
        here = own or next(iter(self.staff.site_ids), None)
        return next((site.time_zone for site in self.sites if site.id == here), "UTC")

    def has(self, *roles: Role) -> bool:
        """Tell whether the employee has one of the roles."""
        return any(role in self.staff.roles for role in roles)

    def run(
        self,
        work: Callable[[Acting], Result],
        *,
        owner: QObject,
        done: Callable[[Result], None],
        failed: Callable[[Exception], None],
        request_id: UUID | None = None,
        group: str | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Do the work with the portal as this employee, off the GUI thread; returns the job's number."""
        acting = self.surroundings.portal.acting(self.caller, request_id)

        def failed_or_over(error: Exception) -> None:
            if not isValid(self):
                return  # somebody has signed out meanwhile
            if isinstance(error, NotAllowed) and error.kind in OVER:
                self.interrupted.emit(error)
            if isValid(owner):
                failed(error)

        return self.surroundings.background.run(
            lambda: work(acting),
            owner=owner,
            done=done,
            failed=failed_or_over,
            group=group,
            progress=progress,
        )
