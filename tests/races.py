"""Many real processes that do the same thing at the same instant, each with a portal of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from app.errors import PortalError
from app.imaging import DecodePool
from app.portal import Portal
from tests.conftest import make_portal
from tests.fakes import FixedClock, KeptMailer, KeptTextSender

PROCESSES = 16
_PATIENCE_S = 90.0


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
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.races"])
        start = context.Barrier(processes)
        ends = [context.Pipe(duplex=False) for _ in range(processes)]
        running = [
            context.Process(target=_run, args=(self, task, list(rounds), number, start, end))
            for number, (_, end) in enumerate(ends)
        ]
        for process in running:
            process.start()
        try:
            answers = []
            for process, (receiving, sending) in zip(running, ends, strict=True):
                sending.close()
                assert receiving.poll(_PATIENCE_S), "a process does not answer"
                try:
                    answers.append(receiving.recv())
                except EOFError:
                    raise AssertionError(f"a process died: {process.exitcode}") from None
                receiving.close()
        finally:
            for process in running:
                process.join(_PATIENCE_S)
                process.close()
        errors = [answer for answer in answers if isinstance(answer, str)]
        assert not errors, errors[0]
        return [list(results) for results in zip(*answers, strict=True)]


def granted(round_: Sequence[Ran]) -> list[Any]:
    """Return the values of those who were let through."""
    return [ran.value for ran in round_ if not ran.refused]


def refused(rounds: Sequence[Sequence[Ran]]) -> set[str]:
    """Return every kind of error that anybody was told."""
    return {ran.refused for round_ in rounds for ran in round_ if ran.refused}


def _run(
    race: Race,
    task: Callable[..., Any],
    rounds: list[tuple[Any, ...]],
    number: int,
    start: Barrier,
    answer: Connection,
) -> None:
    try:
        portal = make_portal(
            race.url, race.folder, FixedClock(race.now), KeptMailer(), KeptTextSender(), DecodePool(1)
        )
        results = []
        for arguments in rounds:
            start.wait(_PATIENCE_S)
            results.append(_tried(task, portal, number, arguments))
        portal.close()
    except BaseException as error:  # whatever it is, the test is told, and nobody waits for this one
        start.abort()
        answer.send(f"{type(error).__name__}: {error}")
        raise
    answer.send(results)


def _tried(task: Callable[..., Any], portal: Portal, number: int, arguments: tuple[Any, ...]) -> Ran:
    try:
        return Ran(task(portal, number, *arguments))
    except PortalError as error:
        return Ran(refused=error.kind)
