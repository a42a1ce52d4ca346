"""The whole viewer as a person meets it: thumbnails, buttons, keys, words, downloads, broken images, leaving."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fingers import Finger
from tests.ui.viewer.conftest import Hand, OpenViewer
from tests.ui.viewer.exam import CAPTION, Exam, grey_of
from tests.ui.viewer.looking import at, painted_grey, strip
from ui.viewer.source import Download, Position
from ui.viewer.tile import Tile
from ui.viewer.tone import Tone
from ui.viewer.viewer import Viewer


def press(viewer: Viewer, name: str) -> None:
    QTest.mouseClick(button(viewer, name), Qt.MouseButton.LeftButton)


def button(viewer: Viewer, name: str) -> QToolButton:
    found = viewer.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


@pytest.mark.rule("R44", "R45", "D20")
def test_swiping_goes_through_all_series_of_the_exam_and_no_farther(
    qtbot: QtBot, open_viewer: OpenViewer, a_hand: Hand
) -> None:
    viewer = open_viewer(Exam(2, 1))
    seen = [viewer.shown]
    for _ in range(4):
        middle = viewer.canvas.rect().center()
        a_hand.drag(viewer.canvas, middle, *(middle - QPoint(step, 0) for step in (30, 120, 260, 400)))
        qtbot.waitUntil(lambda: not viewer.canvas.is_in_motion and viewer.shown == viewer.wanted)
        seen.append(viewer.shown)
    assert seen == [at(0), at(1), at(0, 1), at(0, 1), at(0, 1)]
    assert painted_grey(viewer) == pytest.approx(grey_of(at(0, 1)), abs=5)


@pytest.mark.rule("R46")
def test_an_exam_of_one_image_has_no_way_on_and_takes_no_harm(
    qtbot: QtBot, open_viewer: OpenViewer, a_hand: Hand
) -> None:
    viewer = open_viewer(Exam(1))
    middle = viewer.canvas.rect().center()
    for way in (-1, 1):
        a_hand.drag(viewer.canvas, middle, *(middle + QPoint(way * step, 0) for step in (30, 200, 400)))
        qtbot.waitUntil(lambda: not viewer.canvas.is_in_motion)
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    QTest.keyClick(viewer, Qt.Key.Key_PageDown)
    assert viewer.shown == at(0)
    assert not button(viewer, "next").isVisible()
    assert not strip(viewer).isVisible()
    assert painted_grey(viewer) == pytest.approx(grey_of(at(0)), abs=5)


def test_an_exam_without_images_says_so(open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam())
    assert isinstance(viewer.canvas.content, Tile)
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    QTest.keyClick(viewer, Qt.Key.Key_C)
    assert viewer.shown is None


@pytest.mark.rule("R40", "R43")
@pytest.mark.parametrize("tools", ["patient", "staff"])
def test_buttons_zoom_and_show_the_whole_image_again(
    qtbot: QtBot, open_viewer: OpenViewer, tools: str
) -> None:
    viewer = open_viewer(Exam(3), tools=tools)
    fit = viewer.canvas.placement.scale
    press(viewer, "zoom_in")
    press(viewer, "zoom_in")
    assert viewer.canvas.placement.scale == pytest.approx(fit * 1.25**2)
    press(viewer, "zoom_out")
    assert viewer.canvas.placement.scale == pytest.approx(fit * 1.25)
    press(viewer, "fit")
    qtbot.waitUntil(lambda: viewer.canvas.is_fitted and not viewer.canvas.is_in_motion)
    assert viewer.canvas.placement.scale == pytest.approx(fit)


def test_patients_lighten_darken_and_strengthen_and_start_again(open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(3))
    plain = painted_grey(viewer)
    press(viewer, "brighter")
    assert painted_grey(viewer) > plain + 50
    press(viewer, "reset")
    assert painted_grey(viewer) == plain
    press(viewer, "darker")
    assert painted_grey(viewer) < plain - 50
    press(viewer, "reset")
    press(viewer, "stronger")
    assert painted_grey(viewer) < plain  # a dark grey becomes darker


def test_patients_get_no_staff_tools_and_staff_no_patients(open_viewer: OpenViewer) -> None:
    patient = open_viewer(Exam(3))
    assert {"presets", "invert", "turn", "mirror"}.isdisjoint(patient.bar.buttons)
    QTest.keyClick(patient, Qt.Key.Key_I)
    assert not patient.canvas.tone.is_inverted
    staff = open_viewer(Exam(3), tools="staff")
    assert {"presets", "invert", "turn", "mirror", "one_to_one"} <= set(staff.bar.buttons)


def test_the_keys_that_radiologists_know(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(5, 4), tools="staff")
    fit = viewer.canvas.placement.scale

    def key(code: Qt.Key, wanted: Position) -> None:
        QTest.keyClick(viewer, code)
        qtbot.waitUntil(lambda: viewer.shown == wanted)

    key(Qt.Key.Key_Right, at(1))
    key(Qt.Key.Key_Down, at(2))
    key(Qt.Key.Key_Left, at(1))
    key(Qt.Key.Key_End, at(4))
    key(Qt.Key.Key_Home, at(0))
    key(Qt.Key.Key_PageDown, at(0, 1))
    key(Qt.Key.Key_PageUp, at(0))
    QTest.keyClick(viewer, Qt.Key.Key_Plus)
    assert viewer.canvas.placement.scale == pytest.approx(fit * 1.25)
    QTest.keyClick(viewer, Qt.Key.Key_Minus)
    assert viewer.canvas.placement.scale == pytest.approx(fit)
    QTest.keyClick(viewer, Qt.Key.Key_I)
    assert viewer.canvas.tone.is_inverted
    QTest.keyClick(viewer, Qt.Key.Key_R)
    assert viewer.canvas.placement.turns == 1
    QTest.keyClick(viewer, Qt.Key.Key_H)
    assert viewer.canvas.placement.is_mirrored
    QTest.keyClick(viewer, Qt.Key.Key_Space)
    assert viewer.canvas.tone == Tone()
    QTest.keyClick(viewer, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: viewer.canvas.placement.scale == 1.0)
    QTest.keyClick(viewer, Qt.Key.Key_Equal)
    qtbot.waitUntil(lambda: viewer.canvas.placement.scale == pytest.approx(fit))
    with qtbot.waitSignal(viewer.left):
        QTest.keyClick(viewer, Qt.Key.Key_Escape)


def test_zoom_stays_while_going_through_a_series(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(5, 2))
    press(viewer, "zoom_in")
    scale = viewer.canvas.placement.scale
    press(viewer, "next")
    qtbot.waitUntil(lambda: viewer.shown == at(1))
    assert viewer.canvas.placement.scale == scale
    QTest.keyClick(viewer, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: viewer.shown == at(0, 1))
    assert viewer.canvas.is_fitted


def test_the_slider_goes_to_an_image_and_tells_where_it_is(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(40))
    viewer.bar.slider.setValue(24)
    qtbot.waitUntil(lambda: viewer.shown == at(24))
    assert viewer.bar.position.text() == "25 of 40"
    press(viewer, "next")
    assert viewer.bar.slider.value() == 25


def test_a_series_is_chosen_from_the_sheet(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(5, 4, 1))
    press(viewer, "series")
    rows = [button(viewer, f"choice_{number}") for number in range(3)]
    assert [(row.text(), row.accessibleDescription()) for row in rows] == [
        ("Series 0", "5 images"),
        ("Series 1", "4 images"),
        ("Series 2", "1 image"),
    ]
    press(viewer, "choice_1")
    qtbot.waitUntil(lambda: viewer.shown == at(0, 1))
    assert not rows[0].isVisible()


def test_staff_choose_a_window_of_the_modality(open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(2), tools="staff")
    press(viewer, "presets")
    press(viewer, "choice_2")
    assert viewer.canvas.overlay.sayings.seen.endswith("window 1500 at -600")


@pytest.mark.rule("R42")
def test_the_download_button_is_in_the_viewer_and_offers_what_was_handed_in(open_viewer: OpenViewer) -> None:
    saved: list[tuple[str, Position]] = []
    downloads = [
        Download("png", lambda position: saved.append(("png", position))),
        Download("zip", lambda position: saved.append(("zip", position))),
    ]
    viewer = open_viewer(Exam(4), downloads=downloads, start=at(2))
    press(viewer, "download")
    assert button(viewer, "choice_0").text() == "This image, best quality (PNG)"
    assert button(viewer, "choice_1").text() == "All images (ZIP)"
    press(viewer, "choice_0")
    assert saved == [("png", at(2))]


def test_without_anything_to_download_there_is_no_button(open_viewer: OpenViewer) -> None:
    assert not button(open_viewer(Exam(4)), "download").isVisible()


@pytest.mark.rule("D29")
def test_the_words_stay_when_the_controls_fade(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(40), start=at(11))
    viewer._fader._idle.setInterval(30)
    viewer._fader.wake()
    qtbot.waitUntil(lambda: not viewer.bar.isVisible())
    said = viewer.canvas.overlay.sayings
    assert said.whose[0] == "Ada Example"
    assert said.which == "Image 12 of 40, Series 0"
    assert said.warning == "Not for diagnosis"
    assert bright_pixels(viewer, bottom=True) > 50


def bright_pixels(viewer: Viewer, *, bottom: bool) -> int:
    image = viewer.canvas.grab().toImage()
    rows = range(image.height() - 40, image.height()) if bottom else range(40)
    return sum(
        QColor(image.pixel(x, y)).lightness() > 200
        for y in rows
        for x in range(image.width() - 260, image.width())
    )


def test_controls_fade_when_nobody_is_there_and_come_back_at_a_touch(
    qtbot: QtBot, open_viewer: OpenViewer, finger: Finger
) -> None:
    viewer = open_viewer(Exam(3), downloads=[Download("zip", lambda _: None)])
    assert viewer._fader._idle.interval() == 3_000
    viewer._fader._idle.setInterval(30)
    viewer._fader.wake()
    qtbot.waitUntil(lambda: not viewer.bar.isVisible() and not button(viewer, "download").isVisible())
    finger.tap(viewer.canvas)
    assert viewer.bar.isVisible()
    assert button(viewer, "download").isVisible()


def test_controls_stay_while_the_keyboard_is_on_them_or_a_sheet_is_open(
    qtbot: QtBot, open_viewer: OpenViewer
) -> None:
    viewer = open_viewer(Exam(3, 2))
    viewer._fader._idle.setInterval(20)
    press(viewer, "series")
    with qtbot.waitSignal(viewer._fader._idle.timeout):
        pass
    assert viewer.bar.isVisible()
    QTest.keyClick(button(viewer, "choice_0"), Qt.Key.Key_Escape)
    button(viewer, "next").setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(viewer._fader._idle.timeout):
        pass
    assert viewer.bar.isVisible()


def test_a_broken_image_is_a_calm_tile_and_the_others_go_on(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(4, broken=frozenset({at(1)})))
    press(viewer, "next")
    qtbot.waitUntil(lambda: viewer.shown == at(1))
    tile = viewer.canvas.content
    assert isinstance(tile, Tile)
    assert tile.title == "This image cannot be shown"
    assert tile.text.startswith("Part of the file is missing.")
    press(viewer, "next")
    qtbot.waitUntil(lambda: viewer.shown == at(2))
    assert painted_grey(viewer) == pytest.approx(grey_of(at(2)), abs=5)


def test_until_an_image_is_here_the_caption_names_the_one_that_is_painted(
    qtbot: QtBot, open_viewer: OpenViewer
) -> None:
    exam = Exam(400)
    gate = exam.hold(at(200))
    viewer = open_viewer(exam)
    viewer.bar.slider.setValue(200)
    assert exam.started[at(200)].wait(60)
    assert viewer.canvas.overlay.sayings.which.startswith("Image 1 of 400")
    assert painted_grey(viewer) == pytest.approx(grey_of(at(0)), abs=5)
    gate.set()
    qtbot.waitUntil(lambda: viewer.shown == at(200))
    assert viewer.canvas.overlay.sayings.which.startswith("Image 201 of 400")


def test_playing_shows_the_images_in_order_and_stops_at_a_touch(
    qtbot: QtBot, open_viewer: OpenViewer
) -> None:
    viewer = open_viewer(Exam(6))
    qtbot.waitUntil(lambda: viewer._loader.held(at(5)) is not None)
    seen: list[int] = []

    def is_at_the_last() -> bool:
        assert viewer.shown is not None
        seen.append(viewer.shown.index)
        return seen[-1] == 5

    press(viewer, "cine")
    assert button(viewer, "cine").text() == "Stop"
    qtbot.waitUntil(is_at_the_last)
    press(viewer, "previous")
    assert button(viewer, "cine").text() == "Play"
    assert seen == sorted(seen)
    assert len(set(seen)) >= 4


def test_the_audit_is_told_what_was_seen_and_nothing_more(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    exam = Exam(6, 2)
    viewer = open_viewer(exam)
    qtbot.waitUntil(lambda: exam.told == [("s0", [0])])
    press(viewer, "next")
    qtbot.waitUntil(lambda: viewer.shown == at(1))
    press(viewer, "next")
    qtbot.waitUntil(lambda: viewer.shown == at(2))
    viewer.stop()
    qtbot.waitUntil(lambda: exam.told == [("s0", [0]), ("s0", [1, 2])])


def test_leaving_wipes_the_image_the_words_and_the_cache(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(6))
    qtbot.waitUntil(lambda: viewer._loader.held(at(5)) is not None)
    viewer.stop()
    assert viewer._loader._cache.bytes == 0
    assert viewer._loader.thumbnail(at(0)) is None
    assert viewer.canvas.overlay.sayings.whose == ()
    picture = viewer.canvas.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 40) for y in range(100, 400, 20)}
    assert colours == {QColor("#0A0D0F").rgb()}


@pytest.mark.parametrize("name", ["Ada Example", "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"])
def test_a_name_is_never_cut(open_viewer: OpenViewer, name: str) -> None:
    downloads = [Download("zip", lambda _: None)]
    viewer = open_viewer(
        Exam(2, 2), size=(1080, 1920), downloads=downloads, caption=replace(CAPTION, name=name)
    )
    overlay, font = viewer.canvas.overlay, QFont(viewer.canvas.font())
    font.setBold(True)
    room = viewer.canvas.width() - overlay._left - overlay._right
    assert QFontMetricsF(font).horizontalAdvance(name) < room
    words = QRectF(overlay._left, overlay._top, room, 60)
    buttons = [QRectF(one.geometry()) for one in (button(viewer, "back"), button(viewer, "series"))]
    assert not any(words.intersects(box) for box in buttons)
    assert viewer.canvas.placement.covers(QSizeF(64, 64)).top() >= words.top() + 60


def test_after_leaving_no_widget_says_the_name(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(6))
    assert any(CAPTION.name in said for said in everything_said(viewer))
    viewer.stop()
    assert not any(
        word in said for said in everything_said(viewer) for word in (CAPTION.name, CAPTION.identity)
    )
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    viewer.resize(900, 700)
    assert not any(CAPTION.name in said for said in everything_said(viewer))


def everything_said(viewer: Viewer) -> list[str]:
    """What any part of the viewer holds in words: names, descriptions, sayings and the caption itself."""
    widgets: list[QWidget] = [viewer, *viewer.findChildren(QWidget)]
    said = [
        text for one in widgets for text in (one.accessibleName(), one.accessibleDescription(), one.toolTip())
    ]
    return [*said, str(viewer.canvas.overlay.sayings), *(str(value) for value in vars(viewer).values())]


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1280, 800)])
def test_everything_a_patient_presses_is_large_inside_the_window_and_apart(
    open_viewer: OpenViewer, size: tuple[int, int]
) -> None:
    viewer = open_viewer(Exam(40, 2), size=size, downloads=[Download("zip", lambda _: None)])
    pressed: list[QWidget] = [one for one in viewer.findChildren(QToolButton) if one.isVisible()]
    assert len(pressed) == 13
    boxes = [one.rect().translated(one.mapTo(viewer, QPoint(0, 0))) for one in pressed]
    for number, box in enumerate(boxes):
        assert min(box.width(), box.height()) >= 64
        assert viewer.rect().contains(box)
        for other in boxes[number + 1 :]:
            assert not box.adjusted(-3, -3, 4, 4).intersects(other.adjusted(-3, -3, 4, 4))
    assert viewer.bar.slider.height() >= 64
