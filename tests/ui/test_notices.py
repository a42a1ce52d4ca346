"""What a person is told when something fails: a sentence they can act on, or a reference, and never more."""

import logging
from collections.abc import Callable

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.errors import Conflict, Invalid
from app.look import read_look
from app.words import Words
from ui.background import Background
from ui.notices import NoticeBar
from ui.page import Page
from ui.widgets.field import TextField
from ui.widgets.layout import column

Show = Callable[..., QWidget]
SECRET = "Harcourt 7K2M9QPDX4TN"


class SomePage(Page):
    def __init__(self, words: Words, background: Background) -> None:
        super().__init__(words, background)
        self.email = TextField("email", "E-mail address")
        self.setLayout(column(self.notices, self.email, None))


@pytest.fixture
def some_page(show: Show, words: Words, background: Background) -> SomePage:
    page = SomePage(words, background)
    show(page)
    return page


def failed(secret: str) -> Exception:
    try:
        try:
            dict[str, str]()[secret]
        except KeyError as inner:
            raise ValueError(f"cannot send to {secret}") from inner
    except ValueError as error:
        return error
    raise AssertionError


def test_an_understandable_error_is_one_sentence_on_the_page(some_page: SomePage) -> None:
    some_page.show_failure(Conflict("jam", "The printer {printer} has a paper jam.", printer="Desk 2"))
    assert some_page.notices.isVisible()
    assert some_page.notices.sentence == "The printer Desk 2 has a paper jam."
    assert some_page.notices.accessibleName() == some_page.notices.sentence


def test_a_bug_is_shown_as_a_reference_that_is_in_the_log(
    some_page: SomePage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        some_page.show_failure(failed(SECRET))
    sentence = some_page.notices.sentence
    assert sentence.startswith("Something went wrong, please ask reception. Reference ")
    reference = sentence.removesuffix(".").rpartition(" ")[2]
    assert [getattr(record, "reference", "") for record in caplog.records] == [reference]
    assert SECRET not in sentence
    assert all(SECRET not in record.getMessage() for record in caplog.records)


def test_two_bugs_have_two_references(some_page: SomePage) -> None:
    some_page.show_failure(failed(SECRET))
    first = some_page.notices.sentence
    some_page.show_failure(failed(SECRET))
    assert some_page.notices.sentence != first


def test_an_error_of_one_field_stands_beside_it_and_goes_when_it_is_corrected(
    some_page: SomePage,
) -> None:
    some_page.show_failure(Invalid("email", "An e-mail address has an @ in it.", field="email"))
    assert some_page.email.error == "An e-mail address has an @ in it."
    assert some_page.email.input.hasFocus()
    assert not some_page.notices.isVisible()
    QTest.keyClicks(some_page.email.input, "a@b")
    assert some_page.email.error == ""


def test_an_error_of_a_field_that_is_not_here_is_a_notice(some_page: SomePage) -> None:
    some_page.show_failure(Invalid("mobile", "A mobile number has digits only.", field="mobile"))
    assert some_page.notices.sentence == "A mobile number has digits only."


def test_leaving_a_page_forgets_what_was_said_and_asked(
    qtbot: QtBot, some_page: SomePage, background: Background
) -> None:
    def shown(result: object) -> None:
        raise AssertionError(result)

    some_page.notices.say("good", "The letter was printed.")
    background.run(lambda: 1, owner=some_page, done=shown, failed=some_page.show_failure)
    some_page.leave()
    qtbot.waitUntil(background.is_idle)
    assert some_page.notices.sentence == ""
    assert not some_page.notices.isVisible()


def test_the_colour_changes_with_what_is_said(show: Show, words: Words) -> None:
    look = read_look()
    bar = NoticeBar(words)
    window = QWidget()
    window.setLayout(column(bar, None))
    show(window)
    grounds = []
    for kind in ("good", "stop", "wait"):
        bar.say(kind, "A sentence.")
        grounds.append(bar.grab().toImage().pixelColor(bar.width() // 2, 3).name().upper())
    assert grounds == [look.light.good_pale, look.light.stop_pale, look.light.wait_pale]
