"""Everybody who asks the server something, over connections that are kept: desks, kiosks and guests of one morning."""

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from app.transport import API_VERSION
from bench.server_clinic import CODE, Desk, Group, Kiosk, Shared
from tests.scene import PASSWORD

BUSY = frozenset({429, 503})
OK, SEE_OTHER = 200, 303
# How often what happens, as shares of all: the rest is finding and swiping.
FINDS, OPENS = 0.6, 0.9  # at a desk, added up
OPENS_EXAM, LOOKS, SIGNS_IN, SHARES = 0.05, 0.1, 0.11, 0.13  # at a kiosk
READS_PAGE = 0.15  # a guest


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Line:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Ask, once more where the kept connection has been closed meanwhile."""
        for is_fresh in (self._streams is None, True):
            try:
                if self._streams is None or is_fresh:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
                return await self._over(self._streams, method, path, headers, body)
            except asyncio.CancelledError:
                self.close()  # else the answer that is still to come would be taken for the next one's
                raise
            except (ConnectionError, asyncio.IncompleteReadError):
                if is_fresh:
                    raise
        raise AssertionError

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _over(
        self,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
    ) -> Answer:
        reader, writer = streams
        head = {"Host": f"127.0.0.1:{self._port}", "Content-Length": str(len(body))} | headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        said = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = [
            (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in said[1:])
        ]
        known = dict(found)
        content = b""
        if "content-length" in known:
            content = await reader.readexactly(int(known["content-length"]))
        elif known.get("transfer-encoding") == "chunked":
            while size := int(await reader.readline(), 16):
                content += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        return Answer(int(said[0].split()[1]), found, content)


@dataclass
class Times:
    """What was asked and how long each answer took, in milliseconds."""

    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    busy: int = 0

    async def of(self, what: str, asked: Awaitable[Answer], *good: int) -> Answer:
        """Wait for an answer and note its time."""
        began = time.perf_counter()
        answer = await asked
        took = (time.perf_counter() - began) * 1000
        if answer.status in BUSY:
            self.busy += 1
        elif answer.status in (good or (OK,)):
            self.spent[what].append(took)
        else:
            self.wrong[f"{what} {answer.status} {answer.body[:120]!r}"] += 1
        return answer


class Station:
    """A desk or a kiosk."""

    def __init__(self, port: int, key: str, token: str) -> None:
        self.line = Line(port)
        self.key, self.token = key, token

    def ask(self, what: str, session: bool = True, **arguments: Any) -> Awaitable[Answer]:  # noqa: FBT001, FBT002 - of one name
        """Ask for a use case."""
        shown = {"Authorization": f"Bearer {self.key}", "Portal-Api": str(API_VERSION)}
        shown |= {"Portal-Request": str(uuid4()), "Content-Type": "application/json"}
        if session:
            shown["Portal-Session"] = self.token
        return self.line.ask("POST", f"/api/{what}", shown, json.dumps(arguments).encode())

    def file(self, ticket: str) -> Awaitable[Answer]:
        """Ask for a file of the archive."""
        shown = {"Authorization": f"Bearer {self.key}", "Portal-Api": str(API_VERSION)}
        return self.line.ask("GET", f"/api/file/{ticket}", shown | {"Portal-Session": self.token})


class AtDesk:
    """Reception: finds while typing, opens, makes an account."""

    def __init__(self, port: int, desk: Desk, times: Times) -> None:
        self._desk, self._times = desk, times
        self._station = Station(port, desk.key, desk.token)
        self._left = list(desk.patients)

    async def step(self, chance: Random) -> None:
        """Do what comes next."""
        kind = chance.random()
        if kind < FINDS:
            await self._times.of(
                "patients.find", self._station.ask("patients.find", text=chance.choice(_TYPED))
            )
        elif kind < OPENS or not self._left:
            patient = str(chance.choice(self._desk.patients))
            await self._times.of("patients.open", self._station.ask("patients.open", patient_id=patient))
        else:
            asked = self._station.ask(
                "accounts.create", patient_id=str(self._left.pop()), identity_check="passport"
            )
            await self._times.of("accounts.create", asked)


_TYPED = ("h", "ha", "har", "hart", "harta", "amelia h", "b1-3", "1944")


class AtKiosk:
    """A patient: looks at the list, opens the exam, swipes, shares."""

    def __init__(self, port: int, kiosk: Kiosk, times: Times) -> None:
        self._kiosk, self._times = kiosk, times
        self._station = Station(port, kiosk.key, kiosk.token)
        self._is_open = False

    async def sign_in(self) -> None:
        """Sign in anew: the one thing here that takes a password's time."""
        asked = self._station.ask(
            "sessions.sign_in", session=False, user_name=self._kiosk.user_name, password=PASSWORD
        )
        answer = await self._times.of("sessions.sign_in (argon2)", asked)
        if answer.status == OK:
            self._station.token = json.loads(answer.body)["value"]["token"]
            self._is_open = False

    async def step(self, chance: Random) -> None:
        """Do what comes next."""
        kind, exam = chance.random(), str(self._kiosk.exam)
        if not self._is_open or kind < OPENS_EXAM:
            opened = await self._times.of("exams.open", self._station.ask("exams.open", exam_id=exam))
            self._is_open = self._is_open or opened.status == OK  # not where the server was busy
        elif kind < LOOKS:
            await self._times.of("exams.mine", self._station.ask("exams.mine"))
        elif kind < SIGNS_IN:
            await self.sign_in()
        elif kind < SHARES:
            wish = {"way": "paper", "recipient_name": "Dr Okafor", "understands_sensitive": True}
            asked = self._station.ask("sharing.invite", exam_id=exam, new=wish)
            await self._times.of("sharing.invite", asked)
        else:
            instance = str(chance.choice(self._kiosk.instances))
            found = await self._times.of(
                "images.find", self._station.ask("images.find", instance_id=instance)
            )
            if found.status == OK:
                ticket = json.loads(found.body)["value"]["archive_key"]
                await self._times.of("an image's file (0.5 MB)", self._station.file(ticket))


