"""The start of a window: a calm sentence first, then the desk or kiosk, or why it cannot open."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.errors import Invalid
from app.settings import MachineSettings, read_settings
from ui.desktop import Start

Starting = Callable[[Callable[[], MachineSettings]], Start]


@pytest.fixture
def start(qapp: QApplication) -> Iterator[Starting]:
    begun: list[Start] = []

    def begin(settings: Callable[[], MachineSettings]) -> Start:
        one = Start(
            qapp, "desk", settings, is_practice=False, window=lambda _surroundings, _samples: QWidget()
        )
        begun.append(one)
        one.show()
        return one

    yield begin
    for one in begun:
        one.close_down()
        for window in qapp.topLevelWidgets():
            window.close()


def test_the_first_page_gives_way_to_the_window(start: Starting, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "portal.toml"
    file.write_text(f'data_folder = "{tmp_path / "data"}"\n')
    begun = start(lambda: read_settings(file, {}))
    first = begun.first
    assert first.isVisible()
    qtbot.waitUntil(lambda: not first.isVisible(), timeout=60_000)
    assert begun.opened is not None
    assert begun.opened.isVisible()


def test_settings_that_cannot_be_used_are_said_on_the_first_page(start: Starting, qtbot: QtBot) -> None:
    def broken() -> MachineSettings:
        raise Invalid("settings", "The settings file {file} cannot be read.", file="portal.toml")

    begun = start(broken)
    said = "The settings file portal.toml cannot be read."
    qtbot.waitUntil(lambda: begun.first.sentence == said)
    assert begun.opened is None
