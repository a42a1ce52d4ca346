"""A desk's table gives each column what it needs, and tells in full what it had to cut."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.look import read_look
from ui.desk.row_table import Cell, Line, RowTable

LONG = "Nora Josephine Valentine-Okonkwo of Northside"


def test_what_is_cut_is_told_in_full_and_nothing_else_is(qtbot: QtBot) -> None:
    table = RowTable("patients", "Patients", ("Name", "Born"), read_look().light)
    qtbot.addWidget(table)
    table.show_rows([Line(1, (Cell(LONG), Cell("12 March 1958"))), Line(2, (Cell("Bo"), Cell("1 May 1960")))])
    table.resize(200, 100)
    table.show()
    qtbot.waitExposed(table)

    def told() -> list[str]:
        """What is said where the pointer rests on each cell."""
        places = [table.model().index(row, at) for row in range(2) for at in range(2)]
        for place in places:
            at = table.visualRect(place).center()
            rests = QHelpEvent(QEvent.Type.ToolTip, at, table.viewport().mapToGlobal(at))
            QApplication.sendEvent(table.viewport(), rests)
        return [place.data(Qt.ItemDataRole.ToolTipRole) for place in places]

    assert told() == [LONG, "", "", ""]
    table.resize(900, 100)
    qtbot.waitUntil(lambda: told() == [""] * 4)
