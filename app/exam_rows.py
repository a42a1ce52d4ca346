"""Exams and reports as rows, each caller seeing what is theirs to see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.callers import Standing
from app.errors import N_, NotAllowed, NotFound
from app.facts import report_facts
from app.modalities import plain_words
from app.rules import report_release
from app.rules.access import Role
from app.rules.report_release import ReportFacts, ReportNotice, ReportState
from app.use_case import Work
from app.views.desk import DeskExam
from app.views.exams import ExamPage, ExamRow, InstanceRow, ReportRow, SeriesRow
from db.models import Exam, Instance, Patient, Report, Series, Site, Study
from db.queries import exams as queries
from db.queries import images as image_queries
from db.queries import reports as report_queries
from db.queries.exams import Reach

Released = tuple[Report, bool]  # a report, and whether the query calls it visible


def reach_of(who: Standing) -> Reach:
    """Return which exams a caller reaches: patients by grants, guests by invitation, staff by site (D26, D31)."""
    return Reach(
        patient_ids=who.patient_ids,
        invitation_id=who.invitation_id,
        site_ids=who.site_ids,
        every_site=who.may_search_other_sites,
        is_staff=Role.STAFF in who.roles,
    )


def exam_rows(work: Work[Any], reach: Reach, *, patient_id: UUID | None = None) -> tuple[ExamRow, ...]:
    """Return the exams in reach, newest first."""
    found = queries.exams(work.session, reach, work.now, patient_id=patient_id)
    return _exam_rows(work, reach, found, reports_by_exam(work, [exam.id for exam, _, _ in found]))


def desk_exams(work: Work[Any], patient_id: UUID) -> tuple[DeskExam, ...]:
    """Return a patient's exams with their reports as staff see them, newest first: states, no text."""
    reach = reach_of(work.who)
    found = queries.exams(work.session, reach, work.now, patient_id=patient_id)
    reports = reports_by_exam(work, [exam.id for exam, _, _ in found])
    said = _report_rows(work, reach, [(exam, reports[exam.id]) for exam, _, _ in found])
    return tuple(DeskExam(row, said[row.id]) for row in _exam_rows(work, reach, found, reports))


def _exam_rows(
    work: Work[Any],
    reach: Reach,
    found: Sequence[tuple[Exam, Patient, Site]],
    reports: dict[UUID, list[Released]],
) -> tuple[ExamRow, ...]:
    frames = queries.frame_counts(work.session, [exam.id for exam, _, _ in found])
    return tuple(
        _exam_row(work, reach, record, reports[record[0].id], frames.get(record[0].id, 0)) for record in found
    )


def reports_by_exam(work: Work[Any], exam_ids: list[UUID]) -> dict[UUID, list[Released]]:
    """Return the reports of exams, without text, each with whether it is visible now."""
    found: dict[UUID, list[Released]] = defaultdict(list)
    for report, is_visible in report_queries.of_exams(work.session, exam_ids, work.now):
        found[report.exam_id].append((report, is_visible))
    return found


def exam_page(work: Work[Any], exam_id: UUID) -> ExamPage:
    """Return an exam with its reports and series as the caller may see them; raises NotFound."""
    reach = reach_of(work.who)
    found = queries.exams(work.session, reach, work.now, exam_id=exam_id)
    if not found:
        raise exam_unknown()
    exam, _, site = found[0]
    reports = reports_by_exam(work, [exam.id])[exam.id]
    contents, may_download = _given(work)
    may_see_report = contents != "images" and (not reach.is_staff or Role.CLINICAL in work.who.roles)
    notice, opens_at = _notice(exam, reports, work) if contents != "images" else (None, None)
    levels = image_queries.of_exam(work.session, reach, work.now, exam.id)
    frames = sum(instance.frames for _, _, instance in levels if instance.kind == "image")
    return ExamPage(
        exam=_exam_row(work, reach, (exam, found[0][1], site), reports, frames),
        reports=report_rows(work, reach, exam, reports) if contents != "images" else (),
        notice=notice,
        notice_opens_at=opens_at,
        series=_series_rows(levels),
        may_see_report=may_see_report,
        may_see_images=contents != "report" and (reach.is_staff or exam.withheld_at is None),
        may_download=may_download,
    )


def must_be_given_downloads(work: Work[Any], reach: Reach) -> None:
    """Raise NotAllowed for a guest whose invitation does not include downloads (D12)."""
    given = queries.invitation(work.session, reach.invitation_id) if reach.invitation_id else None
    if given is not None and not given.may_download:
        raise NotAllowed(
            "download_not_given", N_("Downloads were not included in this invitation. Ask the patient.")
        )


def exam_unknown() -> NotFound:
    """Return the error of an exam that is not there, or not for this caller."""
    return NotFound("exam_unknown", N_("This exam is not available."))


def title_of(exam: Exam) -> str:
    """Return what an exam is called: its description, or the modality's words as a message id."""
    return exam.description or plain_words(exam.modality)


def _given(work: Work[Any]) -> tuple[str, bool]:
    """Return what the caller may see of an exam in reach, and whether to download it."""
    if work.who.invitation_id is None:
        return "report_and_images", True
    invitation = queries.invitation(work.session, work.who.invitation_id)
    assert invitation is not None
    return invitation.contents, invitation.may_download


