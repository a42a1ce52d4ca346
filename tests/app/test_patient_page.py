from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.scene import Scene


def test_a_page_with_much_on_it_asks_the_database_as_often_as_one_with_little(scene: Scene) -> None:
    patient = scene.patient()
    owner, desk = scene.account(patient), scene.acting("reception")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def statements() -> int:
        asked.clear()
        desk.patients.open(patient)
        return len(asked)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        counts = []
        for number in range(3):
            exam = scene.exam(patient)
            scene.report(exam)
            scene.invitation(owner, exam, patient, number=f"{number:012d}")
            counts.append(statements())
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert counts == [counts[0]] * 3
