import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from app.errors import Unavailable
from app.outside.passwords import Argon2Passwords
from tests.fakes import quick_passwords


@pytest.mark.rule("D5")
def test_a_password_is_hashed_with_argon2id_at_64_mib_three_passes_one_lane(tmp_path: Path) -> None:
    hashed = Argon2Passwords(tmp_path).hash("a long enough password")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert PasswordHasher().verify(hashed, "a long enough password")


def test_the_same_password_is_never_hashed_alike_twice(tmp_path: Path) -> None:
    passwords = quick_passwords(tmp_path)
    assert passwords.hash("a long enough password") != passwords.hash("a long enough password")


def test_only_the_right_password_belongs_to_a_hash(tmp_path: Path) -> None:
    passwords = quick_passwords(tmp_path)
    hashed = passwords.hash("a long enough password")
    assert passwords.verify(hashed, "a long enough password")
    assert not passwords.verify(hashed, "a long enough passwore")


@pytest.mark.rule("D5")
def test_an_accent_is_the_same_password_however_the_keyboard_writes_it(tmp_path: Path) -> None:
    passwords = quick_passwords(tmp_path)
    hashed = passwords.hash("caf\u00e9 au lait matin")
    assert passwords.verify(hashed, "cafe\u0301 au lait matin")
    assert not passwords.verify(hashed, "cafe au lait matin")


@pytest.mark.rule("D5")
def test_a_hash_with_older_parameters_wants_to_be_made_again(tmp_path: Path) -> None:
    old, new = quick_passwords(tmp_path), Argon2Passwords(tmp_path, memory_kib=16, passes=1)
    hashed = old.hash("a long enough password")
    assert new.needs_rehash(hashed)
    assert not old.needs_rehash(hashed)
    assert new.verify(hashed, "a long enough password")


def test_an_account_that_does_not_exist_takes_as_long_as_one_that_does(tmp_path: Path) -> None:
    passwords = Argon2Passwords(tmp_path)
    hashed = passwords.hash("a long enough password")

    def least(check: str) -> float:
        spent = []
        for _ in range(3):
            start = time.perf_counter()
            if check == "nobody":
                passwords.verify_nothing("some other password")
            else:
                passwords.verify(hashed, "some other password")
            spent.append(time.perf_counter() - start)
        return min(spent)

    nobody, somebody = least("nobody"), least("somebody")
    assert somebody / 2 < nobody < somebody * 2


class _Meeting(PasswordHasher):
    """A hasher in which several must be at work at once, or the meeting is broken."""

    def __init__(self, count: int, wait_s: float) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.barrier = threading.Barrier(count, timeout=wait_s)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.barrier.wait()
        return super().hash(password, salt=salt)


def _three_hash_at_once(slots: Path, at_once: int, wait_s: float) -> int:
    """Return how many of three threads met inside the hashing."""
    meeting, met = _Meeting(3, wait_s), []

    def work() -> None:
        passwords = Argon2Passwords(slots, at_once=at_once, wait_s=60)
        passwords._hasher = meeting
        try:
            passwords.hash("a long enough password")
            met.append(1)
        except threading.BrokenBarrierError:
            pass

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(met)


def test_at_most_two_passwords_are_hashed_at_once(tmp_path: Path) -> None:
    assert (
        _three_hash_at_once(tmp_path, at_once=3, wait_s=60) == 3
    )  # the control: with room for three, three meet
    assert _three_hash_at_once(tmp_path, at_once=2, wait_s=0.5) == 0


_HOLD = """
import sys
from filelock import FileLock
locks = [FileLock(path) for path in sys.argv[1:]]
for lock in locks:
    lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_other_programs_of_this_machine_share_the_two_places_and_waiting_ends(tmp_path: Path) -> None:
    slots = [str(tmp_path / f"slot-{number}") for number in range(2)]
    passwords = Argon2Passwords(tmp_path, memory_kib=8, passes=1, wait_s=0.1)
    passwords.hash("a long enough password")
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, *slots], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Unavailable) as busy:
            passwords.hash("a long enough password")
        other.kill()
    assert busy.value.kind == "passwords_busy"
    # A program that dies gives its place back.
    passwords.hash("a long enough password")
