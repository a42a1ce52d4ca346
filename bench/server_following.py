"""Stations that wait for news: what they cost while nothing happens, when they learn, whom they keep waiting."""

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

from bench.server_asks import OK, Answer, AtKiosk, Station, Times
from bench.server_clinic import Group
from bench.viewer_bars import Bar, said, share

FOLLOWERS = 200
ROUNDS = 3
EVENTS = 5
SOON_MS = 1000
POLL_S = 5.0  # 40 questions a second: every second would be more than the server carries
_SIGN_IN = "sessions.sign_in (argon2)"


async def follow(group: Group) -> list[Bar]:
    """Two hundred stations that wait cost nothing, learn at once, and keep nobody from signing in."""
    port = int(group.address.rpartition(":")[2])
    beside, alone = Times(), Times()
    await _sign_in(group, port, Times(), 8)  # the first rehash the passwords
    nobody = await _cpu_share(group.pid, 15)
    polled = await _cost_of_polls(group, port)
    followers = await _Followers.begun(group, port)
    await asyncio.sleep(3)
    idle = await _cpu_share(group.pid, 30)
    for _ in range(ROUNDS):  # in turn, so that what else the machine does is in both
        await _sign_in(group, port, beside, 8)
        await followers.stop()
        await _sign_in(group, port, alone, 8)
        followers.wait()
        await asyncio.sleep(2)
    site = [number for number in range(FOLLOWERS) if number % len(group.sites) == 0]
    near = [
        one
        for number in range(EVENTS)
        for one in await followers.told(_of_one_site(group, port, number), site)
    ]
    every = list(range(FOLLOWERS))
    far = [
        one for number in range(EVENTS) for one in await followers.told(_of_all(group, port, number), every)
    ]
    await followers.stop()
    signed, before = beside.spent[_SIGN_IN], alone.spent[_SIGN_IN]
    return [
        Bar(
            "200 followers, nothing happens: share of one core",
            5,
            round(idle, 2),
            unit="%",
            note=f"{nobody:.2f} % without any; the control, {FOLLOWERS} who ask every {POLL_S:g} s instead: {polled:.1f} %",
        ),
        Bar(
            f"an event of one site, p99 until all {len(site)} of 200 followers who work there know",
            SOON_MS,
            round(share(near, 0.99)),
            details=said(near),
        ),
        Bar(
            "an event of the whole group, p99 until all 200 followers know",
            SOON_MS,
            round(share(far, 0.99)),
            details=said(far),
        ),
        Bar(
            "a sign-in beside 200 followers, p99 against without",
            1.25,
            round(share(signed, 0.99) / share(before, 0.99), 2),
            unit="times",
            details={"with": said(signed), "without": said(before)},
        ),
    ]


class _Followers:
    """Stations of every site, each with a question that waits."""

    def __init__(self, stations: list[Station], here: dict[str, Any]) -> None:
        self._stations, self._here = stations, here
        self._waiting: list[asyncio.Task[float]] = []

    @classmethod
    async def begun(cls, group: Group, port: int) -> "_Followers":
        """Let them all ask."""
        desks = [group.desks[number % len(group.desks)] for number in range(FOLLOWERS)]
        stations = [Station(port, desk.key, desk.token) for desk in desks]
        followers = cls(stations, await _now(stations[0]))
        followers.wait()
        return followers

    def wait(self) -> None:
        """Ask anew."""
        self._waiting = [asyncio.create_task(self._until_told(station)) for station in self._stations]

    async def stop(self) -> None:
        """Hang up."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    async def told(self, event: tuple[Station, str, dict[str, Any]], whom: list[int]) -> list[float]:
        """Let something happen; return after how many milliseconds each of these knew."""
        station, what, arguments = event
        began = time.perf_counter()
        answer: Answer = await station.ask(what, **arguments)
        if answer.status != OK:
            raise RuntimeError(answer.body[:200])
        known = await asyncio.gather(*(self._waiting[number] for number in whom))
        self._here = await _now(self._stations[0])
        for number in whom:
            self._waiting[number] = asyncio.create_task(self._until_told(self._stations[number]))
        await asyncio.sleep(1)
        return [(ended - began) * 1000 for ended in known]

    async def _until_told(self, station: Station) -> float:
        while True:
            answer = await station.ask("changes.follow", **self._here)
            if answer.status != OK:
                raise RuntimeError(answer.body[:200])
            if json.loads(answer.body)["value"]["rows"]:
                return time.perf_counter()


async def _now(station: Station) -> dict[str, Any]:
    value = json.loads((await station.ask("changes.since")).body)["value"]
    return {"epoch": value["epoch"], "number": value["number"]}


def _of_one_site(group: Group, port: int, number: int) -> tuple[Station, str, dict[str, Any]]:
    desk = group.desks[0]
    contact = {"email": "", "mobile": "", "postal_address": [f"{number} Road"]}
    return (
        Station(port, desk.key, desk.token),
        "patients.change_contact",
        {"patient_id": str(desk.patients[number]), **contact},
    )


def _of_all(group: Group, port: int, number: int) -> tuple[Station, str, dict[str, Any]]:
    letterhead = {"name": "The Last Clinic", "address": [f"{number} Road"], "phone": "02 9000 0000"}
    return (
        Station(port, group.manager.key, group.manager.token),
        "sites.change",
        {"site_id": str(group.sites[-1]), **letterhead, "time_zone": "Australia/Sydney"},
    )


async def _sign_in(group: Group, port: int, times: Times, count: int) -> None:
    for number in range(count):
        await AtKiosk(port, group.kiosks[number % len(group.kiosks)], times).sign_in()


async def _cost_of_polls(group: Group, port: int) -> float:
    """What as many stations cost that ask again and again: the measurement must see that."""
    desks = [group.desks[number % len(group.desks)] for number in range(FOLLOWERS)]
    stations = [Station(port, desk.key, desk.token) for desk in desks]
    here = await _now(stations[0])

    async def poll(station: Station, first: float) -> None:
        await asyncio.sleep(first)
        while True:
            await station.ask("changes.since", **here)
            await asyncio.sleep(POLL_S)

    polls = [
        asyncio.create_task(poll(station, POLL_S * number / FOLLOWERS))
        for number, station in enumerate(stations)
    ]
    await asyncio.sleep(POLL_S)
    cost = await _cpu_share(group.pid, 10)
    for task in polls:
        task.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    return cost


async def _cpu_share(pid: int, seconds: float) -> float:
    """The share of one core that a process takes, in percent."""
    before = _ticks(pid)
    await asyncio.sleep(seconds)
    return (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK") / seconds * 100


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
