"""Audit events and changes: gap-free and in commit order, however many write at once, on both databases."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, func, select, text, update

from app import journal
from app.callers import Standing
from app.ids import new_id
from app.journal import Changed, Entry
from app.portal import Portal
from app.rules.access import CallerKind, Role
from app.use_case import by_itself
from db.models import AuditEvent, Change, Journal
from db.queries import journal as queries
from tests.app.book import Book
from tests.fakes import FixedClock
from tests.races import PROCESSES, Race, refused
from tests.scene import Scene

ROUNDS = 8
WRITES = 3
# How many changes there are before and after each round.
SPANS = [((PROCESSES - 1) * WRITES * n, (PROCESSES - 1) * WRITES * (n + 1)) for n in range(ROUNDS)]


@pytest.fixture
def race(
    scene: Scene, database_url: str, tmp_path: Path, clock: FixedClock
) -> Race:  # scene: the clinic is there
    return Race(database_url, tmp_path, clock())


# What sixteen processes do at once, round after round. Number 0 follows the feed, as a desk's screen does; the others
# write.


def write_or_follow(portal: Portal, number: int, before: int, after: int) -> list[int]:
    if number == 0:
        return follow(portal, before, after)
    for _ in range(WRITES):
        with by_itself(portal.parts, "tests.write") as work:
            work.changed("note", new_id())
    return []


def follow(portal: Portal, before: int, after: int) -> list[int]:
    """Ask again and again for what is new after the last number seen; end when all is written and nothing comes."""
    seen: list[int] = []
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with portal.parts.database.reading() as session:
            written = session.scalar(select(func.count()).select_from(Change))
            scope = queries.Scope(site_ids=frozenset())
            rows = queries.changes_after(session, seen[-1] if seen else before, scope)
        seen += [row.number for row in rows]
        if written == after and not rows:
            break
    return seen


def write_naively_or_follow(portal: Portal, number: int, before: int, after: int) -> list[int]:
    """The control: a number is taken as from a sequence, in a transaction of its own, and the row comes later."""
    if number == 0:
        return follow(portal, before, after)
    for _ in range(WRITES):
        with portal.parts.database.writing() as session:
            taken = session.scalars(
                update(Journal)
                .values(change_number=Journal.change_number + 1)
                .returning(Journal.change_number)
            ).one()
        with portal.parts.database.writing() as session:
            session.add(Change(number=taken, noun="note", row_id=new_id()))
    return []


def read_then_write(portal: Portal, number: int) -> int:
    """The other control: the last number is read, and one more is written. Returns the number taken."""
    with portal.parts.database.reading() as session:
        last = session.scalars(select(Journal.change_number)).one()
    with portal.parts.database.writing() as session:
        session.execute(update(Journal).values(change_number=last + 1))
    return last + 1


def test_numbers_have_no_gap_and_whoever_follows_the_feed_misses_nothing(scene: Scene, race: Race) -> None:
    rounds = race.run(write_or_follow, SPANS)
    assert refused(rounds) == set()
    followed = [number for round_ in rounds for number in round_[0].value]
    everything = list(range(1, SPANS[-1][1] + 1))
    assert followed == everything
    with scene.portal.parts.database.reading() as session:
        assert session.scalars(select(Change.number).order_by(Change.number)).all() == everything
        assert session.scalars(select(AuditEvent.number).order_by(AuditEvent.number)).all() == everything
        assert list(journal.broken_links(session)) == []


def test_control_numbers_from_a_sequence_hide_rows_from_who_follows_the_feed(race: Race) -> None:
    rounds = race.run(write_naively_or_follow, SPANS)
    followed = [number for round_ in rounds for number in round_[0].value]
    assert len(followed) < SPANS[-1][1]


def test_control_reading_before_writing_gives_numbers_twice(race: Race) -> None:
    rounds = race.run(read_then_write, [()] * ROUNDS)
    taken = [one.value for round_ in rounds for one in round_]
    assert len(set(taken)) < len(taken)


def test_a_transaction_that_fails_takes_no_number(scene: Scene) -> None:
    book = Book(scene)
    with pytest.raises(LookupError):
        book.of().fail("bug")
    book.of().write("one")
    with scene.portal.parts.database.reading() as session:
        assert queries.head(session)[1:3] == (1, 1)


# The chain


def event_of(**changed: object) -> AuditEvent:
    columns: dict[str, object] = {
        "number": 1,
        "at": datetime(2026, 3, 12, 3, 5, 0, 123456, tzinfo=UTC),
        "verb": "exams.open",
        "outcome": "done",
        "caller": "staff",
        "address": "203.0.113.9",
        "detail": "{}",
        "hash": b"",
    }
    return AuditEvent(**(columns | changed))  # type: ignore[arg-type]  # columns by name


@pytest.mark.rule("D24")
def test_the_chain_covers_every_column_of_an_event() -> None:
    before = journal.GENESIS
    first = journal.chained(before, event_of())
    assert first == journal.chained(before, event_of())  # the control: the same event, the same hash
    assert first != journal.chained(first, event_of())
    for column in AuditEvent.__table__.columns:
        if column.name == "hash":
            continue
        other: object = f"another {column.name}"
        if column.name == "at":
            other = datetime(2026, 3, 12, 3, 5, 0, 123457, tzinfo=UTC)
        elif column.type.python_type is UUID:
            other = new_id()
        elif isinstance(column.type, BigInteger):
            other = 2
        assert journal.chained(before, event_of(**{column.name: other})) != first, column.name


def test_a_value_moved_to_another_column_is_noticed() -> None:
    somebody = new_id()
    assert journal.chained(journal.GENESIS, event_of(staff_id=somebody)) != journal.chained(
        journal.GENESIS, event_of(account_id=somebody)
    )
    assert journal.chained(journal.GENESIS, event_of(address="", detail="x")) != journal.chained(
        journal.GENESIS, event_of(address="x", detail="")
    )


def test_the_same_chain_is_read_back_as_was_written(scene: Scene, clock: FixedClock) -> None:
    parts = scene.portal.parts
    for number in range(5):
        clock.advance(timedelta(microseconds=333_333))
        with parts.database.writing() as session:
            who = Standing(CallerKind.COMMAND_LINE, frozenset({Role.COMMAND_LINE}), address="2001:db8::1")
            entries = [
                Entry(
                    "tests.one",
                    patient_id=new_id(),
                    detail={"reason": "Élise said so — “twice”", "n": number},
                ),
                Entry("tests.two", outcome="refused"),
            ]
            journal.write(session, who, clock(), entries, [])
    with parts.database.reading() as session:
        assert list(journal.broken_links(session)) == []
        assert queries.head(session)[2] == 10


def test_an_event_written_behind_the_counter_is_found(scene: Scene) -> None:
    Book(scene).of().write("one")
    with scene.portal.parts.database.writing() as session:
        (head,) = session.scalars(select(AuditEvent.hash))
        planted = event_of(number=2)
        planted.hash = journal.chained(head, planted)
        session.add(planted)
    with scene.portal.parts.database.reading() as session:
        assert list(journal.broken_links(session)) != []


def verify_while_others_write(portal: Portal, number: int) -> int:
    """Number 0 checks the chain again and again while the others make it longer; returns what it found broken."""
    if number:
        for _ in range(15):
            with by_itself(portal.parts, "tests.write") as work:
                work.changed("note", new_id())
        return 0
    broken = 0
    for _ in range(10):
        with portal.parts.database.reading() as session:
            broken += len(list(journal.broken_links(session)))
    return broken


def test_checking_the_chain_while_others_write_finds_nothing_wrong(race: Race) -> None:
    # Few writers: SQLite is not fair to those who wait, and this is about the chain, not about waiting.
    (ran,) = race.run(verify_while_others_write, [()], processes=5)
    assert refused([ran]) == set()
    assert ran[0].value == 0


# The feed


def test_a_change_says_what_and_whose_and_nothing_about_anybody(scene: Scene) -> None:
    columns = set(Change.__table__.columns.keys())
    assert columns == {"number", "noun", "row_id", "site_id", "patient_id", "account_id", "invitation_id"}
    ids = [new_id() for _ in range(5)]
    with scene.portal.parts.database.writing() as session:
        who = Standing(CallerKind.FEED, frozenset({Role.FEED}))
        journal.write(session, who, scene.clock(), [], [Changed("exam", *ids)])
    with scene.portal.parts.database.reading() as session:
        (row,) = session.scalars(select(Change))
        assert (row.number, row.noun) == (1, "exam")
        found = [row.row_id, row.site_id, row.patient_id, row.account_id, row.invitation_id]
        assert found == ids
        assert session.scalar(text("SELECT count(*) FROM audit_event")) == 0
