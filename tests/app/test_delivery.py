from datetime import timedelta
from uuid import UUID

import pytest

from app.delivery import deliver_due
from app.letters import MAILS, TEXTS
from app.messages import queue_mail, queue_sms
from app.outside.practice_messages import PracticeMailer
from app.portal import Portal
from app.ports import DeliveryDelayed, DeliveryFailed, DeliveryUnclear, Mail
from app.use_case import by_itself
from app.views.work import MessageRow
from db.models import Message
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Scene


def queue(scene: Scene, *, secret: bool = False) -> UUID:
    patient = scene.patient()
    with by_itself(scene.portal.parts, "tests.queue") as work:
        return queue_mail(
            scene.portal.parts,
            work,
            "account_expiring",
            "amelia@example.org",
            site_id=scene.north,
            patient_id=patient,
            secret=secret,
            expires_on=scene.clock().date(),
            url="https://portal.harbour.example",
        )


def stored(portal: Portal, message_id: UUID) -> Message:
    with portal.parts.database.reading() as session:
        return session.get_one(Message, message_id)


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (None, "sent"),
        (DeliveryFailed("no such address"), "failed"),
        (DeliveryUnclear("broke off"), "unclear"),
        (DeliveryDelayed("busy"), "queued"),
    ],
)
def test_what_is_written_down_is_what_happened(
    scene: Scene, portal: Portal, mailer: KeptMailer, trouble: DeliveryFailed | None, state: str
) -> None:
    message = queue(scene)
    mailer.trouble = trouble
    assert portal.deliver_due() == 1
    row = stored(portal, message)
    assert row.state == state
    assert (row.sent_at is not None) == (state == "sent")
    assert len(mailer.sent) == (1 if state == "sent" else 0)


@pytest.mark.rule("D32")
@pytest.mark.parametrize("trouble", [DeliveryFailed("no such address"), DeliveryUnclear("broke off")])
def test_failed_and_unclear_become_something_to_do(
    scene: Scene, portal: Portal, mailer: KeptMailer, trouble: DeliveryFailed
) -> None:
    message = queue(scene)
    mailer.trouble = trouble
    portal.deliver_due()
    (task,) = scene.acting("reception").tasks.open()
    assert task.message_id == message
    assert task.patient_name == "Amelia Hart"
    assert scene.acting("reception_south").tasks.open() == ()
    scene.acting("reception").messages.resend(message)
    assert scene.acting("reception").tasks.open() == ()


def test_a_busy_server_is_tried_again_later_and_later_until_a_day_has_passed(
    scene: Scene, portal: Portal, mailer: KeptMailer, clock: FixedClock
) -> None:
    message = queue(scene)
    mailer.trouble = DeliveryDelayed("busy")
    began = clock()
    tries = 0
    while stored(portal, message).state == "queued":
        due = stored(portal, message).next_try_at
        assert due is not None
        clock.now = due
        tries += portal.deliver_due()
    assert stored(portal, message).state == "failed"
    assert timedelta(hours=23) < clock() - began < timedelta(hours=27)
    assert tries < 30


def test_the_message_id_stays_the_same_over_tries(scene: Scene, portal: Portal, clock: FixedClock) -> None:
    ids: list[str] = []

    class Recording(KeptMailer):
        def send(self, mail: Mail) -> None:
            ids.append(mail.message_id)
            super().send(mail)

    recording = Recording()
    from dataclasses import replace

    parts = replace(portal.parts, mailer=recording)
    message = queue(scene)
    recording.trouble = DeliveryDelayed("busy")
    deliver_due(parts)
    recording.trouble = None
    clock.advance(timedelta(minutes=5))
    deliver_due(parts)
    assert ids == [f"<{message}@portal.harbour.example>"] * 2


def test_a_sender_that_died_is_replaced_after_its_lease_and_not_before(
    scene: Scene, portal: Portal, mailer: KeptMailer, clock: FixedClock
) -> None:
    queue(scene)

    class Dying(KeptMailer):
        def send(self, mail: Mail) -> None:
            raise SystemExit

    from dataclasses import replace

    with pytest.raises(SystemExit):
        deliver_due(replace(portal.parts, mailer=Dying()))
    assert portal.deliver_due() == 0
    clock.advance(timedelta(minutes=5))
    assert portal.deliver_due() == 1
    assert len(mailer.sent) == 1


def test_a_secret_is_wiped_when_sent_and_cannot_be_sent_again(scene: Scene, portal: Portal) -> None:
    kept, secret = queue(scene), queue(scene, secret=True)
    portal.deliver_due()
    assert stored(portal, kept).content is not None
    assert stored(portal, secret).content is None
    from app.errors import Conflict

    scene.acting("reception").messages.resend(kept)
    with pytest.raises(Conflict) as caught:
        scene.acting("reception").messages.resend(secret)
    assert caught.value.kind == "message_wiped"


