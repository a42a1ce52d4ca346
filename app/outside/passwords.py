"""Passwords are kept as argon2id hashes, made by few at a time so that a rush at sign-in cannot take all memory."""

import base64
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app.errors import N_, Unavailable
from app.outside.slots import HostSlots

MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 1
AT_ONCE = 2
WAIT_S = 20.0

_SALT_BYTES = 16
_HASH_BYTES = 32


class Argon2Passwords:
    """Passwords as ports.Passwords asks.

    slots is a folder that all programs of this machine share: whoever hashes holds a lock in it. Passwords are
    compared after NFKC, so that every keyboard's way of writing an accent is the same password.
    """

    def __init__(
        self,
        slots: Path,
        *,
        memory_kib: int = MEMORY_KIB,
        passes: int = PASSES,
        at_once: int = AT_ONCE,
        wait_s: float = WAIT_S,
    ) -> None:
        self._slots = HostSlots(slots, "slot", at_once)
        self._wait_s = wait_s
        self._hasher = PasswordHasher(
            time_cost=passes,
            memory_cost=memory_kib,
            parallelism=LANES,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )
        # A well-formed hash of no password: checking against it takes what checking a real one takes.
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={passes},p={LANES}${_unpadded(_SALT_BYTES)}${_unpadded(_HASH_BYTES)}"

    def hash(self, password: str) -> str:
        """Return the hash of a password, with its parameters in it; raises Unavailable when too many wait."""
        with self._slot():
            return self._hasher.hash(_plain(password))

    def verify(self, hashed: str, password: str) -> bool:
        """Tell whether the password belongs to the hash; raises Unavailable when too many wait."""
        with self._slot():
            try:
                return self._hasher.verify(hashed, _plain(password))
            except VerifyMismatchError:
                return False

    def verify_nothing(self, password: str) -> None:
        """Take as long as verify does, for an account that does not exist."""
        self.verify(self._nobody, password)

    def needs_rehash(self, hashed: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        try:
            held = self._slots.take(self._wait_s)
        except TimeoutError:
            raise Unavailable(
                "passwords_busy",
                N_("Many people are signing in right now. Please wait a minute and try again."),
            ) from None
        with held:
            yield


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _unpadded(count: int) -> str:
    return base64.b64encode(secrets.token_bytes(count)).decode().rstrip("=")
