"""`python -m bench.search`: finding a patient while typing and every list page, at two sizes of a clinic group.

Writes bench/results/search.json. The sizes take turns in one run, on databases in a temporary folder that is removed
at the end: about 8 GB for a million patients on PostgreSQL.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from uuid import UUID

from app.callers import Caller
from app.ids import new_id
from app.imaging import DecodePool
from app.portal import Portal
from bench.crowd import Crowd
from bench.crowd_rows import write
from bench.report import begun, conclude
from bench.viewer_bars import Bar, said, share
from db.models import Site
from tests.conftest import make_portal
from tests.databases import SQLiteFiles, running_postgresql
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import ZONE, Scene

RESULTS = Path(__file__).resolve().parent / "results" / "search.json"
SITES = 20
# As a server of its own would be set; nothing is switched off that keeps what was said to be saved.
POSTGRESQL = "-c shared_buffers=1GB -c effective_cache_size=4GB -c max_wal_size=4GB -c random_page_cost=1.1"
MOST_MS, MOST_TIMES = 50.0, 2.0
Ask = Callable[[], object]


@dataclass(frozen=True)
class Group:
    """A clinic group of one size, and the people in it who look things up."""

    crowd: Crowd
    portal: Portal
    scene: Scene

    def account(self, chance: Random) -> Caller:
        """Sign a patient of the crowd in."""
        account = UUID(hex=self.crowd.account_id(chance.randrange(self.crowd.patients * 3 // 5)))
        return self.scene.session("web", account_id=account)


def make_group(url: str, folder: Path, patients: int, imaging: DecodePool) -> Group:
    """Fill a database; return who works with it."""
    clock = FixedClock()
    portal = make_portal(url, folder, clock, KeptMailer(), KeptTextSender(), imaging)
    scene = Scene(portal, clock)
    more = [new_id() for _ in range(SITES - 2)]
    scene.add(
        *(
            Site(id=site, name=f"Site {number}", address="1 Street", phone="", time_zone=ZONE)
            for number, site in enumerate(more)
        )
    )
    crowd = Crowd(patients, (scene.north, scene.south, *more), clock())
    began = time.perf_counter()
    write(crowd, portal.parts.database)
    print(f"{patients:,} patients written in {time.perf_counter() - began:.0f} s", flush=True)
    return Group(crowd, portal, scene)


def typed(group: Group, chance: Random) -> Iterator[tuple[str, str]]:
    """Go over what receptionists type, a letter at a time: what it is, and the text so far."""
    crowd = group.crowd
    person = chance.randrange(crowd.patients)
    family = chance.choice(crowd.families[: chance.choice((10, 200, 20_000))]).lower()
    given = chance.choice(crowd.given_names[: chance.choice((10, 100, 2_000))]).lower()
    plain = given.translate(str.maketrans("éáíłøřž", "eailorz"))
    born = crowd.birth_date(person)
    for letters in range(1, len(family) + 1):
        yield "a name", family[:letters]
    for letters in range(1, len(plain) + 1):
        yield "a name without accents", plain[:letters]
    for letters in range(1, len(given) + 1):
        yield "two words", f"{family} {given[:letters]}"
    yield "a birth date", f"{born.day}.{born.month}.{born.year}"
    identifier, mobile = crowd.identifier(person), f"0{crowd.mobile(person)[3:]}"
    for letters in range(1, len(identifier) + 1):
        yield "an identifier", identifier[:letters]
    for letters in range(4, len(mobile) + 1):
        yield "a telephone number", mobile[:letters]


def pages(group: Group, chance: Random) -> Iterator[tuple[str, Ask]]:
    """Go over the list pages, each of somebody else every time."""
    acting = group.scene.acting
    desk, privacy, manager = acting("reception"), acting("privacy"), acting("manager")
    mine = acting(group.account(chance))
    found = desk.patients.find(chance.choice(group.crowd.families[:50]))
    march = date(2026, 3, 1), date(2026, 3, 31)
    if found:
        person = chance.choice(found).id
        yield "a patient's page at the desk", lambda: desk.patients.open(person)
        yield "who opened a patient's records", lambda: privacy.audit.who_opened(person, *march)
        yield "the audit events of a patient", lambda: privacy.audit.search(*march, person)
    yield "the To do list", desk.tasks.open
    yield "prints asked for at kiosks", desk.print_requests.waiting
    yield "imports that wait for a person", desk.imports.waiting
    yield "a patient's exams", mine.exams.mine
    yield "a patient's Shared Exams", mine.sharing.mine
    yield "the audit events of a month", lambda: privacy.audit.search(*march)
    yield "the audit events of a year ago", lambda: privacy.audit.search(date(2025, 3, 1), date(2025, 3, 31))
    yield "how messages go out", manager.messages.delivery
    yield "the employees", manager.staff.all
    yield "the stations", manager.stations.all


def measure(groups: list[Group], rounds: int, seed: int) -> dict[str, list[list[float]]]:
    """Return milliseconds by what was asked, for each group; the groups take turns."""
    spent: dict[str, list[list[float]]] = {}
    for number in range(rounds + 1):
        asked = [_asked(group, Random(f"{seed} {number}")) for group in groups]  # noqa: S311 - the same people in each run
        for turn in range(max(map(len, asked))):
            for index, some in enumerate(asked):
                if turn >= len(some):
                    continue
                what, ask = some[turn]
                began = time.perf_counter()
                ask()
                took = (time.perf_counter() - began) * 1000
                if number:  # the first round warms up
                    spent.setdefault(what, [[] for _ in groups])[index].append(took)
    return spent


def _asked(group: Group, chance: Random) -> list[tuple[str, Ask]]:
    desk = group.scene.acting("reception")
    asked: list[tuple[str, Ask]] = [
        (f"find by {what}", lambda text=text: desk.patients.find(text))  # type: ignore[misc]  # mypy: a lambda's default
        for what, text in typed(group, chance)
    ]
    return asked + list(pages(group, chance))


def bars(kind: str, sizes: list[int], spent: dict[str, list[list[float]]]) -> Iterator[Bar]:
    """Go over what was measured: milliseconds in the largest group, and how that compares with the smallest."""
    for what, by_size in spent.items():
        p99 = [share(values, 0.99) for values in by_size]
        details = {f"{size:,} patients": said(values) for size, values in zip(sizes, by_size, strict=True)}
        yield Bar(f"{kind}: {what}, p99 among {sizes[-1]:,}", MOST_MS, round(p99[-1], 2), {}, details)
        yield Bar(
            f"{kind}: {what}, p99 among {sizes[-1]:,} beside {sizes[0]:,}",
            MOST_TIMES,
            round(p99[-1] / p99[0], 3),
            {f"{sizes[0]:,} patients": p99[0]},
            unit="times",
        )


def main() -> int:
    """Measure; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="bench-search")
    parser.add_argument("--sizes", type=int, nargs=2, default=[100_000, 1_000_000], metavar="PATIENTS")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--databases", nargs="+", choices=("postgresql", "sqlite"), default=["postgresql"])
    options = parser.parse_args()
    measured: list[Bar] = []
    for kind in options.databases:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            imaging = DecodePool(workers=1)
            stack.callback(imaging.close)
            maker = (
                stack.enter_context(running_postgresql(POSTGRESQL))
                if kind == "postgresql"
                else SQLiteFiles(folder)
            )
            groups = []
            for size in options.sizes:
                group = make_group(maker.empty(), folder / str(size), size, imaging)
                stack.callback(group.portal.parts.database.close)
                groups.append(group)
            name = "PostgreSQL" if kind == "postgresql" else "SQLite"
            for bar in bars(name, options.sizes, measure(groups, options.rounds, seed=4)):
                print(bar.line(), flush=True)
                measured.append(bar)
    return conclude(RESULTS, begun(rounds=options.rounds), measured)


if __name__ == "__main__":
    raise SystemExit(main())
