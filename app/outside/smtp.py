"""Hands e-mail to the clinic's mail server, and never says "sent" when it was not."""

import re
import smtplib
import ssl
from contextlib import suppress
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.errors import N_
from app.ports import Clock, DeliveryDelayed, DeliveryFailed, DeliveryUnclear, Mail
from app.settings import SmtpSettings

# 7 bits, so that no server on the way has to be asked whether it takes more.
_POLICY = SMTP.clone(cte_type="7bit")
_GO_AHEAD = 354  # RFC 5321, 4.3.2: send the text
_DONE = 250
_FINAL = range(500, 600)
_LATER = range(400, 500)


class SmtpMailer:
    """A mailer as ports.Mailer asks, over SMTP with STARTTLS, TLS or, inside the clinic, neither."""

    def __init__(self, settings: SmtpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def send(self, mail: Mail) -> None:
        """Hand one mail over; return when the server has taken it.

        Raises DeliveryFailed, DeliveryDelayed or DeliveryUnclear: the last where the server may have it, since
        its answer to the end of the text (RFC 5321, 4.1.1.4) did not arrive.
        """
        message = written_message(mail, self._settings.sender, self._clock)
        server = self._connected()
        try:
            self._signed_in(server)
            _hand_over(server, parseaddr(self._settings.sender)[1], _envelope_address(mail.to), message)
            # Whatever goes wrong in taking leave, the mail is accepted.
            with suppress(OSError, smtplib.SMTPException):
                server.putcmd("QUIT")
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        domain = parseaddr(settings.sender)[1].rpartition("@")[
            2
        ]  # not this machine's name: it tells too much
        try:
            if settings.security == "tls":
                return smtplib.SMTP_SSL(
                    settings.host, settings.port, domain, timeout=settings.timeout_s, context=self._trust()
                )
            return smtplib.SMTP(settings.host, settings.port, domain, timeout=settings.timeout_s)
        except ssl.SSLCertVerificationError:
            raise DeliveryDelayed(_UNTRUSTED) from None
        except (OSError, smtplib.SMTPException):
            raise DeliveryDelayed(_AWAY) from None

    def _signed_in(self, server: smtplib.SMTP) -> None:
        settings = self._settings
        try:
            server.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                if not server.has_extn("starttls"):
                    raise DeliveryDelayed(N_("The mail server offers no encryption."))
                server.starttls(context=self._trust())
            if settings.user:
                server.login(settings.user, settings.password)
        except ssl.SSLCertVerificationError:
            raise DeliveryDelayed(_UNTRUSTED) from None
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, UnicodeError):
            # Our setting is wrong, not the mail: it goes out once somebody has corrected it.
            raise DeliveryDelayed(_NO_SIGN_IN) from None
        except (OSError, smtplib.SMTPException):
            raise DeliveryDelayed(_AWAY) from None

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file)


def written_message(mail: Mail, sender: str, clock: Clock) -> bytes:
    """Return the mail as RFC 5322 text with CRLF; raises DeliveryFailed when its address cannot be one."""
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=_envelope_address(mail.to))
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(clock())
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()


def _envelope_address(to: str) -> str:
    local, at, domain = to.rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode('ascii')}"
        address.encode("ascii")
        Address(addr_spec=address)
    except (UnicodeError, ValueError, IndexError, HeaderParseError):
        raise DeliveryFailed(N_("This is not an e-mail address that our mail server can use.")) from None
    return address


def _hand_over(server: smtplib.SMTP, sender: str, to: str, message: bytes) -> None:
    # smtplib's own sendmail() cannot tell a connection that broke before the end of the text from one after it.
    try:
        _expect(server.mail(sender), _DONE, N_("The mail server refused our own address."))
        _expect(server.rcpt(to), _DONE, N_("The mail server refused this address."))
        _expect(server.docmd("DATA"), _GO_AHEAD, N_("The mail server refused this mail."))
        server.send(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
    except (OSError, smtplib.SMTPException):
        raise DeliveryDelayed(_AWAY) from None
    try:
        answer = server.getreply()
    except (OSError, smtplib.SMTPException):
        raise DeliveryUnclear(_UNCLEAR) from None
    if answer[0] not in _FINAL and answer[0] not in _LATER and answer[0] != _DONE:
        raise DeliveryUnclear(_UNCLEAR)
    _expect(answer, _DONE, N_("The mail server refused this mail."))


def _expect(answer: tuple[int, bytes], wanted: int, refusal: str) -> None:
    code = answer[0]
    if code == wanted or (wanted == _DONE and code == _FORWARDED):
        return
    if code in _FINAL:
        raise DeliveryFailed(refusal)
    raise DeliveryDelayed(N_("The mail server is busy."))


_FORWARDED = 251  # RFC 5321, 4.2.3: taken, and sent on to where the person is now
_AWAY = N_("The mail server does not answer.")
_UNTRUSTED = N_("The mail server's certificate is not trusted.")
_NO_SIGN_IN = N_("The mail server refused our user name and password.")
_UNCLEAR = N_("The connection broke before the mail server answered: the mail may have gone out.")
