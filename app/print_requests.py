"""What a kiosk asks the desk to print, handed over after the identifier check (D19), and what was not printed (D32)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import reach
from app.errors import N_, Conflict, Invalid, NotFound
from app.ids import new_id
from app.rules.access import Role
from app.tasks import finish_tasks, make_task
from app.use_case import Effect, Noun, Work, use_case
from app.views.work import PrintRequestRow
from db.models import Patient, PrintRequest
from db.queries import print_requests as queries

PATIENT = frozenset({Role.PATIENT})
DESK = frozenset({Role.RECEPTION})
WHO_PRINTS = frozenset({Role.PATIENT, Role.RECEPTION, Role.MANAGER})

KINDS = ("invitation", "report", "image_sheet", "who_opened")
OF_THE_DESK = ("activation_letter", "reset_slip", "print_request")
LARGEST_PDF = 20 * 1024 * 1024
IDENTIFIERS_TO_CHECK = 2


class PrintRequests(Noun):
    """What kiosks asked this desk to print."""

    noun = "print_requests"

    @use_case(PATIENT, Effect.WRITES)
    def ask(self, work: Work[None], kind: str, pdf: bytes, patient_id: UUID) -> UUID:
        """Ask the desk of this kiosk's site to print; kept encrypted, for 60 minutes at most (D2)."""
        if patient_id not in work.who.patient_ids or work.who.site_id is None:
            raise NotFound("patient_unknown", N_("This cannot be printed here. Ask at the reception desk."))
        if kind not in KINDS or not pdf.startswith(b"%PDF-") or len(pdf) > LARGEST_PDF:
            raise Invalid("not_printable", N_("This cannot be printed. Ask at the reception desk."))
        assert work.who.account_id is not None
        row = PrintRequest(
            id=new_id(),
            kind=kind,
            site_id=work.who.site_id,
            patient_id=patient_id,
            account_id=work.who.account_id,
            content=self.parts.keys.encrypt("print_request", pdf),
            made_at=work.now,
            expires_at=work.now + timedelta(minutes=work.clinic.rules.print_request_minutes),
        )
        work.session.add(row)
        work.about(patient_id=patient_id, kind=kind)
        make_task(work, "print_waiting", f"print:{row.id}", site_id=row.site_id, patient_id=patient_id)
        work.changed("print_request", row.id, site_id=row.site_id)
        return row.id

    @use_case(DESK, is_activity=False)
    def waiting(self, work: Work[None]) -> tuple[PrintRequestRow, ...]:
        """Return what waits at the caller's sites."""
        return tuple(
            PrintRequestRow(
                id=row.id,
                kind=row.kind,
                patient_id=patient.id,
                patient_name=f"{patient.given_names} {patient.family_name}",
                birth_date=patient.birth_date,
                made_at=row.made_at,
                expires_at=row.expires_at,
                is_printed=row.printed_at is not None,
            )
            for row, patient in queries.waiting(work.session, work.who.site_ids, work.now)
        )

    @use_case(DESK, Effect.OPENS)
    def content(self, work: Work[None], request_id: UUID) -> bytes:
        """Return the PDF, to be printed at the desk."""
        row = self._waiting(work, request_id)
        row.printed_at = row.printed_at or work.now
        assert row.content is not None
        return self.parts.keys.decrypt("print_request", row.content)

    @use_case(DESK, Effect.WRITES)
    def handed_over(self, work: Work[None], request_id: UUID, identifiers_confirmed: tuple[str, ...]) -> None:
        """Record that the print went to the patient after two identifiers were checked; the copy is wiped."""
        row = self._waiting(work, request_id)
        if len({name.strip() for name in identifiers_confirmed} - {""}) < IDENTIFIERS_TO_CHECK:
            raise Invalid("identifiers_missing", N_("Check two identifiers, such as name and date of birth."))
        row.handed_over_at = work.now
        row.content = None
        work.about(identifiers=list(identifiers_confirmed))
        finish_tasks(work, f"print:{row.id}")
        work.changed("print_request", row.id, site_id=row.site_id)

    @use_case(WHO_PRINTS, Effect.WRITES)
    def failed(self, work: Work[None], kind: str, patient_id: UUID) -> None:
        """Put on the To do list what a printer was asked for and did not print (D32)."""
        patient = _printed_for(work, kind, patient_id)
        make_task(
            work,
            "print_failed",
            _failure(kind, patient_id),
            site_id=work.who.site_id or patient.site_id,
            patient_id=patient_id,
            printed=kind,
        )

    @use_case(WHO_PRINTS, Effect.WRITES)
    def printed(self, work: Work[None], kind: str, patient_id: UUID) -> None:
        """Record that a printer confirmed it (D24), and take an earlier failure off the To do list."""
        _printed_for(work, kind, patient_id)
        finish_tasks(work, _failure(kind, patient_id))

    def _waiting(self, work: Work[None], request_id: UUID) -> PrintRequest:
        row = queries.by_id(work.session, request_id)
        if row is None or row.site_id not in work.who.site_ids:
            raise NotFound("print_unknown", N_("This print is not waiting any more."))
        if row.content is None or row.handed_over_at is not None or work.now >= row.expires_at:
            raise Conflict(
                "print_over",
                N_("This print has been handed over or has expired. Ask the patient to print again."),
            )
        work.about(patient_id=row.patient_id, kind=row.kind)
        return row


def _printed_for(work: Work[Any], kind: str, patient_id: UUID) -> Patient:
    patient = reach.patient(work, patient_id)
    if kind not in {*KINDS, *OF_THE_DESK}:
        raise Invalid("not_printable", N_("This cannot be printed. Ask at the reception desk."))
    work.about(kind=kind)
    return patient


def _failure(kind: str, patient_id: UUID) -> str:
    return f"print_failed:{kind}:{patient_id}"


def take_back_prints(
    work: Work[Any],
    *,
    over_at: datetime | None = None,
    account_id: UUID | None = None,
    reports_of: UUID | None = None,
) -> None:
    """Wipe what waits for a printer and is over, an account asked for, or is a report of a patient (D27, D28)."""
    wiped = queries.wipe(work.session, over_at=over_at, account_id=account_id, reports_of=reports_of)
    for request_id, site_id in wiped:
        finish_tasks(work, f"print:{request_id}")
        work.changed("print_request", request_id, site_id=site_id)
