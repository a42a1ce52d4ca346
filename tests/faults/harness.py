"""Desks, a server, its database and the line between them, all of them killed while people work."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import select

from app.outside.keys import read_keys
from app.portal import open_portal
from app.settings import practice_settings
from db.database import Database
from db.models import Account, ActivationCode, Patient, Staff
from tests.certificates import Certificates, make_certificates
from tests.databases import PostgreSQL
from tests.fakes import FixedClock
from tests.line import Line
from tests.machine import ROOT
from tests.scene import PASSWORD, Scene

DESKS = ("Desk 1", "Desk 3", "Desk 4")
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Plan:
    """How much is done and what goes wrong meanwhile."""

    operations: int
    desks: int = 3
    desk_kills: int = 10
    server_kills: int = 5
    database_stops: int = 5
    backend_kills: int = 4
    full_disks: int = 2
    cuts: float = 0.02  # of answers, lost or cut in their middle
    restore: bool = True
    variant: str = ""  # of the first desk: broken on purpose
    seed: int = 1
    speaks: bool = False


@dataclass
class Outcome:
    """What came of it."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    attention: list[Any] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.attention or self.unsound)


class CuttingLine(Line):
    """Loses a share of what comes back, or cuts it in its middle."""

    def __init__(self, port: int, share: float, seed: int) -> None:
        self._share, self._random = share, random.Random(seed)
        super().__init__(port)

    def _through(self, data: bytes) -> tuple[bytes, bool]:
        with self._lock:
            if self._random.random() < self._share:
                return data[: self._random.choice((0, len(data) // 2))], False
        return data, True


class Harness:
    """One run of a plan."""

    def __init__(self, plan: Plan, folder: Path, postgresql: PostgreSQL) -> None:
        self.plan, self.folder, self.postgresql = plan, folder, postgresql
        self.random = random.Random(plan.seed)
        self.outcome = Outcome()
        self.certificates: Certificates = make_certificates(folder)
        self.url = postgresql.upgraded()
        self.port = _free_port()
        self.server: subprocess.Popen[bytes] | None = None
        self.desks: list[subprocess.Popen[bytes] | None] = [None] * plan.desks
        self.users: list[str] = []

    def run(self) -> Outcome:
        began = time.monotonic()
        self._plant()
        self._start_server()
        self.line = CuttingLine(self.port, self.plan.cuts, self.plan.seed)
        try:
            for number in range(self.plan.desks):
                self._start_desk(number)
            self._wait(lambda: all(self._acks(n) for n in range(self.plan.desks)), "the desks to begin")
            self._go_through(self._events())
            self._say("the desks hand over what is left")
            for number in range(self.plan.desks):
                (self._of(number) / "stop").touch()
            for number, desk in enumerate(self.desks):
                assert desk is not None
                if desk.wait(PATIENCE_S):
                    self.outcome.unsound.append(f"desk {number} ended with {desk.returncode}")
            self._judge()
        finally:
            self._end_server()
            for process in self.desks:
                if process is not None and process.poll() is None:
                    process.kill()
                    process.wait()
            self.line.close()
        self.outcome.seconds = round(time.monotonic() - began, 1)
        return self.outcome

    # What goes wrong

    def _events(self) -> list[str]:
        plan = self.plan
        events = ["desk"] * plan.desk_kills + ["server"] * plan.server_kills
        events += ["database"] * plan.database_stops + ["backend"] * plan.backend_kills
        events += ["full disk"] * plan.full_disks
        self.random.shuffle(events)
        if plan.restore:
            events.insert(len(events) // 3, "backup")
            events.insert(2 * len(events) // 3, "restore")
        return events

    def _go_through(self, events: list[str]) -> None:
        for number, event in enumerate(events, start=1):
            wanted = self.plan.operations * number // (len(events) + 1)
            self._wait(lambda wanted=wanted: self._acknowledged() >= wanted, f"{wanted} operations")
            self._say(event)
            getattr(self, "_" + event.replace(" ", "_"))()
            self.outcome.done[event] += 1
        self._wait(lambda: self._acknowledged() >= self.plan.operations, "the last operations")

    def _desk(self) -> None:
        number = self.random.randrange(self.plan.desks)
        process = self.desks[number]
        assert process is not None
        process.kill()
        process.wait()
        self._start_desk(number)

    def _server(self) -> None:
        self._end_server()
        # The desks go on meanwhile: a tenth of what is to be done, while nobody is there.
        wanted = self._acknowledged() + self.plan.operations // 20
        self._wait(lambda: self._acknowledged() >= wanted, "operations without a server")
        self._start_server()

    def _database(self) -> None:
        self.postgresql.stop()
        wanted = self._acknowledged() + self.plan.operations // 40
        self._wait(lambda: self._acknowledged() >= wanted, "operations without a database")
        self.postgresql.start()

    def _backend(self) -> None:
        with psycopg.connect(
            f"host={self.postgresql.folder} user=portal dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 't%' LIMIT 1"
            )

    def _full_disk(self) -> None:
        (self._of(self.random.randrange(self.plan.desks)) / "full").touch()

    def _backup(self) -> None:
        self._admin("backup", str(self.folder / "backup"))

    def _restore(self) -> None:
        self._end_server()
        self.url = self.postgresql.empty()
        self._write_settings("archive restored")
        self._admin("restore", str(self.folder / "backup"))
        self._start_server()

    # Judging

    def _judge(self) -> None:
        out = self.outcome
        out.acknowledged = self._acknowledged()
        keys = read_keys(self.folder / "data" / "keys", may_make=False)
        database = Database(self.url)
        with database.reading() as session:
            patients = {row.id: row for row in session.scalars(select(Patient))}
            accounts = {row.id for row in session.scalars(select(Account))}
            live = {
                row.digest
                for row in session.scalars(select(ActivationCode).where(ActivationCode.killed_at.is_(None)))
            }
        database.close()
        mobiles: dict[UUID, str] = {}
        for number in range(self.plan.desks):
            for ack in self._acks(number):
                if ack["kind"] == "register" and UUID(ack["patient"]) not in patients:
                    out.lost.append(f"register {ack['patient']}")
                if ack["kind"] == "create" and (
                    UUID(ack["account"]) not in accounts or keys.digest("activation", ack["code"]) not in live
                ):
                    out.lost.append(f"create {ack['account']}")
                if ack["kind"] == "contact":
                    mobiles[UUID(ack["patient"])] = ack["mobile"]
            result = self._of(number) / "result.json"
            said: dict[str, Any] = json.loads(result.read_text()) if result.exists() else {"waiting": -1}
            out.attention += said.get("attention", [])
            if said["waiting"] or said.get("sound") != "ok":
                out.unsound.append(f"desk {number}: {said}")
        names = Counter(row.family_name for row in patients.values())
        out.doubled += [name for name, count in names.items() if count > 1]
        # A desk that was killed may have done one more than it could acknowledge.
        out.lost += [
            f"contact {patient}"
            for patient, mobile in mobiles.items()
            if patient in patients and not patients[patient].mobile and mobile
        ]
        if "broken" in self._admin("audit", "verify").lower():
            out.unsound.append("the audit trail")

    # The parts

    def _plant(self) -> None:
        settings = practice_settings(self.folder / "data")
        from dataclasses import replace

        clock = FixedClock(datetime.now(UTC))
        portal = open_portal(replace(settings, portal_url=self.url), clock=clock)
        scene = Scene(portal, clock)
        for name in DESKS[1 : self.plan.desks]:
            scene.station(name, "desk", scene.north)
        with portal.parts.database.reading() as session:
            self.user = session.get_one(Staff, scene.staff["reception"].id).user_name
        portal.close()
        self._write_settings("data/archive")

    def _write_settings(self, archive: str) -> None:
        data = self.folder / "data"
        values = {
            "portal_url": self.url,
            "data_folder": data,
            "archive_folder": self.folder / archive,
            "key_file": data / "keys",
            "log_folder": self.folder / "log",
            "messages_folder": self.folder / "messages",
        }
        certificates = self.certificates
        listen = {"certificate": certificates.certificate, "certificate_key": certificates.key}
        (self.folder / "server.toml").write_text(
            "\n".join(f"{name} = {json.dumps(str(value))}" for name, value in values.items())
            + f"\n[listen]\nport = {self.port}\n"
            + "\n".join(f"{name} = {json.dumps(str(value))}" for name, value in listen.items())
        )

    def _start_server(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), "server", "--settings", str(self.folder / "server.toml")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.server.stdout is not None
        assert b"is served at" in self.server.stdout.readline()

    def _end_server(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            if self.server.stdout is not None:
                self.server.stdout.close()

    def _start_desk(self, number: int) -> None:
        folder = self._of(number)
        folder.mkdir(exist_ok=True)
        told = {
            "folder": str(folder),
            "address": f"https://127.0.0.1:{self.line.port}",
            "ca_file": str(self.certificates.authority),
            "key": f"key of {DESKS[number]}",
            "user_name": self.user,
            "password": PASSWORD,
            "seed": self.plan.seed,
            "variant": self.plan.variant if number == 0 else "",
        }
        with (folder / "stderr").open("ab") as errors:
            self.desks[number] = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.desk_process", json.dumps(told)],
                cwd=ROOT,
                stderr=errors,
            )

    def _admin(self, *words: str) -> str:
        done = subprocess.run(
            [
                *(sys.executable, str(ROOT / "main.py"), "admin", *words),
                *("--settings", str(self.folder / "server.toml")),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.outcome.unsound.append(f"admin {words[0]}: {done.stdout}{done.stderr}"[-500:])
        return done.stdout

    def _say(self, what: str) -> None:
        if self.plan.speaks:
            print(f"{time.strftime('%H:%M:%S')} {self._acknowledged():6} {what}", flush=True)

    def _of(self, number: int) -> Path:
        return self.folder / f"desk {number}"

    def _acks(self, number: int) -> list[dict[str, str]]:
        file = self._of(number) / "acks"
        lines = file.read_text().split("\n")[:-1] if file.exists() else []
        return [json.loads(line) for line in lines]

    def _acknowledged(self) -> int:
        return sum(len(self._acks(number)) for number in range(self.plan.desks))

    def _wait(self, condition: Any, what: str) -> None:
        until = time.monotonic() + PATIENCE_S
        pause = threading.Event()
        while not condition():
            ended = [n for n, desk in enumerate(self.desks) if desk is not None and desk.poll() is not None]
            if ended or time.monotonic() > until:
                errors = "".join((self._of(n) / "stderr").read_text()[-2000:] for n in ended)
                raise AssertionError(f"waited in vain for {what}; ended: {ended} {errors}")
            pause.wait(0.1)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
