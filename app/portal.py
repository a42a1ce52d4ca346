"""The one front door: puts the application together, once, for desktop, server, command line and tests."""

from datetime import datetime, timedelta
from uuid import UUID

from app.accounts import Accounts
from app.activation import Activation
from app.audit import Audit
from app.beginning import begin, is_set_up
from app.callers import Caller, Callers
from app.changes import ChangeFeed
from app.clinic import ClinicOffice
from app.database_trouble import in_plain_words
from app.delivery import ask_receipts, deliver_due
from app.downloads import Downloads
from app.errors import N_, Conflict, Unavailable
from app.exams import Exams
from app.family import Family
from app.handed_in import HandedInWork
from app.housekeeping import housekeep
from app.images import Images
from app.imaging import DecodePool, host_slots
from app.imports import Imports
from app.messages import Messages
from app.offline.desk_server import DeskServer
from app.outside.clock import system_clock
from app.outside.common_passwords import CommonPasswords
from app.outside.durable import make_folder
from app.outside.folder_archive import FolderArchive, make_archive
from app.outside.key_ring import SystemKeyRing
from app.outside.keys import read_keys
from app.outside.not_set_up import NoMailer, NoTextSender
from app.outside.passwords import Argon2Passwords
from app.outside.practice_messages import PracticeMailer, PracticeTextSender
from app.outside.sms_gateway import SmsGateway
from app.outside.smtp import SmtpMailer
from app.parts import Parts
from app.patients import Patients
from app.ports import Clock, ImageArchive, KeyRing, Keys, Mailer, Passwords, TextSender
from app.print_requests import PrintRequests
from app.recovery import Recovery, answer_requests
from app.remote_parts import remote_parts
from app.reports import Reports
from app.sessions import Sessions
from app.settings import MachineSettings
from app.sharing import Sharing
from app.sites import Sites
from app.staff import StaffMembers
from app.stations import Stations
from app.tasks import Tasks
from app.views.clinic import FirstStart
from app.visits import Visits
from db import schema
from db.database import Database
from db.queries import clinic as clinic_queries

SEEN_EVERY = timedelta(minutes=1)


class Acting:
    """Every noun, bound to one caller and, where a form was sent, to its request id."""

    def __init__(self, parts: Parts, caller: Caller, request_id: UUID | None) -> None:
        self.patients = Patients(parts, caller, request_id)
        self.accounts = Accounts(parts, caller, request_id)
        self.family = Family(parts, caller, request_id)
        self.activation = Activation(parts, caller, request_id)
        self.recovery = Recovery(parts, caller, request_id)
        self.sessions = Sessions(parts, caller, request_id)
        self.staff = StaffMembers(parts, caller, request_id)
        self.stations = Stations(parts, caller, request_id)
        self.handed_in = HandedInWork(parts, caller, request_id)
        self.sites = Sites(parts, caller, request_id)
        self.clinic = ClinicOffice(parts, caller, request_id)
        self.exams = Exams(parts, caller, request_id)
        self.imports = Imports(parts, caller, request_id)
        self.reports = Reports(parts, caller, request_id)
        self.images = Images(parts, caller, request_id)
        self.downloads = Downloads(parts, caller, request_id)
        self.sharing = Sharing(parts, caller, request_id)
        self.visits = Visits(parts, caller, request_id)
        self.messages = Messages(parts, caller, request_id)
        self.tasks = Tasks(parts, caller, request_id)
        self.audit = Audit(parts, caller, request_id)
        self.changes = ChangeFeed(parts, caller, request_id)
        self.print_requests = PrintRequests(parts, caller, request_id)


