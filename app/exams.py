"""What the patient came for (R21 to R24, R36)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app import journal, reach
from app.errors import N_, Conflict, Invalid, NotFound
from app.exam_rows import exam_page, exam_rows, exam_unknown, reach_of, reports_by_exam
from app.rules.access import Role
from app.rules.calendar import end_of_local_day, local_day
from app.tasks import finish_tasks
from app.typed import required
from app.use_case import Effect, Noun, Work, use_case
from app.views.exams import ExamPage, ExamRow
from db.models import Exam, Report
from db.queries import clinic as clinic_queries
from db.queries import exams as queries
from db.queries import invitations as invitation_queries

PATIENT = frozenset({Role.PATIENT})
WHO_OPENS = frozenset({Role.PATIENT, Role.GUEST, Role.CLINICAL, Role.RECEPTION})
CLINICAL = frozenset({Role.CLINICAL})
MANAGER = frozenset({Role.MANAGER})


def exam_changed(work: Work[Any], exam: Exam) -> None:
    """Tell everybody who may look at an exam: its patient, the desk, and the guests of its invitations."""
    exam.version += 1
    work.changed("exam", exam.id, site_id=exam.site_id, patient_id=exam.patient_id)
    for invitation in queries.live_invitations(work.session, exam.id):
        work.changed(
            "invitation",
            invitation.id,
            site_id=exam.site_id,
            patient_id=invitation.patient_id,
            account_id=invitation.account_id,
            invitation_id=invitation.id,
        )


def was_opened(work: Work[Any], patient_id: UUID, exam_id: UUID) -> bool:
    """Tell whether the caller's opening of this exam stands in the audit trail: images follow only then (D24)."""
    return queries.was_opened(work.session, patient_id, exam_id, work.who.stay_id)


def not_opened() -> Conflict:
    """Return the error of looking at what was not opened, and so not audited, in this session."""
    return Conflict("not_opened", N_("Please open the exam first."))


LONGEST = 500  # characters of a reason, name or title


class Exams(Noun):
    """What the patient came for (R21 to R24, R36)."""

    @use_case(PATIENT)
    def mine(self, work: Work[None], patient_id: UUID | None = None) -> tuple[ExamRow, ...]:
        """Return the exams of everybody the account reaches, or of one of them; newest first (R21, D31)."""
        if patient_id is not None and patient_id not in work.who.patient_ids:
            raise NotFound("patient_unknown", N_("These exams are not available."))
        return exam_rows(work, reach_of(work.who), patient_id=patient_id)

    @use_case(WHO_OPENS, Effect.OPENS)
    def open(self, work: Work[None], exam_id: UUID) -> ExamPage:
        """Return one exam with its reports and images, and write down that it was opened (R23, R24, D24)."""
        page = exam_page(work, exam_id)
        work.about(exam_id=exam_id, patient_id=page.exam.patient_id)
        return page

    @use_case(WHO_OPENS, is_activity=False)
    def look(self, work: Work[None], exam_id: UUID) -> ExamPage:
        """Return an exam that was opened in this session once more, as it is now."""
        page = exam_page(work, exam_id)
        if not was_opened(work, page.exam.patient_id, exam_id):
            raise not_opened()
        return page

    @use_case(CLINICAL, Effect.WRITES)
    def hold(self, work: Work[None], exam_id: UUID, ground: str, review_on: date) -> None:
        """Withhold an exam as a whole, reports and images, until end_hold (D10)."""
        exam = self._to_change(work, exam_id)
        if exam.withheld_at is not None:
            raise Conflict("exam_held", N_("This exam is withheld already."))
        exam.withheld_ground = required(ground, "ground", LONGEST)
        exam.withheld_review_on = review_instant(work, exam, review_on)
        exam.withheld_at = work.now
        work.about(
            exam_id=exam.id, patient_id=exam.patient_id, ground=exam.withheld_ground, review_on=review_on
        )
        exam_changed(work, exam)

    @use_case(CLINICAL, Effect.WRITES)
    def end_hold(self, work: Work[None], exam_id: UUID, reason: str) -> None:
        """Show an exam again that was withheld (D10)."""
        exam = self._to_change(work, exam_id)
        if exam.withheld_at is None:
            raise Conflict("exam_not_held", N_("This exam is not withheld."))
        reports = reports_by_exam(work, [exam.id])[exam.id]
        finish_tasks(work, *hold_tasks(exam), *(f"report_overdue:{report.id}" for report, _ in reports))
        exam.withheld_at = exam.withheld_ground = exam.withheld_review_on = None
        work.about(exam_id=exam.id, patient_id=exam.patient_id, reason=required(reason, "reason", LONGEST))
        exam_changed(work, exam)

    @use_case(MANAGER, Effect.WRITES)
    def move(self, work: Work[None], exam_id: UUID, patient_id: UUID, reason: str) -> None:
        """Give an exam that was filed under the wrong patient to the right one.

        Its invitations are revoked, and "Report Complete" must reach the right patient before the 48 hours begin.
        """
        exam = self._to_change(work, exam_id)
        patient = reach.patient(work, patient_id)
        if patient.id == exam.patient_id:
            raise Conflict("same_patient", N_("This exam is this patient's already."))
        why = required(reason, "reason", LONGEST)
        for invitation in queries.live_invitations(work.session, exam.id):
            invitation_queries.revoke(work.session, invitation.id, work.now, "exam moved to another patient")
            invitation_queries.end_visits(work.session, invitation.id, work.now)
            work.changed(
                "invitation",
                invitation.id,
                site_id=exam.site_id,
                patient_id=invitation.patient_id,
                account_id=invitation.account_id,
                invitation_id=invitation.id,
            )
        queries.unannounce(work.session, exam.id)
        work.about(exam_id=exam.id, patient_id=exam.patient_id, reason=why, moved="away")
        work.more_entries.append(
            journal.Entry(
                work.entry.verb,
                patient_id=patient.id,
                exam_id=exam.id,
                detail={"reason": why, "moved": "here"},
            )
        )
        work.changed("exam", exam.id, site_id=exam.site_id, patient_id=exam.patient_id)
        exam.patient_id = patient.id
        exam_changed(work, exam)

    def _to_change(self, work: Work[Any], exam_id: UUID) -> Exam:
        exam = queries.to_change(work.session, reach_of(work.who), work.now, exam_id)
        if exam is None:
            raise exam_unknown()
        return exam


def hold_tasks(held: Exam | Report) -> tuple[str, ...]:
    """Return the keys of the tasks that stand because an exam or report is withheld."""
    return (f"review_due:{held.id}:{held.withheld_review_on.date()}",) if held.withheld_review_on else ()


def review_instant(work: Work[Any], exam: Exam, review_on: date) -> datetime:
    """Return the end of the day on which something withheld is to be looked at again, at the exam's site (D10)."""
    site = clinic_queries.site(work.session, exam.site_id)
    assert site is not None
    if review_on < local_day(work.now, site.time_zone):
        raise Invalid("review_in_past", N_("Choose a review date from today on."), field="review_on")
    return end_of_local_day(review_on, site.time_zone)
