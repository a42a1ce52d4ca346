"""From the receptionist's first click to the patient's first sign-in, on paper, by mail and at the kiosk."""

import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pypdfium2
import pytest

from app.documents import PaperStyle, activation_letter
from app.outside.practice_messages import PracticeMailer
from app.portal import Portal
from app.rules.access import Role
from app.rules.account_life import AccountState
from app.views.clinic import FirstStart
from app.views.people import NewPatient
from app.words import Words
from tests.fakes import FixedClock
from tests.refusals import refusal

MANAGER = "a manager knows this"
STAFF = "the desk knows this one"
PATIENT = "quiet heron lamp 7"
BORN = date(1944, 5, 17)


@pytest.mark.rule("R1", "R2", "R3", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R79")
def test_from_an_empty_database_to_the_patients_first_sign_in(portal: Portal, tmp_path: Path) -> None:
    # The clinic begins: a manager, a receptionist, a desk and a kiosk.
    portal.begin(
        FirstStart(
            "Harbour Imaging",
            "portal@harbour.example",
            "https://portal.harbour.example",
            "North",
            ("1 North Street", "Sydney NSW 2000"),
            "+61 2 5550 1234",
            "Australia/Sydney",
            "Robin Vale",
            "robin.vale",
            MANAGER,
        )
    )
    nobody = portal.acting(portal.nobody())
    manager = portal.acting(portal.signed_in(nobody.staff.sign_in("robin.vale", MANAGER).token))
    (site,) = manager.sites.all()
    desk_key = manager.stations.enrol(site.id, "Desk 1", "desk").key
    kiosk_key = manager.stations.enrol(site.id, "Kiosk 1", "kiosk").key
    once = manager.staff.add("ada.moss", "Ada Moss", (Role.RECEPTION,), (site.id,)).password

    # The receptionist signs in, registers the patient, makes the account and prints the letter.
    station = portal.station(desk_key)
    token = portal.acting(station).staff.sign_in("ada.moss", once).token
    reception = portal.acting(portal.signed_in(token, station=station))
    reception.staff.set_password(once, STAFF)
    patient = reception.patients.register(
        NewPatient(
            "Hart",
            "Amelia",
            BORN,
            email="amelia@example.org",
            mobile="0491 570 156",
            postal_address=("12 Long Lane", "Sydney NSW 2000"),
        )
    )
    issued = reception.accounts.create(patient.id, "passport")
    assert issued.letter is not None
    paper = text_of(activation_letter(issued.letter, PaperStyle(), Words()))
    reception.accounts.handed_over(issued.account_id, ("name", "birth_date"))
    assert "Amelia Hart" in paper
    assert "portal.harbour.example/activate" in paper
    assert "1944" not in paper
    (code,) = set(re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", paper))

    # The mail arrives: the address and the button, no code.
    folder = tmp_path / "mail"
    posting = make_with_mailer(portal, PracticeMailer(folder, FixedClock()))
    assert posting.deliver_due() == 1
    (file,) = folder.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    body = mail.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert mail["To"] == "amelia@example.org"
    assert "Activate Account" in html
    assert code not in html
    proof = re.findall(r"/activate#mail=(\w+)", html)[0]

    # The patient presses the button on a telephone, then types the letter's code at the kiosk.
    portal.acting(portal.nobody("203.0.113.1")).activation.open_mail_link(proof)
    kiosk = portal.acting(portal.station(kiosk_key))
    assert refusal(kiosk.sessions.sign_in, "amelia44", PATIENT) == "sign_in_wrong"
    kiosk.activation.start(code)
    user_name = kiosk.activation.finish(
        code.lower(), BORN, "amelia44", PATIENT, kiosk.clinic.settings().notice_version
    )
    signed = kiosk.sessions.sign_in(user_name, PATIENT)
    me = portal.acting(portal.signed_in(signed.token, station=portal.station(kiosk_key)))
    assert me.sessions.mine().name == "Amelia Hart"
    assert me.patients.my_details().user_name == "amelia44"
    assert me.exams.mine() == ()

    # The receptionist sees it all.
    (account,) = reception.patients.open(patient.id).accounts
    assert (account.state, account.is_email_proved, account.code_is_handed_over) == (
        AccountState.ACTIVE,
        True,
        False,  # that code is used up
    )
    me.sessions.sign_out()
    assert refusal(me.exams.mine) == "signed_out"


def text_of(pdf: bytes) -> str:
    """Every word of a PDF, as a reader would copy it out."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(pages)


def make_with_mailer(portal: Portal, mailer: PracticeMailer) -> Portal:
    """The same portal with another postman."""
    return Portal(replace(portal.parts, mailer=mailer))
