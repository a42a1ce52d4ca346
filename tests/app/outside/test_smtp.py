import email
import email.policy
import smtplib
import ssl
from email.message import EmailMessage
from typing import Any

import pytest

from app.outside.smtp import SmtpMailer
from app.ports import DeliveryDelayed, DeliveryFailed, DeliveryUnclear, Mail
from app.settings import SmtpSettings
from tests.app.outside.conftest import Certificates
from tests.app.outside.mail_server import MailServer, Running
from tests.fakes import FixedClock

MAIL = Mail(
    "<m-1@clinic.example>",
    "zoe@patient.example",
    "Your portal account",
    "Hello Zo\u00eb,\n\n.a line that begins with a dot\n" + "long " * 300 + "\n.\nthe end\n",
    "<p>Hello Zo\u00eb</p>",
)

# The server warns of what the test is about: signing in without STARTTLS.
signs_in_without_starttls = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def _mailer(running: Running, **settings: Any) -> SmtpMailer:
    chosen: dict[str, Any] = {"security": "none", "timeout_s": 5.0, **settings}
    sender = "Clinic \u00c9toile <portal@clinic.example>"
    return SmtpMailer(SmtpSettings("127.0.0.1", sender, port=running.port, **chosen), FixedClock())


def _received(server: MailServer) -> EmailMessage:
    [mail] = server.accepted
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_mail_arrives_whole_with_text_and_html() -> None:
    server = MailServer()
    with server.start() as running:
        _mailer(running).send(MAIL)
    message = _received(server)
    assert _part(message, "plain") == MAIL.text
    assert _part(message, "html").strip() == MAIL.html
    assert message["To"] == "zoe@patient.example"
    assert message["From"] == "Clinic \u00c9toile <portal@clinic.example>"
    assert message["Subject"] == "Your portal account"
    assert message["Message-ID"] == "<m-1@clinic.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == FixedClock().now
    assert (server.accepted[0].mail_from, server.accepted[0].rcpt_tos) == ("portal@clinic.example", [MAIL.to])


def test_the_message_id_is_the_same_at_every_try() -> None:
    server = MailServer()
    with server.start() as running:
        _mailer(running).send(MAIL)
        _mailer(running).send(MAIL)
    first, second = [email.message_from_bytes(mail.content) for mail in server.accepted]
    assert first["Message-ID"] == second["Message-ID"] == "<m-1@clinic.example>"


def test_every_line_is_sent_in_seven_bits_and_short_enough() -> None:
    server = MailServer()
    with server.start() as running:
        _mailer(running).send(MAIL)
    content = server.accepted[0].content
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998  # RFC 5322, 2.1.1
    assert b"\n" not in content.replace(b"\r\n", b"")


@signs_in_without_starttls
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_and_signed_in(certificates: Certificates, security: str) -> None:
    server = MailServer(user="portal", password="a pass word")
    context = certificates.server_context()
    tls: dict[str, Any] = {"starttls": context} if security == "starttls" else {"tls": context}
    with server.start(**tls, auth=True) as running:
        _mailer(
            running,
            security=security,
            user="portal",
            password="a pass word",
            ca_file=certificates.authority,
        ).send(MAIL)
    assert server.accepted[0].encrypted
    assert server.accepted[0].signed_in
    assert _received(server)["Subject"] == MAIL.subject


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(
    certificates: Certificates, security: str
) -> None:
    server = MailServer()
    context = certificates.server_context()
    tls: dict[str, Any] = {"starttls": context} if security == "starttls" else {"tls": context}
    with server.start(**tls) as running, pytest.raises(DeliveryDelayed, match="not trusted"):
        _mailer(running, security=security).send(MAIL)
    assert server.accepted == []


@signs_in_without_starttls
def test_a_server_that_offers_no_encryption_gets_no_mail_and_no_password() -> None:
    server = MailServer(user="portal", password="secret")
    with server.start(auth=True) as running, pytest.raises(DeliveryDelayed, match="no encryption"):
        _mailer(running, security="starttls", user="portal", password="secret").send(MAIL)
    assert server.accepted == []


def test_a_wrong_password_delays_the_mail_until_somebody_corrects_it(certificates: Certificates) -> None:
    server = MailServer(user="portal", password="right")
    with (
        server.start(starttls=certificates.server_context(), auth=True) as running,
        pytest.raises(DeliveryDelayed, match="user name and password"),
    ):
        _mailer(
            running, security="starttls", user="portal", password="wrong", ca_file=certificates.authority
        ).send(MAIL)
    assert server.accepted == []


def test_a_password_that_smtp_cannot_carry_delays_the_mail_and_does_not_show(
    certificates: Certificates,
) -> None:
    server = MailServer(user="portal", password="pass\u00e9")
    with server.start(starttls=certificates.server_context(), auth=True) as running:
        mailer = _mailer(
            running, security="starttls", user="portal", password="pass\u00e9", ca_file=certificates.authority
        )
        with pytest.raises(DeliveryDelayed, match="user name and password") as told:
            mailer.send(MAIL)
    assert told.value.__suppress_context__


