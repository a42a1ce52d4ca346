"""What every use case goes through, on nouns made for these tests; on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from app.errors import Conflict, Invalid
from app.ids import new_id
from app.portal import Portal
from app.use_case import Effect, Noun, Work, use_case
from db.models import AuditEvent
from tests.app.book import STAFF, Book, refusal
from tests.fakes import FixedClock
from tests.scene import PASSWORD, Scene


@pytest.fixture
def book(scene: Scene) -> Book:
    return Book(scene)


# Permission


def test_permission_comes_before_anything_else(book: Book) -> None:
    book.of().write("kept")
    prepared: list[str] = []
    request = new_id()
    for who in ("clinical", "manager"):
        notes = book.of(who, request)
        notes.during = lambda: prepared.append("ran")
        assert refusal(lambda notes=notes: notes.write("not yours")) == "not_allowed"  # type: ignore[misc]  # bound now
    assert prepared == []
    assert book.keys() == {"kept"}
    assert book.replay() is None


def test_who_is_denied_is_remembered_and_who_must_sign_in_is_not(book: Book) -> None:
    assert refusal(lambda: book.of("manager").write("x")) == "not_allowed"
    assert book.audit() == [("notes.write", "denied")]
    assert book.last_event().staff_id == book.scene.staff["manager"].id
    assert refusal(lambda: book.of(book.scene.kiosk.caller).write("x")) == "signed_out"
    assert refusal(lambda: book.of(book.portal.signed_in("no such token")).write("x")) == "signed_out"
    assert len(book.audit()) == 1


def test_a_denial_inside_a_use_case_is_remembered_and_its_work_is_not(book: Book) -> None:
    assert refusal(lambda: book.of().fail("denied")) == "not_yours"
    assert book.audit() == [("notes.fail", "denied")]
    assert book.last_event().detail == '{"refusal": "not_yours"}'
    assert book.keys() == set()
    assert book.changes() == 0


def test_permission_is_checked_again_inside_the_transaction(book: Book) -> None:
    notes = book.of()
    notes.during = lambda: book.scene.acting("manager").staff.disable(
        book.scene.staff["reception"].id, "left"
    )
    assert refusal(lambda: notes.write("too late")) == "signed_out"
    assert book.keys() == set()


@pytest.mark.rule("D25")
def test_a_locked_screen_lets_only_through_what_may_be_done_while_locked(book: Book) -> None:
    book.scene.acting("reception").staff.lock()
    before = book.audit()
    assert refusal(lambda: book.of().write("x")) == "locked"
    assert refusal(lambda: book.of().read()) == "locked"
    assert book.of().glance() is True
    assert book.keys() == set()
    assert book.audit() == before
    book.scene.acting("reception").staff.unlock(PASSWORD)
    assert book.of().read() == len(book.keys())


@pytest.mark.rule("D25")
def test_an_idle_screen_is_locked_and_nothing_that_is_tried_keeps_it_awake(
    book: Book, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=9, seconds=59))
    assert book.of().glance() is False
    clock.advance(timedelta(seconds=1))
    last = book.last_active()
    assert refusal(lambda: book.of().read()) == "locked"
    assert book.of().glance() is True
    assert book.last_active() == last


def test_being_there_is_noted_and_looking_on_is_not(book: Book, clock: FixedClock) -> None:
    start = clock()
    clock.advance(timedelta(minutes=5))
    book.of().glance()
    assert book.last_active() == start
    book.of().read()
    assert book.last_active() == clock()
    clock.advance(timedelta(minutes=9))
    book.of().read()
    clock.advance(timedelta(minutes=9))
    assert book.of().glance() is False


# Effects


def test_reading_leaves_no_trace_opening_is_audited_and_writing_moves_the_feed(book: Book) -> None:
    book.of().read()
    assert (book.audit(), book.changes()) == ([], 0)
    patient = book.scene.patient()
    book.of().open(patient)
    assert (book.audit(), book.changes()) == ([("notes.open", "done")], 0)
    assert book.last_event().patient_id == patient
    assert book.of().write("one") == "ONE"
    assert (book.audit()[1:], book.changes()) == ([("notes.write", "done")], 1)
    found = book.last_event()
    assert (found.staff_id, found.station_id, found.site_id) == (
        book.scene.staff["reception"].id,
        book.scene.desk.id,
        book.scene.north,
    )
    assert found.detail == '{"length": 3}'


def test_a_refusal_is_written_down_with_all_it_changed_and_raised_afterwards(book: Book) -> None:
    assert refusal(lambda: book.of().fail("refused")) == "wrong_guess"
    assert book.keys() == {"refused"}
    assert book.audit() == [("notes.fail", "refused")]
    assert book.last_event().detail == '{"length": 7, "refusal": "wrong_guess"}'
    assert book.changes() == 1


@pytest.mark.parametrize("error", ["invalid", "conflict", "bug"])
def test_every_other_error_takes_everything_back(book: Book, error: str) -> None:
    with pytest.raises((Invalid, Conflict, LookupError)):
        book.of().fail(error)
    assert (book.keys(), book.audit(), book.changes()) == (set(), [], 0)
    book.of().write("next")
    with book.portal.parts.database.reading() as session:
        assert session.scalars(select(AuditEvent.number)).all() == [1]  # no number was lost


# No transaction while something slow is done


@contextmanager
def open_transactions(portal: Portal) -> Iterator[Callable[[], int]]:
    """Count the transactions that are open on the portal's database."""
    engine = portal.parts.database.engine
    count = 0

    def begun(_connection: object) -> None:
        nonlocal count
        count += 1

    def ended(_connection: object) -> None:
        nonlocal count
        count -= 1

    heard = (("begin", begun), ("commit", ended), ("rollback", ended))
    for name, function in heard:
        event.listen(engine, name, function)
    yield lambda: count
    for name, function in heard:
        event.remove(engine, name, function)


