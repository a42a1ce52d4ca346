"""No transaction is open while something slow is done: hashing, sending, decoding, storing images."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.portal import Portal
from app.rules.access import Role
from app.views.people import NewPatient
from app.views.sharing import NewInvitation
from tests.made_dicom import Disc, a_pdf, folder_of
from tests.scene import PASSWORD, Scene


class Watched:
    """Stands around a part of the portal and notes every call with how many connections were in use."""

    def __init__(
        self, part: Any, name: str, calls: list[tuple[str, int]], connections: Callable[[], int]
    ) -> None:
        self._part, self._name, self._calls, self._connections = part, name, calls, connections

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._part, method)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._calls.append((f"{self._name}.{method}", self._connections()))
            return found(*args, **kwargs)

        return call


BORN = date(1944, 5, 17)
SLOW = ("passwords", "mailer", "texts", "imaging", "archive")


def watched(portal: Portal, calls: list[tuple[str, int]]) -> Portal:
    connections = portal.parts.database.engine.pool.checkedout  # type: ignore[attr-defined]  # of the pools in use
    parts: dict[str, Any] = {
        name: Watched(getattr(portal.parts, name), name, calls, connections) for name in SLOW
    }
    return Portal(replace(portal.parts, **parts))


@pytest.fixture
def calls() -> list[tuple[str, int]]:
    return []


def test_nothing_slow_is_done_while_a_transaction_is_open(
    scene: Scene, calls: list[tuple[str, int]], tmp_path: Path
) -> None:
    portal = watched(scene.portal, calls)
    scene.portal = portal
    # Staff: a new one, first password, sign-in, lock.
    manager, desk = scene.acting("manager"), scene.acting("reception")
    given = manager.staff.add("robin.new", "Robin New", (Role.RECEPTION,), (scene.north,), False)
    token = portal.acting(scene.desk.caller).staff.sign_in("robin.new", given.password).token
    robin = portal.acting(portal.signed_in(token, station=scene.desk.caller))
    robin.staff.set_password(given.password, PASSWORD)
    robin.staff.lock()
    robin.staff.unlock(PASSWORD)
    # A patient: account, activation, sign-in, recovery.
    patient = desk.patients.register(
        NewPatient("Hart", "Amelia", BORN, email="amelia@example.org", mobile="+61491570156")
    ).id
    letter = desk.accounts.create(patient, "passport").letter
    assert letter is not None
    kiosk = portal.acting(scene.kiosk.caller)
    notice = kiosk.clinic.settings().notice_version
    kiosk.activation.finish(letter.code, BORN, "amelia", PASSWORD, notice)
    signed_in = kiosk.sessions.sign_in("amelia", PASSWORD).token
    owner = portal.acting(portal.signed_in(signed_in, station=scene.kiosk.caller))
    kiosk.recovery.forgot("amelia")
    account = desk.patients.open(patient).accounts[0].id
    slip = desk.accounts.reset_slip(account, "passport")
    kiosk.recovery.reset(slip.code, BORN, f"{PASSWORD} again")
    signed_in = kiosk.sessions.sign_in("amelia", f"{PASSWORD} again").token
    owner = portal.acting(portal.signed_in(signed_in, station=scene.kiosk.caller))
    # Images and reports.
    files = folder_of(tmp_path / "disc", *(Disc().image(number) for number in (1, 2)))
    survey = desk.imports.survey((str(files),), patient)
    exam = desk.imports.take(survey.id, patient, "the number was mistyped").exam_ids[0]
    report = scene.acting("clinical").reports.attach_pdf(
        exam, "final", "Report", "Dr Jo Lind", scene.clock(), a_pdf()
    )
    desk.reports.sent_to_referrer(report.id, "Dr Sara", "by post", scene.clock())
    desk.reports.complete(report.id)
    portal.deliver_due()
    scene.acting("clinical").reports.release_early(report.id, "asked")
    image = owner.exams.open(exam).series[0].instances[0].id
    owner.images.frame(image, 0)
    owner.images.picture(image, 0)
    owner.images.thumbnail(image)
    owner.images.download(exam, "dicom_zip", tmp_path / "all.zip")
    owner.reports.read(report.id)
    owner.reports.page(report.id, 0)
    owner.reports.document(report.id)
    owner.sharing.invite(
        exam, NewInvitation("email", "Dr Sam", "sam@example.org", understands_sensitive=True)
    )
    portal.deliver_due()
    portal.housekeep()
    assert {name for name, _ in calls} >= {
        "passwords.hash",
        "passwords.verify",
        "mailer.send",
        "texts.send",
        "imaging.describe",
        "imaging.stored",
        "imaging.render",
        "imaging.thumbnail",
        "imaging.pdf_pages",
        "imaging.pdf_page",
        "archive.keep",
        "archive.local_path",
    }
    assert [call for call in calls if call[1]] == []


def test_control_a_call_within_a_transaction_is_seen(scene: Scene, calls: list[tuple[str, int]]) -> None:
    portal = watched(scene.portal, calls)
    with portal.parts.database.reading() as session:
        session.execute(select(1))
        portal.parts.passwords.hash(PASSWORD)
    assert calls == [("passwords.hash", 1)]
