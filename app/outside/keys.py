"""The clinic's key file: keyed hashes of codes, and encryption of what waits to be sent (docs/keys.md)."""

import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import N_, Unavailable
from app.outside.durable import make_folder, sync_folder, write_beside, write_whole

_ID_BYTES = 4
_KEY_BYTES = 32
_NONCE_BYTES = 12
_FIELDS = 3
_HEADING = (
    "# Patient portal: keys. Keep a copy apart from the data's backup. Nobody else may read this file.\n"
)


@dataclass(frozen=True, repr=False)
class _Key:
    use: str  # "digest" or "encrypt"
    number: bytes
    secret: bytes

    def derived(self, purpose: str) -> bytes:
        info = f"patient-portal/1/{self.use}/{purpose}".encode()
        return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(self.secret)


class FileKeys:
    """Keys as ports.Keys asks, from a file that only this account may read.

    The file has one digest key and one or more encryption keys; the first of these encrypts, all of them decrypt.
    """

    def __init__(self, keys: list[_Key]) -> None:
        self._digest = next(key for key in keys if key.use == "digest")
        self._encrypt = [key for key in keys if key.use == "encrypt"]

    def digest(self, purpose: str, secret: str) -> bytes:
        """Return the keyed hash of a secret: HMAC-SHA256, 32 bytes, under a key of this purpose alone."""
        return hmac.digest(self._digest.derived(purpose), secret.encode(), "sha256")

    def encrypt(self, purpose: str, clear: bytes) -> bytes:
        """Return key id, nonce and AES-256-GCM text, for this purpose only."""
        key = self._encrypt[0]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return key.number + nonce + AESGCM(key.derived(purpose)).encrypt(nonce, clear, key.number)

    def decrypt(self, purpose: str, encrypted: bytes) -> bytes:
        """Return the clear text; raise ValueError when it was not encrypted here for this purpose."""
        number, rest = encrypted[:_ID_BYTES], encrypted[_ID_BYTES:]
        nonce, text = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        for key in self._encrypt:
            if key.number == number and len(nonce) == _NONCE_BYTES:
                try:
                    return AESGCM(key.derived(purpose)).decrypt(nonce, text, number)
                except InvalidTag:
                    break
        raise ValueError("not encrypted with these keys for this purpose")


def keys_from(secret: bytes) -> FileKeys:
    """Return keys that one secret of 32 bytes stands for: those of a desk's own file."""
    return FileKeys([_Key("digest", bytes(_ID_BYTES), secret), _Key("encrypt", bytes(_ID_BYTES), secret)])


def read_keys(path: Path, *, may_make: bool) -> FileKeys:
    """Return the keys in the file; make it when it is not there and may_make says that nothing needs older keys.

    Raises Unavailable when it is missing, damaged, or readable by others.
    """
    if may_make and not path.exists():
        _make(path)
    return FileKeys(_read(path))


def rotate_encryption_key(path: Path) -> None:
    """Put a new encryption key first; what older ones encrypted can still be read.

    The digest key stays: with a new one, every code already handed out would be unknown.
    """
    keys = _read(path)
    _guarded(path, lambda: write_whole(path, _written([keys[0], _new("encrypt"), *keys[1:]])))


def _make(path: Path) -> None:
    def make() -> None:
        make_folder(path.parent)
        part = write_beside(path, _written([_new("digest"), _new("encrypt")]))
        try:
            # Unlike a rename, a link never replaces the file that another program made a moment before.
            os.link(part, path)
        except FileExistsError:
            return
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)

    _guarded(path, make)


def _guarded(path: Path, write: Callable[[], None]) -> None:
    try:
        write()
    except OSError:
        raise Unavailable(
            "key_file_unwritable",
            N_(
                "The key file {file} cannot be written. Check that the disk is there, has room, and may be written."
            ),
            file=str(path),
        ) from None


def _read(path: Path) -> list[_Key]:
    try:
        # Checked on the open file, so that nobody can exchange it between the check and the reading.
        with path.open("rb") as file:
            if os.name != "nt" and os.fstat(file.fileno()).st_mode & 0o077:
                raise Unavailable(
                    "key_file_open_to_others",
                    N_(
                        "The key file {file} can be read by other accounts of this machine. Run: chmod 600 {file}. "
                        "If somebody may have read it, follow docs/keys.md."
                    ),
                    file=str(path),
                )
            lines = file.read().decode("ascii").splitlines()
    except FileNotFoundError:
        raise Unavailable(
            "key_file_missing",
            N_(
                "The key file {file} is not there. Bring it back from its backup: without it, codes that were "
                "handed out and messages that wait cannot be used."
            ),
            file=str(path),
        ) from None
    except (OSError, UnicodeDecodeError):
        raise _damaged(path) from None
    try:
        keys = [_parsed(line) for line in lines if line.strip() and not line.startswith("#")]
    except ValueError:
        raise _damaged(path) from None
    keys.sort(key=lambda key: key.use)  # the digest key first; the order of the others stays
    if [key.use for key in keys[:2]] != ["digest", "encrypt"]:
        raise _damaged(path)
    return keys


def _parsed(line: str) -> _Key:
    fields = line.split()
    if len(fields) != _FIELDS or fields[0] not in {"digest", "encrypt"}:
        raise ValueError
    key = _Key(fields[0], bytes.fromhex(fields[1]), bytes.fromhex(fields[2]))
    if len(key.number) != _ID_BYTES or len(key.secret) != _KEY_BYTES:
        raise ValueError
    return key


def _damaged(path: Path) -> Unavailable:
    return Unavailable(
        "key_file_damaged",
        N_("The key file {file} cannot be read or is damaged. Bring it back from its backup."),
        file=str(path),
    )


def _new(use: str) -> _Key:
    return _Key(use, secrets.token_bytes(_ID_BYTES), secrets.token_bytes(_KEY_BYTES))


def _written(keys: list[_Key]) -> bytes:
    lines = [f"{key.use} {key.number.hex()} {key.secret.hex()}\n" for key in keys]
    return (_HEADING + "".join(lines)).encode("ascii")
