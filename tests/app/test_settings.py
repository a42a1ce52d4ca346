from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.errors import Invalid
from app.settings import MachineSettings, SmsSettings, SmtpSettings, practice_settings, read_settings
from app.words import Words

WHOLE = """
portal_url = "postgresql+psycopg://portal:db-s3cr3t@db.clinic.example/portal"
data_folder = "/var/lib/portal"
archive_folder = "/srv/images"
key_file = "/etc/portal/keys"
log_folder = "/var/log/portal"
cups_server = "print.clinic.example:631"

[listen]
host = "0.0.0.0"
port = 443
certificate = "/etc/portal/tls.pem"
certificate_key = "/etc/portal/tls.key"

[station]
name = "Desk 2"
key = "station-s3cr3t"

[smtp]
host = "mail.clinic.example"
sender = "Clinic <portal@clinic.example>"
security = "tls"
user = "portal"
password = "mail-s3cr3t"

[sms]
url = "https://sms.example/v1/messages"
reference = "messages.0.message_id"
receipt_url = "https://sms.example/v1/messages/{reference}"
receipt_state = "status"
receipt_delivered = ["delivered"]
receipt_failed = ["failed", "rejected"]

[sms.headers]
Authorization = "Basic sms-s3cr3t"

[sms.body]
messages = [{ content = "{text}", destination_number = "{to}" }]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "portal.toml"


def _told(file: Path, text: str, environ: dict[str, str] | None = None) -> tuple[Invalid, str]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_settings(file, environ or {})
    return refused.value, Words().error(refused.value).replace(str(file), "portal.toml")


def test_everything_in_the_file_is_read(file: Path) -> None:
    file.write_text(WHOLE)
    settings = read_settings(file, {})
    assert settings.portal_url == "postgresql+psycopg://portal:db-s3cr3t@db.clinic.example/portal"
    assert (settings.archive_folder, settings.key_file) == (Path("/srv/images"), Path("/etc/portal/keys"))
    assert (settings.data_folder, settings.log_folder) == (Path("/var/lib/portal"), Path("/var/log/portal"))
    assert (settings.listen.host, settings.listen.port) == ("0.0.0.0", 443)
    assert settings.listen.certificate_key == Path("/etc/portal/tls.key")
    assert (settings.station.name, settings.station.key) == ("Desk 2", "station-s3cr3t")
    assert settings.cups_server == "print.clinic.example:631"
    assert settings.messages_folder is None
    assert settings.smtp == SmtpSettings(
        "mail.clinic.example", "Clinic <portal@clinic.example>", 465, "tls", "portal", "mail-s3cr3t"
    )
    assert settings.sms == SmsSettings(
        "https://sms.example/v1/messages",
        {"messages": [{"content": "{text}", "destination_number": "{to}"}]},
        headers={"Authorization": "Basic sms-s3cr3t"},
        reference="messages.0.message_id",
        receipt_url="https://sms.example/v1/messages/{reference}",
        receipt_state="status",
        receipt_delivered=("delivered",),
        receipt_failed=("failed", "rejected"),
    )


def test_without_a_file_the_portal_is_embedded_in_this_persons_data_folder() -> None:
    settings = read_settings(None, {"HOME": "/home/reception"})
    folder = Path("/home/reception/.local/share/patient-portal")
    assert settings.portal_url == f"sqlite:///{folder}/portal.sqlite"
    assert settings.portal_url.startswith("sqlite:////home/")
    assert (settings.archive_folder, settings.key_file) == (folder / "archive", folder / "keys")
    assert (settings.listen.host, settings.listen.certificate) == ("127.0.0.1", None)
    assert (settings.smtp, settings.sms, settings.messages_folder) == (None, None, None)
    elsewhere = read_settings(None, {"HOME": "/home/reception", "XDG_DATA_HOME": "/data"})
    assert elsewhere.data_folder == Path("/data/patient-portal")


def test_the_environment_names_the_file_and_keeps_secrets_out_of_it(file: Path) -> None:
    file.write_text(WHOLE.replace("Basic sms-s3cr3t", "Basic {secret}"))
    settings = read_settings(
        None,
        {
            "PORTAL_SETTINGS": str(file),
            "PORTAL_URL": "sqlite:////tmp/other.sqlite",
            "PORTAL_SMTP_PASSWORD": "from-outside-1",
            "PORTAL_SMS_KEY": "from-outside-2",
            "PORTAL_STATION_KEY": "from-outside-3",
        },
    )
    assert settings.portal_url == "sqlite:////tmp/other.sqlite"
    assert settings.smtp is not None
    assert settings.smtp.password == "from-outside-1"
    assert settings.sms is not None
    assert settings.sms.headers == {"Authorization": "Basic from-outside-2"}
    assert settings.station.key == "from-outside-3"


def test_no_secret_shows_when_settings_are_printed(file: Path) -> None:
    file.write_text(WHOLE)
    settings = read_settings(file, {})
    assert "s3cr3t" not in repr(settings)
    assert "mail.clinic.example" in repr(settings)  # the control: the rest does show


def test_practice_mode_keeps_everything_in_one_folder_and_listens_on_this_machine_only(
    tmp_path: Path,
) -> None:
    settings = practice_settings(tmp_path)
    paths = [value for field in fields(settings) if isinstance(value := getattr(settings, field.name), Path)]
    assert len(paths) == 5
    assert all(path.is_relative_to(tmp_path) for path in paths)
    assert settings.portal_url == f"sqlite:///{tmp_path}/portal.sqlite"
    assert (settings.smtp, settings.sms) == (None, None)
    assert settings.messages_folder == tmp_path / "messages"
    assert (settings.listen.host, settings.listen.certificate) == ("127.0.0.1", None)


def test_settings_cannot_be_changed_but_by_replacing_them(tmp_path: Path) -> None:
    settings = practice_settings(tmp_path)
    with pytest.raises(AttributeError):
        settings.portal_url = "x"  # type: ignore[misc] # that is the test
    assert isinstance(replace(settings, cups_server="other"), MachineSettings)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("port = 443", "port = 0", 'portal.toml:11: "port" must be a whole number from 1 to 65535, without quotation marks.'),
        ("port = 443", 'port = "443"', 'portal.toml:11: "port" must be a whole number from 1 to 65535'),
        ("port = 443", "port = true", 'portal.toml:11: "port" must be a whole number'),
        ("port = 443", "prot = 443", 'portal.toml:11: there is no setting "prot". Check its spelling'),
        ('name = "Desk 2"', "name = 2", 'portal.toml:16: "name" must be text in quotation marks.'),
        ('"tls"', '"ssl"', 'portal.toml:22: "security" must be one of these: none, starttls, tls.'),
        ('"tls"', '"none"', 'portal.toml:22: with "security" = "none" the password would travel in clear.'),
        ('host = "mail.clinic.example"', "", 'portal.toml:19: "host" is missing. Add it.'),
        ('user = "portal"', "", 'portal.toml:24: "user" and "password" belong together.'),
        ("mail-s3cr3t", "geheim\u00e9", 'portal.toml:24: "user" and "password" may not hold letters with accents'),
        ("Clinic <portal@clinic.example>", "the clinic", 'portal.toml:21: "sender" must be an e-mail address'),
        ("/srv/images", "images", 'portal.toml:4: "archive_folder" must be a full path'),
        ("postgresql+psycopg", "mysql", 'portal.toml:2: "portal_url" must begin with sqlite:///,'),
        ('certificate = "/etc/portal/tls.pem"', "", 'portal.toml:13: "certificate" and "certificate_key" belong together.'),
        ('https://sms.example/v1/messages"', 'http://sms.example"', 'portal.toml:27: "url" must be a web address that begins with https://.'),
        ("{to}", "{mobile}", 'portal.toml:37: "body" must hold {to} where the mobile number goes and {text} where'),
        ('["delivered"]', '"delivered"', 'portal.toml:31: "receipt_delivered" must be a list of texts'),
        ("messages/{reference}", "messages/", 'portal.toml:29: receipts need "reference", "receipt_state"'),
        ("port = 443", "port = ", "portal.toml:11: this is not written as TOML."),
        ("cups_server", "cups", 'portal.toml:7: there is no setting "cups". Check its spelling'),
        ("[listen]", "listen = 3\n[other]", 'portal.toml:9: "listen" must be a table, such as [listen].'),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_line_and_what_to_write(
    file: Path, old: str, new: str, sentence: str
) -> None:
    assert WHOLE.count(old) == 1
    _, told = _told(file, WHOLE.replace(old, new))
    assert told.startswith(sentence)


def test_without_a_certificate_the_server_may_only_listen_on_this_machine(file: Path) -> None:
    error, told = _told(file, '[listen]\nhost = "0.0.0.0"\n')
    assert told.startswith("portal.toml:2: without a certificate the server may only listen on 127.0.0.1")
    assert error.field == "listen.host"
    for host in ("127.0.0.1", "::1", "localhost"):
        file.write_text(f'[listen]\nhost = "{host}"\n')
        assert read_settings(file, {}).listen.host == host


def test_no_secret_comes_into_the_error(file: Path) -> None:
    for wrong in ('security = "ssl"', "port = 0", "unknown = 1"):
        error, _ = _told(
            file,
            WHOLE.replace('user = "portal"', f'user = "portal"\n{wrong}').replace('security = "tls"', ""),
        )
        assert "s3cr3t" not in str(error) + repr(error.fields)
        assert error.__context__ is None
    error, _ = _told(file, WHOLE.replace('"mail-s3cr3t"', '"mail-s3cr3t'))
    assert "s3cr3t" not in repr(error.fields)
    assert error.__suppress_context__


def test_a_wrong_portal_url_from_the_environment_names_its_variable(file: Path) -> None:
    _, told = _told(file, "", {"PORTAL_URL": "oracle://x"})
    assert told.startswith('PORTAL_URL: "portal_url" must begin with')


def test_a_file_that_is_not_there_or_no_text_is_told(file: Path) -> None:
    with pytest.raises(Invalid) as missing:
        read_settings(file, {})
    assert missing.value.kind == "settings_unreadable"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(Invalid) as garbled:
        read_settings(file, {})
    assert garbled.value.kind == "settings_not_utf8"
