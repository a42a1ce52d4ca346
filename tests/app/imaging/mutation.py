"""Seeded damage to files, and what became of the pool that was given them."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from app.errors import PortalError
from app.imaging import DecodePool
from app.imaging.problems import error_of


def told(ask: Callable[[], object]) -> str:
    """Return the kind of the error that asking ends in, or "" when it works; anything else is a failure."""
    try:
        ask()
    except PortalError as error:
        caught = error
    else:
        return ""
    assert caught.sentence == error_of(caught.kind).sentence
    return caught.kind


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Flip bits, overwrite, cut, repeat or insert, mostly in the header or just behind it."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = (
            chance.randrange(len(changed))
            if chance.random() < 0.5
            else chance.randrange(min(len(changed), 2500))
        )
        way = chance.randrange(5)
        if way == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            changed[at : at + 4] = chance.choice(
                (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", chance.randbytes(4))
            )
        elif way == 2:
            del changed[at : at + chance.randrange(1, 64)]
        elif way == 3:
            changed[at:at] = changed[at : at + chance.randrange(1, 64)]
        else:
            changed[at] = chance.randrange(256)
        if len(changed) < 200:
            break
    return bytes(changed)


@dataclass
class Tally:
    """How many files ended in which kind of sentence ("" is a picture), and the worst of each figure."""

    kinds: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0  # for one file: description, picture and small picture
    next_good_s: float = 0.0  # the control's picture after a file that cost its worker
    memory: int = 0  # largest address space of a worker, in bytes


def attack(pool: DecodePool, data: bytes, mutations: int, seed: str) -> Tally:
    """Decode the control, then so many mutations of it; fail where the control does not come as before."""
    control = pool.render(data)
    assert len(np.unique(control.pixels)) > 1
    chance = random.Random(seed)
    tally = Tally()
    for _ in range(mutations):
        broken = mutated(data, chance)
        began = time.monotonic()
        kinds = [
            told(ask)
            for ask in (
                partial(pool.render, broken),
                partial(pool.thumbnail, broken, side=32),
                partial(pool.describe, broken),
            )
        ]
        tally.longest_s = max(tally.longest_s, time.monotonic() - began)
        tally.memory = max(tally.memory, _address_space(pool))
        tally.kinds[kinds[0]] += 1
        if {"image_timed_out", "image_worker_lost"} & set(kinds):
            began = time.monotonic()
            assert np.array_equal(pool.render(data).pixels, control.pixels)
            tally.next_good_s = max(tally.next_good_s, time.monotonic() - began)
    assert np.array_equal(pool.render(data).pixels, control.pixels)
    return tally


def _address_space(pool: DecodePool) -> int:
    worker = pool._idle.get()
    pool._idle.put(worker)
    if worker._process is None or worker._process.pid is None:
        return 0
    status = Path(f"/proc/{worker._process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmPeak")), 0)
