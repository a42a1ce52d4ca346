"""An exam at the kiosk: report or why there is none, thumbnails, downloads to a phone, and what a guest sees."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QWidget
from sqlalchemy import select

from app.documents import PaperStyle, report
from app.views.paper import Letterhead, PrintedReport
from app.words import Words
from db.models import Report
from tests.fakes import FixedClock
from tests.scene import PASSWORD, Known, Scene
from tests.ui.kiosk.at_kiosk import AtKiosk
from ui.patient.pdf_page import PdfPages
from ui.patient.thumbnails import Thumbnail, Thumbnails
from ui.patient.usb_stick import SaveToStick
from ui.patient.what import What

OpenExam = Callable[[UUID], AtKiosk]


@pytest.fixture
def open_exam(kiosk: AtKiosk, account: Known) -> OpenExam:
    def opens(exam: UUID) -> AtKiosk:
        kiosk.sign_in("amelia.hart", PASSWORD)
        kiosk.tap("my_exam")
        kiosk.tap(f"exam_{exam}")
        kiosk.wait_for("exam")
        return kiosk

    return opens


def add_report(scene: Scene, exam: UUID, **facts: object) -> UUID:
    report_id = scene.report(exam, visible=False)
    with scene.portal.parts.database.writing() as session:
        row = session.get(Report, report_id)
        assert row is not None
        for name, value in facts.items():
            setattr(row, name, value)
    return report_id


def place(widget: QWidget, window: QWidget) -> tuple[int, int, int, int]:
    corner = widget.mapTo(window, widget.rect().topLeft())
    return corner.x(), corner.y(), corner.x() + widget.width(), corner.y() + widget.height()


def tiles(kiosk: AtKiosk) -> list[Thumbnail]:
    found = kiosk.sees("thumbnails")
    return found.tiles if isinstance(found, Thumbnails) else []


@pytest.mark.rule("R27", "R34", "R35")
def test_right_after_the_scan_the_report_is_unavailable_and_the_images_are_there(
    patient: UUID, import_exam: Callable[..., UUID], open_exam: OpenExam
) -> None:
    kiosk = open_exam(import_exam(patient))
    assert kiosk.wait_for("report_unavailable").text() == "Report is Unavailable"  # type: ignore[attr-defined]  # a label
    assert kiosk.reads("How long this takes depends on the type of scan.")
    kiosk.wait_until(lambda: len(tiles(kiosk)) == 6 and all(tile.has_picture for tile in tiles(kiosk)))


@pytest.mark.rule("R29", "R31", "D9")
def test_after_the_sms_it_says_when_the_report_opens_and_to_ask_the_doctor_and_then_opens_by_itself(
    scene: Scene, patient: UUID, open_exam: OpenExam, clock: FixedClock
) -> None:
    exam = scene.exam(patient)
    complete = clock() - timedelta(hours=47, minutes=59)
    add_report(
        scene, exam, text="All is well.", complete_at=complete, visible_from=complete + timedelta(hours=48)
    )
    kiosk = open_exam(exam)
    kiosk.wait_to_read("You can read it here from 12 March 2026, 2:06 pm.")
    assert kiosk.reads("Please talk to your referring doctor about the results.")
    clock.advance(timedelta(seconds=59))
    kiosk.finger.tap(kiosk.page)
    kiosk.qtbot.wait(1500)  # a look at the change feed: nothing may open before its second
    assert kiosk.sees("report_unavailable") is not None
    clock.advance(timedelta(seconds=1))
    kiosk.wait_to_read("All is well.")
    assert kiosk.sees("share_exam") is not None


@pytest.mark.rule("R32", "D10")
def test_a_report_that_is_late_gives_the_clinics_address(
    scene: Scene, patient: UUID, open_exam: OpenExam, clock: FixedClock
) -> None:
    exam = scene.exam(patient)
    complete = clock() - timedelta(hours=49)
    add_report(
        scene,
        exam,
        complete_at=complete,
        visible_from=complete + timedelta(hours=48),
        withheld_at=clock() - timedelta(hours=50),
        withheld_ground="checked again",
    )
    kiosk = open_exam(exam)
    kiosk.wait_for("report_unavailable")
    assert kiosk.reads("Please write to portal@harbour.example")
    assert not kiosk.reads("checked again")


@pytest.mark.rule("D28")
def test_a_report_withdrawn_while_it_is_read_goes_and_says_so(
    scene: Scene, exam: UUID, open_exam: OpenExam, clock: FixedClock
) -> None:
    kiosk = open_exam(exam)
    kiosk.wait_to_read("no fracture")
    clock.advance(timedelta(seconds=1))
    with scene.portal.parts.database.reading() as session:
        report_id = session.scalars(select(Report.id)).one()
    scene.acting("clinical").reports.withdraw(report_id, "belongs to somebody else")
    kiosk.wait_to_read("This report was withdrawn on 12 March 2026. Please contact the clinic.")
    assert not kiosk.reads("no fracture")
    assert not kiosk.reads("somebody else")


@pytest.mark.rule("R23", "D10", "D11")
def test_several_reports_are_chosen_by_buttons_and_an_addendum_is_marked(
    scene: Scene, exam: UUID, open_exam: OpenExam
) -> None:
    scene.report(exam, status="addendum", text="Seen again and confirmed.")
    scene.report(exam, status="preliminary", text="Not for the patient.")
    kiosk = open_exam(exam)
    kiosk.wait_for("report_1")
    assert kiosk.sees("report_2") is None
    said = []
    for name in ("report_0", "report_1"):
        kiosk.tap(name)
        kiosk.wait_until(lambda: kiosk.reads("no fracture") != kiosk.reads("Seen again"))
        said.append("Addendum" if kiosk.reads("Seen again") else "Report")
        assert kiosk.reads(said[-1])
    assert sorted(said) == ["Addendum", "Report"]


@pytest.mark.rule("R25", "R26", "D21")
def test_download_is_at_the_top_right_of_the_report_and_leads_to_a_phone(
    scene: Scene, exam: UUID, open_exam: OpenExam
) -> None:
    kiosk = open_exam(exam)
    kiosk.wait_to_read("no fracture")
    panel = place(kiosk.find("report_panel"), kiosk.window)
    button = place(kiosk.find("download_report"), kiosk.window)
    assert panel[2] - button[2] < 40  # at its right edge
    assert button[1] - panel[1] < 60  # at its top
    kiosk.tap("download_report")
    kiosk.wait_to_read("The code works until 12 March 2026, 2:15 pm.")
    address = scanned(kiosk.find("download_code"))
    assert address.startswith("https://portal.harbour.example/d#")
    token = address.partition("#")[2]
    phone = scene.portal.acting(scene.portal.nobody("203.0.113.9")).downloads
    phone.spend(token, "a phone")
    assert phone.fetch(token, "a phone").path.read_bytes().startswith(b"%PDF")


def scanned(code: QWidget) -> str:
    """What a phone's camera reads from the screen."""
    picture = code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    raw = bytes(picture.constBits())
    image = Image.frombuffer(
        "L", (picture.width(), picture.height()), raw, "raw", "L", picture.bytesPerLine(), 1
    )
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)


