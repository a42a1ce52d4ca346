"""One desk in a process of its own, to be killed: registers, makes accounts and changes contact data.

What is asked for, and what is acknowledged to the person, is written to a file that the harness reads; how much may be
done stands in another. Variants are broken on purpose.
"""

import faulthandler
import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.errors import PortalError
from app.ids import new_id
from app.offline import outbox as outbox_module
from app.portal import Acting, Portal, open_portal
from app.remote import RemoteServer
from app.settings import StationSettings, practice_settings
from app.views.people import NewPatient

LONGEST_WAIT_S = 240.0
LOOK_S = 0.02  # between looks at what the harness allows


class FileKeyRing:
    """A keyring in a folder: it outlives the process, as the real one does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> bytes | None:
        file = self._folder / name
        return file.read_bytes() if file.exists() else None

    def write(self, name: str, secret: bytes) -> None:
        (self._folder / name).write_bytes(secret)

    def delete(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)


def main() -> None:
    faulthandler.register(signal.SIGUSR1)  # for the harness, which shows where a desk hangs
    told: dict[str, Any] = json.loads(sys.argv[1])
    folder = Path(told["folder"])
    _break(told["variant"])
    portal = open_portal(
        replace(
            practice_settings(folder),
            portal_url=told["address"],
            station=StationSettings(key=told["key"], ca_file=Path(told["ca_file"])),
        ),
        key_ring=FileKeyRing(folder / "keyring"),
    )
    work = Work(portal, told, folder)
    work.sign_in()
    assert portal.desk is not None
    portal.desk.start()
    while not (folder / "stop").exists():
        if work.may_go_on():
            work.one()
        else:
            time.sleep(LOOK_S)
    work.finish()
    portal.close()


class Work:
    """What the person at the desk does."""

    def __init__(self, portal: Portal, told: dict[str, Any], folder: Path) -> None:
        self._portal = portal
        self._told = told
        self._folder = folder
        self._random = random.Random(f"{told['seed']} {os.getpid()}")
        self._acks = (folder / "acks").open("a+", encoding="utf-8")
        self._acks.seek(0)
        self._done = sum('"acknowledged"' in line for line in self._acks)
        self._known: list[tuple[str, str]] = []  # patients of this run, and their accounts
        self._token = ""
        self.refusals: Counter[str] = Counter()

    def sign_in(self) -> None:
        self._until(self._try_sign_in)

    def may_go_on(self) -> bool:
        """Tell whether the harness wants more of this desk, so that no more waits than people would do meanwhile."""
        return self._done < int((self._folder / "allowed").read_text())

    def one(self) -> None:
        """One operation, tried under one request id until it is acknowledged."""
        kind = self._random.choice(("register", "register", "create", "contact"))
        if kind == "register" or not self._known:
            name = f"P{new_id().hex}"
            request = new_id()
            # A birth date that few share: whoever shares it is compared with each.
            born = date(1930, 1, 1) + timedelta(days=self._random.randrange(30_000))
            row = self._until(lambda: self._register(request, name, born))
            self._known.append((str(row.id), ""))
            self._note("acknowledged", "register", patient=str(row.id), name=name)
            return
        at = self._random.randrange(len(self._known))
        patient, account = self._known[at]
        request = new_id()
        if kind == "create" and not account:
            issued = self._until(lambda: self._create(request, patient))
            self._known[at] = (patient, str(issued.account_id))
            code = issued.letter.code
            self._note("acknowledged", "create", patient=patient, account=str(issued.account_id), code=code)
            return
        mobile = f"+6149157{self._random.randrange(10_000):04}"
        self._note("asked", "contact", patient=patient, mobile=mobile)
        self._until(lambda: self._contact(request, patient, mobile))
        self._note("acknowledged", "contact", patient=patient, mobile=mobile)

    def finish(self) -> None:
        """Wait until the server has everything, and write down what needs attention."""
        desk = self._portal.desk
        assert desk is not None
        until = time.monotonic() + LONGEST_WAIT_S
        while time.monotonic() < until:
            desk.keep()
            if desk.line().is_online and not desk.line().waiting:
                break
            time.sleep(0.2)
        assert desk.file is not None
        with desk.file.database.reading() as session:
            sound = session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one()
        attention = [(row.use_case, row.kind) for row in desk.attention()]
        said = {"waiting": desk.line().waiting, "attention": attention, "sound": sound}
        (self._folder / "result.json").write_text(json.dumps(said))

    def _acting(self, request: Any) -> Acting:
        station = self._portal.station(self._told["key"])
        return self._portal.acting(self._portal.signed_in(self._token, station=station), request)

    def _try_sign_in(self) -> None:
        station = self._portal.station(self._told["key"])
        here = self._portal.acting(station).staff
        self._token = here.sign_in(self._told["user_name"], self._told["password"]).token

    def _register(self, request: Any, name: str, born: date) -> Any:
        new = NewPatient(name, "Ann", born, email="ann@example.org")
        return self._acting(request).patients.register(new)

    def _create(self, request: Any, patient: str) -> Any:
        return self._acting(request).accounts.create(_uuid(patient), "passport")

    def _contact(self, request: Any, patient: str, mobile: str) -> Any:
        return self._acting(request).patients.change_contact(_uuid(patient), "ann@example.org", mobile, ())

    def _until(self, work: Any) -> Any:
        """Do it; what was not acknowledged is tried again, as a person would, under the same request id."""
        until = time.monotonic() + LONGEST_WAIT_S
        while True:
            with _full_disk(self._folder / "full"):
                try:
                    return work()
                except PortalError as error:
                    self.refusals[error.kind] += 1
                    if self.refusals[error.kind] % 100 == 0:  # in the end the harness shows it
                        sys.stderr.write(f"{dict(self.refusals)}\n")
                        sys.stderr.flush()
                    if time.monotonic() > until:
                        raise
                    if error.kind in {"signed_out", "session_over", "locked"} and self._token:
                        self._token = ""
                        self.sign_in()
            time.sleep(LOOK_S)

    def _note(self, what: str, kind: str, **more: str) -> None:
        self._acks.write(json.dumps({"what": what, "kind": kind, **more}) + "\n")
        self._acks.flush()
        self._done += what == "acknowledged"


class _full_disk:  # noqa: N801 - reads as what it does
    """While a file says so, nothing more can be written to any file: the disk is full."""

    def __init__(self, sign: Path) -> None:
        self._sign = sign

    def __enter__(self) -> None:
        self._is_full = self._sign.exists()
        if self._is_full:
            self._sign.unlink()
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))

    def __exit__(self, *_error: object) -> None:
        if self._is_full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


def _break(variant: str) -> None:
    """Break this desk as a variant says, to prove that the harness sees it."""
    if "loses" in variant:
        real_put = outbox_module.DeskOutbox.put
        count = [0]

        def put(self: Any, session: Any, operation: Any, *more: Any) -> None:
            count[0] += 1
            if count[0] % 2:  # every other one is acknowledged and not kept
                real_put(self, session, operation, *more)

        outbox_module.DeskOutbox.put = put  # type: ignore[method-assign, assignment]
    if "doubles" in variant:
        real_take = RemoteServer.take_over

        def take_over(self: RemoteServer, held: Any, operation: Any) -> Any:
            if operation.use_case == "patients.register":  # sent once more as if it were another
                other = replace(
                    operation,
                    id=new_id(),
                    ids={"patient": new_id()},
                    arguments=json.dumps(json.loads(operation.arguments) | {"is_another": True}),
                )
                real_take(self, held, other)
            return real_take(self, held, operation)

        RemoteServer.take_over = take_over  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
