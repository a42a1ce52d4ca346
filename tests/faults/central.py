"""The clinic's server with its database and mail server, as a run of the faults starts and kills them."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import func, select, update

from app.outside.keys import FileKeys, read_keys
from app.portal import open_portal
from app.settings import practice_settings
from db.database import Database
from db.models import Message, Staff
from tests.app.outside.mail_server import MailServer
from tests.certificates import Certificates, make_certificates
from tests.databases import PostgreSQL
from tests.fakes import FixedClock, quick_passwords
from tests.machine import ROOT
from tests.scene import Scene


class Central:
    """One server in a process of its own, to be killed; its database and its mail server."""

    def __init__(self, folder: Path, postgresql: PostgreSQL, desks: tuple[str, ...]) -> None:
        """desks: names of the stations, the first of which the scene makes."""
        self.folder, self.postgresql = folder, postgresql
        self.url = postgresql.upgraded()
        self.port = _free_port()
        self.certificates: Certificates = make_certificates(folder)
        self.mail = MailServer()
        self._mail_running = self.mail.start()
        self.mails_before_restore = 0
        self.unsound: list[str] = []
        self.user = self._plant(desks)
        self._process: subprocess.Popen[bytes] | None = None
        self._write_settings("data/archive")

    @property
    def keys(self) -> FileKeys:
        """The server's keys."""
        return read_keys(self.folder / "data" / "keys", may_make=False)

    def start(self) -> None:
        """Start the server; return when it answers."""
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), "server", "--settings", str(self.folder / "server.toml")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert b"is served at" in self._process.stdout.readline()

    def kill(self) -> None:
        """Kill the server."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()

    def kill_at(self, command: str) -> threading.Event:
        """Kill the server when it sends a mail: at DATA, before the text, or at DOT, after it and before the answer."""
        killed = threading.Event()

        def kill() -> None:
            assert self._process is not None
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
            killed.set()

        self.mail.moments[command] = kill
        return killed

    def kill_backend(self) -> None:
        """Kill one of the database's own processes, one at work if there is."""
        with psycopg.connect(
            f"host={self.postgresql.folder} user=portal dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 't%'"
                " ORDER BY state = 'active' DESC, random() LIMIT 1"
            )

    def back_up(self) -> None:
        """Make a backup while people work."""
        self.admin("backup", str(self.folder / "backup"))

    def restore(self) -> None:
        """Bring the backup back into an empty database, as after a fire."""
        self.kill()
        self.mails_before_restore = len(self.mail.accepted)
        self.url = self.postgresql.empty()
        self._write_settings("archive restored")
        self.admin("restore", str(self.folder / "backup"))
        self.start()

    def admin(self, *words: str) -> str:
        """Run main.py admin; return what it says, and note where it fails."""
        settings = ("--settings", str(self.folder / "server.toml"))
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "admin", *words, *settings],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.unsound.append(f"admin {words[0]}: {done.stdout}{done.stderr}"[-500:])
        return done.stdout

    def mails_waiting(self, *, skips_leases: bool) -> int:
        """Return how many mails are not sent yet. skips_leases: as if five minutes had gone by since the last kill."""
        database = Database(self.url)
        waits = Message.channel == "email", Message.state.in_(("queued", "sending"))
        with database.writing() as session:
            waiting = session.scalars(select(func.count()).select_from(Message).where(*waits)).one()
            if skips_leases:
                now = datetime.now(UTC)
                session.execute(update(Message).where(*waits).values(lease_until=now, next_try_at=now))
        database.close()
        return waiting

    def close(self) -> None:
        """Kill the server and end the mail server."""
        self.kill()
        self._mail_running.stop()

    def _plant(self, desks: tuple[str, ...]) -> str:
        settings = replace(practice_settings(self.folder / "data"), portal_url=self.url)
        clock = FixedClock(datetime.now(UTC))
        portal = open_portal(settings, clock=clock, passwords=quick_passwords(self.folder / "slots"))
        scene = Scene(portal, clock)
        for name in desks[1:]:
            scene.station(name, "desk", scene.north)
        with portal.parts.database.reading() as session:
            user: str = session.get_one(Staff, scene.staff["reception"].id).user_name
        portal.close()
        return user

    def _write_settings(self, archive: str) -> None:
        data, certificates = self.folder / "data", self.certificates
        tables: dict[str, dict[str, object]] = {
            "": {
                "portal_url": self.url,
                "data_folder": str(data),
                "archive_folder": str(self.folder / archive),
                "key_file": str(data / "keys"),
                "log_folder": str(self.folder / "log"),
            },
            "listen": {
                "port": self.port,
                "certificate": str(certificates.certificate),
                "certificate_key": str(certificates.key),
            },
            "smtp": {
                "host": "127.0.0.1",
                "port": self._mail_running.port,
                "security": "none",
                "sender": "portal@harbour.example",
            },
        }
        lines = []
        for table, values in tables.items():
            lines += [f"[{table}]"] if table else []
            lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        (self.folder / "server.toml").write_text("\n".join(lines) + "\n")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