def choice(kiosk: AtKiosk, words: str) -> QWidget | None:
    found = [one for one in kiosk.window.findChildren(QAbstractButton) if one.isVisible()]
    return next((one for one in found if one.text() == words), None)


@pytest.mark.rule("R41", "R42")
def test_images_are_downloaded_from_the_viewer(scene: Scene, exam: UUID, open_exam: OpenExam) -> None:
    kiosk = open_exam(exam)
    kiosk.wait_until(lambda: bool(tiles(kiosk)))
    kiosk.tap("thumbnail_0")
    kiosk.tap("download")
    kiosk.touch(lambda: choice(kiosk, "All images (ZIP)"))
    kiosk.wait_to_read("Download all images")
    kiosk.wait_to_read("The code works until")
    token = scanned(kiosk.find("download_code")).partition("#")[2]
    phone = scene.portal.acting(scene.portal.nobody("203.0.113.9")).downloads
    phone.spend(token, "a phone")
    assert phone.fetch(token, "a phone").path.read_bytes().startswith(b"PK")
    kiosk.tap("download_done")
    kiosk.wait_for("viewer")  # where they were


@pytest.mark.rule("D24")
def test_what_was_opened_and_shown_is_written_down_and_the_patient_can_read_it(
    scene: Scene, exam: UUID, open_exam: OpenExam
) -> None:
    kiosk = open_exam(exam)
    kiosk.wait_to_read("no fracture")
    kiosk.wait_until(lambda: bool(tiles(kiosk)))
    kiosk.tap("thumbnail_0")
    kiosk.wait_for("viewer")
    kiosk.wait_until(kiosk.window.surroundings.background.is_idle)
    kiosk.tap("back")
    kiosk.wait_for("exam")
    kiosk.tap("back")
    kiosk.wait_for("my_exam_page")
    kiosk.tap("back")
    kiosk.tap("who_opened")
    for line in (
        "Amelia Hart opened your exam",
        "Amelia Hart read your report",
        "Amelia Hart looked at your images",
    ):
        kiosk.wait_to_read(line)
    assert kiosk.reads("12 March 2026, 2:05 pm, Kiosk 1")


