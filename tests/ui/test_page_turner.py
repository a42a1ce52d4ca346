"""Pages turn instead of scrolling, and neither a row nor a line of text is cut in two."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.fingers import Finger
from ui.theme import Theme
from ui.widgets.layout import Card, column
from ui.widgets.page_turner import PageTurner, page_breaks
from ui.widgets.text import Text

Show = Callable[..., QWidget]
LINE = 20


@st.composite
def stacks(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    blocks, top = [], 0
    for height in draw(st.lists(st.integers(10, 2000), min_size=1, max_size=30)):
        blocks.append((top, top + height, LINE))
        top += height + 16
    return blocks


@given(stacks(), st.integers(100, 1500))
def test_every_part_is_on_a_page_and_no_page_is_too_long(
    blocks: list[tuple[int, int, int]], room: int
) -> None:
    height = blocks[-1][1]
    breaks = page_breaks(blocks, height, room)
    ends = [*breaks[1:], height]
    assert breaks[0] == 0
    assert breaks == sorted(set(breaks))
    for start, end in zip(breaks, ends, strict=True):
        on_page = [min(bottom, end) for top, bottom, _ in blocks if top < end and bottom > start]
        assert max(on_page) - start <= room


@given(stacks(), st.integers(100, 1500))
def test_what_fits_on_a_page_is_never_cut_and_the_rest_only_between_lines(
    blocks: list[tuple[int, int, int]], room: int
) -> None:
    for at in page_breaks(blocks, blocks[-1][1], room):
        for top, bottom, line in blocks:
            if top < at < bottom:
                assert bottom - top > room
                assert (at - top) % line == 0


def cards(count: int) -> QWidget:
    rows = QWidget()
    rows.setLayout(column(*[Card(Text(f"Exam {n}", "subheading"), Text("Northside")) for n in range(count)]))
    return rows


def shown(turner: PageTurner) -> list[str]:
    return [
        card.findChildren(Text)[0].text()
        for card in turner.findChildren(Card)
        if not card.visibleRegion().isEmpty()
    ]


def on_kiosk(show: Show, turner: PageTurner, size: tuple[int, int] = (1920, 1080)) -> PageTurner:
    page = QWidget()
    page.setProperty("role", "page")
    page.setLayout(column(Text("My Exam", "title"), turner, margin=4))
    show(page, Theme("kiosk"), size)
    return turner


def test_turning_shows_each_row_once_in_order(show: Show, words: Words, finger: Finger) -> None:
    turner = on_kiosk(show, PageTurner(words, cards(19)))
    seen = shown(turner)
    for _ in range(turner.pages - 1):
        finger.tap(turner.next)
        seen += shown(turner)
    assert turner.pages > 2
    assert seen == [f"Exam {n}" for n in range(19)]
    assert not turner.next.isEnabled()
    finger.tap(turner.previous)
    assert turner.page == turner.pages - 2


def test_every_row_on_a_page_is_whole(show: Show, words: Words) -> None:
    turner = on_kiosk(show, PageTurner(words, cards(19)), (1080, 1920))
    for page in range(turner.pages):
        turner.turn_to(page)
        for card in turner.findChildren(Card):
            visible = card.visibleRegion().boundingRect()
            assert visible.isEmpty() or visible.height() == card.height()


def test_what_fits_needs_no_turning(show: Show, words: Words) -> None:
    turner = on_kiosk(show, PageTurner(words, cards(2)))
    assert turner.pages == 1
    assert not turner.next.isVisible()


def test_new_content_begins_at_its_beginning(show: Show, words: Words) -> None:
    turner = on_kiosk(show, PageTurner(words, cards(19)))
    turner.turn_to(2)
    turner.show_content(cards(30))
    assert turner.page == 0
    assert turner.previous.isVisible()
    assert not turner.previous.isEnabled()
    turner.show_content(cards(1))
    assert turner.pages == 1


def test_a_long_text_is_turned_between_its_lines(show: Show, words: Words) -> None:
    text = Text("The lungs are clear. " * 400)
    turner = on_kiosk(show, PageTurner(words, text))
    assert turner.pages > 1
    tops = []
    for page in range(turner.pages):
        turner.turn_to(page)
        tops.append(-text.y())
    line = text.fontMetrics().lineSpacing()
    assert [top % line for top in tops] == [0] * len(tops)


def test_larger_text_makes_more_pages(qtbot: QtBot, show: Show, words: Words) -> None:
    turner = on_kiosk(show, PageTurner(words, cards(24)))
    before = turner.pages
    Theme("kiosk", large_text=True).apply(turner.window())
    qtbot.waitUntil(lambda: turner.pages > before)
