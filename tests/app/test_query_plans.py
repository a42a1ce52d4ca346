"""No query of a use case reads a whole large table on PostgreSQL: each one's plan is looked at, with its own values."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import sessionmaker

from app.errors import PortalError
from app.ids import new_id
from app.imaging import DecodePool
from app.migration import migrate
from app.portal import Portal
from app.rules.access import Role
from app.settings import practice_settings
from bench.crowd import Crowd
from bench.crowd_rows import write
from db.database import Database
from db.models import Base
from tests.app.who_may import MARCH, TABLE
from tests.app.world import World
from tests.conftest import make_portal
from tests.databases import PostgreSQL
from tests.fakes import FixedClock, KeptMailer, KeptTextSender

PATIENTS = 2_000
# A row for each place, employee, role and station of the clinic, for what waits for a few minutes, or for what is rare
# and kept for a year: an employee's rights were changed, a desk was switched off while it had something.
SMALL = {
    "clinic",
    "handed_in",
    "journal",
    "past_rights",
    "recovery_request",
    "site",
    "staff",
    "staff_role",
    "staff_site",
    "station",
}
LARGE = {table.name for table in Base.metadata.sorted_tables} - SMALL

Statement = tuple[str, Any]

# Those who reach things in the same way, asked once for all.
KINDS = (
    ("reception", "clinical", "manager", "privacy", "it"),
    ("patient", "parent"),
    ("guest",),
    ("nobody", "kiosk", "desk"),
    ("command line",),
    ("employee with a one-time password", "reception with a locked screen"),
)


class Explained(Database):
    """A database on one connection in one transaction that is taken back, which notes all that it is asked."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.connection = self.engine.connect()
        # Small as this crowd is, reading a whole table is often the cheapest: here only where nothing else is possible.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            self.connection.exec_driver_sql(f"SET enable_{way} = off")
        self.connection.commit()
        self._reading = self._writing = sessionmaker(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        self.asked: list[Statement] = []
        event.listen(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, *asked: Any) -> None:
        statement, parameters, _context, executemany = asked
        if not executemany and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            self.asked.append((statement, parameters))

    def plan(self, statement: Statement) -> dict[str, Any]:
        text, parameters = statement
        answer = self.connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}", parameters).scalar_one()
        plan: dict[str, Any] = (answer if isinstance(answer, list) else json.loads(answer))[0]["Plan"]
        return plan

    def close(self) -> None:
        self.connection.close()
        super().close()


class Plans:
    """Looks at plans, and knows which index is as long as a large table."""

    def __init__(self, database: Explained) -> None:
        self.database = database
        query = (
            "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
            f" WHERE indpred IS NULL AND reltuples >= {PATIENTS // 2}"
        )
        self._long = set(database.connection.exec_driver_sql(query).scalars())
        database.connection.rollback()
        self._seen: set[str] = set()

    def of(self, work: Callable[[], object]) -> list[str]:
        """Do some work and take it back; return what was read as a whole, and by which statement."""
        self.database.asked.clear()
        with self.database.connection.begin() as transaction:
            with contextlib.suppress(PortalError):  # told what is wrong, on the same way to it
                work()
            asked = {text: values for text, values in self.database.asked if text not in self._seen}
            self._seen |= set(asked)
            seen = [
                f"{wrong}: {_from(text)}"
                for text, values in asked.items()
                for wrong in self._offences(self.database.plan((text, values)))
            ]
            transaction.rollback()
        return seen

    def _offences(self, plan: dict[str, Any], *, is_page: bool = False) -> Iterator[str]:
        kind, table, index = plan["Node Type"], plan.get("Relation Name", ""), plan.get("Index Name", "")
        if kind == "Seq Scan" and table in LARGE:
            yield f"reads all of {table}"
        # Unless it is read in its order, and no further than a page goes.
        if index in self._long and "Index Cond" not in plan and not (is_page and "Filter" not in plan):
            yield f"reads all of {index}"
        # What a condition leaves of a whole table is kept in memory, to look each row of another one up.
        if any("hashed SubPlan" in str(plan.get(part, "")) for part in ("Filter", "Join Filter", "Output")):
            yield f"{kind} of {table or 'rows'} lists a whole table"
        for inner in plan.get("Plans", ()):
            goes_on = is_page and kind in {"Subquery Scan", "LockRows", "Result"}
            yield from self._offences(inner, is_page=kind == "Limit" or goes_on)


def _from(statement: str) -> str:
    """A statement without the columns that it returns."""
    return " ".join(statement[statement.find("\nFROM") :].split())


