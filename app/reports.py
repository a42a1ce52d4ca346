"""The radiologist's text and when it shows (R27 to R35, D9 to D11, D28)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.errors import N_, Conflict, Invalid, NotFound, Refused
from app.exam_rows import exam_unknown, must_be_given_downloads, reach_of, report_rows
from app.exams import exam_changed, hold_tasks, not_opened, review_instant
from app.ids import new_id
from app.imaging import Picture
from app.report_complete import CompleteBy, announce, on_sms_state, told_patient
from app.report_paper import pdf_of, report_unavailable, taken_report
from app.report_withdrawal import tell_withdrawn
from app.rules.access import Role
from app.rules.headings import paragraphs
from app.rules.report_release import may_announce
from app.tasks import finish_tasks, make_task
from app.typed import required
from app.use_case import Effect, Noun, Work, use_case
from app.views.exams import ReportOpener, ReportRow, ReportTaken, ReportText
from app.words import Words
from db.models import Exam, Report, ReportFile
from db.queries import exams as exam_queries
from db.queries import reports as queries

__all__ = ["Reports", "on_sms_state"]

DESK = frozenset({Role.RECEPTION, Role.CLINICAL})
CLINICAL = frozenset({Role.CLINICAL})
READERS = frozenset({Role.PATIENT, Role.GUEST, Role.CLINICAL, Role.RECEPTION})

STATUSES = ("preliminary", "final", "addendum")
LONGEST = 500  # characters of a reason, name or title
LONGEST_TEXT = 200_000
LARGEST_PDF = 20 << 20


class Reports(Noun):
    """The radiologist's text and when it shows (R27 to R35, D9 to D11, D28)."""

    # Attaching

    @use_case(DESK, Effect.WRITES)
    def attach_text(
        self,
        work: Work[None],
        exam_id: UUID,
        status: str,
        title: str,
        author: str,
        authored_at: datetime,
        text: str,
        corrects_id: UUID | None = None,
    ) -> ReportRow:
        """Attach a report's text to an exam; status: preliminary, final or addendum (D10)."""
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise Invalid("needed", N_("Please type or paste the report's text."), field="text")
        exam, report = self._attached(work, exam_id, status, title, author, authored_at, corrects_id)
        report.text = text.strip()
        return self._row(work, report, exam)

    def _count_pages(
        self,
        exam_id: UUID,  # noqa: ARG002 - prepare takes the arguments of its use case
        status: str,  # noqa: ARG002
        title: str,  # noqa: ARG002
        author: str,  # noqa: ARG002
        authored_at: datetime,  # noqa: ARG002
        pdf: bytes,
        corrects_id: UUID | None = None,  # noqa: ARG002
    ) -> int:
        if len(pdf) > LARGEST_PDF:
            raise Invalid("pdf_too_large", N_("This PDF is larger than {most} MB."), field="pdf", most=20)
        try:
            pages = self.parts.imaging.pdf_pages(pdf)
        except Invalid:
            pages = 0
        if pages < 1:
            raise Invalid(
                "pdf_unusable",
                N_("This PDF cannot be used: it is damaged, empty or locked. Ask for it again."),
                field="pdf",
            )
        return pages

    @use_case(DESK, Effect.WRITES, prepare=_count_pages)
    def attach_pdf(
        self,
        work: Work[int],
        exam_id: UUID,
        status: str,
        title: str,
        author: str,
        authored_at: datetime,
        pdf: bytes,
        corrects_id: UUID | None = None,
    ) -> ReportRow:
        """Attach a report that came as a PDF; a decode worker has opened it before (D10)."""
        exam, report = self._attached(work, exam_id, status, title, author, authored_at, corrects_id)
        work.session.flush()
        work.session.add(ReportFile(report_id=report.id, pdf=pdf, pages=work.prepared))
        work.session.flush()
        return self._row(work, report, exam)

    @use_case(DESK, Effect.WRITES)
    def finalise(self, work: Work[None], report_id: UUID) -> ReportRow:
        """Make a preliminary report final; it shows 48 hours after "Report Complete" (R29)."""
        report, exam = self._to_change(work, report_id)
        if report.status != "preliminary":
            raise Conflict("report_final", N_("This report is final already."))
        report.status = "final"
        return self._changed(work, report, exam)

    # On its way to the patient

    @use_case(DESK, Effect.WRITES)
    def sent_to_referrer(
        self, work: Work[None], report_id: UUID, name: str, way: str, sent_at: datetime
    ) -> ReportRow:
        """Record to whom, how and when the report went before the patient is told (R30)."""
        report, exam = self._to_change(work, report_id)
        if sent_at > work.now:
            raise Invalid("in_future", N_("This time has not come yet."), field="sent_at")
        report.referrer_name = required(name, "name", LONGEST)
        report.referrer_way = required(way, "way", LONGEST)
        report.referrer_sent_at = sent_at
        report.no_referrer_reason = None
        finish_tasks(work, f"referrer:{report.id}")
        return self._changed(work, report, exam, way=report.referrer_way)

    @use_case(DESK, Effect.WRITES)
    def no_referrer(self, work: Work[None], report_id: UUID, reason: str) -> ReportRow:
        """Record why there is no referring doctor to send the report to."""
        report, exam = self._to_change(work, report_id)
        report.no_referrer_reason = required(reason, "reason", LONGEST)
        report.referrer_name = report.referrer_way = report.referrer_sent_at = None
        finish_tasks(work, f"referrer:{report.id}")
        return self._changed(work, report, exam, reason=report.no_referrer_reason)

    @use_case(DESK, Effect.WRITES)
    def complete(self, work: Work[None], report_id: UUID) -> ReportRow:
        """Send the "Report Complete" SMS (R28); without a mobile number, or a referrer, it becomes a task (D9)."""
        report, exam = self._to_change(work, report_id)
        self._must_be_final(report)
        work.about(report_id=report.id, exam_id=exam.id, patient_id=exam.patient_id)
        self._must_be_sent_to_referrer(work, report, exam)
        announce(self.parts, work, report, exam)
        return self._changed(work, report, exam)

    @use_case(DESK, Effect.WRITES)
    def told_otherwise(self, work: Work[None], report_id: UUID, way: str) -> ReportRow:
        """Record that the patient was told another way than by SMS: the 48 hours begin now (D9)."""
        report, exam = self._to_change(work, report_id)
        self._must_be_final(report)
        work.about(report_id=report.id, exam_id=exam.id, patient_id=exam.patient_id)
        self._must_be_sent_to_referrer(work, report, exam)
        told_patient(work, report, work.now, CompleteBy.STAFF)
        return self._changed(work, report, exam, way=required(way, "way", LONGEST))

    @use_case(DESK, Effect.WRITES)
    def sms_sent_by_ris(self, work: Work[None], report_id: UUID, at: datetime) -> ReportRow:
        """Record when the RIS sent the SMS, where the clinic lets it: then its time counts (D9)."""
        report, exam = self._to_change(work, report_id)
        if not work.clinic.sms_sent_by_ris:
            raise Conflict("ris_sends_none", N_("In this clinic the portal sends the Report Complete SMS."))
        self._must_be_final(report)
        work.about(report_id=report.id, exam_id=exam.id, patient_id=exam.patient_id)
        self._must_be_sent_to_referrer(work, report, exam)
        if at > work.now:
            raise Invalid("in_future", N_("This time has not come yet."), field="at")
        if at < report.authored_at:
            raise Invalid("before_report", N_("At this time the report was not written yet."), field="at")
        told_patient(work, report, at, CompleteBy.RIS)
        return self._changed(work, report, exam, told_at=at)

    # Withholding, releasing, withdrawing

    @use_case(CLINICAL, Effect.WRITES)
    def hold(self, work: Work[None], report_id: UUID, ground: str, review_on: date) -> ReportRow:
        """Withhold one report until end_hold (D10)."""
        report, exam = self._to_change(work, report_id)
        self._must_not_be_withdrawn(report)
        if report.withheld_at is not None:
            raise Conflict("report_held", N_("This report is withheld already."))
        report.withheld_ground = required(ground, "ground", LONGEST)
        report.withheld_review_on = review_instant(work, exam, review_on)
        report.withheld_at = work.now
        return self._changed(work, report, exam, ground=report.withheld_ground, review_on=review_on)

    @use_case(CLINICAL, Effect.WRITES)
    def end_hold(self, work: Work[None], report_id: UUID, reason: str) -> ReportRow:
        """Let a withheld report go on its way again (D10)."""
        report, exam = self._to_change(work, report_id)
        if report.withheld_at is None:
            raise Conflict("report_not_held", N_("This report is not withheld."))
        finish_tasks(work, *hold_tasks(report), f"report_overdue:{report.id}")
        report.withheld_at = report.withheld_ground = report.withheld_review_on = None
        return self._changed(work, report, exam, reason=required(reason, "reason", LONGEST))

    @use_case(CLINICAL, Effect.WRITES)
    def release_early(self, work: Work[None], report_id: UUID, reason: str) -> ReportRow:
        """Show a final report to the patient now, before or without the 48 hours (D10)."""
        report, exam = self._to_change(work, report_id)
        self._must_be_final(report)
        if report.withheld_at is not None or exam.withheld_at is not None:
            raise Conflict("report_held", N_("This is withheld. End that first."))
        if report.visible_from is not None and report.visible_from <= work.now:
            raise Conflict("report_visible", N_("The patient can see this report already."))
        report.released_early_reason = required(reason, "reason", LONGEST)
        report.visible_from = work.now
        return self._changed(work, report, exam, reason=report.released_early_reason)

    @use_case(CLINICAL, Effect.WRITES)
    def withdraw(self, work: Work[None], report_id: UUID, reason: str) -> ReportRow:
        """Take a report back for good; whoever may have seen it is told so, without its content (D28)."""
        report, exam = self._to_change(work, report_id)
        self._must_not_be_withdrawn(report)
        report.withdrawn_reason = required(reason, "reason", LONGEST)
        tell_withdrawn(self.parts, work, report, exam)
        report.withdrawn_at = work.now
        return self._changed(work, report, exam, reason=report.withdrawn_reason)

    @use_case(DESK)
    def openers(self, work: Work[None], report_id: UUID) -> tuple[ReportOpener, ...]:
        """Return who has opened a report, for speaking to them after it was withdrawn (D28)."""
        _, exam = self._to_change(work, report_id)
        return tuple(
            ReportOpener(event.at, name or event.caller, event.verb != "reports.read")
            for event, name in queries.openings(work.session, exam.patient_id, report_id)
        )

    # Reading

    @use_case(READERS, Effect.OPENS)
    def read(self, work: Work[None], report_id: UUID, because: str = "") -> ReportText:
        """Return a report's text, or how many pages its PDF has; reception says why (R23, D26)."""
        report, exam = self._readable(work, report_id, because)
        row = self._row(work, report, exam)
        return ReportText(row, paragraphs(report.text), row.pages)

    @use_case(READERS, Effect.OPENS)
    def take_away(self, work: Work[None], report_id: UUID, because: str = "") -> ReportTaken:
        """Return what is needed to print or download a report (R25); document() makes the PDF of it."""
        report, exam = self._readable(work, report_id, because)
        must_be_given_downloads(work, reach_of(work.who))
        return taken_report(work, report, exam)

    def document(
        self,
        report_id: UUID,
        paper: str = "A4",
        *,
        large_print: bool = False,
        because: str = "",
        words: Words | None = None,
    ) -> bytes:
        """Return a report as a PDF to print or download (R25, R26); a report that is a PDF comes as it is."""
        taken = self.take_away(report_id, because)
        return pdf_of(taken, paper, words or Words(), large_print=large_print)

    @use_case(READERS)
    def pdf(self, work: Work[None], report_id: UUID) -> bytes:
        """Return the PDF of a report that was opened with read() in this session, for showing its pages."""
        found = queries.readable(work.session, reach_of(work.who), work.now, report_id)
        file = queries.pdf(work.session, report_id) if found else None
        if found is None or file is None:
            raise report_unavailable()
        if not queries.was_read(work.session, found[1].patient_id, report_id, work.who.stay_id):
            raise not_opened()
        return file.pdf

    def page(self, report_id: UUID, page: int, dpi: int = 110) -> Picture:
        """Return one page, from 0, of a report that is a PDF; a decode worker draws it."""
        return self.parts.imaging.pdf_page(self.pdf(report_id), page, dpi)

    # What they have in common

    def _attached(
        self,
        work: Work[Any],
        exam_id: UUID,
        status: str,
        title: str,
        author: str,
        authored_at: datetime,
        corrects_id: UUID | None,
    ) -> tuple[Exam, Report]:
        exam = exam_queries.to_change(work.session, reach_of(work.who), work.now, exam_id)
        if exam is None:
            raise exam_unknown()
        if status not in STATUSES:
            raise Invalid("status", N_("Choose preliminary, final or addendum."), field="status")
        if authored_at > work.now:
            raise Invalid("in_future", N_("This time has not come yet."), field="authored_at")
        if corrects_id is not None:
            corrected = queries.report_and_exam(work.session, corrects_id)
            if corrected is None or corrected[1].id != exam.id:
                raise NotFound("report_unknown", N_("The report to correct is not one of this exam."))
        report = Report(
            id=new_id(),
            exam_id=exam.id,
            status=status,
            corrects_id=corrects_id,
            title=required(title, "title", LONGEST),
            author=required(author, "author", LONGEST),
            authored_at=authored_at,
            attached_at=work.now,
            attached_by=work.who.staff_id,
        )
        work.session.add(report)
        work.about(exam_id=exam.id, report_id=report.id, patient_id=exam.patient_id, status=status)
        work.changed("report", report.id, site_id=exam.site_id, patient_id=exam.patient_id)
        exam_changed(work, exam)
        return exam, report

    def _to_change(self, work: Work[Any], report_id: UUID) -> tuple[Report, Exam]:
        found = queries.to_change(work.session, reach_of(work.who), work.now, report_id)
        if found is None:
            raise NotFound("report_unknown", N_("This report is not available."))
        return found

    def _changed(self, work: Work[Any], report: Report, exam: Exam, **detail: Any) -> ReportRow:
        report.version += 1
        work.about(report_id=report.id, exam_id=exam.id, patient_id=exam.patient_id, **detail)
        work.changed("report", report.id, site_id=exam.site_id, patient_id=exam.patient_id)
        exam_changed(work, exam)
        work.session.flush()
        return self._row(work, report, exam)

    def _row(self, work: Work[Any], report: Report, exam: Exam) -> ReportRow:
        return report_rows(work, reach_of(work.who), exam, [(report, False)])[0]

    def _must_be_final(self, report: Report) -> None:
        self._must_not_be_withdrawn(report)
        if report.status == "preliminary":
            raise Conflict("report_preliminary", N_("This report is preliminary. Make it final first."))

    def _must_not_be_withdrawn(self, report: Report) -> None:
        if report.withdrawn_at is not None:
            raise Conflict("report_withdrawn", N_("This report was withdrawn."))

    def _must_be_sent_to_referrer(self, work: Work[Any], report: Report, exam: Exam) -> None:
        if may_announce(
            is_final=report.status != "preliminary",
            sent_to_referrer_at=report.referrer_sent_at,
            no_referrer_reason=report.no_referrer_reason or "",
        ):
            return
        make_task(
            work,
            "no_referrer",
            f"referrer:{report.id}",
            site_id=exam.site_id,
            patient_id=exam.patient_id,
            exam_id=exam.id,
            report_id=report.id,
        )
        raise Refused(
            "referrer_first",
            N_(
                "The referring doctor gets the report before the patient. Record whom it was sent to, or why there is"
                " no referring doctor."
            ),
        )

    def _readable(self, work: Work[Any], report_id: UUID, because: str) -> tuple[Report, Exam]:
        found = queries.readable(work.session, reach_of(work.who), work.now, report_id)
        if found is None:
            raise report_unavailable()
        report, exam = found
        work.about(report_id=report.id, exam_id=exam.id, patient_id=exam.patient_id)
        if Role.STAFF in work.who.roles and Role.CLINICAL not in work.who.roles:
            work.about(because=required(because, "because", LONGEST))
        return found
