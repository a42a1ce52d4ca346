"""Desks, a server, its database and the line between them, all of them killed while people work."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.databases import PostgreSQL
from tests.faults.central import Central
from tests.faults.plan import Outcome, Plan
from tests.faults.verdict import judge, said_by
from tests.line import Line
from tests.machine import ROOT
from tests.scene import PASSWORD

DESKS = ("Desk 1", "Desk 3", "Desk 4")
PATIENCE_S = 400.0
SENT_WITHIN_S = 5.0  # more is done when no mail goes out: the server looks every two seconds
AHEAD = 5  # operations of each desk under way beyond the number at which something breaks


class CuttingLine(Line):
    """Loses a share of what goes through, or cuts it in its middle."""

    def __init__(self, port: int, share: float, seed: int) -> None:
        self._share, self._random = share, random.Random(seed)
        super().__init__(port)

    def _through(self, data: bytes, is_answer: bool) -> tuple[bytes, bool]:  # noqa: FBT001 - both ways alike
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
        self.desks: list[subprocess.Popen[bytes] | None] = [None] * plan.desks
        self.allowed = [0] * plan.desks

    def run(self) -> Outcome:
        """Do what the plan says; return what came of it."""
        self._began = time.monotonic()
        self.central = Central(self.folder, self.postgresql, DESKS[: self.plan.desks])
        try:
            self.central.start()
            self.line = CuttingLine(self.central.port, self.plan.cuts, self.plan.seed)
            try:
                self._work()
            finally:
                for process in self.desks:
                    if process is not None and process.poll() is None:
                        process.kill()
                        process.wait()
                self.line.close()
        finally:
            self.central.close()
        self.outcome.unsound += self.central.unsound
        self.outcome.seconds = self._seconds()
        return self.outcome

    def _work(self) -> None:
        for number in range(self.plan.desks):
            self._of(number).mkdir()
        self._allow(1)
        for number in range(self.plan.desks):
            self._start_desk(number)
        self._wait(lambda: self._acknowledged() >= self.plan.desks, "the desks to begin")
        self._go_through(self._events())
        self._say("the desks hand over what is left")
        began = self._seconds()
        for number in range(self.plan.desks):
            (self._of(number) / "stop").touch()
        for number, desk in enumerate(self.desks):
            assert desk is not None
            if desk.wait(PATIENCE_S):
                self.outcome.unsound.append(f"desk {number}: ended with {desk.returncode}")
        self.outcome.took["handing over at the end"] = round(self._seconds() - began, 1)
        self._say("the server sends what is left")
        began = self._seconds()
        skips = self.plan.skips_leases
        self._wait(lambda: not self.central.mails_waiting(skips_leases=skips), "the mails", desks_work=False)
        self.outcome.took["sending at the end"] = round(self._seconds() - began, 1)
        folders = [self._of(number) for number in range(self.plan.desks)]
        judge(self.central, folders, self.outcome)

    # What goes wrong

    def _events(self) -> list[str]:
        plan = self.plan
        events = ["desk"] * plan.desk_kills + ["server"] * plan.server_kills + ["mail"] * plan.mail_kills
        events += ["database"] * plan.database_stops + ["backend"] * plan.backend_kills
        events += ["full disk"] * plan.full_disks
        self.random.shuffle(events)
        if plan.restore:
            events.insert(len(events) // 3, "backup")
            events.insert(2 * len(events) // 3, "restore")
        return events

    def _go_through(self, events: list[str]) -> None:
        between = max(1, self.plan.operations // (len(events) + 1))
        for event in events:
            self._do(self._acknowledged() + between, f"operations before {event}")
            self._say(event)
            began = self._seconds()
            getattr(self, "_" + event.replace(" ", "_"))()
            took = self.outcome.took
            took[event] = round(took.get(event, 0) + self._seconds() - began, 1)
            self.outcome.done[event] = self.outcome.done.get(event, 0) + 1
        self._do(self.plan.operations, "the last operations")

    def _do(self, wanted: int, what: str) -> None:
        """Let people work until so many operations were acknowledged in all; they are then in the midst of the next."""
        self._allow(-(-wanted // self.plan.desks) + AHEAD)
        self._wait(lambda: self._acknowledged() >= wanted, what)

    def _do_more(self, what: str) -> None:
        """Let each of the people do some more operations."""
        wanted = [done + -(-self.plan.alone // self.plan.desks) for done in self._done()]
        self._allow(*(number + AHEAD for number in wanted))
        self._wait(
            lambda: all(done >= number for done, number in zip(self._done(), wanted, strict=True)), what
        )

    def _desk(self) -> None:
        number = self.random.randrange(self.plan.sound)
        process = self.desks[number]
        assert process is not None
        process.kill()
        process.wait()
        self._start_desk(number)

    def _server(self) -> None:
        self.central.kill()
        self._do_more("operations without a server")
        self.central.start()

    def _mail(self) -> None:
        # Half of them before the text has come, half after it: the mail server has it, and the server does not know.
        killed = self.central.kill_at("DATA" if self.outcome.done.get("mail", 0) % 2 else "DOT")
        self._do_more("operations that bring mails")
        while not killed.wait(SENT_WITHIN_S):  # none of them made an account
            self._do_more("more operations that bring mails")
        self.central.kill()
        self._do_more("operations without a server")
        self.central.start()

    def _database(self) -> None:
        self.postgresql.stop()
        self._do_more("operations without a database")
        self.postgresql.start()

    def _backend(self) -> None:
        self.central.kill_backend()

    def _full_disk(self) -> None:
        (self._of(self.random.randrange(self.plan.sound)) / "full").touch()

    def _backup(self) -> None:
        self.central.back_up()

    def _restore(self) -> None:
        self.central.restore()

    # The parts

    def _start_desk(self, number: int) -> None:
        folder = self._of(number)
        told = {
            "folder": str(folder),
            "address": f"https://127.0.0.1:{self.line.port}",
            "ca_file": str(self.central.certificates.authority),
            "key": f"key of {DESKS[number]}",
            "user_name": self.central.user,
            "password": PASSWORD,
            "seed": self.plan.seed,
            "variant": self.plan.variants[number - self.plan.sound] if number >= self.plan.sound else "",
        }
        with (folder / "stderr").open("ab") as errors:
            self.desks[number] = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.desk_process", json.dumps(told)],
                cwd=ROOT,
                stderr=errors,
            )

    def _allow(self, *operations: int) -> None:
        """Let each desk do so many operations: its own number, or the one for all."""
        for number in range(self.plan.desks):
            wanted = operations[number % len(operations)]
            self.allowed[number] = max(self.allowed[number], wanted)
            part = self._of(number) / "allowed.part"
            part.write_text(str(self.allowed[number]))
            part.rename(self._of(number) / "allowed")

    def _say(self, what: str) -> None:
        if self.plan.speaks:
            print(f"{self._seconds():7.1f} s {self._acknowledged():6} {what}", flush=True)

    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 1)

    def _of(self, number: int) -> Path:
        return self.folder / f"desk {number}"

    def _done(self) -> list[int]:
        """Return how many operations each desk has acknowledged."""
        return [
            sum(said["what"] == "acknowledged" for said in said_by(self._of(number)))
            for number in range(self.plan.desks)
        ]

    def _acknowledged(self) -> int:
        return sum(self._done())

    def _wait(self, condition: Callable[[], bool], what: str, *, desks_work: bool = True) -> None:
        until = time.monotonic() + PATIENCE_S
        pause = threading.Event()
        while not condition():
            late = time.monotonic() > until
            ended = [n for n, desk in enumerate(self.desks) if desk is not None and desk.poll() is not None]
            if (ended and desks_work) or late:
                for desk in self.desks:
                    if desk is not None and desk.poll() is None:
                        desk.send_signal(signal.SIGUSR1)
                pause.wait(1)  # for what they write
                errors = "".join((self._of(n) / "stderr").read_text()[-2000:] for n in range(self.plan.desks))
                raise AssertionError(f"waited in vain for {what}; ended: {ended} {errors}")
            pause.wait(0.1)
