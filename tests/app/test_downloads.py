import zipfile
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import PortalError
from app.portal import Portal
from app.views.exams import DownloadOffer
from db.models import Account, AuditEvent, Download, Report
from db.queries import downloads as queries
from tests.fakes import FixedClock
from tests.made_dicom import Disc, folder_of
from tests.scene import PASSWORD, Scene

PHONE, OTHER = "cookie of the phone", "cookie of another phone"


class AtTheKiosk:
    """A patient at the kiosk with a report and two images."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene = scene
        self.patient = scene.patient(mrn="MRN1")
        self.account = scene.account(self.patient)
        disc = Disc()
        desk = scene.acting("reception")
        found = desk.imports.survey((str(folder_of(folder, disc.image(1), disc.image(2))),), self.patient)
        [self.exam] = desk.imports.take(found.id, self.patient).exam_ids
        self.report = scene.report(self.exam)
        self.phone = scene.portal.acting(scene.portal.nobody("198.51.100.7")).downloads

    def offer(self, what: str = "report", **more: UUID) -> tuple[str, DownloadOffer]:
        if what == "report":
            more = {"report_id": self.report, **more}
        offer = self.scene.acting(self.account).downloads.offer(self.exam, what, **more)  # type: ignore[arg-type]  # one of the kinds
        return offer.url.partition("#")[2], offer


@pytest.fixture
def kiosk(scene: Scene, tmp_path: Path) -> AtTheKiosk:
    return AtTheKiosk(scene, tmp_path / "disc")


def kind_of(call: object, *arguments: object, **more: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments, **more)  # type: ignore[operator]  # a bound method
    return caught.value.kind


@pytest.mark.rule("D21")
def test_a_report_goes_from_the_kiosk_to_the_phone_that_spends_it_and_can_be_resumed(
    kiosk: AtTheKiosk, portal: Portal, clock: FixedClock
) -> None:
    token, offer = kiosk.offer()
    assert offer.url.startswith("https://portal.harbour.example/d#")
    assert offer.expires_at == clock() + timedelta(minutes=10)
    for _ in range(3):  # looking spends nothing
        what = kiosk.phone.look(token)
        assert (what.file_name, what.is_spent) == ("report-2026-03-12.pdf", False)
    assert kind_of(kiosk.phone.fetch, token, PHONE) == "download_over"  # before it is spent

    kiosk.phone.spend(token, PHONE)
    file = kiosk.phone.fetch(token, PHONE)

    content = file.path.read_bytes()
    assert (file.name, file.media_type) == ("report-2026-03-12.pdf", "application/pdf")
    assert portal.parts.imaging.pdf_pages(content) == 1
    clock.advance(timedelta(minutes=59))
    assert kiosk.phone.fetch(token, PHONE).path.read_bytes() == content
    clock.advance(timedelta(minutes=1))
    assert kind_of(kiosk.phone.fetch, token, PHONE) == "download_over"


@pytest.mark.rule("D21")
def test_another_phone_gets_nothing_once_it_is_spent(kiosk: AtTheKiosk) -> None:
    token, _ = kiosk.offer()
    kiosk.phone.spend(token, PHONE)
    kiosk.phone.spend(token, PHONE)  # the same one may press again
    assert kind_of(kiosk.phone.spend, token, OTHER) == "download_spent"
    assert kind_of(kiosk.phone.fetch, token, OTHER) == "download_spent"
    assert kiosk.phone.look(token).is_spent


@pytest.mark.rule("D21")
def test_a_download_that_nobody_spent_is_over_after_ten_minutes(kiosk: AtTheKiosk, clock: FixedClock) -> None:
    token, _ = kiosk.offer()
    clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert not kiosk.phone.look(token).is_spent
    clock.advance(timedelta(seconds=1))
    assert kind_of(kiosk.phone.look, token) == "download_over"
    assert kind_of(kiosk.phone.spend, token, OTHER) == "download_over"
    assert kind_of(kiosk.phone.spend, token, PHONE) == "download_over"
    assert kind_of(kiosk.phone.look, "no such token") == "download_over"


@pytest.mark.rule("D21", "D24")
def test_images_go_to_the_phone_as_zip_and_offer_and_download_are_written_down(
    kiosk: AtTheKiosk, portal: Portal
) -> None:
    for what, files in (("all_zip", 2), ("dicom_zip", 3)):
        token, _ = kiosk.offer(what)
        kiosk.phone.spend(token, PHONE)
        with zipfile.ZipFile(kiosk.phone.fetch(token, PHONE).path) as archive:
            assert len(archive.namelist()) == files
    with portal.parts.database.reading() as session:
        told = session.execute(
            select(AuditEvent.verb, AuditEvent.patient_id, AuditEvent.account_id).where(
                AuditEvent.verb.like("downloads.%")
            )
        ).all()
    assert sorted(told) == [
        *[("downloads.offer", kiosk.patient, kiosk.account.id)] * 2,
        *[("downloads.spend", kiosk.patient, kiosk.account.id)] * 2,
    ]


@pytest.mark.rule("D27", "D28")
def test_what_may_not_be_seen_any_more_is_not_fetched_any_more(kiosk: AtTheKiosk, portal: Portal) -> None:
    token, _ = kiosk.offer()
    kiosk.phone.spend(token, PHONE)
    kiosk.phone.fetch(token, PHONE)
    with portal.parts.database.writing() as session:
        session.get_one(Report, kiosk.report).withdrawn_at = kiosk.scene.clock()
    assert kind_of(kiosk.phone.fetch, token, PHONE) == "report_unavailable"

    token, _ = kiosk.offer("all_zip")
    kiosk.phone.spend(token, PHONE)
    with portal.parts.database.writing() as session:
        session.get_one(Account, kiosk.account.id).blocked_at = kiosk.scene.clock()
    assert kind_of(kiosk.phone.fetch, token, PHONE) == "download_over"


def test_nothing_is_offered_that_the_patient_may_not_see(kiosk: AtTheKiosk, scene: Scene) -> None:
    hidden = scene.report(kiosk.exam, visible=False)
    acting = scene.acting(kiosk.account).downloads
    assert kind_of(acting.offer, kiosk.exam, "report", hidden) == "report_unavailable"
    assert kind_of(acting.offer, kiosk.exam, "report") == "report_unavailable"
    stranger = scene.acting(scene.account(scene.patient("Kai", "Other"))).downloads
    assert kind_of(stranger.offer, kiosk.exam, "all_zip") == "image_unknown"
    assert kind_of(stranger.offer, kiosk.exam, "report", kiosk.report) == "report_unavailable"
    assert kind_of(kiosk.phone.offer, kiosk.exam, "all_zip") == "signed_out"


def test_tokens_are_stored_hashed_and_files_are_forgotten(
    kiosk: AtTheKiosk, portal: Portal, clock: FixedClock
) -> None:
    token, _ = kiosk.offer()
    kiosk.phone.spend(token, PHONE)
    file = kiosk.phone.fetch(token, PHONE)
    with portal.parts.database.reading() as session:
        row = session.scalars(select(Download)).one()
    assert token.encode() not in row.digest
    assert token not in row.what
    portal.housekeep()
    assert file.path.exists()
    clock.advance(timedelta(hours=1))
    portal.housekeep()
    assert not file.path.exists()


def test_of_two_phones_at_the_same_instant_one_gets_it(kiosk: AtTheKiosk, portal: Portal) -> None:
    kiosk.offer()
    now = kiosk.scene.clock()
    with portal.parts.database.writing() as session:
        row = session.scalars(select(Download)).one()
        assert queries.spend(session, row.id, b"one", now)
        assert queries.spend(session, row.id, b"one", now)
        assert not queries.spend(session, row.id, b"other", now)
        assert not queries.spend(session, row.id, b"one", row.expires_at)


@pytest.mark.rule("D27")
def test_a_letter_that_went_to_the_wrong_person_ends_their_downloads_too(scene: Scene) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    report = scene.report(exam)
    desk, kiosk = scene.acting("reception"), scene.acting(scene.kiosk)
    issued = desk.accounts.create(patient, "passport seen")
    assert issued.letter is not None
    kiosk.activation.finish(issued.letter.code, date(1944, 5, 17), "somebody", PASSWORD, "1")
    signed_in = scene.portal.signed_in(
        kiosk.sessions.sign_in("somebody", PASSWORD).token, station=scene.kiosk.caller
    )
    token = scene.acting(signed_in).downloads.offer(exam, "report", report).url.partition("#")[2]
    phone = scene.portal.acting(scene.portal.nobody("198.51.100.7")).downloads
    phone.spend(token, PHONE)
    assert phone.fetch(token, PHONE).path.exists()
    desk.accounts.given_to_wrong_person(issued.account_id, "two patients of one name")
    assert kind_of(phone.fetch, token, PHONE) == "download_over"


@pytest.mark.rule("D24")
def test_the_list_of_who_opened_says_whose_phone_it_was(kiosk: AtTheKiosk, scene: Scene) -> None:
    scene.invitation(kiosk.account, kiosk.exam, kiosk.patient, number="0123456789AB")
    at_kiosk = scene.portal.acting(scene.kiosk.caller)
    visit = at_kiosk.visits.open_with_code("0123456789AB", "ABCDEFGH1234").token
    guest = scene.acting(scene.portal.visiting(visit, station=scene.kiosk.caller))
    guest.exams.open(kiosk.exam)
    theirs = guest.downloads.offer(kiosk.exam, "report", kiosk.report).url.partition("#")[2]
    for token in (kiosk.offer()[0], theirs):
        kiosk.phone.spend(token, PHONE)
    today = date(2026, 3, 12)
    listed = scene.acting(kiosk.account).audit.who_opened(kiosk.patient, today, today)
    assert [opening.who for opening in listed.openings if "to a phone" in opening.what] == [
        "Amelia Hart",
        "With the invitation for Dr Sam Okafor",
    ]


@pytest.mark.rule("D28")
def test_whoever_fetched_a_report_that_is_withdrawn_is_among_those_to_speak_to(
    kiosk: AtTheKiosk, scene: Scene
) -> None:
    kiosk.phone.spend(kiosk.offer()[0], PHONE)
    scene.acting("clinical").reports.withdraw(kiosk.report, "wrong side")
    desk = scene.acting("reception")
    assert [(one.who, one.took_away) for one in desk.reports.openers(kiosk.report)] == [("Amelia Hart", True)]
    assert [dict(task.fields)["openings"] for task in desk.tasks.open()] == ["1"]
