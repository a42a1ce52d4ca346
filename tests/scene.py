"""A clinic with people in it, put straight into the database, so that a test begins where its story begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.callers import Caller
from app.ids import new_id
from app.parts import clinic_document
from app.portal import Acting, Portal
from app.rules.access import CLINIC_ROLES, Role
from app.rules.calendar import end_of_local_day
from app.rules.names import search_words, unaccented
from app.rules.passwords import user_name_key
from app.views.clinic import Clinic
from db.database import Session
from db.models import (
    AccessGrant,
    Account,
    Base,
    ClinicRecord,
    Exam,
    Instance,
    Invitation,
    Patient,
    PatientIdentifier,
    PatientNameWord,
    Report,
    Series,
    SessionRecord,
    Site,
    Staff,
    StaffRole,
    StaffSite,
    Station,
    Study,
)
from tests.fakes import FixedClock

PASSWORD = "heron lamp quietly 7"
ZONE = "Australia/Sydney"


@dataclass(frozen=True)
class Known:
    """Somebody or something in the scene: its id, and how to act as it."""

    id: UUID
    caller: Caller


class Scene:
    """North and South are sites; staff["reception"] works at North, staff["reception_south"] at South."""

    def __init__(self, portal: Portal, clock: FixedClock) -> None:
        self.portal = portal
        self.clock = clock
        self.clinic = Clinic("Harbour Imaging", "portal@harbour.example", "https://portal.harbour.example")
        self.north, self.south = new_id(), new_id()
        self._password_hash = portal.parts.passwords.hash(PASSWORD)
        self._open: Session | None = None
        with self._at_once():
            self._build()
        self.desk, self.desk_south, self.kiosk = (
            Known(station, portal.station(f"key of {name}")) for name, station in self._stations.items()
        )
        with self._at_once():
            self.staff = {role.value: self.employee(role, self.north) for role in CLINIC_ROLES}
            self.staff |= {f"{role.value}_south": self.employee(role, self.south) for role in CLINIC_ROLES}

    def _build(self) -> None:
        self.add(
            ClinicRecord(document=clinic_document.dump_json(self.clinic).decode()),
            *(
                Site(
                    id=site,
                    name=name,
                    address=f"1 {name} Street\nSydney NSW 2000",
                    phone="+61 2 5550 1234",
                    time_zone=ZONE,
                )
                for site, name in ((self.north, "North"), (self.south, "South"))
            ),
        )
        self._stations = {
            "Desk 1": self._placed("Desk 1", "desk", self.north),
            "Desk 2": self._placed("Desk 2", "desk", self.south),
            "Kiosk 1": self._placed("Kiosk 1", "kiosk", self.north),
        }

    # Acting

    def acting(self, who: Known | Caller | str) -> Acting:
        """The portal as somebody sees it: a known one, or a role's name."""
        if isinstance(who, str):
            who = self.staff[who]
        return self.portal.acting(who.caller if isinstance(who, Known) else who)

    # People and places

    def station(self, name: str, kind: str, site: UUID) -> Known:
        placed = self._placed(name, kind, site)
        return Known(placed, self.portal.station(f"key of {name}"))

    def _placed(self, name: str, kind: str, site: UUID) -> UUID:
        station_id = new_id()
        self.add(
            Station(
                id=station_id,
                site_id=site,
                name=name,
                kind=kind,
                key_digest=self.portal.parts.keys.digest("station", f"key of {name}"),
                enrolled_at=self.clock(),
            )
        )
        return station_id

    def employee(
        self, role: Role, *sites: UUID, more: tuple[Role, ...] = (), other_sites: bool = False
    ) -> Known:
        staff_id = new_id()
        name = f"{role.value}.{staff_id.hex[-12:]}"
        self.add(
            Staff(
                id=staff_id,
                user_name=name,
                user_name_key=user_name_key(name),
                full_name=f"Robin {role.value.title()}",
                password_hash=self._password_hash,
                must_change_password=False,
                may_search_other_sites=other_sites,
                created_at=self.clock(),
            )
        )
        self.add(
            *(StaffRole(staff_id=staff_id, role=r.value) for r in (role, *more)),
            *(StaffSite(staff_id=staff_id, site_id=site) for site in sites),
        )
        station = self.desk_south if sites and sites[0] == self.south else self.desk
        return Known(staff_id, self.session("staff", station, staff_id=staff_id))

    def session(
        self,
        kind: str,
        station: Known | None = None,
        *,
        staff_id: UUID | None = None,
        account_id: UUID | None = None,
    ) -> Caller:
        token = f"token {new_id()}"
        longest = {"staff": timedelta(hours=12), "kiosk": timedelta(minutes=20), "web": timedelta(hours=8)}[
            kind
        ]
        self.add(
            SessionRecord(
                id=new_id(),
                digest=self.portal.parts.keys.digest("session", token),
                kind=kind,
                staff_id=staff_id,
                account_id=account_id,
                station_id=station.id if station else None,
                started_at=self.clock(),
                last_active_at=self.clock(),
                ends_at=self.clock() + longest,
            )
        )
        return self.portal.signed_in(token, station=station.caller if station else None)

    def patient(
        self,
        given: str = "Amelia",
        family: str = "Hart",
        born: date = date(1944, 5, 17),
        *,
        mrn: str = "",
        site: UUID | None = None,
        email: str = "amelia@example.org",
        mobile: str = "+61491570156",
    ) -> UUID:
        patient_id = new_id()
        self.add(
            Patient(
                id=patient_id,
                family_name=family,
                given_names=given,
                sort_key=unaccented(f"{family} {given}"),
                birth_date=born,
                site_id=site or self.north,
                email=email,
                mobile=mobile,
                postal_address="12 Long Lane\nSydney NSW 2000",
                created_at=self.clock(),
            )
        )
        self.add(
            PatientIdentifier(
                id=new_id(),
                patient_id=patient_id,
                value=mrn or f"M{patient_id.hex[-12:]}",
                issuer="Harbour Imaging",
            ),
            *(
                PatientNameWord(word=word, patient_id=patient_id)
                for word in search_words(f"{given} {family}")
            ),
        )
        return patient_id

    def account(
        self,
        *patients: UUID,
        relation: str = "self",
        user_name: str = "",
        email: str = "amelia@example.org",
        born: date = date(1944, 5, 17),
        kind: str = "kiosk",
    ) -> Known:
        """An activated account that reaches the patients, signed in now at the kiosk or on the web."""
        account_id = new_id()
        name = user_name or f"user{account_id.hex[-12:]}"
        self.add(
            Account(
                id=account_id,
                site_id=self.north,
                holder_name="Amelia Hart",
                holder_birth_date=born,
                email=email,
                email_proved_at=self.clock() if email else None,
                mobile="+61491570156",
                created_at=self.clock(),
                user_name=name,
                user_name_key=user_name_key(name),
                password_hash=self._password_hash,
                activated_at=self.clock(),
                last_signed_in_at=self.clock(),
                expires_at=self.clock() + timedelta(days=365),
            )
        )
        self.add(
            *(
                AccessGrant(
                    id=new_id(),
                    account_id=account_id,
                    patient_id=patient,
                    relation=relation,
                    evidence="passport",
                    from_at=self.clock(),
                )
                for patient in patients
            )
        )
        return Known(
            account_id, self.session(kind, self.kiosk if kind == "kiosk" else None, account_id=account_id)
        )

    # What was done to them

    def exam(self, patient: UUID, description: str = "CT of the head", *, site: UUID | None = None) -> UUID:
        exam_id = new_id()
        self.add(
            Exam(
                id=exam_id,
                patient_id=patient,
                site_id=site or self.north,
                accession_number=f"A{exam_id.hex[-12:]}",
                issuer="Harbour Imaging",
                description=description,
                modality="CT",
                performed_at=datetime(2026, 3, 11, 23, 30, tzinfo=UTC),
                created_at=self.clock(),
            )
        )
        return exam_id

    def report(
        self, exam: UUID, *, visible: bool = True, status: str = "final", text: str = "No fracture."
    ) -> UUID:
        """A report; visible since just now, or final and not announced."""
        report_id = new_id()
        done = self.clock() - timedelta(hours=48)
        self.add(
            Report(
                id=report_id,
                exam_id=exam,
                status=status,
                title="Report",
                author="Dr Jo Lind",
                authored_at=self.clock(),
                text=text,
                attached_at=self.clock(),
                complete_at=done if visible else None,
                complete_by="gateway" if visible else None,
                visible_from=self.clock() if visible else None,
            )
        )
        return report_id

    def invitation(
        self,
        owner: Known,
        exam: UUID,
        patient: UUID,
        *,
        number: str = "",
        code: str = "ABCDEFGH1234",
        until: date = date(2026, 4, 11),
        max_accesses: int = 10,
    ) -> UUID:
        invitation_id = new_id()
        self.add(
            Invitation(
                id=invitation_id,
                number=number or invitation_id.hex[-12:].upper(),
                code_digest=self.portal.parts.keys.digest("verification", code),
                exam_id=exam,
                patient_id=patient,
                account_id=owner.id,
                created_at=self.clock(),
                way="paper",
                recipient_name="Dr Sam Okafor",
                contents="report_and_images",
                may_download=True,
                shared_until=end_of_local_day(until, ZONE),
                max_accesses=max_accesses,
            )
        )
        return invitation_id

    def image(self, exam: UUID, *, frames: int = 1) -> tuple[UUID, UUID]:
        """A series of one instance that no file stands behind; its ids."""
        study, series, instance = new_id(), new_id(), new_id()
        self.add(Study(id=study, exam_id=exam, study_instance_uid="2.25.1"))
        self.add(Series(id=series, study_id=study, series_instance_uid="2.25.2", modality="CT"))
        self.add(
            Instance(
                id=instance,
                series_id=series,
                sop_instance_uid="2.25.3",
                sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
                transfer_syntax_uid="1.2.840.10008.1.2.1",
                kind="image",
                number=1,
                frames=frames,
                rows=8,
                columns=8,
                archive_key=f"{series}/{instance}",
                sha256="",
                size=1,
            )
        )
        return series, instance

    def add(self, *rows: Base) -> None:
        if self._open is not None:
            self._open.add_all(rows)
            self._open.flush()
            return
        with self.portal.parts.database.writing() as session:
            session.add_all(rows)

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Write what is added meanwhile in one transaction: a scene stands in every other test."""
        with self.portal.parts.database.writing() as self._open:
            yield
        self._open = None