class Portal:
    """The application. Everything a person does goes through acting().

    At a station whose portal_url is https, use cases are carried out at the clinic's server, and what runs beside
    people (sending, keeping house) is done there.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._callers = Callers(parts.keys)
        self._server = parts.server
        self._stays = parts.server or self._callers
        self._seen: dict[UUID, datetime] = {}

    def acting(self, caller: Caller, request_id: UUID | None = None) -> Acting:
        """Return the nouns bound to who is asking."""
        return Acting(self.parts, caller, request_id)

    def nobody(self, address: str = "") -> Caller:
        """Somebody at an address who has not signed in."""
        return self._callers.nobody(address=address)

    def station(self, key: str, address: str = "") -> Caller:
        """The station that holds this key; raises NotAllowed for an unknown or revoked one."""
        if self._server is not None:
            return self._server.station(key)
        with in_plain_words(), self.parts.database.reading() as session:
            return self._callers.station(session, key, address)

    def leaving_station(self, key: str, address: str = "") -> Caller:
        """The desk that holds this key and was switched off: it may hand in what it still has; raises NotAllowed."""
        with in_plain_words(), self.parts.database.reading() as session:
            return self._callers.leaving_station(session, key, address)

    @property
    def desk(self) -> DeskServer | None:
        """A desk's line to its server: what waits, what needs attention. None where the database is here."""
        return self._server if isinstance(self._server, DeskServer) else None

    def note_seen(self, station: Caller) -> None:
        """Write down that a station has asked this server something, at most once a minute."""
        now = self.parts.clock()
        assert station.station_id is not None
        before = self._seen.get(station.station_id)
        if before is not None and abs(now - before) < SEEN_EVERY:
            return
        self._seen[station.station_id] = now
        with in_plain_words(), self.parts.database.writing() as session:
            clinic_queries.station_seen(session, station.station_id, now, now - SEEN_EVERY)

    def signed_in(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """Whoever signed in and holds this token."""
        return self._stays.session(token, station=station, address=address)

    def visiting(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """The guest who entered a code and holds this token."""
        return self._stays.visit(token, station=station, address=address)

    def command_line(self) -> Caller:
        """The person at this machine's command line; a station's server asks for more than that."""
        return self._callers.command_line()

    def is_set_up(self) -> bool:
        """Tell whether there is a clinic in this database yet; a station's server has one."""
        return self._server is not None or is_set_up(self.parts)

    def begin(self, first: FirstStart) -> None:
        """Set the clinic up with its first site and manager; refused once there is one."""
        if self._server is not None:
            raise Conflict("already_set_up", N_("This clinic has been set up already. Please sign in."))
        begin(self.parts, first)

    def deliver_due(self) -> int:
        """Send the messages that are due and ask for receipts; return how many were taken in hand."""
        if self._server is not None:
            return 0
        with in_plain_words():
            answer_requests(self.parts)
            return deliver_due(self.parts) + ask_receipts(self.parts)

    def housekeep(self) -> None:
        """Do what time alone has brought."""
        if self._server is not None:
            return
        with in_plain_words():
            housekeep(self.parts)

    def forget(self) -> None:
        """Let go of what this process still holds of the last person: pictures in idle workers, bound values.

        For a kiosk between two stays (D25). The database's cache of compiled statements keeps the values of each
        statement's first use.
        """
        self.parts.imaging.forget()
        if self._server is not None:
            self._server.forget()
        else:
            self.parts.database.forget()

    def close(self) -> None:
        """Stop the decode workers and give the database back."""
        self.parts.imaging.close()
        if self._server is not None:
            self._server.close()
        else:
            self.parts.database.close()


def open_portal(
    settings: MachineSettings,
    *,
    clock: Clock = system_clock,
    keys: Keys | None = None,
    passwords: Passwords | None = None,
    archive: ImageArchive | None = None,
    imaging: DecodePool | None = None,
    mailer: Mailer | None = None,
    texts: TextSender | None = None,
    key_ring: KeyRing | None = None,
) -> Portal:
    """Build everything once and bring the database's tables up to date; a station asks its server only later.

    Raises Unavailable or Invalid in plain words when a part is missing.
    """
    try:
        make_folder(settings.data_folder)
    except OSError:
        raise Unavailable(
            "data_folder_unusable",
            N_(
                "The folder {folder} cannot be made. Choose another one, or ask for the right to write there."
            ),
            folder=str(settings.data_folder),
        ) from None
    slots = settings.data_folder / "slots"
    decoding = imaging or DecodePool(slots=host_slots(slots))
    if settings.portal_url.startswith(("https:", "http:")):
        ring = key_ring or SystemKeyRing()
        return Portal(remote_parts(settings, clock, decoding, ring, passwords or Argon2Passwords(slots)))
    with in_plain_words():
        database = Database(settings.portal_url)
        try:
            schema.upgrade(database)
            with database.reading() as session:
                # Until the clinic is set up nothing depends on older keys or images: an interrupted start begins again.
                is_new = clinic_queries.document(session) is None
            if is_new:
                make_archive(settings.archive_folder)
            return Portal(
                Parts(
                    settings=settings,
                    database=database,
                    clock=clock,
                    keys=keys or read_keys(settings.key_file, may_make=is_new),
                    common_passwords=CommonPasswords(),
                    passwords=passwords or Argon2Passwords(slots),
                    archive=archive or FolderArchive(settings.archive_folder),
                    imaging=decoding,
                    mailer=mailer or _mailer(settings, clock),
                    texts=texts or _texts(settings, clock),
                )
            )
        except BaseException:
            database.close()
            raise


def _mailer(settings: MachineSettings, clock: Clock) -> Mailer:
    if settings.messages_folder:
        return PracticeMailer(settings.messages_folder, clock)
    return SmtpMailer(settings.smtp, clock) if settings.smtp else NoMailer()


def _texts(settings: MachineSettings, clock: Clock) -> TextSender:
    if settings.messages_folder:
        return PracticeTextSender(settings.messages_folder, clock)
    return SmsGateway(settings.sms, clock) if settings.sms else NoTextSender()
