"""One exam with a final report, on its way to the patient."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import PortalError
from app.parts import clinic_document
from app.portal import Acting
from app.views.exams import ReportRow
from app.views.work import TaskRow
from db.models import ClinicRecord, Invitation
from tests.scene import Scene

HOURS_48 = timedelta(hours=48)
SECOND = timedelta(seconds=1)


class Story:
    """One exam with a final report, attached by reception; everybody can sign in again at any time."""

    def __init__(self, scene: Scene, status: str = "final") -> None:
        self.scene = scene
        self.patient = scene.patient()
        self.account = scene.account(self.patient)
        self.exam = scene.exam(self.patient)
        self.report = (
            self.desk()
            .reports.attach_text(
                self.exam,
                status,
                "Report",
                "Dr Jo Lind",
                scene.clock(),
                "FINDINGS:\nNo fracture.\n\nAll well.",
            )
            .id
        )

    def desk(self, role: str = "reception") -> Acting:
        known = self.scene.staff[role]
        return self.scene.acting(self.scene.session("staff", self.scene.desk, staff_id=known.id))

    def patient_now(self) -> Acting:
        return self.scene.acting(self.scene.session("kiosk", self.scene.kiosk, account_id=self.account.id))

    def to_referrer(self) -> None:
        self.desk().reports.sent_to_referrer(self.report, "Dr Sam Okafor", "HL7", self.scene.clock())

    def announce(self) -> ReportRow:
        self.to_referrer()
        return self.desk().reports.complete(self.report)

    def row(self) -> ReportRow:
        page = self.desk("clinical").exams.open(self.exam)
        return next(row for row in page.reports if row.id == self.report)

    def tasks(self) -> list[TaskRow]:
        return [task for task in self.desk().tasks.open() if task.report_id == self.report]

    def shared_by_mail(self) -> UUID:
        """Share the exam by e-mail, with the number 0123456789AB; return the invitation."""
        made = self.scene.invitation(self.account, self.exam, self.patient, number="0123456789AB")
        with self.scene.portal.parts.database.writing() as session:
            row = session.get_one(Invitation, made)
            row.way, row.recipient_email = "email", "sam@example.org"
        return made


def kind_of(call: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments)
    return caught.value.kind


def set_clinic(scene: Scene, **changes: object) -> None:
    scene.clinic = replace(scene.clinic, **changes)  # type: ignore[arg-type]  # the test's own fields
    with scene.portal.parts.database.writing() as session:
        session.get_one(ClinicRecord, 1).document = clinic_document.dump_json(scene.clinic).decode()