def test_a_report_that_came_as_pdf_is_shown_as_pages(
    scene: Scene, patient: UUID, open_exam: OpenExam
) -> None:
    head = Letterhead(
        "Harbour Imaging", "North", ("1 North Street",), "1", "a@b.example", "https://c.example", "UTC"
    )
    printed = PrintedReport(
        head,
        "Amelia Hart",
        datetime(1944, 5, 17, tzinfo=UTC).date(),
        (),
        "CT",
        scene.clock(),
        "Report",
        "Dr Lind",
        scene.clock(),
        ("Findings are normal.",) * 60,
    )
    exam = scene.exam(patient)
    pdf = report(printed, PaperStyle(), Words())
    desk = scene.acting("clinical").reports
    attached = desk.attach_pdf(exam, "final", "Report", "Dr Lind", scene.clock(), pdf)
    desk.no_referrer(attached.id, "came alone")
    desk.release_early(attached.id, "asked for")
    kiosk = open_exam(exam)
    kiosk.wait_until(lambda: strips(kiosk) > 5)
    kiosk.tap("read_report")
    kiosk.wait_until(lambda: strips(kiosk) > 5)
    kiosk.tap("report_next")
    kiosk.wait_to_read("Page 2 of")


def strips(kiosk: AtKiosk) -> int:
    pages = [one for one in kiosk.page.findChildren(PdfPages) if one.isVisible()]
    return len(pages[-1].children()) if pages else 0


@pytest.mark.rule("D13", "D23")
def test_a_guest_sees_what_was_shared_and_can_neither_share_nor_look_elsewhere(
    scene: Scene, kiosk: AtKiosk, account: Known, exam: UUID, patient: UUID
) -> None:
    scene.invitation(account, exam, patient, number="0123456789AB", code="ABCDEFGH1234")
    kiosk.tap("have_invitation")
    kiosk.type("0123456789ab", into="invitation_number_input")
    kiosk.tap("invitation_number_next")
    kiosk.type("abcdefgh1234", into="verification_code_input")
    kiosk.tap("open_invitation")
    kiosk.wait_to_read("no fracture")
    assert kiosk.reads("Shared by Amelia Hart")
    assert kiosk.sees("share_exam") is None
    assert kiosk.sees("back") is None
    kiosk.wait_until(lambda: bool(tiles(kiosk)) and all(tile.has_picture for tile in tiles(kiosk)))
    owner = scene.acting(scene.session("web", account_id=account.id))
    assert owner.sharing.mine()[0].accesses == 1
    owner.sharing.revoke(owner.sharing.mine()[0].id)
    kiosk.wait_for("welcome")  # within the next look at the change feed
    assert "visit has ended" in kiosk.notice()


@pytest.mark.rule("D21")
def test_a_usb_stick_is_offered_only_where_the_clinic_turned_it_on(
    scene: Scene, exam: UUID, open_exam: OpenExam
) -> None:
    kiosk = open_exam(exam)
    kiosk.tap("download_report")
    kiosk.wait_to_read("The code works until")
    assert kiosk.sees("use_usb_stick") is None
    kiosk.tap("leave")
    kiosk.wait_for("welcome")
    scene.acting("it").stations.change(scene.kiosk.id, "Kiosk 1", (), "A4", True)
    kiosk.window.leave()  # the next person finds it
    kiosk.wait_until(lambda: kiosk.window.station.usb_download)
    open_exam(exam)
    kiosk.tap("download_report")
    kiosk.tap("use_usb_stick")
    kiosk.wait_to_read("Put your USB stick in.")


@pytest.mark.rule("D21", "R25", "R41")
@pytest.mark.parametrize(
    ("kind", "name", "start"), [("report", "report.pdf", b"%PDF"), ("all_zip", "images.zip", b"PK")]
)
def test_a_stick_gets_the_file_whole_beside_what_is_on_it(
    scene: Scene, exam: UUID, open_exam: OpenExam, tmp_path: Path, kind: str, name: str, start: bytes
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / name).write_bytes(b"mine")
    plugged_in: list[Path] = []
    kiosk = open_exam(exam)
    kiosk.wait_to_read("no fracture")
    with scene.portal.parts.database.reading() as session:
        report_id = session.scalars(select(Report.id)).one()
    what = What(exam, kind, report_id=report_id)  # type: ignore[arg-type]  # one of WhatKind
    kiosk.window.go(SaveToStick(kiosk.window, what, find_sticks=lambda: plugged_in))
    kiosk.wait_to_read("Put your USB stick in.")
    plugged_in.append(stick)
    kiosk.wait_to_read("Your USB stick is here.")
    kiosk.tap("save_to_stick_button")
    kiosk.wait_to_read("You can take the stick out now.")
    assert (stick / name).read_bytes() == b"mine"
    saved = next(file for file in stick.iterdir() if file.name != name)
    assert saved.read_bytes().startswith(start)
    assert len(list(stick.iterdir())) == 2
