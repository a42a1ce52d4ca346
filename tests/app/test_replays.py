"""The same request, sent again, is never carried out twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import PortalError
from app.ids import new_id
from app.rules.access import Role
from app.use_case import Effect, Noun, Work, use_case
from db.models import Throttle
from tests.app.book import STAFF, Book, refusal
from tests.fakes import FixedClock
from tests.scene import Scene


@pytest.fixture
def book(scene: Scene) -> Book:
    return Book(scene)


def test_the_same_request_gets_the_same_answer_and_is_carried_out_once(book: Book) -> None:
    request = new_id()
    assert [book.of(request_id=request).write("one") for _ in range(3)] == ["ONE"] * 3
    assert book.audit() == [("notes.write", "done")]
    assert book.of().write("other") == "OTHER"  # without an id nothing is remembered
    assert book.of(request_id=new_id()).write("third") == "THIRD"
    assert len(book.audit()) == 3


def test_a_request_that_answers_nothing_is_carried_out_once_too(book: Book) -> None:
    request = new_id()
    for _ in range(2):
        book.of(request_id=request).write_silently("one")
    assert book.audit() == [("notes.write_silently", "done")]


def test_a_file_may_be_part_of_a_request(book: Book) -> None:
    request = new_id()
    for _ in range(2):
        assert book.of(request_id=request).write_file(b"\xff\x00\xfe") == 3
    assert refusal(lambda: book.of(request_id=request).write_file(b"\xff\x00\xfd")) == "request_reused"
    assert len(book.audit()) == 1


def test_the_same_request_with_other_contents_is_refused(book: Book) -> None:
    request = new_id()
    book.of(request_id=request).write("one")
    assert refusal(lambda: book.of(request_id=request).write("two")) == "request_reused"
    assert book.keys() == {"one"}


def test_a_request_belongs_to_who_sent_it_and_to_one_use_case(book: Book) -> None:
    request = new_id()
    book.of(request_id=request).write("one")
    second = book.scene.employee(Role.RECEPTION, book.scene.north)
    assert book.of(second.caller, request).write("two") == "TWO"
    book.of(request_id=request).write_silently("three")
    assert book.keys() == {"one", "two", "three"}


def test_permission_is_checked_again_before_an_answer_is_repeated(book: Book) -> None:
    request = new_id()
    book.of(request_id=request).write("one")
    book.scene.acting("reception").staff.lock()
    assert refusal(lambda: book.of(request_id=request).write("one")) == "locked"
    book.scene.acting("manager").staff.disable(book.scene.staff["reception"].id, "left")
    assert refusal(lambda: book.of(request_id=request).write("one")) == "signed_out"


@pytest.mark.parametrize("error", ["refused", "invalid", "denied"])
def test_what_was_not_carried_out_may_be_sent_again_also_with_other_contents(book: Book, error: str) -> None:
    request = new_id()
    with pytest.raises(PortalError):
        book.of(request_id=request).fail(error)
    assert book.replay() is None
    assert refusal(lambda: book.of(request_id=request).fail("conflict")) == "second"


def test_two_at_once_are_carried_out_once_and_get_the_same_answer(book: Book) -> None:
    both = threading.Barrier(2)

    def send(request: UUID) -> str:
        notes = book.of(request_id=request)
        notes.during = lambda: both.wait(60)  # both have looked for an answer, and found none
        return notes.write(str(request))

    requests = [new_id() for _ in range(5)]
    with ThreadPoolExecutor(2) as threads:
        answers = [list(threads.map(send, [request] * 2)) for request in requests]
    assert answers == [[str(request).upper()] * 2 for request in requests]
    assert book.audit() == [("notes.write", "done")] * 5


def test_when_the_first_of_two_fails_the_second_is_carried_out(book: Book) -> None:
    first_is_in, second_waits = threading.Event(), threading.Event()
    request = new_id()

    class Slow(Noun):
        def _prepare(self) -> None:
            if first_is_in.is_set():
                second_waits.set()

        @use_case(STAFF, Effect.WRITES, prepare=_prepare)
        def write(self, work: Work[None]) -> str:
            name = threading.current_thread().name
            work.session.add(Throttle(key=name, window_ends_at=work.now, tries=1))
            work.session.flush()
            if not first_is_in.is_set():
                first_is_in.set()
                second_waits.wait(60)
                raise LookupError
            return name

    def first() -> None:
        with pytest.raises(LookupError):
            Slow(book.portal.parts, book.scene.staff["reception"].caller, request).write()

    def second() -> str:
        first_is_in.wait(60)
        return Slow(book.portal.parts, book.scene.staff["reception"].caller, request).write()

    with ThreadPoolExecutor(2) as threads:
        failing, going_on = threads.submit(first), threads.submit(second)
        failing.result(60)
        name = going_on.result(60)
    assert book.keys() == {name}


def test_only_what_writes_is_remembered(book: Book) -> None:
    request = new_id()
    patient = book.scene.patient()
    for _ in range(2):
        book.of(request_id=request).open(patient)
        book.of(request_id=request).read()
    assert len(book.audit()) == 2  # each look is one
    assert book.replay() is None


def test_an_answer_is_kept_thirty_days(book: Book, clock: FixedClock) -> None:
    request = new_id()
    book.of(request_id=request).write("one")
    clock.advance(timedelta(days=30))
    book.portal.housekeep()
    assert book.replay() is not None
    clock.advance(timedelta(seconds=1))
    book.portal.housekeep()
    assert book.replay() is None


def test_an_answer_with_a_secret_is_encrypted_and_repeated_for_a_quarter_of_an_hour(
    book: Book, clock: FixedClock
) -> None:
    request = new_id()
    given = book.of(request_id=request).give()
    row = book.replay()
    assert row is not None
    assert row.answer is not None
    assert given.password == "swordfish 42"
    assert b"swordfish" not in row.answer
    assert b"robin" not in row.answer
    assert b"swordfish" not in row.arguments
    clock.advance(timedelta(minutes=9))
    book.of().read()
    clock.advance(timedelta(minutes=5, seconds=59))
    assert book.of(request_id=request).give() == given
    clock.advance(timedelta(seconds=1))
    # Nobody has kept house yet, and it is not shown all the same.
    assert refusal(lambda: book.of(request_id=request).give()) == "done_secret_gone"
    book.portal.housekeep()
    row = book.replay()
    assert row is not None
    assert row.answer is None
    assert refusal(lambda: book.of(request_id=request).give()) == "done_secret_gone"
    assert book.audit() == [("notes.give", "done")]
