"""Windows wear the visual language: its fonts, sizes and colours, and a ring round what has the focus."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QImage, QPalette
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.look import THEME, read_look
from ui.icons import IconLabel, pixmap
from ui.theme import GAP, Theme, register_fonts
from ui.widgets.button import Button
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Text

Show = Callable[..., QWidget]
LOOK = read_look()


def page(*items: QWidget) -> QWidget:
    made = QWidget()
    made.setProperty("role", "page")
    made.setLayout(column(*items, None, margin=4))
    return made


def colours_in(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(image.height())
    }


def ring_of(window: QWidget) -> QFrame | None:
    rings = [ring for ring in window.findChildren(QFrame, "focusRing") if ring.isVisible()]
    assert len(rings) <= 1
    return rings[0] if rings else None


@pytest.mark.parametrize(("surface", "body", "large"), [("desk", 14, 20), ("kiosk", 22, 31)])
def test_words_have_the_size_of_their_surface(show: Show, surface: str, body: int, large: int) -> None:
    for is_large, size in ((False, body), (True, large)):
        text = Text("Amelia")
        show(page(text), Theme("desk" if surface == "desk" else "kiosk", large_text=is_large))
        assert text.font().pixelSize() == size
        assert QFontInfo(text.font()).family() == "Atkinson Hyperlegible"


def test_headings_step_up_by_a_quarter(show: Show) -> None:
    sizes = [Text("A", role) for role in ("", "subheading", "heading", "title")]
    show(page(*sizes), Theme("kiosk"))
    assert [text.font().pixelSize() for text in sizes] == [22, 28, 34, 43]


def test_a_code_is_bold_and_each_letter_as_wide_as_another(show: Show) -> None:
    code, regular = Text("7K2M-9QPD", "code"), Text("7K2M-9QPD")
    regular.setProperty("role", "code")  # the style sheet alone
    show(page(code, regular))
    metrics = code.fontMetrics()
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("MMMM")
    assert dark_pixels(code) > 1.15 * dark_pixels(regular)


def dark_pixels(label: Text) -> int:
    image = label.window().grab(label.geometry()).toImage()
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return sum(image.pixelColor(x, y).lightness() < 128 for x, y in points)


def test_other_scripts_find_a_letter_in_the_fallback(qapp: object) -> None:
    register_fonts(LOOK)
    assert "Noto Sans" in QFontDatabase.families()
    assert QFontDatabase.WritingSystem.Cyrillic in QFontDatabase.writingSystems("Noto Sans")


def test_fonts_are_registered_once(qapp: object) -> None:
    register_fonts(LOOK)
    before = QFontDatabase.families()
    register_fonts(LOOK)
    assert QFontDatabase.families() == before


def test_two_windows_may_be_dressed_differently(show: Show) -> None:
    desk, kiosk = Button("Print", "primary"), Button("Go on", "primary")
    show(page(desk), Theme("desk"))
    show(page(kiosk), Theme("kiosk", high_contrast=True))
    assert LOOK.light.teal in colours_in(desk)
    assert LOOK.dark.teal in colours_in(kiosk)
    assert desk.height() < kiosk.height()
    assert kiosk.height() >= 64


def test_a_window_changes_its_dress_while_it_is_open(show: Show) -> None:
    button = Button("Go on", "primary", icon_name="arrow-right")
    window = show(page(button), Theme("kiosk"))
    before = button.font().pixelSize()
    Theme("kiosk", large_text=True, high_contrast=True).apply(window)
    assert button.font().pixelSize() == round(before * 1.4)
    assert {LOOK.dark.teal, LOOK.dark.on_teal} <= colours_in(button)


def test_what_cannot_be_pressed_looks_so_and_can_be_read(show: Show) -> None:
    button = Button("Print", "primary")
    button.setEnabled(False)
    show(page(button))
    assert LOOK.light.teal not in colours_in(button)
    assert LOOK.light.sunken in colours_in(button)
    colour = button.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    assert colour.name().upper() == LOOK.light.quiet_ink


def test_the_focus_has_a_ring_outside_the_control(qtbot: QtBot, show: Show) -> None:
    first, second = Button("One"), Button("Two", "primary")
    window = show(page(first, second))
    for button in (first, second):
        button.setFocus()
        ring = ring_of(window)
        assert ring is not None
        assert ring.geometry() == button.geometry().adjusted(-GAP, -GAP, GAP, GAP)
        edge = window.grab().toImage().pixelColor(ring.geometry().center().x(), ring.y() + 1)
        assert edge.name().upper() == LOOK.light.teal


def test_the_ring_follows_when_its_control_moves_and_goes_when_it_hides(show: Show) -> None:
    pushing, button = Text("Something"), Button("One")
    window = show(page(Card(pushing, button)))
    button.setFocus()
    pushing.setMinimumHeight(200)
    layout = window.layout()
    assert layout is not None
    layout.activate()
    ring = ring_of(window)
    assert ring is not None
    assert ring.pos() == button.mapTo(window, QPoint(-GAP, -GAP))
    window.findChild(Card).hide()  # type: ignore[union-attr]  # it was added above
    assert ring_of(window) is None


def test_the_ring_stays_inside_a_list_that_scrolls(show: Show) -> None:
    content = page(*[Button(str(n)) for n in range(40)])
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    window = show(page(area), size=(400, 300))
    button = content.findChildren(QPushButton)[0]
    button.setFocus()
    ring = ring_of(window)
    assert ring is not None
    assert ring.parentWidget() is area.viewport()


def test_the_ring_survives_a_control_that_is_deleted(qtbot: QtBot, show: Show) -> None:
    button, other = Button("One"), QLineEdit()
    window = show(page(button, other))
    button.setFocus()
    button.deleteLater()
    qtbot.waitUntil(lambda: ring_of(window) is None or window.focusWidget() is other)
    other.setFocus()
    assert ring_of(window) is not None


@pytest.mark.parametrize("density", [1.0, 2.0])
def test_an_icon_has_the_colour_asked_for_and_the_screens_density(qapp: object, density: float) -> None:
    picture = pixmap("printer", QColor("#0B6E7F"), 24, density)
    assert picture.size() == QSize(24, 24) * density
    image = picture.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    solid = {
        image.pixelColor(x, y).name().upper()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    assert solid == {"#0B6E7F"}


def test_an_unknown_icon_is_an_error_at_once(qapp: object) -> None:
    with pytest.raises(KeyError):
        pixmap("no-such-icon", QColor("black"), 24)


def test_an_icon_stands_in_the_colour_of_its_role_and_height_of_its_line(show: Show) -> None:
    label = IconLabel("clock", "wait")
    line = QWidget()
    line.setLayout(row(label, Text("Waiting"), None))
    show(page(line), Theme("kiosk"))
    assert label.height() == label.fontMetrics().height()
    assert LOOK.light.wait in colours_in(label)


def test_names_are_never_taken_for_markup(qapp: object) -> None:
    assert Text("<b>Amelia</b>").textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_small_pictures_have_the_colours_of_the_tokens(mode: str) -> None:
    colours = LOOK.light if mode == "light" else LOOK.dark
    for name, colour in (("tick", colours.on_teal), ("dot", colours.on_teal), ("open", colours.quiet_ink)):
        assert f'"{colour}"' in (THEME.parent / f"{name}-{mode}.svg").read_text(encoding="utf-8")
