"""Errors forced in SQL, in sending and in decoding: the log says where, and nothing of whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from app.chores import Chores
from app.errors import PortalError
from app.outside.logs import report_bug
from app.portal import Portal
from app.ports import Mail
from app.views.people import NewPatient
from tests.fakes import KeptMailer
from tests.made_dicom import Disc, folder_of
from tests.scene import PASSWORD, Scene

NAME, BORN, ADDRESS, WORDS = (
    "Zoe-Canary",
    date(1987, 8, 17),
    "zoe.canary@example.org",
    "a canary in the left lung",
)
CODE = "ABCDEFGH1234"
CANARIES = ("canary", "1987", "0491", PASSWORD)
ZOE = NewPatient(NAME, "Zoe", BORN, email=ADDRESS, mobile="0491 570 156")


def is_discreet(log: str, *more: str) -> bool:
    return not any(canary.casefold() in log.casefold() for canary in (*CANARIES, *more))


def test_an_error_of_the_database_says_nothing_of_the_row(
    scene: Scene, portal: Portal, logged: Callable[[], str]
) -> None:
    def spoil(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> tuple[str, Any]:
        return statement.replace("INSERT INTO patient ", "INSERT INTO patients "), values

    event.listen(portal.parts.database.engine, "before_cursor_execute", spoil, retval=True)
    with pytest.raises((PortalError, SQLAlchemyError)) as failed:
        scene.acting("reception").patients.register(ZOE)
    event.remove(portal.parts.database.engine, "before_cursor_execute", spoil)
    reference = report_bug(failed.value)
    assert reference in logged()
    assert "in register" in logged()
    assert is_discreet(logged())


def test_a_mail_that_breaks_its_sender_says_nothing_of_what_is_in_it(
    scene: Scene, portal: Portal, logged: Callable[[], str]
) -> None:
    class Breaking(KeptMailer):
        def send(self, mail: Mail) -> None:
            self.sent.append(mail)
            raise ValueError(f"{mail.to}: {mail.text}")

    mailer = Breaking()
    desk = scene.acting("reception")
    issued = desk.accounts.create(desk.patients.register(ZOE).id, f"{NAME} showed a passport")
    assert issued.letter is not None
    Chores(Portal(replace(portal.parts, mailer=mailer))).work()
    [mail] = mailer.sent
    proof = mail.text.partition("#mail=")[2].split()[0]
    assert "builtins.ValueError" in logged()
    assert "raise ValueError" in logged()  # where, as it stands in the source
    assert is_discreet(logged(), issued.letter.code, proof, proof.replace("-", ""))


def test_images_that_cannot_be_decoded_say_nothing_of_their_file_or_patient(
    scene: Scene, portal: Portal, logged: Callable[[], str], tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / NAME, Disc(family=NAME, given="Zoe", born=BORN).image(1))
    broken = folder / f"{NAME}.dcm"
    broken.write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 400)
    survey = scene.acting("reception").imports.survey((str(folder),))
    assert [file.name for file in survey.broken] == [broken.name]
    with pytest.raises(PortalError) as failed:
        portal.parts.imaging.render(broken, 0)
    assert report_bug(failed.value) in logged()
    assert is_discreet(logged())


def test_refusals_say_nothing_of_what_was_typed(scene: Scene, logged: Callable[[], str]) -> None:
    patient = scene.acting("reception").patients.register(ZOE)
    report = scene.report(scene.exam(patient.id), text=WORDS, visible=False)
    kiosk, stranger = scene.acting(scene.kiosk), scene.acting(scene.account(patient.id, born=BORN))
    for refused in (
        lambda: kiosk.sessions.sign_in(ADDRESS, f"{PASSWORD} {NAME}"),
        lambda: kiosk.activation.finish(CODE, BORN, NAME, f"my {NAME} lamp", "1"),
        lambda: stranger.reports.read(report, WORDS),
        lambda: scene.acting("reception").patients.find_elsewhere(NAME),
        lambda: scene.acting("reception").patients.register(replace(ZOE, email=f"{NAME} at home")),
    ):
        with pytest.raises(PortalError) as failed:
            refused()
        assert report_bug(failed.value) in logged()
    assert is_discreet(logged(), CODE)
