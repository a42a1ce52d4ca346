"""Stand-ins for the outside world, where a test is about something else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.errors import Unavailable
from app.outside.passwords import Argon2Passwords
from app.ports import DeliveryFailed, Mail, TextReceipt


class FixedClock:
    """A clock that stands still until it is set or moved on."""

    def __init__(self, now: datetime = datetime(2026, 3, 12, 3, 5, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class KeptKeyRing:
    """A keyring in memory; without one, it says so as the real one does."""

    def __init__(self, *, is_usable: bool = True) -> None:
        self.kept: dict[str, bytes] = {}
        self.is_usable = is_usable

    def read(self, name: str) -> bytes | None:
        self._check()
        return self.kept.get(name)

    def write(self, name: str, secret: bytes) -> None:
        self._check()
        self.kept[name] = secret

    def delete(self, name: str) -> None:
        self._check()
        self.kept.pop(name, None)

    def _check(self) -> None:
        if not self.is_usable:
            raise Unavailable("no_keyring", "no keyring here")


def quick_passwords(slots: Path) -> Argon2Passwords:
    """Real argon2id, with so little memory that a test does not wait for it."""
    return Argon2Passwords(slots, memory_kib=8, passes=1, at_once=8)


class KeptMailer:
    """Keeps the mails it is given; raises trouble instead while there is some."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.trouble: DeliveryFailed | None = None

    def send(self, mail: Mail) -> None:
        if self.trouble:
            raise self.trouble
        self.sent.append(mail)


class KeptTextSender:
    """Keeps the SMS it is given as (key, to, text); what is put into delivered has a receipt."""

    def __init__(self, *, gives_receipts: bool = False) -> None:
        self.gives_receipts = gives_receipts
        self.sent: list[tuple[str, str, str]] = []
        self.delivered: dict[str, datetime] = {}
        self.trouble: DeliveryFailed | None = None

    def send(self, idempotency_key: str, to: str, text: str) -> TextReceipt:
        if self.trouble:
            raise self.trouble
        self.sent.append((idempotency_key, to, text))
        return TextReceipt(f"sms-{len(self.sent)}", None)

    def receipt(self, reference: str) -> TextReceipt:
        if self.trouble:
            raise self.trouble
        return TextReceipt(reference, self.delivered.get(reference))