def test_a_secret_that_waits_too_long_is_wiped_and_becomes_a_task(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    message = queue(scene, secret=True)
    clock.advance(timedelta(hours=71, minutes=59))
    portal.housekeep()
    assert stored(portal, message).content is not None
    clock.advance(timedelta(minutes=2))
    portal.housekeep()
    assert (stored(portal, message).content, stored(portal, message).state) == (None, "failed")


def test_nothing_readable_lies_in_the_database_while_it_waits(scene: Scene, portal: Portal) -> None:
    content = stored(portal, queue(scene)).content
    assert content is not None
    assert b"account" not in content
    assert b"amelia" not in content


def test_receipts_turn_sent_into_delivered_or_after_four_hours_into_unclear(
    scene: Scene, portal: Portal, texts: KeptTextSender, clock: FixedClock
) -> None:
    texts.gives_receipts = True
    with by_itself(portal.parts, "tests.queue") as work:
        ids = [
            queue_sms(
                portal.parts,
                work,
                "activation_code",
                "+61491570156",
                site_id=scene.north,
                code="X",
                expires_on=clock().date(),
            )
            for _ in range(2)
        ]
    portal.deliver_due()
    texts.delivered["sms-1"] = clock()
    portal.deliver_due()
    assert [stored(portal, message).state for message in ids] == ["delivered", "sent"]
    clock.advance(timedelta(hours=4))
    portal.deliver_due()
    assert [stored(portal, message).state for message in ids] == ["delivered", "unclear"]


@pytest.mark.rule("R28", "D9")
@pytest.mark.parametrize("wording", ["report_complete", "report_complete_without_doctor"])
def test_the_report_complete_sms_names_no_exam_and_holds_no_link(wording: str) -> None:
    text = TEXTS[wording]
    assert "Report Complete" in text
    assert "http" not in text
    assert set(_fields(text)) == {"clinic", "hours"}


@pytest.mark.rule("R3", "R5", "R6", "D1")
def test_the_activation_mail_has_the_button_and_the_address_and_never_the_code() -> None:
    mail = MAILS["activation"]
    assert mail.button == "Activate Account"
    fields = {
        field for sentence in (mail.subject, *mail.paragraphs, *mail.after) for field in _fields(sentence)
    }
    assert "portal" in fields
    assert "code" not in fields


def _fields(sentence: str) -> list[str]:
    from string import Formatter

    return [name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name]


def test_in_practice_mode_messages_become_files(scene: Scene, portal: Portal, clock: FixedClock) -> None:
    from dataclasses import replace

    folder = portal.parts.settings.messages_folder
    assert folder is not None
    queue(scene)
    deliver_due(replace(portal.parts, mailer=PracticeMailer(folder, clock)))
    (file,) = folder.glob("*.eml")
    assert b"amelia@example.org" in file.read_bytes()


def test_states_show_at_the_desk(scene: Scene, portal: Portal) -> None:
    message = queue(scene)
    portal.deliver_due()
    with portal.parts.database.reading() as session:
        patient = session.get_one(Message, message).patient_id
    assert patient is not None
    rows: tuple[MessageRow, ...] = scene.acting("reception").patients.open(patient).messages
    assert [(row.state, row.can_resend) for row in rows] == [("sent", True)]


@pytest.mark.rule("D26")
def test_it_counts_what_waits_and_failed_within_a_week_at_its_own_sites(
    scene: Scene, portal: Portal, clock: FixedClock, mailer: KeptMailer
) -> None:
    def rows(who: str = "it") -> list[tuple[object, ...]]:
        acting = scene.acting(scene.session("staff", scene.desk, staff_id=scene.staff[who].id))
        return [
            (
                row.site_name,
                row.channel,
                row.waiting,
                row.waiting_since,
                row.failed,
                row.unclear,
                row.last_sent_at,
            )
            for row in acting.messages.delivery()
        ]

    assert rows() == []
    mailer.trouble = DeliveryFailed("no such address")
    queue(scene)
    portal.deliver_due()
    mailer.trouble = None
    queue(scene)
    assert rows() == [("North", "email", 1, clock(), 1, 0, None)]
    assert rows("it_south") == []
    portal.deliver_due()
    sent_at = clock()
    clock.advance(timedelta(days=7, seconds=1))
    assert rows() == [("North", "email", 0, None, 0, 0, sent_at)]