def test_prepare_runs_while_no_transaction_is_open(book: Book) -> None:
    with open_transactions(book.portal) as count:
        seen: list[tuple[int, int]] = []
        notes = book.of(request_id=new_id())
        pool = book.portal.parts.database.engine.pool
        notes.during = lambda: seen.append((count(), pool.checkedout()))  # type: ignore[attr-defined]  # of the pools in use
        assert notes.write("one") == "ONE"
        assert seen == [(0, 0)]
        # The control: while a transaction is open, both show it.
        with book.portal.parts.database.writing() as session:
            session.scalar(select(1))
            notes.during()
        assert seen[1] == (1, 1)
        assert count() == 0


# Declarations that cannot be meant


def test_a_wrong_declaration_does_not_load() -> None:
    def nobody(self: Any, work: Any) -> None: ...

    def without_work(self: Any) -> None: ...

    def without_answer(self: Any, work: Any): ...  # type: ignore[no-untyped-def]  # the fault that is tested  # noqa: ANN202

    def prepares_less(self: Any) -> None: ...

    def takes_more(self: Any, work: Any, text: str) -> None: ...

    faults: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
        (use_case(frozenset()), nobody),
        (use_case(STAFF), without_work),
        (use_case(STAFF), without_answer),
        (use_case(STAFF, secret=True), nobody),
        (use_case(STAFF, Effect.OPENS, may_wait=True), nobody),
        (use_case(STAFF, prepare=prepares_less), takes_more),
    ]
    for declare, body in faults:
        with pytest.raises(TypeError, match=body.__name__):
            declare(body)
    use_case(STAFF)(nobody)  # the control


def test_a_method_that_works_in_a_transaction_and_is_not_declared_does_not_load() -> None:
    with pytest.raises(TypeError, match="forgotten takes work"):

        class Careless(Noun):
            def forgotten(self, work: Work[None]) -> None: ...


def test_every_use_case_can_write_its_answer_down_and_read_it_back(portal: Portal) -> None:
    import app.portal
    from app.use_case import UseCase

    nouns = [one for one in vars(app.portal).values() if isinstance(one, type) and issubclass(one, Noun)]
    found = [one for noun in nouns for one in vars(noun).values() if isinstance(one, UseCase)]
    assert len(found) > 80
    for one in found:
        assert one.answers.json_schema()
        if one.declaration.effect is Effect.WRITES:
            assert "binary" not in str(one.answers.json_schema()), f"{one.name} keeps files as answers"
