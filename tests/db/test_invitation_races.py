"""Sixteen guests at once with an invitation of ten: counted by what was granted and by the visits that are there."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.ids import new_id
from app.portal import Portal
from app.views.sharing import VisitOpened
from db.models import AuditEvent, Invitation, Message, Visit
from tests.fakes import FixedClock, KeptMailer
from tests.races import PROCESSES, Race, granted, refused
from tests.scene import Scene

NUMBER, CODE = "0123456789AB", "ABCDEFGH1234"
USES = 10
WRONG_CODES_LOCK = 5


@pytest.fixture
def race(scene: Scene, database_url: str, tmp_path: Path, clock: FixedClock) -> Race:
    return Race(database_url, tmp_path, clock())


@pytest.fixture
def invitation(scene: Scene) -> UUID:
    patient = scene.patient()
    exam = scene.exam(patient)
    scene.report(exam)
    return scene.invitation(
        scene.account(patient), exam, patient, number=NUMBER, code=CODE, max_accesses=USES
    )


def open_it(portal: Portal, number: int) -> VisitOpened:
    return portal.acting(portal.nobody(f"203.0.113.{number}")).visits.open_with_code(NUMBER, CODE)


def open_naively(portal: Portal, number: int, invitation: UUID) -> bool:
    """Looks first and writes then: the control that must fail."""
    with portal.parts.database.reading() as session:
        used = session.get_one(Invitation, invitation).accesses
    if used >= USES:
        return False
    with portal.parts.database.writing() as session:
        session.execute(update(Invitation).where(Invitation.id == invitation).values(accesses=used + 1))
        now = portal.parts.clock()
        session.add(
            Visit(
                id=new_id(),
                invitation_id=invitation,
                digest=new_id().bytes,
                opened_at=now,
                last_active_at=now,
                ends_at=now + timedelta(hours=2),
            )
        )
    return True


def type_wrongly(portal: Portal, number: int) -> VisitOpened:
    return portal.acting(portal.nobody(f"203.0.113.{number}")).visits.open_with_code(NUMBER, "WRNGWRNGWRNG")


def deliver(portal: Portal, number: int) -> list[str]:
    mailer = portal.parts.mailer
    assert isinstance(mailer, KeptMailer)
    portal.deliver_due()
    return [mail.message_id for mail in mailer.sent]


def visits(scene: Scene) -> int:
    with scene.portal.parts.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


@pytest.mark.rule("R65", "R66", "D13")
def test_of_sixteen_guests_at_once_ten_get_in(scene: Scene, race: Race, invitation: UUID) -> None:
    rounds = race.run(open_it, [()] * 2)
    assert [len(granted(ran)) for ran in rounds] == [USES, 0]
    assert len({opened.token for opened in granted(rounds[0])}) == USES
    assert refused(rounds) == {"invitation_used_up"}
    assert visits(scene) == USES
    with scene.portal.parts.database.reading() as session:
        assert session.get_one(Invitation, invitation).accesses == USES
        done = select(func.count()).where(
            AuditEvent.verb == "visits.open_with_code", AuditEvent.outcome == "done"
        )
        assert session.scalar(done) == USES


def test_control_looking_before_counting_lets_more_in(scene: Scene, race: Race, invitation: UUID) -> None:
    rounds = race.run(open_naively, [(invitation,)] * 4)
    assert sum(len(granted(ran)) for ran in rounds) > USES
    assert visits(scene) > USES


@pytest.mark.rule("D14")
def test_wrong_codes_at_once_are_each_counted_until_the_lock(
    scene: Scene, race: Race, invitation: UUID
) -> None:
    rounds = race.run(type_wrongly, [()])
    assert refused(rounds) == {"code_wrong"}
    with scene.portal.parts.database.reading() as session:
        row = session.get_one(Invitation, invitation)
    assert row.locked_until is not None
    assert row.wrong_codes == WRONG_CODES_LOCK  # codes typed while it is locked are not read


def test_a_message_is_sent_once_by_sixteen_senders(scene: Scene, race: Race) -> None:
    for _ in range(PROCESSES):
        scene.acting("reception").accounts.create(scene.patient(), "passport seen")
    rounds = race.run(deliver, [()])
    sent = [message_id for ids in granted(rounds[0]) for message_id in ids]
    assert len(sent) == len(set(sent)) == PROCESSES
    with scene.portal.parts.database.reading() as session:
        assert set(session.scalars(select(Message.state))) == {"sent"}