def _exam_row(
    work: Work[Any],
    reach: Reach,
    record: tuple[Exam, Patient, Site],
    reports: list[Released],
    frames: int,
) -> ExamRow:
    exam, patient, site = record
    is_readable = any(is_visible for _, is_visible in reports)
    changes = [report_release.changes_at(report_facts(report, exam), work.now) for report, _ in reports]
    return ExamRow(
        id=exam.id,
        patient_id=patient.id,
        patient_name=f"{patient.given_names} {patient.family_name}".strip(),
        title=title_of(exam),
        modality=exam.modality,
        performed_at=exam.performed_at,
        site_name=site.name,
        time_zone=site.time_zone,
        image_count=frames if reach.is_staff or exam.withheld_at is None else 0,
        has_visible_report=is_readable,
        is_withheld=exam.withheld_at is not None,
        can_share=is_readable and work.who.invitation_id is None,
        changes_at=min((at for at in changes if at is not None), default=None),
    )


def report_rows(work: Work[Any], reach: Reach, exam: Exam, reports: list[Released]) -> tuple[ReportRow, ...]:
    """Return an exam's reports: all of them for staff, for others those that are or were to be read."""
    return _report_rows(work, reach, [(exam, reports)])[exam.id]


def _report_rows(
    work: Work[Any], reach: Reach, records: Sequence[tuple[Exam, list[Released]]]
) -> dict[UUID, tuple[ReportRow, ...]]:
    """Return the reports of some exams by exam; asks as often for many as for one."""
    ids = [report.id for _, reports in records for report, _ in reports]
    pages = report_queries.pages(work.session, ids)
    sms = report_queries.newest_sms(work.session, ids) if reach.is_staff else {}
    return {
        exam.id: tuple(
            row
            for report, _ in reports
            if (row := _report_row(reach, work, exam, report, pages.get(report.id, 0), sms.get(report.id)))
        )
        for exam, reports in records
    }


def _report_row(
    reach: Reach, work: Work[Any], exam: Exam, report: Report, pages: int, sms: tuple[UUID, str] | None
) -> ReportRow | None:
    facts = report_facts(report, exam)
    state = report_release.report_state(facts, work.now)
    notice = report_release.report_notice(facts, work.now)
    if not reach.is_staff and not _concerns_patient(state, notice):
        return None
    # What a hidden report is called, or who wrote it, may say more than its time has come for.
    is_named = reach.is_staff or notice in {None, ReportNotice.WITHDRAWN}
    row = ReportRow(
        id=report.id,
        exam_id=exam.id,
        title=report.title if is_named else "",
        author=report.author if is_named else "",
        authored_at=report.authored_at,
        status=report.status,
        state=state,
        notice=notice,
        visible_from=report.visible_from,
        complete_at=report.complete_at,
        withdrawn_at=report.withdrawn_at,
        is_pdf=pages > 0,
        pages=pages,
        is_correction=report.corrects_id is not None,
    )
    if not reach.is_staff:
        return row
    return replace(
        row,
        referrer_name=report.referrer_name or "",
        referrer_way=report.referrer_way or "",
        referrer_sent_at=report.referrer_sent_at,
        no_referrer_reason=report.no_referrer_reason or "",
        message_id=sms[0] if sms else None,
        message_state=sms[1] if sms else "",
        withheld_ground=report.withheld_ground or exam.withheld_ground or "",
    )


def _concerns_patient(state: ReportState, notice: ReportNotice | None) -> bool:
    """A preliminary report never shows (D10), nor one that was withdrawn before anybody could read it."""
    if state is ReportState.WITHDRAWN:
        return notice is ReportNotice.WITHDRAWN
    return state is not ReportState.PRELIMINARY


# Where an exam has several hidden reports, the notice that says most to do or wait for comes first.
_BY_WEIGHT = (
    ReportNotice.OPENS_LATER,
    ReportNotice.OVERDUE,
    ReportNotice.ASK_DOCTOR,
    ReportNotice.WITHDRAWN,
    ReportNotice.NOT_YET,
)


def _notice(
    exam: Exam, reports: list[Released], work: Work[Any]
) -> tuple[ReportNotice | None, datetime | None]:
    """Return what stands in the report's place where none is visible, and when it opens (R27, R29, R32)."""
    if any(is_visible for _, is_visible in reports):
        return None, None
    facts = [report_facts(report, exam) for report, _ in reports] or [ReportFacts()]
    notices = {fact: report_release.report_notice(fact, work.now) for fact in facts}
    notice = next((weighty for weighty in _BY_WEIGHT if weighty in notices.values()), None)
    opens = [
        fact.visible_from
        for fact, said in notices.items()
        if said is ReportNotice.OPENS_LATER and fact.visible_from
    ]
    return notice, min(opens) if notice is ReportNotice.OPENS_LATER else None


def _series_rows(levels: Sequence[tuple[Study, Series, Instance]]) -> tuple[SeriesRow, ...]:
    instances: dict[UUID, list[Instance]] = defaultdict(list)
    series_by_id: dict[UUID, Series] = {}
    for _, series, instance in levels:
        series_by_id[series.id] = series
        instances[series.id].append(instance)
    return tuple(
        SeriesRow(
            id=series.id,
            title=series.description or plain_words(series.modality),
            modality=series.modality,
            number=series.number,
            instances=tuple(_instance_row(instance) for instance in instances[series.id]),
            frame_time_ms=next((i.frame_time_ms for i in instances[series.id] if i.frame_time_ms), None),
        )
        for series in series_by_id.values()
    )


def _instance_row(instance: Instance) -> InstanceRow:
    return InstanceRow(
        id=instance.id,
        number=instance.number,
        kind=instance.kind,
        frames=instance.frames,
        rows=instance.rows,
        columns=instance.columns,
        problem=instance.problem,
        uid=instance.sop_instance_uid,
        size=instance.size,
    )
