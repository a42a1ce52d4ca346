"""Many processes that begin something at the same instant, forked from a small program that has everything loaded.

Not multiprocessing's own fork server: of that a program has one, which is the decode workers' and knows only codecs,
so that each of sixteen processes would spend seconds on imports.
"""

import atexit
import gc
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

import tests.conftest
import tests.scene  # noqa: F401 - loaded here, once

PATIENCE_S = 90.0
_PROJECT = Path(__file__).parents[1]


def at_once(task: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Let a process of its own make each call task(start, *arguments); return what they return, in that order.

    start: a barrier for all of them. task must be a function of a module. A process that raises or dies fails the test.
    """
    line = _begun()
    line.send((task, list(calls)))
    assert line.poll(2 * PATIENCE_S), "the processes do not answer"
    answers: list[tuple[Any, str]] = line.recv()
    wrong = [error for _, error in answers if error]
    assert not wrong, wrong[0]
    return [value for value, _ in answers]


@cache
def _begun() -> Connection:
    """Start the program that forks, once for all tests of this process."""
    ours, theirs = socket.socketpair()
    line = Connection(ours.detach())
    with theirs:
        command = [sys.executable, "-c", "from tests.at_once import serve; serve()", str(theirs.fileno())]
        program = subprocess.Popen(command, cwd=_PROJECT, pass_fds=[theirs.fileno()])

    def end() -> None:
        line.close()
        program.wait(PATIENCE_S)

    atexit.register(end)
    return line


def serve() -> None:
    """Fork processes for whoever holds the other end of the line, until that is closed."""
    configure_mappers()
    # What is loaded lives as long as this program: no process looks through it for garbage, copying page after page.
    gc.collect()
    gc.freeze()
    line = Connection(int(sys.argv[1]))
    while True:
        try:
            task, calls = line.recv()
        except EOFError:
            return
        line.send(_all(task, calls))


def _all(task: Callable[..., Any], calls: list[tuple[Any, ...]]) -> list[tuple[Any, str]]:
    context = get_context("fork")
    start = context.Barrier(len(calls))
    running = []
    for arguments in calls:
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=_one, args=(task, start, arguments, sending))
        process.start()
        sending.close()
        running.append((process, receiving))
    answers: list[tuple[Any, str]] = []
    for _, receiving in running:
        try:
            answers.append(receiving.recv() if receiving.poll(PATIENCE_S) else (None, "it does not answer"))
        except EOFError:
            answers.append((None, "a process died"))
        receiving.close()
    for process, _ in running:
        process.join(1.0)
        process.kill()
        process.join()
        process.close()
    return answers


def _one(task: Callable[..., Any], start: Barrier, arguments: tuple[Any, ...], answer: Connection) -> None:
    try:
        found = task(start, *arguments)
    except BaseException as error:  # whatever it is, the test is told, and nobody waits for this one
        start.abort()
        answer.send((None, f"{type(error).__name__}: {error}"))
        raise
    answer.send((found, ""))
