from pathlib import Path

from app import ports
from app.outside.clock import system_clock
from app.outside.folder_archive import FolderArchive
from app.outside.keys import read_keys
from app.outside.passwords import Argon2Passwords
from app.outside.practice_messages import PracticeMailer, PracticeTextSender
from app.outside.sms_gateway import SmsGateway
from app.outside.smtp import SmtpMailer
from app.settings import SmsSettings, SmtpSettings
from tests.fakes import FixedClock, KeptMailer, KeptTextSender


def test_every_adapter_and_every_fake_is_what_its_port_asks_for(tmp_path: Path) -> None:
    """The type checker proves the signatures; here it is shown that all of them can be made."""
    clocks: list[ports.Clock] = [system_clock, FixedClock()]
    clock = clocks[0]
    passwords: ports.Passwords = Argon2Passwords(tmp_path)
    keys: ports.Keys = read_keys(tmp_path / "keys", may_make=True)
    archive: ports.ImageArchive = FolderArchive(tmp_path)
    mailers: list[ports.Mailer] = [
        SmtpMailer(SmtpSettings("mail.example", "portal@clinic.example"), clock),
        PracticeMailer(tmp_path, clock),
        KeptMailer(),
    ]
    senders: list[ports.TextSender] = [
        SmsGateway(SmsSettings("https://sms.example", {}), clock),
        PracticeTextSender(tmp_path, clock),
        KeptTextSender(gives_receipts=True),
    ]
    assert [sender.gives_receipts for sender in senders] == [False, False, True]
    assert all((passwords, keys, archive, *mailers))
