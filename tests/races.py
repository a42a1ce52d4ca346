"""Many real processes that do the same thing at the same instant, each with a portal of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from app.errors import PortalError
from app.imaging import DecodePool
from app.portal import Portal
from tests.at_once import PATIENCE_S, at_once
from tests.conftest import make_portal
from tests.fakes import FixedClock, KeptMailer, KeptTextSender

PROCESSES = 16


@dataclass(frozen=True)
class Ran:
    """What one process got out of one round: a value, or the kind of the error it was told."""

    value: Any = None
    refused: str = ""


@dataclass(frozen=True)
class Race:
    """The database and the folder of a portal that the test has filled, and the time that all clocks show."""

    url: str
    folder: Path
    now: datetime

    def run(
        self,
        task: Callable[..., Any],
        rounds: Sequence[tuple[Any, ...]],
        processes: int = PROCESSES,
    ) -> list[list[Ran]]:
        """Let every process call task(portal, its number, *round) at once, round after round; return what they got.

        task must be a function of a module. A process that dies, or an error that is no PortalError, fails the test.
        """
        calls = [(self, task, list(rounds), number) for number in range(processes)]
        answers = at_once(_run, calls)
        return [list(results) for results in zip(*answers, strict=True)]


def granted(round_: Sequence[Ran]) -> list[Any]:
    """Return the values of those who were let through."""
    return [ran.value for ran in round_ if not ran.refused]


def refused(rounds: Sequence[Sequence[Ran]]) -> set[str]:
    """Return every kind of error that anybody was told."""
    return {ran.refused for round_ in rounds for ran in round_ if ran.refused}


def _run(
    start: Barrier, race: Race, task: Callable[..., Any], rounds: list[tuple[Any, ...]], number: int
) -> list[Ran]:
    mailer, texts = KeptMailer(), KeptTextSender()
    portal = make_portal(race.url, race.folder, FixedClock(race.now), mailer, texts, DecodePool(1))
    results = []
    for arguments in rounds:
        start.wait(PATIENCE_S)
        results.append(_tried(task, portal, number, arguments))
    portal.close()
    return results


def _tried(task: Callable[..., Any], portal: Portal, number: int, arguments: tuple[Any, ...]) -> Ran:
    try:
        return Ran(task(portal, number, *arguments))
    except PortalError as error:
        return Ran(refused=error.kind)
