"""What travels between a station and the server, and what does not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError, Refused, Unavailable
from app.ids import new_id
from app.rules.access import Role
from app.transport import Passage, read_error, with_file_keys, write_error
from app.use_case import Noun, Work, use_case
from app.views.exams import ArchiveKey, ImagesForPaper, StoredImage
from app.views.paper import Letterhead

STAFF = frozenset({Role.RECEPTION})
NOW = datetime(2026, 3, 12, 3, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Leaf:
    name: str
    at: datetime
    pdf: bytes = b""
    day: date | None = None
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Larger(Leaf):
    extra: str = ""


@dataclass
class Changing:
    name: str


class Carried(Noun):
    @use_case(STAFF)
    def take(
        self, work: Work[None], leaf: Leaf, number: int, pairs: tuple[tuple[str, UUID], ...] = ()
    ) -> Leaf:
        raise NotImplementedError


PASSAGE = Passage(Carried.take)


def sent(leaf: Leaf, number: int = 1, **more: Any) -> dict[str, Any]:
    return PASSAGE.read_arguments(PASSAGE.write_arguments((leaf, number), more))


def test_arguments_and_answers_arrive_as_they_were() -> None:
    leaf = Leaf("Zoë\n", NOW, b"\xff\x00\xfe", date(2024, 2, 29), (Role.IT, Role.CLINICAL))
    ids = (("one", new_id()),)
    assert sent(leaf, 7, pairs=ids) == {"leaf": leaf, "number": 7, "pairs": ids}
    assert sent(leaf) == {"leaf": leaf, "number": 1}  # what was not given stays the server's own
    assert PASSAGE.read_answer(PASSAGE.write_answer(leaf)) == leaf


@settings(deadline=None, max_examples=60)
@given(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    st.binary(),
    st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=11)), timezone(timedelta(minutes=-210))])
    ),
    st.integers(-(2**53) + 1, 2**53 - 1),
)
def test_every_value_arrives_as_it_was(name: str, pdf: bytes, at: datetime, number: int) -> None:
    leaf = Leaf(name, at, pdf)
    assert sent(leaf, number) == {"leaf": leaf, "number": number}


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ('"number":1', '"number":"1"'),
        ('"number":1', '"number":1.5'),
        ('"number":1', '"number":true'),
        ('"number":1', '"number":9007199254740993'),
        ('"number":1', '"number":1,"more":2'),
        ('"number":1', '"numbers":1'),
        ('"name":"a"', '"name":"a","surprise":1'),
        ('"name":"a"', '"name":"a\\u0000"'),
        ('"name":"a"', '"name":"\\ud800"'),
        ('"name":"a"', '"name":1'),
        ("2026-03-12T03:05:00Z", "2026-03-12T03:05:00"),
        ('"2026-03-12T03:05:00Z"', "1773284700"),
        ('"pdf":""', '"pdf":"*"'),
        ('"roles":[]', '"roles":["king"]'),
        ('"roles":[]', '"roles":{}'),
        ("{", ""),
        ("{", "[{"),
    ],
)
def test_whatever_the_hints_do_not_say_is_refused(whole: str, part: str) -> None:
    good = PASSAGE.write_arguments((Leaf("a", NOW), 1), {}).decode()
    assert PASSAGE.read_arguments(good.encode())["number"] == 1  # the control
    assert whole in good
    with pytest.raises(Invalid, match="request_unreadable"):
        PASSAGE.read_arguments(good.replace(whole, part, 1).encode())


def test_an_answer_that_would_lose_something_is_not_sent() -> None:
    with pytest.raises(TypeError, match="Larger"):
        PASSAGE.write_answer(Larger("a", NOW, extra="lost"))
    with pytest.raises(ValueError, match="zone"):
        PASSAGE.write_answer(Leaf("a", datetime(2026, 3, 12)))  # noqa: DTZ001 - the fault that is tested


def test_a_strange_answer_is_said_in_plain_words() -> None:
    for strange in (b"", b"<html>", b'{"value": 3}', b'{"value": null, "more": 1}'):
        with pytest.raises(Unavailable, match="server_strange"):
            PASSAGE.read_answer(strange)


def _takes(hint: Any) -> Callable[..., Any]:
    def take(self: Any, work: Any, thing: Any) -> None: ...

    take.__annotations__ |= {"thing": hint, "return": None}
    return take


@pytest.mark.parametrize(
    "hint", [Path, dict[str, str], list[str], object, Any, Changing, tuple[Path, ...], int | Path]
)
def test_a_type_that_is_not_on_the_list_does_not_load(hint: Any) -> None:
    with pytest.raises(TypeError, match="may not travel"):
        Passage(use_case(STAFF)(_takes(hint)))
    Passage(use_case(STAFF)(_takes(tuple[Leaf | None, ...])))  # the control


@pytest.mark.parametrize("kind", [NotAllowed, NotFound, Conflict, Refused, Unavailable])
def test_an_error_arrives_as_it_was(kind: type[PortalError]) -> None:
    fields = {"minutes": 5, "until": date(2026, 4, 1), "at": NOW, "name": "Dr {Lind}", "is": True}
    error = read_error(write_error(kind("too_many_tries", "Wait {minutes} minutes.", **fields)))
    assert type(error) is kind
    assert error is not None
    assert (error.kind, error.sentence, error.fields) == ("too_many_tries", "Wait {minutes} minutes.", fields)


def test_an_error_keeps_the_input_it_belongs_to_and_says_what_it_cannot_carry() -> None:
    error = read_error(write_error(Invalid("kind", "{folder}", field="name", folder=Path("/x"))))
    assert isinstance(error, Invalid)
    assert (error.field, error.fields) == ("name", {"folder": "/x"})


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"<html>", b'{"error": 1, "kind": 2, "sentence": 3, "fields": [], "field": ""}'],
)
def test_what_is_no_error_of_ours_is_none(content: bytes) -> None:
    assert read_error(content) is None


def test_an_error_of_a_kind_that_is_not_known_here_is_a_part_that_does_not_answer() -> None:
    told = write_error(Conflict("new", "Something new.")).replace(b"Conflict", b"Tomorrow")
    assert type(read_error(told)) is Unavailable


def test_every_file_in_an_answer_has_its_key_exchanged() -> None:
    image = StoredImage(new_id(), new_id(), new_id(), new_id(), 1, "image", 1, ArchiveKey("secret"))
    letterhead = Letterhead("", "", (), "", "", "", "UTC")
    paper = ImagesForPaper(letterhead, "A", date(2000, 1, 1), "CT", NOW, (image, image))
    for answer in (image, (image,), paper):
        changed = with_file_keys(answer, lambda one: f"ticket {one.number}")
        assert "secret" not in repr(changed)
        assert "ticket 1" in repr(changed)
    assert with_file_keys(paper.letterhead, lambda _: "x") is paper.letterhead
