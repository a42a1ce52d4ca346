import email
import email.policy
from datetime import timedelta
from pathlib import Path

import pytest

from app.outside.practice_messages import PracticeMailer, PracticeTextSender
from app.ports import DeliveryDelayed, DeliveryFailed, Mail
from tests.fakes import FixedClock

MAIL = Mail(
    "<m-1@clinic.example>", "zoe@patient.example", "Your account", "Hello Zo\u00eb\n", "<p>Hello Zo\u00eb</p>"
)


def test_a_mail_becomes_a_file_that_mail_programs_open(tmp_path: Path, clock: FixedClock) -> None:
    PracticeMailer(tmp_path / "messages", clock).send(MAIL)
    [file] = (tmp_path / "messages").iterdir()
    assert file.name.startswith("2026-03-12-030500-")
    assert file.suffix == ".eml"
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (message["To"], message["Subject"]) == (MAIL.to, MAIL.subject)
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Hello Zo\u00eb"


def test_an_sms_becomes_a_text_file(tmp_path: Path, clock: FixedClock) -> None:
    sender = PracticeTextSender(tmp_path, clock)
    sent = sender.send("key-1", "+61412345678", "Zo\u00eb, your report is complete.")
    [file] = tmp_path.iterdir()
    assert file.suffix == ".txt"
    assert file.read_text(encoding="utf-8") == "To: +61412345678\n\nZo\u00eb, your report is complete.\n"
    assert not sender.gives_receipts
    assert sender.receipt(sent.reference) == sent


def test_messages_lie_in_the_order_in_which_they_were_sent(tmp_path: Path, clock: FixedClock) -> None:
    for number in range(3):
        PracticeMailer(tmp_path, clock).send(Mail(f"<{number}@x>", "a@b.example", f"mail {number}", "x", "x"))
        clock.advance(timedelta(seconds=1))
    subjects = [email.message_from_bytes(file.read_bytes())["Subject"] for file in sorted(tmp_path.iterdir())]
    assert subjects == ["mail 0", "mail 1", "mail 2"]


def test_an_address_that_cannot_be_one_fails_as_it_would_for_real(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(DeliveryFailed):
        PracticeMailer(tmp_path, clock).send(Mail("<m@x>", "nobody", "x", "x", "x"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_delays_the_message(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "messages").write_text("a file in the way")
    with pytest.raises(DeliveryDelayed):
        PracticeMailer(tmp_path / "messages", clock).send(MAIL)
    with pytest.raises(DeliveryDelayed):
        PracticeTextSender(tmp_path / "messages", clock).send("key", "+61412345678", "x")