def test_a_server_without_sign_in_delays_the_mail(certificates: Certificates) -> None:
    server = MailServer()
    with (
        server.start(starttls=certificates.server_context()) as running,
        pytest.raises(DeliveryDelayed, match="user name and password"),
    ):
        _mailer(
            running, security="starttls", user="portal", password="right", ca_file=certificates.authority
        ).send(MAIL)
    assert server.accepted == []


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("EHLO", "drop", DeliveryDelayed),
        ("EHLO", "421 too busy", DeliveryDelayed),
        ("MAIL", "550 not you", DeliveryFailed),
        ("MAIL", "451 later", DeliveryDelayed),
        ("MAIL", "drop", DeliveryDelayed),
        ("RCPT", "550 nobody of that name", DeliveryFailed),
        ("RCPT", "450 mailbox busy", DeliveryDelayed),
        ("RCPT", "421 shutting down", DeliveryDelayed),
        ("RCPT", "drop", DeliveryDelayed),
        ("RCPT", "nonsense", DeliveryDelayed),
        ("DATA", "554 no", DeliveryFailed),
        ("DATA", "451 later", DeliveryDelayed),
        ("DATA", "250 what", DeliveryDelayed),
        ("DATA", "drop", DeliveryDelayed),
        ("DOT", "552 too big", DeliveryFailed),
        ("DOT", "554 spam", DeliveryFailed),
        ("DOT", "452 disk full", DeliveryDelayed),
        ("DOT", "421 shutting down", DeliveryDelayed),
        ("DOT", "drop", DeliveryUnclear),
        ("DOT", "nonsense", DeliveryUnclear),
        ("DOT", "354 what", DeliveryUnclear),
    ],
)
def test_every_refusal_and_break_has_its_outcome(command: str, answer: str, outcome: type[Exception]) -> None:
    server = MailServer(answers={command: answer})
    with server.start() as running, pytest.raises(DeliveryFailed) as told:
        _mailer(running).send(MAIL)
    assert type(told.value) is outcome


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_stalls_before_the_text_delays_the_mail(command: str) -> None:
    server = MailServer(answers={command: "stall"})
    with server.start() as running, pytest.raises(DeliveryFailed) as told:
        _mailer(running, timeout_s=0.2).send(MAIL)
    assert type(told.value) is DeliveryDelayed
    assert server.accepted == []


def test_a_server_that_stalls_after_the_final_dot_may_have_the_mail() -> None:
    server = MailServer(answers={"DOT": "stall"})
    with server.start() as running, pytest.raises(DeliveryUnclear):
        _mailer(running, timeout_s=1.0).send(MAIL)
    assert len(server.accepted) == 1  # and indeed it has


def test_a_connection_that_breaks_before_the_end_of_the_text_delays_the_mail() -> None:
    server = MailServer(answers={"TEXT": "drop"})
    long = Mail(MAIL.message_id, MAIL.to, MAIL.subject, "a line of a long text\n" * 700_000, MAIL.html)
    with server.start() as running, pytest.raises(DeliveryFailed) as told:
        _mailer(running).send(long)
    assert type(told.value) is DeliveryDelayed


@pytest.mark.parametrize("answer", ["drop", "stall", "500 what"])
def test_a_mail_that_was_accepted_is_sent_whatever_happens_afterwards(answer: str) -> None:
    server = MailServer(answers={"QUIT": answer})
    with server.start() as running:
        _mailer(running).send(MAIL)
    assert len(server.accepted) == 1


def test_a_server_that_is_away_delays_the_mail(free_port: int) -> None:
    settings = SmtpSettings(
        "127.0.0.1", "portal@clinic.example", port=free_port, security="none", timeout_s=5
    )
    with pytest.raises(DeliveryDelayed, match="does not answer"):
        SmtpMailer(settings, FixedClock()).send(MAIL)


def test_a_name_that_does_not_exist_delays_the_mail() -> None:
    settings = SmtpSettings("no-such-host.invalid", "portal@clinic.example", security="none", timeout_s=5)
    with pytest.raises(DeliveryDelayed, match="does not answer"):
        SmtpMailer(settings, FixedClock()).send(MAIL)


def test_a_server_that_speaks_no_tls_delays_the_mail() -> None:
    with MailServer().start() as running, pytest.raises(DeliveryDelayed, match="does not answer"):
        _mailer(running, security="tls", timeout_s=0.5).send(MAIL)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "zoe",
        "zoe@",
        "@patient.example",
        "zo\u00eb@patient.example",
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
    ],
)
def test_what_is_no_usable_address_fails_for_good_and_is_never_handed_over(to: str) -> None:
    server = MailServer()
    with server.start() as running, pytest.raises(DeliveryFailed) as told:
        _mailer(running).send(Mail(MAIL.message_id, to, MAIL.subject, MAIL.text, MAIL.html))
    assert type(told.value) is DeliveryFailed
    assert server.accepted == []


def test_a_domain_with_accents_is_written_as_mail_servers_know_it() -> None:
    server = MailServer()
    with server.start() as running:
        _mailer(running).send(Mail(MAIL.message_id, "zoe@b\u00fccher.example", "x", "x", "x"))
    assert server.accepted[0].rcpt_tos == ["zoe@xn--bcher-kva.example"]


def test_a_subject_of_two_lines_becomes_one_and_adds_no_header() -> None:
    server = MailServer()
    with server.start() as running:
        _mailer(running).send(Mail(MAIL.message_id, MAIL.to, "One\r\nBcc: other@patient.example", "x", "x"))
    assert _received(server)["Bcc"] is None
    assert _received(server)["Subject"] == "One Bcc: other@patient.example"


def test_a_refusal_tells_neither_address_nor_text(capfd: pytest.CaptureFixture[str]) -> None:
    server = MailServer(answers={"RCPT": "550 zoe@patient.example unknown"})
    with server.start() as running, pytest.raises(DeliveryFailed) as told:
        _mailer(running).send(MAIL)
    assert "zoe" not in told.value.reason
    assert told.value.__cause__ is None
    assert "zoe" not in "".join(capfd.readouterr())


def test_smtplib_still_raises_what_the_mapping_relies_on() -> None:
    assert issubclass(smtplib.SMTPServerDisconnected, smtplib.SMTPException)
    assert issubclass(smtplib.SMTPAuthenticationError, smtplib.SMTPException)
    assert issubclass(ssl.SSLCertVerificationError, OSError)