@pytest.fixture(scope="module")
def world(
    postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory, imaging: DecodePool
) -> Iterator[World]:
    """A world among many people, with statistics of what is really there, for whoever has the server's rights."""
    clock, folder = FixedClock(), tmp_path_factory.mktemp("many")
    owner_url, url = postgresql.owned()
    migrate(replace(practice_settings(folder), portal_url=url), owner_url)
    portal = make_portal(url, folder, clock, KeptMailer(), KeptTextSender(), imaging)
    made = World(portal, clock)
    whole = Database(url.replace("portal_server@", "portal@"))  # of the role that may do everything
    write(Crowd(PATIENTS, (made.scene.north, made.scene.south), clock()), whole)
    whole.close()
    portal.parts.database.close()
    database = Explained(url)
    made.portal = made.scene.portal = Portal(replace(portal.parts, database=database))
    yield made
    database.close()


@pytest.fixture
def plans(world: World) -> Plans:
    database = world.portal.parts.database
    assert isinstance(database, Explained)
    return Plans(database)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_use_case_reads_a_whole_large_table(world: World, plans: Plans) -> None:
    wrong: list[str] = []
    for name, row in TABLE.items():
        if name == "audit.verify":
            continue  # every link of the chain is what it is there for
        noun, method = name.split(".")
        for who in (next((who for who in kind if who in row.who), "") for kind in KINDS):
            if not who:
                continue
            called = getattr(getattr(world.portal.acting(world.callers[who], new_id()), noun), method)
            wrong += [f"{name} of {who} {bad}" for bad in plans.of(partial(called, *row.arguments(world)))]
    assert wrong == []


def test_no_search_reads_a_whole_large_table(world: World, plans: Plans) -> None:
    at_desk, in_office = (
        world.portal.acting(world.callers["reception"]),
        world.portal.acting(world.callers["privacy"]),
    )
    searcher = world.portal.acting(
        world.scene.employee(Role.RECEPTION, world.scene.north, other_sites=True).caller
    )
    both = world.portal.acting(
        world.scene.employee(Role.RECEPTION, world.scene.north, world.scene.south).caller
    )
    typed = (
        "s",
        "smith",
        "smith mar",
        "o'b",
        "17.5.1944",
        "H00",
        "0491 570",
        "+614",
        "12345678",
        "hart 12",
        "1 2",
    )
    staff = world.scene.staff["reception"].id
    searches: list[Callable[[], object]] = [
        *(partial(desk.patients.find, text) for text in typed for desk in (at_desk, both)),
        *(partial(searcher.patients.find_elsewhere, text) for text in typed),
        partial(in_office.audit.search, *MARCH, world.patient),
        partial(in_office.audit.search, *MARCH, None, staff),
        partial(in_office.audit.search, *MARCH, None, None, "exams."),
        partial(in_office.audit.search, *MARCH, before=100),
        partial(at_desk.tasks.open, world.scene.north),
        partial(world.portal.acting(world.callers["manager"]).clinic.month, 2026, 3, world.scene.north),
    ]
    assert [bad for search in searches for bad in plans.of(search)] == []


def test_nothing_that_is_done_beside_people_reads_a_whole_large_table(world: World, plans: Plans) -> None:
    texts = KeptTextSender(gives_receipts=True)
    portal = Portal(replace(world.portal.parts, texts=texts))
    assert plans.of(portal.deliver_due) == []
    assert plans.of(portal.housekeep) == []
    world.clock.advance(timedelta(days=400))  # now everything has expired
    try:
        assert plans.of(portal.housekeep) == []
    finally:
        world.clock.advance(-timedelta(days=400))


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("SELECT count(*) FROM patient WHERE email = 'x'", "reads all of"),
        ("SELECT * FROM exam ORDER BY id", "reads all of"),
        ("SELECT * FROM exam WHERE description = 'x' ORDER BY id LIMIT 1", "reads all of"),
        (
            "SELECT * FROM exam WHERE modality = 'x' OR patient_id IN (SELECT id FROM patient WHERE email = 'x')",
            "lists a whole table",
        ),
    ],
)
def test_control_what_reads_a_whole_table_is_seen(plans: Plans, statement: str, seen: str) -> None:
    def look() -> None:
        with plans.database.reading() as session:
            session.execute(text(statement))

    assert [wrong for wrong in plans.of(look) if seen in wrong]


def test_control_a_page_of_a_long_list_is_no_whole_table(plans: Plans) -> None:
    def look() -> None:
        with plans.database.reading() as session:
            session.execute(text("SELECT * FROM exam ORDER BY id LIMIT 10"))

    assert plans.of(look) == []