class Guest:
    """Somebody with an invitation on a phone."""

    def __init__(self, port: int, number: int, shared: Shared, times: Times) -> None:
        self._line, self._shared, self._times = Line(port), shared, times
        self._origin = f"http://127.0.0.1:{port}"
        self._from = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"}
        self._cookies: dict[str, str] = {}
        self._form: dict[str, str] = {}
        self.is_in = False

    async def step(self, chance: Random) -> None:
        """Do what comes next."""
        if not self.is_in:
            await self.open()
        elif chance.random() < READS_PAGE:
            await self.read()
        else:
            await self.picture(chance)

    async def picture(self, chance: Random) -> None:
        """Look at one image."""
        path = f"/visit/image/{chance.choice(self._shared.instances)}/0?side=512"
        await self._times.of("guest: a rendered image", self._get(path))

    async def open(self) -> None:
        """Load the page and type the code."""
        await self.load()
        await self.send()
        if self.is_in:
            await self.read()

    async def read(self) -> None:
        """Look at the exam's page: images can be had after that."""
        await self._times.of("guest: the exam's page", self._get("/visit"))

    async def load(self) -> None:
        """Load the page that asks for the code."""
        page = await self._times.of("guest: the page for the code", self._get("/open"))
        self._form = dict(
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.body.decode())
        )

    async def send(self) -> None:
        """Type the code."""
        typed = urlencode(self._form | {"number": self._shared.number, "code": CODE}).encode()
        head = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        asked = self._line.ask("POST", "/open", self._shown() | head, typed)
        answer = await self._times.of("guest: the code", asked, SEE_OTHER)
        self._keep(answer)
        self.is_in = answer.status == SEE_OTHER

    async def _get(self, path: str) -> Answer:
        answer = await self._line.ask("GET", path, self._shown())
        self._keep(answer)
        return answer

    def _shown(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return self._from | ({"Cookie": cookies} if cookies else {})

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == "set-cookie":
                called, _, kept = value.partition(";")[0].partition("=")
                self._cookies[called] = kept


Actor = AtDesk | AtKiosk | Guest


def everybody(group: Group, times: Times, guests: int) -> list[Actor]:
    """Return the desks, the kiosks and so many guests."""
    port = int(group.address.rpartition(":")[2])
    return [
        *(AtDesk(port, desk, times) for desk in group.desks),
        *(AtKiosk(port, kiosk, times) for kiosk in group.kiosks),
        *(Guest(port, number, group.shared[number % len(group.shared)], times) for number in range(guests)),
    ]


async def at_rate(actors: list[Actor], a_second: float, seconds: float, chance: Random) -> float:
    """Let things happen at random moments, so many a second, whether the answers come or not; return how many did.

    Who has not been answered yet asks nothing else: then somebody else does.
    """
    free = list(actors)
    running: set[asyncio.Task[None]] = set()
    done = 0

    async def one(actor: Actor) -> None:
        nonlocal done
        try:
            await actor.step(chance)
            done += 1
        finally:
            free.append(actor)

    ends = time.perf_counter() + seconds
    due = time.perf_counter()
    while (now := time.perf_counter()) < ends:
        if due > now:
            await asyncio.sleep(due - now)
        due += chance.expovariate(a_second)
        if not free:
            continue
        actor = free.pop(chance.randrange(len(free)))
        task = asyncio.create_task(one(actor))
        running.add(task)
        task.add_done_callback(running.discard)
    in_time = done / seconds
    await asyncio.gather(*running)
    return in_time
