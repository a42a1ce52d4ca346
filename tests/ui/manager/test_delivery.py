"""How messages go out, for IT: numbers, and nobody's name or address (D26)."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from app.ports import DeliveryFailed
from tests.fakes import FixedClock, KeptTextSender
from tests.scene import Scene
from tests.ui.reception.conftest import CTRL, OpenDesk
from ui.desk.row_table import RowTable


def announce(scene: Scene, patient_site: str = "reception", **more: object) -> None:
    patient = scene.patient(**more)  # type: ignore[arg-type]  # the scene's own keywords
    report = scene.report(scene.exam(patient, site=more.get("site")), visible=False)  # type: ignore[arg-type]  # the same
    acting = scene.acting(patient_site)
    acting.reports.no_referrer(report, "Came by herself")
    acting.reports.complete(report)


@pytest.mark.rule("D26")
def test_it_reads_how_many_messages_wait_and_failed_at_their_sites_and_no_name(
    scene: Scene, open_desk: OpenDesk, clock: FixedClock, texts: KeptTextSender
) -> None:
    announce(scene)
    texts.trouble = DeliveryFailed("unknown number")
    scene.portal.deliver_due()
    texts.trouble = None
    clock.advance(timedelta(minutes=2))
    announce(scene, given="Bo", family="Lund")
    announce(scene, "reception_south", given="Ada", family="Ng", site=scene.south)
    desk = open_desk(scene)
    desk.sign_in(scene.staff["it"])
    desk.press(Qt.Key.Key_2, CTRL)
    desk.wait_for("delivery_table")
    desk.settle()
    rows = [[cell.text for cell in line.cells] for line in desk.find(RowTable, "delivery_table").lines]
    assert [(row[0], row[1], row[2], row[4], row[5], row[6]) for row in rows] == [
        ("North", "SMS", "1", "1", "0", "never")
    ]
    said = desk.words() + str(rows)
    assert not any(word in said for word in ("Hart", "Lund", "Ng", "+61491570156"))
    scene.portal.deliver_due()
    desk.press(Qt.Key.Key_F5)
    desk.settle()
    (line,) = desk.find(RowTable, "delivery_table").lines
    assert [cell.text for cell in line.cells][2:5] == ["0", "", "1"]
