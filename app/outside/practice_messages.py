"""In practice mode, e-mail and SMS become files in a folder; nothing leaves the machine."""

import hashlib
from pathlib import Path

from app.errors import N_
from app.outside.durable import make_folder, write_whole
from app.outside.smtp import written_message
from app.ports import Clock, DeliveryDelayed, Mail, TextReceipt

_SENDER = "Practice clinic <practice@clinic.example>"


class PracticeMailer:
    """Writes each mail into the folder as an .eml that any mail program opens."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def send(self, mail: Mail) -> None:
        """Write the mail; raises DeliveryDelayed when the folder cannot be written."""
        content = written_message(mail, _SENDER, self._clock)
        _write(self._folder, f"{_name(self._clock, mail.message_id)}.eml", content)


class PracticeTextSender:
    """Writes each SMS into the folder as a .txt."""

    gives_receipts = False

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def send(self, idempotency_key: str, to: str, text: str) -> TextReceipt:
        """Write the SMS; raises DeliveryDelayed when the folder cannot be written."""
        name = _name(self._clock, idempotency_key)
        _write(self._folder, f"{name}.txt", f"To: {to}\n\n{text}\n".encode())
        return TextReceipt(name, None)

    def receipt(self, reference: str) -> TextReceipt:
        """Say nothing new: there are no receipts in practice mode."""
        return TextReceipt(reference, None)


def _name(clock: Clock, key: str) -> str:
    return f"{clock():%Y-%m-%d-%H%M%S}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _write(folder: Path, name: str, content: bytes) -> None:
    try:
        make_folder(folder)
        write_whole(folder / name, content)
    except OSError:
        raise DeliveryDelayed(N_("The folder for practice messages cannot be written.")) from None
