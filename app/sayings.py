"""How exams, reports and invitations are said to a patient: the same words on every screen and page."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.imaging.problems import sentence_of
from app.rules.calendar import add_months
from app.rules.invitation import ExpiredBecause, InvitationState
from app.rules.report_release import ReportNotice
from app.views.clinic import Clinic
from app.views.exams import ExamRow, ReportRow
from app.views.sharing import InvitationOpening, InvitationRow
from app.words import Words


def exam_title(words: Words, exam: ExamRow) -> str:
    """Return "CT of the head, 12 March 2026, Northside"."""
    day = exam.performed_at.astimezone(ZoneInfo(exam.time_zone)).date()
    _ = words
    return _("{exam}, {day}, {site}", exam=_(exam.title), day=day, site=exam.site_name)


def exam_line(words: Words, exam: ExamRow) -> str:
    """Return what a list says of an exam below its title (R27, R35)."""
    _ = words
    if exam.is_withheld:
        return _("Please ask the clinic about this exam.")
    report = _("Report ready") if exam.has_visible_report else _("Report is Unavailable")
    if not exam.image_count:
        return report
    images = _.count("{n} image", "{n} images", exam.image_count)
    return _("{report}. {images}.", report=report, images=images)


def shared_title(words: Words, row: InvitationRow) -> str:
    """Return the exam of an invitation: "CT of the head, 12 March 2026"."""
    day = row.performed_at.astimezone(ZoneInfo(row.time_zone)).date()
    _ = words
    return _("{exam}, {day}", exam=_(row.exam_title) if row.exam_title else _("Exam"), day=day)


def opened_line(words: Words, row: InvitationRow) -> str:
    """Return how often an invitation was opened, and when last (D15)."""
    _ = words
    if row.last_opened_at is None:
        return _("Opened {n} of {most} times", n=row.accesses, most=row.max_accesses)
    return _(
        "Opened {n} of {most} times, last on {moment}",
        n=row.accesses,
        most=row.max_accesses,
        moment=words.moment(row.last_opened_at, row.time_zone),
    )


def status_word(words: Words, state: InvitationState) -> str:
    """Return one of the four statuses (R73 to R78)."""
    _ = words
    return {
        InvitationState.ACTIVE: _("Active"),
        InvitationState.VIEWED: _("Viewed"),
        InvitationState.EXPIRED: _("Expired"),
        InvitationState.REVOKED: _("Revoked"),
    }[state]


def expired_because(words: Words, row: InvitationRow) -> str:
    """Return why an invitation is Expired, or nothing (D15)."""
    _ = words
    if row.reason is None:
        return ""
    return {
        ExpiredBecause.DATE: _("The Shared Until date has passed."),
        ExpiredBecause.USES: _("It was opened as often as it may be."),
        ExpiredBecause.ACCOUNT_INACTIVE: _("Your account was not used for a long time."),
        ExpiredBecause.ACCOUNT_BLOCKED: _("Your account is blocked."),
        ExpiredBecause.EXAM_UNAVAILABLE: _("The clinic does not show this exam at the moment."),
    }[row.reason]


def opening_line(words: Words, one: InvitationOpening, zone: str) -> str:
    """Return when and where an invitation was opened once (D24)."""
    _ = words
    where = _("in the clinic") if one.where == "station" else _("on the web")
    return _("{moment}, {where}", moment=words.moment(one.at, zone), where=where)


def report_name(words: Words, report: ReportRow) -> str:
    """Return what a report is called: "Addendum", or its title."""
    _ = words
    if report.status == "addendum":
        return _("Addendum")
    return report.title or _("Report")


def contents_line(words: Words, contents: str) -> str:
    """Return what an invitation shows."""
    _ = words
    return {
        "report": _("Report only"),
        "images": _("Images only"),
    }.get(contents, _("Report and images"))


def notice_lines(
    words: Words, clinic: Clinic, notice: ReportNotice, opens: str = "", withdrawn: str = ""
) -> list[str]:
    """Return the sentences that stand in a report's place, below its heading (R27 to R34, D9, D28).

    opens, withdrawn: the moments, written out.
    """
    _ = words
    ask_doctor = _("Please talk to your referring doctor about the results. Your doctor has the report.")
    match notice:
        case ReportNotice.NOT_YET:
            return [
                _("A radiologist looks at your images and writes a report."),
                _("How long this takes depends on the type of scan. We send you an SMS when it is complete."),
                _(
                    "You can read it here {hours} hours after that SMS. Your referring doctor gets it before.",
                    hours=clinic.rules.report_hours,
                ),
            ]
        case ReportNotice.OPENS_LATER:
            return [
                _("Your report is complete. You can read it here from {moment}.", moment=opens),
                ask_doctor,
            ]
        case ReportNotice.ASK_DOCTOR:
            return [ask_doctor]
        case ReportNotice.OVERDUE:
            return [
                _(
                    "Your report should be here by now. Please write to {email}, and we will look into it.",
                    email=clinic.email,
                ),
                ask_doctor,
            ]
        case ReportNotice.WITHDRAWN:
            return [
                _("This report was withdrawn on {day}. Please contact the clinic.", day=withdrawn),
                _("Write to {email} or ask at the reception desk.", email=clinic.email),
            ]


def image_warning(words: Words, *, lossy: bool) -> str:
    """Return what every image is not for (D29)."""
    _ = words
    return _("Compressed image, not for diagnosis") if lossy else _("Not for diagnosis")


def image_notes(words: Words, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is odd about an image, a sentence each; kinds: of app.imaging.problems."""
    return tuple(words(sentence_of(kind)) for kind in kinds)


def usual_days(
    words: Words, today: date, first: date, last: date, default_days: int
) -> list[tuple[str, date]]:
    """Return the days to offer between first and last: a week, the default, three months, the last one possible."""
    _ = words
    wished = [
        (_.count("In {n} day", "In {n} days", 7), today + timedelta(days=7)),
        (_.count("In {n} day", "In {n} days", default_days), today + timedelta(days=default_days)),
        (_("In 3 months"), add_months(today, 3)),
        (_("The longest possible"), last),
    ]
    found: dict[date, str] = {}
    for said, day in wished:
        if first <= day <= last:
            found.setdefault(day, said)
    return [(said, day) for day, said in sorted(found.items())]
