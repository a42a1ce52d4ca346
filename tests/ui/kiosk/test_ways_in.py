"""The ways to the kiosk and what they lead to: letter, scan, sign-in, slip, invitation, family, contact, large text."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.views.people import Identifier, NewPatient
from tests.fakes import KeptMailer
from tests.scene import PASSWORD, Known, Scene
from tests.ui import scan as keys
from tests.ui.kiosk.at_kiosk import AtKiosk
from ui.kiosk.scanner import Scan, read_scan
from ui.widgets.code_field import CodeField

HOST = "https://portal.harbour.example"


def scan(kiosk: AtKiosk, address: str) -> None:
    keys.scan(QApplication.focusWidget() or kiosk.window, address)


def text_of(kiosk: AtKiosk, name: str) -> str:
    line = kiosk.wait_for(name)
    assert isinstance(line, QLineEdit)
    return line.text()


@pytest.mark.rule("R4", "R33", "R79")
def test_who_has_no_account_is_told_whom_to_write_to(kiosk: AtKiosk) -> None:
    assert kiosk.reads("No account yet? Ask at the reception desk, or write to portal@harbour.example.")
    kiosk.tap("contact")
    kiosk.wait_for("contact_page")
    for words in (
        "help with setting up your account",
        "portal@harbour.example",
        "+61 2 5550 1234",
        "1 North Street",
        "Harbour Imaging",
    ):
        assert kiosk.reads(words)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"{HOST}/activate#7K2M9QPDX4TN", Scan("activate", "7K2M9QPDX4TN")),
        (f"{HOST}/reset#7K2M9QPDX4TN", Scan("reset", "7K2M9QPDX4TN")),
        (f"{HOST}/i/0123456789AB#7K2M9QPDX4TN", Scan("invitation", "7K2M9QPDX4TN", "0123456789AB")),
        (f"{HOST.upper()}/I/0123456789ab#7k2m9qpdx4tn", Scan("invitation", "7k2m9qpdx4tn", "0123456789ab")),
        ("https://elsewhere.example/activate#7K2M9QPDX4TN", None),
        (f"{HOST}.elsewhere.example/activate#7K2M9QPDX4TN", None),
        (f"{HOST}/activate", None),
        ("4006381333931", None),
    ],
)
def test_only_this_clinics_codes_are_followed(address: str, found: Scan | None) -> None:
    assert read_scan(address, HOST) == found


@pytest.mark.rule("D23")
def test_a_scanned_letter_leads_to_activation_with_the_code_filled_in(kiosk: AtKiosk) -> None:
    scan(kiosk, f"{HOST}/activate#7K2M9QPDX4TN")
    kiosk.wait_for("activation_code")
    assert text_of(kiosk, "activation_code_input") == "7K2M-9QPD-X4TN"


@pytest.mark.rule("D23", "D13")
def test_a_scanned_invitation_asks_once_more_so_that_a_second_scan_spends_nothing(
    scene: Scene, kiosk: AtKiosk, account: Known, exam: UUID, patient: UUID
) -> None:
    scene.invitation(account, exam, patient, number="0123456789AB", code="ABCDEFGH1234")
    for _ in range(2):
        scan(kiosk, f"{HOST}/i/0123456789AB#ABCDEFGH1234")
        kiosk.wait_for("verification_code")
    assert text_of(kiosk, "verification_code_input") == "ABCD-EFGH-1234"
    kiosk.tap("open_invitation")
    kiosk.wait_to_read("no fracture")
    owner = scene.acting(scene.session("web", account_id=account.id))
    assert owner.sharing.mine()[0].accesses == 1


def test_a_scan_into_an_input_leaves_what_was_typed_and_no_trace_of_the_code(kiosk: AtKiosk) -> None:
    kiosk.tap("sign_in")
    kiosk.type("amelia", into="sign_in_user_name")
    line = kiosk.find("sign_in_user_name")
    assert isinstance(line, QLineEdit)
    scan(kiosk, "https://elsewhere.example/activate#7K2M9QPDX4TN")
    kiosk.wait_until(lambda: "does not belong" in kiosk.notice())
    assert line.text() == "amelia"
    assert not line.isUndoAvailable()


def test_a_scan_while_a_patient_is_signed_in_changes_nothing(kiosk: AtKiosk, account: Known) -> None:
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.wait_for("home")
    scan(kiosk, f"{HOST}/i/0123456789AB#ABCDEFGH1234")
    kiosk.wait_for("home")
    assert kiosk.window.stay is not None


@pytest.mark.rule("D4")
def test_where_names_are_alike_four_digits_are_asked_and_wrong_answers_lead_back(
    scene: Scene, kiosk: AtKiosk, patient: UUID
) -> None:
    desk = scene.acting("reception")
    twin = desk.patients.register(
        NewPatient("Hart", "Amelia", date(1944, 5, 17), (Identifier("M2005678", "Harbour Imaging"),))
    )
    issued = desk.accounts.create(twin.id, "passport")
    assert issued.letter is not None
    scan(kiosk, f"{HOST}/activate#{issued.letter.code}")
    kiosk.tap("activation_code_next")
    kiosk.wait_for("activation_birth_date")
    kiosk.type("17051944")
    kiosk.tap("birth_date_next")
    kiosk.type("0123", into="activation_digits_input")  # the other patient's
    kiosk.tap("digits_next")
    kiosk.tap("notice_read")
    kiosk.type("amelia2", into="activation_user_name_input")
    kiosk.tap("user_name_next")
    kiosk.type("seven blue herons", into="new_password_password")
    kiosk.type("seven blue herons", into="new_password_repeat")
    kiosk.tap("save_password")
    kiosk.wait_for("activation_birth_date")
    assert "does not match what the clinic has on file" in kiosk.notice()


@pytest.mark.rule("R14", "D6")
@pytest.mark.parametrize("typed", ["amelia.hart", "nobody.known"])
def test_forgot_password_answers_everybody_alike(
    scene: Scene, kiosk: AtKiosk, account: Known, mailer: KeptMailer, typed: str
) -> None:
    kiosk.tap("sign_in")
    kiosk.tap("forgot_password")
    assert kiosk.reads("We send an e-mail that tells you your user name")
    kiosk.type(typed, into="forgot_input")
    kiosk.tap("forgot_send")
    kiosk.wait_for("forgot_sent")
    assert kiosk.reads("If we know this user name or e-mail address, an e-mail is on its way to you.")
    assert kiosk.reads("The link works for 60 minutes.")


@pytest.mark.rule("D6")
def test_a_slip_from_the_desk_sets_a_new_password_at_the_kiosk(
    scene: Scene, kiosk: AtKiosk, account: Known, patient: UUID
) -> None:
    slip = scene.acting("reception").accounts.reset_slip(account.id, "passport")
    kiosk.tap("sign_in")
    kiosk.tap("forgot_password")
    kiosk.tap("have_slip")
    kiosk.type(slip.code.lower(), into="reset_code_input")
    kiosk.tap("reset_code_next")
    kiosk.wait_for("reset_birth_date")
    kiosk.type("17051944")
    kiosk.tap("reset_birth_date_next")
    kiosk.type("nine green herons", into="new_password_password")
    kiosk.type("nine green herons", into="new_password_repeat")
    kiosk.tap("save_password")
    kiosk.tap("go_to_sign_in")
    assert text_of(kiosk, "sign_in_user_name") == "amelia.hart"
    kiosk.type("nine green herons", into="sign_in_password")
    kiosk.tap("sign_in_button")
    kiosk.wait_for("home")


@pytest.mark.rule("D31")
def test_an_account_for_several_people_asks_whose_exams_and_keeps_the_name_in_sight(
    scene: Scene, kiosk: AtKiosk, patient: UUID, import_exam: Callable[..., UUID]
) -> None:
    child = scene.patient("Theo", "Hart", date(2016, 1, 2))
    scene.account(patient, child, user_name="amelia.hart")
    exam = import_exam(patient)
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.wait_for("whose_exams_page")
    kiosk.tap(f"patient_{child}")
    kiosk.wait_for("home")
    assert kiosk.find("header_name").text() == "Theo Hart"  # type: ignore[attr-defined]  # a label
    kiosk.tap("my_exam")
    kiosk.wait_to_read("No exams yet")
    assert kiosk.sees(f"exam_{exam}") is None
    kiosk.tap("back")
    kiosk.tap("whose_exams")
    kiosk.tap(f"patient_{patient}")
    kiosk.tap("my_exam")
    kiosk.wait_for(f"exam_{exam}")
    assert kiosk.find("header_name").text() == "Amelia Hart"  # type: ignore[attr-defined]  # a label


@pytest.mark.rule("R18", "R19", "D7")
def test_personal_details_are_shown_in_part_without_any_editing(kiosk: AtKiosk, account: Known) -> None:
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.tap("details")
    kiosk.wait_to_read("Amelia Hart")
    assert not kiosk.reads("amelia@example.org")
    assert not kiosk.reads("+61491570156")
    assert kiosk.page.findChildren(QLineEdit) == []
    assert kiosk.reads("want to delete your account? Contact us")
    kiosk.tap("contact")
    kiosk.wait_to_read("portal@harbour.example")


@pytest.mark.rule("R14", "D6")
def test_change_password_starts_the_same_mail(
    scene: Scene, kiosk: AtKiosk, account: Known, mailer: KeptMailer
) -> None:
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.tap("change_password")
    kiosk.tap("change_password_send")
    kiosk.wait_until(lambda: "The e-mail is on its way" in kiosk.notice())
    scene.portal.deliver_due()
    (mail,) = mailer.sent
    assert "amelia.hart" in mail.text
    assert "/reset#" in mail.text


def test_large_text_is_remembered_for_the_patient_and_gone_with_them(
    scene: Scene, kiosk: AtKiosk, account: Known
) -> None:
    usual = kiosk.window.header.leave.fontMetrics().height()
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.wait_for("home")
    kiosk.tap("large_text")
    assert kiosk.window.header.leave.fontMetrics().height() > 1.3 * usual
    kiosk.wait_until(kiosk.window.surroundings.background.is_idle)
    kiosk.tap("leave")
    kiosk.wait_for("welcome")
    assert kiosk.window.header.large_text.fontMetrics().height() == usual
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.wait_for("home")
    assert kiosk.window.header.leave.fontMetrics().height() > 1.3 * usual


def test_back_forgets_what_was_typed_on_the_page_that_is_left(kiosk: AtKiosk) -> None:
    kiosk.tap("have_letter")
    kiosk.type("7k2m9qpd", into="activation_code_input")
    kiosk.tap("back")
    kiosk.wait_for("welcome")
    kiosk.tap("have_letter")
    assert text_of(kiosk, "activation_code_input") == ""
    kiosk.qtbot.wait(10)
    assert len(kiosk.window.findChildren(CodeField)) == 1
