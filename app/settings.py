"""What this one machine knows: folders, addresses and secrets; the clinic's rules are in the database."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from app.errors import N_, Invalid
from app.settings_file import SettingsFile, Table

Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True)
class ListenSettings:
    """Where the web server listens; without a certificate on this machine only."""

    host: str = "127.0.0.1"
    port: int = 8443
    certificate: Path | None = None
    certificate_key: Path | None = None


@dataclass(frozen=True)
class SmtpSettings:
    """The clinic's mail server."""

    host: str
    sender: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None  # the clinic's own certificate authority, where it has one
    timeout_s: float = 30


@dataclass(frozen=True)
class SmsSettings:
    """The clinic's SMS gateway: what to send it, and where its answers say what we need.

    body is sent as JSON; {to}, {text} and {key} in its texts are filled in, {key} in headers too. The places
    (reference, state, receipt_state, receipt_at) are paths into a JSON answer, such as "messages.0.id".
    """

    url: str
    body: Mapping[str, Any] = field(repr=False)
    method: Literal["POST", "PUT"] = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    reference: str = ""
    state: str = ""  # where the answer itself says whether the SMS was taken; empty: the HTTP status says it
    accepted: tuple[str, ...] = ()
    receipt_url: str = ""  # asked with GET, {reference} filled in; empty: the gateway gives no receipts
    receipt_state: str = ""
    receipt_delivered: tuple[str, ...] = ()
    receipt_failed: tuple[str, ...] = ()
    receipt_at: str = ""  # where the receipt says when; ISO 8601 with an offset
    timeout_s: float = 30


@dataclass(frozen=True)
class StationSettings:
    """Which desk or kiosk this machine is, and the key it was enrolled with."""

    name: str = ""
    key: str = field(default="", repr=False)
    ca_file: Path | None = None  # whom alone to trust as the clinic's server; None: whom this machine trusts


@dataclass(frozen=True)
class MachineSettings:
    """Everything that this machine knows by itself."""

    portal_url: str = field(repr=False)  # it may hold the database's password
    data_folder: Path
    archive_folder: Path
    key_file: Path
    log_folder: Path
    listen: ListenSettings = ListenSettings()
    station: StationSettings = StationSettings()
    smtp: SmtpSettings | None = None
    sms: SmsSettings | None = None
    messages_folder: Path | None = None  # practice: e-mail and SMS become files here
    cups_server: str = ""  # host, host:port or socket; empty: this machine's own


def practice_settings(folder: Path) -> MachineSettings:
    """Return the settings of practice mode: everything inside one folder, nothing leaves the machine."""
    return MachineSettings(
        portal_url=_sqlite_in(folder),
        data_folder=folder,
        archive_folder=folder / "archive",
        key_file=folder / "keys",
        log_folder=folder / "log",
        listen=ListenSettings(port=8080),
        station=StationSettings(name="Practice desk"),
        messages_folder=folder / "messages",
    )


def read_settings(path: Path | None, environ: Mapping[str, str]) -> MachineSettings:
    """Return the settings in a TOML file; without one, an embedded portal in this person's data folder.

    PORTAL_SETTINGS names the file where no path is given. PORTAL_URL, PORTAL_SMTP_PASSWORD, PORTAL_SMS_KEY
    ({secret} in the SMS headers and body) and PORTAL_STATION_KEY come before what the file says.
    Raises Invalid, which names the file's line and what to write there.
    """
    if path is None and environ.get("PORTAL_SETTINGS"):
        path = Path(environ["PORTAL_SETTINGS"])
    top = _parsed(path) if path else Table(SettingsFile("", ""), "", {})
    data_folder = top.path("data_folder") or _usual_data_folder(environ)
    settings = MachineSettings(
        portal_url=_portal_url(top, environ) or _sqlite_in(data_folder),
        data_folder=data_folder,
        archive_folder=top.path("archive_folder") or data_folder / "archive",
        key_file=top.path("key_file") or data_folder / "keys",
        log_folder=top.path("log_folder") or data_folder / "log",
        messages_folder=top.path("messages_folder"),
        listen=_listen(top.table("listen")),
        station=_station(top.table("station"), environ),
        smtp=_smtp(top.table("smtp"), environ) if top.has("smtp") else None,
        sms=_sms(top.table("sms"), environ) if top.has("sms") else None,
        cups_server=top.text("cups_server"),
    )
    top.refuse_leftovers()
    return settings


