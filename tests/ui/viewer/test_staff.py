"""What staff have besides: two images side by side, drawings, key images, documents, paper, the full screen."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.viewer.conftest import OpenViewer
from tests.ui.viewer.exam import CAPTION, Exam, StaffExam, grey_of
from ui.viewer.canvas import ImageCanvas
from ui.viewer.document_panel import DocumentPanel
from ui.viewer.layers import Layers
from ui.viewer.source import Download, Position, PrintWish
from ui.viewer.tone import Tone
from ui.viewer.viewer import Viewer


def at(index: int, series: int = 0) -> Position:
    return Position(f"s{series}", index)


def button(viewer: Viewer, name: str) -> QToolButton:
    found = viewer.findChildren(QToolButton, name)
    return next(
        (one for one in found if one.isVisible()), found[0]
    )  # an older sheet's lines may still be there


def press(viewer: Viewer, *names: str) -> None:
    for name in names:
        QTest.mouseClick(button(viewer, name), Qt.MouseButton.LeftButton)


def offered(viewer: Viewer) -> list[str]:
    found = [one for one in viewer.findChildren(QToolButton) if one.objectName().startswith("choice_")]
    return [one.text() for one in found if one.isVisible()]


def second(viewer: Viewer) -> ImageCanvas:
    assert viewer._companion is not None
    return viewer._companion.canvas


def beside(viewer: Viewer) -> Position | None:
    assert viewer._companion is not None
    return viewer._companion.wanted


def show_beside(qtbot: QtBot, viewer: Viewer, series: int) -> None:
    press(viewer, "compare", f"choice_{series}")
    qtbot.waitUntil(lambda: isinstance(second(viewer).content, Layers))


def grey_in_the_middle(canvas: ImageCanvas) -> int:
    return round(QColor(canvas.grab().toImage().pixel(canvas.placement.centre.toPoint())).red() * 1000 / 255)


def test_another_series_stands_beside_at_the_same_share_of_the_way(
    qtbot: QtBot, open_viewer: OpenViewer
) -> None:
    viewer = open_viewer(Exam(11, 6), tools="staff")
    viewer.go(at(6))
    show_beside(qtbot, viewer, 1)
    assert beside(viewer) == at(3, 1)
    left, right = viewer.canvas.geometry(), second(viewer).geometry()
    assert left.right() < right.left()
    assert abs(left.width() - right.width()) <= 1
    qtbot.waitUntil(lambda: abs(grey_in_the_middle(second(viewer)) - grey_of(at(3, 1))) <= 5)
    assert second(viewer).overlay.sayings.whose[0] == CAPTION.name
    assert second(viewer).overlay.sayings.warning == "Not for diagnosis"
    assert button(viewer, "compare").isChecked()


def test_both_are_scrolled_together_from_either_side(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(20, 20), tools="staff")
    show_beside(qtbot, viewer, 1)
    viewer.move_on(5)
    assert (viewer.wanted, beside(viewer)) == (at(5), at(5, 1))
    second(viewer).scrolled.emit(2)
    assert (viewer.wanted, beside(viewer)) == (at(7), at(7, 1))


def test_both_are_zoomed_together_from_either_side(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(5, 5), tools="staff")
    show_beside(qtbot, viewer, 1)
    viewer.canvas.zoom(3.0, QPointF(60, 90))
    assert second(viewer).view.zoom == pytest.approx(viewer.canvas.view.zoom)
    assert (second(viewer).view.middle - viewer.canvas.view.middle).manhattanLength() < 0.01
    second(viewer).zoom(0.5)
    assert viewer.canvas.view.zoom == pytest.approx(second(viewer).view.zoom)
    second(viewer).set_tone(Tone(contrast=2.0))
    second(viewer).led.emit()
    assert viewer.canvas.tone.contrast == 2.0


def test_a_new_image_beside_is_zoomed_as_the_first_one(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    exam = Exam(5, 5)
    viewer = open_viewer(exam, tools="staff")
    viewer.canvas.zoom(4.0)
    zoom = viewer.canvas.view.zoom
    gate = exam.hold(at(0, 1))
    press(viewer, "compare", "choice_1")
    assert exam.started[at(0, 1)].wait(60)
    gate.set()
    qtbot.waitUntil(lambda: isinstance(second(viewer).content, Layers))
    assert viewer.canvas.view.zoom == pytest.approx(zoom, rel=0.01)
    assert second(viewer).view.zoom == pytest.approx(zoom, rel=0.01)


def test_unlinked_each_goes_its_own_way(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(20, 20), tools="staff")
    show_beside(qtbot, viewer, 1)
    press(viewer, "compare", "choice_2")  # after the two series: scroll and zoom together
    viewer.move_on(5)
    assert (viewer.wanted, beside(viewer)) == (at(5), at(0, 1))
    second(viewer).scrolled.emit(2)
    assert (viewer.wanted, beside(viewer)) == (at(5), at(2, 1))
    viewer.canvas.zoom(3.0)
    assert second(viewer).is_fitted


def test_one_image_only_again(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(5, 5), tools="staff")
    width = viewer.canvas.width()
    show_beside(qtbot, viewer, 1)
    assert viewer.canvas.width() < width
    press(viewer, "compare", "choice_3")
    assert not second(viewer).isVisible()
    assert second(viewer).content is None
    assert viewer.canvas.width() == width
    assert not button(viewer, "compare").isChecked()


def test_after_leaving_nothing_is_left_of_either_image(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(5, 5), tools="staff")
    show_beside(qtbot, viewer, 1)
    viewer.stop()
    assert (viewer.canvas.content, second(viewer).content) == (None, None)
    assert second(viewer).overlay.sayings.whose == ()


def test_drawings_lie_over_the_image_until_they_are_switched_off(
    qtbot: QtBot, open_viewer: OpenViewer
) -> None:
    viewer = open_viewer(StaffExam(3, side=600), tools="staff")
    qtbot.waitUntil(button(viewer, "drawings").isVisible)

    def line() -> int:
        box = viewer.canvas.placement.covers(viewer.canvas._size())
        place = QPoint(round(box.center().x()), round(box.top() + box.height() / 4 + 1))
        return QColor(viewer.canvas.grab().toImage().pixel(place)).red()

    assert line() > 150
    press(viewer, "drawings")
    assert line() < 60
    QTest.keyClick(viewer, Qt.Key.Key_O)
    assert line() > 150


def test_where_nothing_is_drawn_no_such_button_stands(open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(3), tools="staff")
    assert not button(viewer, "drawings").isVisible()


def test_patients_are_not_offered_what_is_for_staff(open_viewer: OpenViewer) -> None:
    source = StaffExam(3, 3)
    viewer = open_viewer(source)
    for name in ("drawings", "compare", "full_screen"):
        assert viewer.findChild(QToolButton, name) is None
    assert not button(viewer, "documents").isVisible()
    content = viewer.canvas.content
    assert isinstance(content, Layers)
    assert content.overlay == ()


def test_key_images_have_a_star_and_a_key_goes_from_one_to_the_next(
    qtbot: QtBot, open_viewer: OpenViewer
) -> None:
    viewer = open_viewer(StaffExam(5), tools="staff")
    qtbot.waitUntil(lambda: viewer._order.series[0].key_images == {1, 3})
    shown = viewer._strip._thumbnails
    assert [row for row in range(5) if shown.data(shown.index(row), shown.KEY_IMAGE)] == [1, 3]
    for wanted in (1, 3, 1):
        QTest.keyClick(viewer, Qt.Key.Key_K)
        assert viewer.wanted == at(wanted)


def panel(viewer: Viewer) -> DocumentPanel:
    found = viewer.findChild(DocumentPanel)
    assert isinstance(found, DocumentPanel)
    return found


def test_documents_are_listed_by_their_names_and_read(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    source = StaffExam(2)
    viewer = open_viewer(source, tools="staff")
    qtbot.waitUntil(lambda: viewer._order.series[0].key_images == {1, 3})
    press(viewer, "documents")
    assert offered(viewer) == ["Letter", "Basic report", "Presentation state: Arrows of Dr Lind"]
    press(viewer, "choice_1")
    text = panel(viewer).findChild(QPlainTextEdit)
    assert isinstance(text, QPlainTextEdit)
    qtbot.waitUntil(lambda: text.toPlainText() == "Finding\n    Lung: clear")
    press(viewer, "document_close")
    assert not panel(viewer).isVisible()
    assert text.toPlainText() == ""
    assert source.read == ["sr"]


def test_a_pdf_is_shown_page_by_page(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(StaffExam(2), tools="staff")
    press(viewer, "documents", "choice_0")

    def grey() -> int:
        pages = [one for one in panel(viewer).findChildren(QLabel) if not one.pixmap().isNull()]
        return pages[0].pixmap().toImage().pixelColor(5, 5).red() if pages else 0

    qtbot.waitUntil(lambda: grey() == 100)
    press(viewer, "page_after")
    qtbot.waitUntil(lambda: grey() == 200)
    assert not button(viewer, "page_after").isEnabled()
    viewer.stop()
    assert grey() == 0


def test_a_presentation_state_is_named_and_not_applied(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    source = StaffExam(2)
    viewer = open_viewer(source, tools="staff")
    press(viewer, "documents", "choice_2")
    text = panel(viewer).findChild(QPlainTextEdit)
    assert isinstance(text, QPlainTextEdit)
    assert "not applied" in text.toPlainText()
    assert source.read == []


def test_images_are_wished_for_on_paper_as_they_are_seen(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    wishes: list[PrintWish] = []
    viewer = open_viewer(StaffExam(6, 3), tools="staff", print_images=wishes.append)
    qtbot.waitUntil(lambda: viewer._order.series[0].key_images == {1, 3})
    viewer.go(at(2))
    press(viewer, "print")
    assert offered(viewer) == [
        "This image",
        "This image and the next, on one page",
        "Four images from this one on",
        "The key images, four a page",
    ]
    press(viewer, "choice_0")
    press(viewer, "print", "choice_1")
    press(viewer, "print", "choice_2")
    press(viewer, "print", "choice_3")
    assert [(wish.positions, wish.per_page) for wish in wishes] == [
        ((at(2),), 1),
        ((at(2), at(3)), 2),
        ((at(2), at(3), at(4), at(5)), 4),
        ((at(1), at(3)), 4),
    ]
    assert wishes[0].window is None
    viewer.canvas.set_tone(Tone(contrast=2.0, is_inverted=True))
    press(viewer, "print", "choice_0")
    assert wishes[-1].is_inverted
    assert wishes[-1].window is not None
    assert wishes[-1].window.width == 500


def test_the_two_side_by_side_go_on_one_page(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    wishes: list[PrintWish] = []
    viewer = open_viewer(Exam(3, 3), tools="staff", print_images=wishes.append)
    show_beside(qtbot, viewer, 1)
    press(viewer, "print", "choice_1")
    assert [(wish.positions, wish.per_page) for wish in wishes] == [((at(0), at(0, 1)), 2)]


def test_a_film_is_offered_of_what_moves(open_viewer: OpenViewer) -> None:
    saved: list[Position] = []
    viewer = open_viewer(
        Exam(3, 1), downloads=[Download("film", saved.append), Download("png", saved.append)]
    )
    press(viewer, "download")
    assert offered(viewer)[0] == "This series as a film (WebP)"
    press(viewer, "choice_0")
    assert saved == [at(0)]
    viewer.go(at(0, 1))
    press(viewer, "download")
    assert offered(viewer) == ["This image, best quality (PNG)"]


def test_the_full_screen_shows_the_image_alone_and_comes_back(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(3), tools="staff")
    page = viewer.parentWidget()
    size = viewer.size()
    QTest.keyClick(viewer, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: viewer.isWindow() and viewer.isFullScreen())
    left: list[bool] = []
    viewer.left.connect(lambda: left.append(True))
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not viewer.isWindow() and viewer.isVisible())
    assert viewer.parentWidget() is page
    qtbot.waitUntil(lambda: viewer.size() == size)
    assert left == []
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    assert left == [True]


@pytest.mark.rule("D25")
def test_the_full_screen_does_not_outlast_its_page(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(3), tools="staff")
    page = viewer.parentWidget()
    assert page is not None
    press(viewer, "full_screen")
    qtbot.waitUntil(viewer.isWindow)
    page.hide()  # as the lock of the screen does
    assert not viewer.isWindow()
    assert not viewer.isVisible()


def test_windows_that_follow_the_image_are_offered_for_every_modality(open_viewer: OpenViewer) -> None:
    exam = Exam(2)
    exam.series = [type(one)(one.id, one.title, "MR", one.count) for one in exam.series]
    viewer = open_viewer(exam, tools="staff")
    press(viewer, "presets")
    assert offered(viewer) == ["As in the file", "Everything", "Most of it"]


def test_thumbnails_come_into_the_choice_of_series(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    exam = Exam(9, 5)
    viewer = open_viewer(exam)
    press(viewer, "series")
    qtbot.waitUntil(lambda: {at(4), at(2, 1)} <= set(exam.asked_small))
    row = button(viewer, "choice_1")
    wanted = grey_of(at(2, 1)) * 255 // 1000

    def grey() -> int:
        return row.grab().toImage().pixelColor(4 + 28, row.height() // 2).red()

    qtbot.waitUntil(lambda: abs(grey() - wanted) <= 2)
    assert np.uint8(wanted) == wanted
