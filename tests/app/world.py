"""Everybody who could ask for patient A's things: the callers of the table in who_may.py."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from pydantic_core import to_json
from reportlab.pdfgen.canvas import Canvas

from app.callers import Caller
from app.ids import new_id
from app.portal import Portal
from app.rules.access import Role
from db.models import (
    AccessGrant,
    Account,
    HandedIn,
    Invitation,
    Message,
    SessionRecord,
    Staff,
    Station,
    Task,
)
from tests.fakes import FixedClock
from tests.scene import PASSWORD, Known, Scene

__all__ = ["PASSWORD", "World"]


class World:
    """Patient A belongs to North; B to South. Everything named without a letter is A's."""

    def __init__(self, portal: Portal, clock: FixedClock) -> None:
        self.portal, self.clock = portal, clock
        self.scene = scene = Scene(portal, clock)
        self.patient = scene.patient()
        self.newcomer = scene.patient("Nora", "Neu")
        other = scene.patient("Ben", "Okoro", site=scene.south)
        owner, stranger = scene.account(self.patient), scene.account(other)
        self.account = owner.id
        parent = scene.account(self.patient, relation="parent", email="parent@example.org")
        ended = scene.account(self.patient, relation="parent", email="")
        expired, blocked = scene.account(self.patient), scene.account(self.patient)
        self.blocked_account = blocked.id
        self.exam, other_exam = scene.exam(self.patient), scene.exam(other, site=scene.south)
        self.report = scene.report(self.exam)
        scene.report(other_exam)
        self.series, self.instance = self.scene.image(self.exam)
        self.number, self.code = "0123456789AB", "ABCDEFGH1234"
        self.invitation = scene.invitation(owner, self.exam, self.patient, number=self.number, code=self.code)
        scene.invitation(stranger, other_exam, other, number="AAAAAAAAAAAA", code=self.code)
        revoked = scene.invitation(owner, self.exam, self.patient, number="BBBBBBBBBBBB", code=self.code)
        guests = [self._visit(number) for number in (self.number, "AAAAAAAAAAAA", "BBBBBBBBBBBB")]
        old_kiosk = scene.station("Kiosk 2", "kiosk", scene.north)
        at_old_kiosk = scene.session("kiosk", old_kiosk, account_id=owner.id)
        gone = scene.employee(Role.RECEPTION, scene.north)
        newly = scene.employee(Role.RECEPTION, scene.north)
        locked = scene.employee(Role.RECEPTION, scene.north)
        self.employee = scene.employee(Role.RECEPTION, scene.north).id
        self._lose(ended, expired, blocked, revoked, old_kiosk, gone, newly)
        scene.acting(locked).staff.lock()
        self._owned(owner)
        # Waits for its activation, with a letter on its way.
        waiting = scene.acting("reception").accounts.create(scene.patient("Wanda", "Weit"), "passport seen")
        self.waiting_account = waiting.account_id
        self.handed_in = self._handed_in()
        # Whoever may open something has opened it: looking again without a trace needs that.
        for who in (owner.caller, parent.caller, guests[0], "clinical", "reception"):
            scene.acting(who).exams.open(self.exam)
        for who in ("reception", "clinical", "manager"):
            scene.acting(who).patients.open(self.patient)
        self.callers: dict[str, Caller] = {
            "nobody": portal.nobody("203.0.113.1"),
            "kiosk": scene.kiosk.caller,
            "desk": scene.desk.caller,
            "patient": owner.caller,
            "parent": parent.caller,
            "other patient": stranger.caller,
            "parent whose grant ended": ended.caller,
            "expired patient": expired.caller,
            "blocked patient": blocked.caller,
            "patient at a revoked kiosk": at_old_kiosk,
            "guest": guests[0],
            "guest of another": guests[1],
            "guest of a revoked share": guests[2],
            "employee with a one-time password": newly.caller,
            "disabled employee": gone.caller,
            "reception with a locked screen": locked.caller,
            "command line": portal.command_line(),
            **{name.replace("_south", " of South"): known.caller for name, known in scene.staff.items()},
        }

    @property
    def now(self) -> datetime:
        return self.clock()

    def _visit(self, number: str) -> Caller:
        here = self.portal.nobody("203.0.113.2")
        token = self.portal.acting(here).visits.open_with_code(number, self.code).token
        return self.portal.visiting(token, address="203.0.113.2")

    def _handed_in(self) -> UUID:
        """What a desk of North had done and handed in when it was switched off."""
        now, handed_in_id = self.clock(), new_id()
        desk = self.scene.station("Desk 3", "desk", self.scene.north)
        with self.portal.parts.database.writing() as session:
            session.get_one(Station, desk.id).revoked_at = now
            session.add(
                HandedIn(
                    id=handed_in_id,
                    station_id=desk.id,
                    operation_id=new_id(),
                    use_case="patients.change_contact",
                    form=1,
                    arguments=to_json(
                        {
                            "patient_id": self.patient,
                            "email": "new@example.org",
                            "mobile": "",
                            "postal_address": [],
                        }
                    ).decode(),
                    ids="{}",
                    sealed=b"",
                    staff_id=self.scene.staff["reception"].id,
                    made_at=now,
                    contact_at=now,
                    name="Amelia Hart",
                    handed_in_at=now,
                )
            )
        return handed_in_id

    def _lose(
        self,
        ended: Known,
        expired: Known,
        blocked: Known,
        revoked: UUID,
        kiosk: Known,
        gone: Known,
        newly: Known,
    ) -> None:
        """Take away what each of these had."""
        now = self.clock()
        with self.portal.parts.database.writing() as session:
            for grant in session.query(AccessGrant).filter(AccessGrant.account_id == ended.id):
                grant.ended_at = now
            for row in session.query(SessionRecord).filter_by(account_id=expired.id):
                row.started_at, row.ends_at = now - timedelta(hours=1), now
            session.get_one(Account, blocked.id).blocked_at = now
            session.get_one(Invitation, revoked).revoked_at = now
            session.get_one(Station, kiosk.id).revoked_at = now
            session.get_one(Staff, gone.id).disabled_at = now
            session.get_one(Staff, newly.id).must_change_password = True

    def _owned(self, owner: Known) -> None:
        """What else of A's there is to ask for."""
        page = BytesIO()
        canvas = Canvas(page)
        canvas.drawString(72, 720, "A report")
        canvas.save()
        self.pdf = page.getvalue()
        with self.portal.parts.database.reading() as session:
            self.grant = session.query(AccessGrant.id).filter(AccessGrant.account_id == owner.id).scalar()
        self.message, self.task = new_id(), new_id()
        self.scene.add(
            Message(
                id=self.message,
                kind="account_expiring",
                channel="email",
                site_id=self.scene.north,
                recipient="amelia@example.org",
                content=b"x",
                has_secret=False,
                state="failed",
                created_at=self.clock(),
                patient_id=self.patient,
            ),
            Task(
                id=self.task, key="k", kind="code_expiring", site_id=self.scene.north, created_at=self.clock()
            ),
        )
        mine = self.scene.acting(owner)
        self.download = mine.downloads.offer(self.exam, "report", self.report).url.rsplit("#", 1)[1]
        self.print_request = mine.print_requests.ask("report", self.pdf, self.patient)
