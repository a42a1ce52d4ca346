"""The kiosk's clock: a warning after 90 seconds, the end 30 later, 20 minutes that can be extended (D25)."""

from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.errors import PortalError
from app.words import Words
from tests.fakes import FixedClock
from tests.scene import PASSWORD, Known, Scene
from tests.ui.kiosk.at_kiosk import AtKiosk, SpyPrinters
from ui.background import Background
from ui.kiosk.window import KioskWindow
from ui.surroundings import Surroundings
from ui.theme import Theme
from ui.widgets.text import Text


@pytest.fixture
def signed_in(kiosk: AtKiosk, account: Known, exam: UUID) -> AtKiosk:
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.wait_for("home")
    return kiosk


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def warning(kiosk: AtKiosk) -> QWidget | None:
    return kiosk.sees("still_there")


def session_is_over(kiosk: AtKiosk, caller_of: object) -> bool:
    try:
        kiosk.window.surroundings.portal.acting(caller_of).sessions.mine()  # type: ignore[arg-type]  # a Caller
    except PortalError:
        return True
    return False


@pytest.mark.rule("D25")
def test_nothing_is_said_before_90_seconds_then_a_warning_counts_down_and_the_stay_ends(
    signed_in: AtKiosk, clock: FixedClock
) -> None:
    stay = signed_in.window.stay
    assert stay is not None
    clock.advance(seconds(89))
    signed_in.qtbot.wait(600)  # two looks of the watch: nothing may appear
    assert warning(signed_in) is None
    clock.advance(seconds(1))
    signed_in.wait_for("still_there")
    signed_in.wait_to_read("in 30 seconds")
    clock.advance(seconds(10))
    signed_in.wait_to_read("in 20 seconds")
    clock.advance(seconds(20))
    signed_in.wait_for("welcome")
    assert signed_in.window.stay is None
    assert warning(signed_in) is None
    signed_in.wait_until(lambda: session_is_over(signed_in, stay.caller))


@pytest.mark.rule("D25")
def test_the_warning_can_be_answered_until_its_last_second(signed_in: AtKiosk, clock: FixedClock) -> None:
    clock.advance(seconds(119))
    signed_in.wait_to_read("in 1 second.")
    signed_in.tap("still_here")
    signed_in.wait_until(lambda: warning(signed_in) is None)
    clock.advance(seconds(89))
    signed_in.qtbot.wait(600)
    assert warning(signed_in) is None
    signed_in.wait_for("home")


@pytest.mark.rule("D25")
def test_a_touch_begins_the_90_seconds_anew_on_the_server_too(signed_in: AtKiosk, clock: FixedClock) -> None:
    stay = signed_in.window.stay
    assert stay is not None
    for _ in range(3):
        clock.advance(seconds(80))
        signed_in.finger.tap(signed_in.page)
        signed_in.wait_until(signed_in.window.surroundings.background.is_idle)
    row = signed_in.window.surroundings.portal.acting(stay.caller).sessions.mine()
    assert row.warns_at == clock() + seconds(90)
    assert row.ends_at == clock() + seconds(120)
    clock.advance(seconds(90))
    signed_in.wait_for("still_there")


@pytest.mark.rule("D25")
def test_after_20_minutes_the_patient_may_have_as_many_again(signed_in: AtKiosk, clock: FixedClock) -> None:
    for _ in range(19):
        clock.advance(seconds(60))
        signed_in.finger.tap(signed_in.page)
        signed_in.wait_until(signed_in.window.surroundings.background.is_idle)
    clock.advance(seconds(29))
    signed_in.finger.tap(signed_in.page)
    signed_in.qtbot.wait(600)
    assert warning(signed_in) is None
    clock.advance(seconds(1))  # 19:30, though touched a moment ago
    signed_in.wait_for("still_there")
    signed_in.tap("still_here")
    signed_in.wait_until(lambda: warning(signed_in) is None)
    clock.advance(seconds(60))  # 20:30
    signed_in.finger.tap(signed_in.page)
    signed_in.qtbot.wait(600)
    signed_in.wait_for("home")


@pytest.mark.rule("D25")
def test_what_somebody_typed_before_signing_in_is_wiped_as_well(kiosk: AtKiosk, clock: FixedClock) -> None:
    kiosk.tap("sign_in")
    kiosk.type("amelia", into="sign_in_user_name")
    clock.advance(seconds(90))
    kiosk.wait_for("still_there")
    clock.advance(seconds(30))
    kiosk.wait_for("welcome")
    kiosk.tap("sign_in")
    assert kiosk.wait_for("sign_in_user_name").text() == ""  # type: ignore[attr-defined]  # a QLineEdit


def test_leaving_from_the_warning_is_leaving(signed_in: AtKiosk, clock: FixedClock) -> None:
    clock.advance(seconds(95))
    signed_in.tap("leave_now")
    signed_in.wait_for("welcome")
    assert signed_in.window.stay is None


def test_the_welcome_page_asks_nobody_whether_they_are_there(kiosk: AtKiosk, clock: FixedClock) -> None:
    clock.advance(seconds(500))
    kiosk.qtbot.wait(600)
    assert warning(kiosk) is None


@pytest.mark.rule("D27")
def test_a_stay_that_the_clinic_ends_is_left_and_said_so(
    signed_in: AtKiosk, account: Known, scene: Scene
) -> None:
    scene.acting("reception").accounts.block(account.id, "asked by the patient")
    signed_in.wait_for("welcome")
    assert "signed out" in signed_in.notice()


def test_large_text_on_the_welcome_page_goes_back_to_normal_without_a_question(
    kiosk: AtKiosk, clock: FixedClock
) -> None:
    usual = kiosk.window.header.large_text.fontMetrics().height()
    kiosk.tap("large_text")
    assert kiosk.window.header.large_text.fontMetrics().height() > usual
    clock.advance(seconds(100))
    kiosk.qtbot.wait(600)
    assert warning(kiosk) is None
    clock.advance(seconds(20))
    kiosk.wait_until(lambda: kiosk.window.header.large_text.fontMetrics().height() == usual)


def test_a_kiosk_whose_station_was_switched_off_says_so_and_goes_on_trying(
    scene: Scene, words: Words, background: Background, qtbot: QtBot
) -> None:
    scene.acting("it").stations.revoke(scene.kiosk.id)
    theme = Theme("kiosk")
    window = KioskWindow(
        Surroundings(scene.portal, scene.kiosk.caller, words, background, theme, SpyPrinters())
    )
    qtbot.addWidget(window)
    theme.apply(window)
    window.resize(1920, 1080)
    with qtbot.waitExposed(window):
        window.show()
    title = window.findChildren(Text)
    qtbot.waitUntil(lambda: any(one.text() == "This kiosk is not ready" and one.isVisible() for one in title))
    assert window.page is None
    window.close_down()
