"""The whole page of one patient at the reception desk."""

from dataclasses import dataclass

from app.views.exams import ExamRow, ReportRow
from app.views.people import AccountRow, PatientRow
from app.views.sharing import InvitationRow
from app.views.work import MessageRow


@dataclass(frozen=True)
class DeskExam:
    """One exam with its reports, as staff see them: states, no text."""

    exam: ExamRow
    reports: tuple[ReportRow, ...]


@dataclass(frozen=True)
class PatientPage:
    """Account, exams, invitations and messages of one patient: sections of one page."""

    patient: PatientRow
    accounts: tuple[AccountRow, ...]
    exams: tuple[DeskExam, ...]
    invitations: tuple[InvitationRow, ...]
    messages: tuple[MessageRow, ...]
    linked: tuple[PatientRow, ...]
    is_copy: bool = False  # a desk's own, without its server: exams, invitations and messages are not here