def _parsed(path: Path) -> Table:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid(
            "settings_not_utf8",
            N_("The settings file {file} is not UTF-8 text. Save it as UTF-8."),
            file=str(path),
        ) from None
    except OSError:
        raise Invalid(
            "settings_unreadable",
            N_("The settings file {file} cannot be read. Check that it is there and that you may read it."),
            file=str(path),
        ) from None
    file = SettingsFile(str(path), text)
    try:
        return Table(file, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Invalid(
            "settings_not_toml",
            N_(
                "{place}: this is not written as TOML. Check the quotation marks, brackets and equals signs there."
            ),
            place=file.place_of_error(str(error)),
        ) from None


def _portal_url(top: Table, environ: Mapping[str, str]) -> str:
    given = top.text("portal_url")
    url = environ.get("PORTAL_URL") or given
    place = "PORTAL_URL" if environ.get("PORTAL_URL") else top.place("portal_url")
    if url.startswith("http://"):
        if not is_this_machine(urlsplit(url).hostname or ""):
            raise Invalid(
                "portal_url_in_clear",
                N_(
                    '{place}: "portal_url" must begin with https://, because patients\' data would travel in clear.'
                    " http:// is for a server on this machine only."
                ),
                field="portal_url",
                place=place,
            )
    elif url and not url.startswith(("sqlite:///", "postgresql+psycopg://", "https://")):
        raise Invalid(
            "portal_url",
            N_('{place}: "portal_url" must begin with sqlite:///, postgresql+psycopg:// or https://.'),
            field="portal_url",
            place=place,
        )
    return url


def _listen(table: Table) -> ListenSettings:
    usual = ListenSettings()
    listen = ListenSettings(
        host=table.text("host", usual.host),
        port=table.number("port", usual.port, most=65535),
        certificate=table.path("certificate"),
        certificate_key=table.path("certificate_key"),
    )
    table.refuse_leftovers()
    if (listen.certificate is None) != (listen.certificate_key is None):
        raise Invalid(
            "certificate_half",
            N_('{place}: "certificate" and "certificate_key" belong together. Give both or neither.'),
            field="listen.certificate",
            place=table.place("certificate" if listen.certificate else "certificate_key"),
        )
    if listen.certificate is None and listen.host not in {"127.0.0.1", "::1", "localhost"}:
        raise Invalid(
            "certificate_missing",
            N_(
                "{place}: without a certificate the server may only listen on 127.0.0.1, because patients' data "
                'would travel in clear. Give "certificate" and "certificate_key", or leave "host" out.'
            ),
            field="listen.host",
            place=table.place("host"),
        )
    return listen


def _station(table: Table, environ: Mapping[str, str]) -> StationSettings:
    key = table.text("key")
    station = StationSettings(
        name=table.text("name"),
        key=environ.get("PORTAL_STATION_KEY") or key,
        ca_file=table.path("ca_file"),
    )
    table.refuse_leftovers()
    return station


def _smtp(table: Table, environ: Mapping[str, str]) -> SmtpSettings:
    security = cast("Security", table.choice("security", "starttls", ("none", "starttls", "tls")))
    password = table.text("password")
    smtp = SmtpSettings(
        host=table.needed_text("host"),
        sender=table.address("sender"),
        port=table.number("port", {"none": 25, "starttls": 587, "tls": 465}[security], most=65535),
        security=security,
        user=table.text("user"),
        password=environ.get("PORTAL_SMTP_PASSWORD") or password,
        ca_file=table.path("ca_file"),
        timeout_s=table.number("timeout_s", 30, most=300),
    )
    table.refuse_leftovers()
    if smtp.password and smtp.security == "none":
        raise Invalid(
            "smtp_password_in_clear",
            N_(
                '{place}: with "security" = "none" the password would travel in clear. Use "starttls" or "tls".'
            ),
            field="smtp.security",
            place=table.place("security"),
        )
    if not (smtp.user + smtp.password).isascii():
        raise Invalid(
            "smtp_sign_in_not_ascii",
            N_(
                '{place}: "user" and "password" may not hold letters with accents: mail servers cannot read them.'
            ),
            field="smtp.password",
            place=table.place("password"),
        )
    if bool(smtp.user) != bool(smtp.password):
        raise Invalid(
            "smtp_sign_in_half",
            N_('{place}: "user" and "password" belong together. Give both or neither.'),
            field="smtp.user",
            place=table.place("user" if smtp.user else "password"),
        )
    return smtp


def _sms(table: Table, environ: Mapping[str, str]) -> SmsSettings:
    secret = environ.get("PORTAL_SMS_KEY", "")
    body = table.anything("body")
    headers = table.anything("headers")
    sms = SmsSettings(
        url=table.web_address("url"),
        body=_with_secret(body, secret),
        method=cast("Literal['POST', 'PUT']", table.choice("method", "POST", ("POST", "PUT"))),
        headers={name: str(value) for name, value in _with_secret(headers, secret).items()},
        reference=table.text("reference"),
        state=table.text("state"),
        accepted=table.texts("accepted"),
        receipt_url=table.web_address("receipt_url") if table.has("receipt_url") else "",
        receipt_state=table.text("receipt_state"),
        receipt_delivered=table.texts("receipt_delivered"),
        receipt_failed=table.texts("receipt_failed"),
        receipt_at=table.text("receipt_at"),
        timeout_s=table.number("timeout_s", 30, most=300),
    )
    table.refuse_leftovers()
    written = str(sms.body)
    if "{to}" not in written or "{text}" not in written:
        raise Invalid(
            "sms_body",
            N_(
                '{place}: "body" must hold {{to}} where the mobile number goes and {{text}} where the text goes.'
            ),
            field="sms.body",
            place=table.place("body"),
        )
    if bool(sms.state) != bool(sms.accepted):
        raise Invalid(
            "sms_state",
            N_('{place}: "state" and "accepted" belong together. Give both or neither.'),
            field="sms.state",
            place=table.place("state" if sms.state else "accepted"),
        )
    if sms.receipt_url and not (
        "{reference}" in sms.receipt_url and sms.reference and sms.receipt_state and sms.receipt_delivered
    ):
        raise Invalid(
            "sms_receipt",
            N_(
                '{place}: receipts need "reference", "receipt_state", "receipt_delivered" and a "receipt_url" '
                "with {{reference}} in it."
            ),
            field="sms.receipt_url",
            place=table.place("receipt_url"),
        )
    return sms


def _with_secret(value: Any, secret: str) -> Any:
    if isinstance(value, dict):
        return {name: _with_secret(inner, secret) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_secret(inner, secret) for inner in value]
    return value.replace("{secret}", secret) if isinstance(value, str) else value


def is_this_machine(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _usual_data_folder(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or ".")
    base = environ.get("XDG_DATA_HOME") or environ.get("LOCALAPPDATA")
    return (Path(base) if base else home / ".local" / "share") / "patient-portal"


def _sqlite_in(folder: Path) -> str:
    return f"sqlite:///{(folder / 'portal.sqlite').absolute().as_posix()}"
