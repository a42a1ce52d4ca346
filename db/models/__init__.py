"""Every table of the central database."""

from db.models.account import (
    AccessGrant,
    Account,
    ActivationCode,
    EmailConfirmation,
    RecoveryRequest,
    ResetLink,
    SessionRecord,
)
from db.models.base import Base
from db.models.clinic import ClinicRecord, Site, Station
from db.models.exam import Exam, Instance, Series, Study
from db.models.handed_in import HandedIn
from db.models.invitation import Invitation, Visit
from db.models.journal import AuditEvent, Change, Journal, Replay, Throttle
from db.models.message import Message
from db.models.patient import Patient, PatientIdentifier, PatientLink, PatientNameWord, PatientSiteWord
from db.models.report import Report, ReportFile
from db.models.staff import PastRights, Staff, StaffRole, StaffSite
from db.models.task import Download, PrintRequest, Task, UnmatchedExam

__all__ = [
    "AccessGrant",
    "Account",
    "ActivationCode",
    "AuditEvent",
    "Base",
    "Change",
    "ClinicRecord",
    "Download",
    "EmailConfirmation",
    "Exam",
    "HandedIn",
    "Instance",
    "Invitation",
    "Journal",
    "Message",
    "PastRights",
    "Patient",
    "PatientIdentifier",
    "PatientLink",
    "PatientNameWord",
    "PatientSiteWord",
    "PrintRequest",
    "RecoveryRequest",
    "Replay",
    "Report",
    "ReportFile",
    "ResetLink",
    "Series",
    "SessionRecord",
    "Site",
    "Staff",
    "StaffRole",
    "StaffSite",
    "Station",
    "Study",
    "Task",
    "Throttle",
    "UnmatchedExam",
    "Visit",
]
