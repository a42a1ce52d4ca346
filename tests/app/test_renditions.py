import threading
import tracemalloc
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from app.renditions import Made, Rendition, Renditions

WANTED = Rendition(uuid4(), 1, uuid4(), "ab" * 32, 0, 512, "webp")


def of(size: int, **other: object) -> tuple[Rendition, Made]:
    """A picture of so many bytes of another instance."""
    return replace(WANTED, instance_id=uuid4(), **other), Made(bytes(size))  # type: ignore[arg-type]  # fields of a Rendition


def never() -> Made:
    raise AssertionError("made once already")


def test_a_picture_is_made_once_and_then_given_again() -> None:
    kept = Renditions()
    assert kept.get(WANTED, lambda: Made(b"picture")) == Made(b"picture")
    assert kept.get(WANTED, never) == Made(b"picture")


@pytest.mark.parametrize(
    "other", [{"exam_version": 2}, {"sha256": "cd" * 32}, {"frame": 1}, {"side": 1024}, {"form": "jpeg"}]
)
def test_another_state_content_frame_size_or_form_is_another_picture(other: dict[str, object]) -> None:
    kept = Renditions()
    kept.get(WANTED, lambda: Made(b"picture"))
    assert kept.get(replace(WANTED, **other), lambda: Made(b"other")) == Made(b"other")  # type: ignore[arg-type]  # as above


def test_all_who_wait_for_a_picture_wait_for_one_making() -> None:
    kept = Renditions()
    begun, finish = threading.Event(), threading.Event()
    made: list[int] = []
    got: list[Made] = []

    def make() -> Made:
        made.append(1)
        begun.set()
        assert finish.wait(60)
        return Made(b"picture")

    threads = [threading.Thread(target=lambda: got.append(kept.get(WANTED, make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    finish.set()
    for thread in threads:
        thread.join(60)
    assert got == [Made(b"picture")] * 8
    assert len(made) == 1


def test_a_making_that_fails_is_told_and_tried_again_next_time() -> None:
    kept = Renditions()

    def fails() -> Made:
        raise OSError("away")

    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            kept.get(WANTED, fails)
    assert kept.get(WANTED, lambda: Made(b"picture")) == Made(b"picture")


def test_its_bytes_are_bounded_and_those_not_asked_for_go_first() -> None:
    kept = Renditions(most_bytes=1000)
    pictures = [of(200) for _ in range(5)]
    for wanted, content in pictures:
        kept.get(wanted, lambda content=content: content)  # type: ignore[misc]
    assert kept.size == 1000
    kept.get(pictures[0][0], never)
    another, content = of(200)
    kept.get(another, lambda: content)
    assert kept.size == 1000
    kept.get(pictures[0][0], never)
    assert kept.get(pictures[1][0], lambda: Made(b"made anew")) == Made(b"made anew")
    kept.get(of(0)[0], lambda: Made(bytes(900)))
    assert kept.size <= 1000, "one that is too large for all is not kept"


def test_ten_thousand_pictures_take_no_more_memory_than_the_bound() -> None:
    kept = Renditions(most_bytes=4 << 20)
    tracemalloc.start()
    try:
        for number in range(10_000):
            kept.get(replace(WANTED, frame=number), lambda: Made(bytes(20_000)))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert kept.size <= 4 << 20
    assert most < 8 << 20, "of 200 MB that were asked for"


def test_pictures_of_an_exam_that_changed_or_is_gone_are_given_up() -> None:
    kept = Renditions()
    same, changed, gone = (of(10, exam_id=UUID(int=number))[0] for number in (1, 2, 3))
    for wanted in (same, changed, gone):
        kept.get(wanted, lambda: Made(bytes(10)))
    assert kept.exams() == {UUID(int=1), UUID(int=2), UUID(int=3)}
    kept.forget_changed({UUID(int=1): 1, UUID(int=2): 2})
    assert kept.exams() == {UUID(int=1)}
    assert kept.size == 10
    kept.forget()
    assert (kept.exams(), kept.size) == (frozenset(), 0)


def test_a_picture_is_gone_after_a_while_whatever_happens() -> None:
    now = [0.0]
    kept = Renditions(longest_s=600, seconds=lambda: now[0])
    kept.get(WANTED, lambda: Made(b"old"))
    now[0] = 599
    kept.get(WANTED, never)
    now[0] = 600
    assert kept.get(WANTED, lambda: Made(b"new")) == Made(b"new")
    assert kept.size == 3
    now[0] = 1200
    kept.forget_changed({WANTED.exam_id: 1})
    assert kept.size == 0
