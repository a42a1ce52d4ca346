import logging
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qWarning

from app.outside.logs import report_bug
from ui.tour.complaints import Complaints


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    with Complaints() as listening:
        yield listening


def test_a_warning_of_qt_is_heard_once(complaints: Complaints) -> None:
    qWarning("QPainter::begin: Paint device returned engine == 0")
    assert complaints.take() == ["Qt: QPainter::begin: Paint device returned engine == 0"]
    assert complaints.take() == []


def test_what_the_screen_that_is_none_says_of_itself_is_no_complaint(complaints: Complaints) -> None:
    qWarning("This plugin does not support propagateSizeHints()")
    assert complaints.take() == []


def test_a_bug_that_only_the_log_knows_is_heard_without_what_it_says(complaints: Complaints) -> None:
    names: dict[str, str] = {}
    name = "amelia hart".title()
    try:
        names[name]
    except KeyError as error:
        reference = report_bug(error)
    logging.getLogger("app.chores").warning("chores wait")
    (heard,) = complaints.take()
    assert reference in heard
    assert "KeyError" in heard
    assert name not in heard


def test_afterwards_nobody_listens(complaints: Complaints) -> None:
    complaints.__exit__(None, None, None)
    logging.getLogger("app.chores").error("unheard")
    assert complaints.take() == []
