"""The outside world as this application needs it: one small Protocol each, the adapters are in app/outside."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol


class Clock(Protocol):
    """The central clock. Only the system's adapter reads the machine's time."""

    def __call__(self) -> datetime:
        """Return the present instant, UTC, aware."""
        ...


class Passwords(Protocol):
    """Slow, salted password hashing (D5), after NFKC. Raises Unavailable when too many people wait for it."""

    def hash(self, password: str) -> str:
        """Return the hash of a password, with its parameters in it."""
        ...

    def verify(self, hashed: str, password: str) -> bool:
        """Tell whether the password belongs to the hash, in the same time for either answer."""
        ...

    def verify_nothing(self, password: str) -> None:
        """Take as long as verify does, for an account that does not exist."""
        ...

    def needs_rehash(self, hashed: str) -> bool:
        """Tell whether the hash was made with older parameters."""
        ...


class Keys(Protocol):
    """Keyed hashes of codes and encryption of what waits (docs/keys.md)."""

    def digest(self, purpose: str, secret: str) -> bytes:
        """Return the keyed hash of a secret, 32 bytes; purposes never share hashes."""
        ...

    def encrypt(self, purpose: str, clear: bytes) -> bytes:
        """Return the text encrypted and authenticated, for this purpose only."""
        ...

    def decrypt(self, purpose: str, encrypted: bytes) -> bytes:
        """Return the clear text; raise ValueError when it was not encrypted here for this purpose."""
        ...


class KeyRing(Protocol):
    """Where this account of the operating system keeps its secrets."""

    def read(self, name: str) -> bytes | None:
        """Return a secret, None where there is none of this name; raises Unavailable without a usable keyring."""
        ...

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret; raises Unavailable without a usable keyring."""
        ...

    def delete(self, name: str) -> None:
        """Keep a secret no longer; raises Unavailable without a usable keyring."""
        ...


class ImageArchive(Protocol):
    """Where DICOM files live. Keys are our ids joined by "/", never names from outside."""

    def keep(self, key: str, source: Path) -> str:
        """Store a copy durably under the key (temporary file, fsync, rename); return its SHA-256 in hex.

        Raises Unavailable when the archive is missing, full or read-only, or the source cannot be read; then
        nothing half-done is left.
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """Open what is stored; raises Unavailable when the archive or the file is missing."""
        ...

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        """Give a path readable on this machine for as long as the context lasts."""
        ...

    def remove(self, key: str) -> None:
        """Forget what is stored under the key; no error when there is nothing."""
        ...

    def keys(self) -> Iterator[str]:
        """Go over everything stored."""
        ...

    def forget_unfinished(self, before: datetime) -> int:
        """Delete what a killed program left half-copied before that instant; return how many files."""
        ...


@dataclass(frozen=True)
class Mail:
    """One e-mail as it goes out."""

    message_id: str  # RFC 5322 Message-ID, stable over tries
    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    """Hands one e-mail over. Returns when the server has accepted it.

    Raises DeliveryFailed (final), DeliveryDelayed (try again) or DeliveryUnclear (it may have been accepted).
    """

    def send(self, mail: Mail) -> None:
        """Hand the mail over."""
        ...


@dataclass(frozen=True)
class TextReceipt:
    """What the SMS gateway says of one message; its clock is not ours, so delivered_at may lie before the sending."""

    reference: str  # the gateway's own id, to ask for the receipt
    delivered_at: datetime | None


class TextSender(Protocol):
    """Sends SMS through the clinic's gateway. Raises as Mailer does."""

    @property
    def gives_receipts(self) -> bool:
        """Tell whether the gateway can say later that the SMS was delivered."""
        ...

    def send(self, idempotency_key: str, to: str, text: str) -> TextReceipt:
        """Hand one SMS over; to is E.164."""
        ...

    def receipt(self, reference: str) -> TextReceipt:
        """Ask what became of one SMS.

        Raises DeliveryFailed when it never arrived, DeliveryDelayed when the gateway cannot say now.
        """
        ...


class DeliveryFailed(Exception):  # noqa: N818 - reads as what happened
    """The other side refused for good; reason is a short plain word for staff, without content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DeliveryDelayed(DeliveryFailed):
    """The other side is away or busy: try again later."""


class DeliveryUnclear(DeliveryFailed):
    """The connection broke after the content was handed over: it may or may not have been accepted."""
