"""A page of a PDF is cut between its lines, never through one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ui.patient.pdf_page import LEAST, strips


def paper(lines: list[tuple[int, int]]) -> NDArray[np.uint8]:
    """White paper with black lines of text, given as (white above, height)."""
    height = sum(above + tall for above, tall in lines) + 40
    page = np.full((height, 60, 3), 255, np.uint8)
    top = 0
    for above, tall in lines:
        top += above
        page[top : top + tall, 10:50] = 0
        top += tall
    return page


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 90)), max_size=30))
def test_no_line_of_text_is_cut_and_nothing_is_lost(lines: list[tuple[int, int]]) -> None:
    page = paper(lines)
    found = strips(page)
    assert [top for top, _ in found] == [0, *(bottom for _, bottom in found)][:-1]
    assert found[-1][1] == page.shape[0]
    for cut, _ in found[1:]:
        assert page[cut - 1].min() == 255
        assert page[cut].min() == 255


def test_strips_are_no_thinner_than_they_need_to_be() -> None:
    found = strips(paper([(12, 20)] * 40))
    assert all(bottom - top >= LEAST for top, bottom in found)
    assert len(found) > 10


def test_a_picture_without_white_is_one_strip() -> None:
    assert strips(np.zeros((500, 60), np.uint8)) == [(0, 500)]
