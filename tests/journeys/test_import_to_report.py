"""A disc comes in, the patient sees the images at once and the report 48 hours after the SMS."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.portal import Acting, Portal
from app.rules.report_release import ReportNotice
from tests.fakes import FixedClock, KeptTextSender
from tests.made_dicom import Disc, zip_of
from tests.scene import Scene


@pytest.mark.rule("R21", "R23", "R24", "R27", "R28", "R29", "R30", "R35", "R41")
def test_from_the_disc_to_the_report_in_the_patients_hands(
    scene: Scene, portal: Portal, clock: FixedClock, texts: KeptTextSender, tmp_path: Path
) -> None:
    patient = scene.patient(mrn="MRN1")
    account = scene.account(patient)

    def desk(role: str) -> Acting:
        return scene.acting(scene.session("staff", scene.desk, staff_id=scene.staff[role].id))

    def at_home() -> Acting:
        return scene.acting(scene.session("web", account_id=account.id))

    # Reception brings in the disc.
    disc = Disc(description="CT of the head")
    images = {f"slice{number}": disc.image(number, shade=number * 300) for number in range(1, 4)}
    found = desk("reception").imports.survey((str(zip_of(tmp_path / "disc.zip", **images)),), patient)
    assert found.matches_patient
    clerk = desk("reception")
    found = clerk.imports.survey((str(tmp_path / "disc.zip"),), patient)
    [exam] = clerk.imports.take(found.id, patient).exam_ids

    # The patient sees the images, and why there is no report.
    home = at_home()
    [listed] = home.exams.mine()
    assert (listed.title, listed.image_count, listed.can_share) == ("CT of the head", 3, False)
    page = home.exams.open(exam)
    assert page.notice is ReportNotice.NOT_YET
    assert all(home.images.picture(one.id, 0).content for one in page.series[0].instances)

    # The radiologist's text comes, is final, goes to the referring doctor; then the SMS.
    clock.advance(timedelta(hours=5))
    clerk = desk("reception")
    report = clerk.reports.attach_text(
        exam, "preliminary", "Report", "Dr Jo Lind", clock(), "FINDINGS:\nNo fracture."
    )
    desk("clinical").reports.finalise(report.id)
    clerk.reports.sent_to_referrer(report.id, "Dr Sam Okafor", "secure mail", clock())
    clerk.reports.complete(report.id)
    portal.deliver_due()
    told_at = clock()
    assert len(texts.sent) == 1

    # 47:59:59 later it is hidden, a second later it is there.
    clock.now = told_at + timedelta(hours=48) - timedelta(seconds=1)
    page = at_home().exams.open(exam)
    assert page.notice is ReportNotice.OPENS_LATER
    assert page.notice_opens_at == told_at + timedelta(hours=48)
    clock.advance(timedelta(seconds=1))
    home = at_home()
    assert home.exams.open(exam).exam.can_share
    assert home.reports.read(report.id).paragraphs == ("FINDINGS:", "No fracture.")
    assert portal.parts.imaging.pdf_pages(home.reports.document(report.id)) == 1
    home.images.download(exam, "dicom_zip", tmp_path / "mine.zip")
    assert (tmp_path / "mine.zip").stat().st_size > 0

    # What was done is written down, link by link.
    with portal.parts.database.reading() as session:
        from app.journal import broken_links

        assert list(broken_links(session)) == []
