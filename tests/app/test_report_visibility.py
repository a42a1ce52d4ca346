"""The rule in app/rules/report_release.py and the condition in db/queries/reports.py are one and the same (D9)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.facts import report_facts
from app.ids import new_id
from app.portal import Portal
from app.rules.report_release import ReportState, report_state
from db.models import Exam, Report
from db.queries.exams import Reach
from db.queries.reports import of_exams, readable, visible
from tests.scene import Scene

NOW = datetime(2026, 3, 12, 3, 5, tzinfo=UTC)
near = st.none() | st.sampled_from(
    [
        NOW + timedelta(seconds=seconds, microseconds=micro)
        for seconds in (-200_000, -1, 0, 1, 200_000)
        for micro in (-1, 0, 1)
    ]
)
reports = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["preliminary", "final", "addendum"]),
        "complete_at": near,
        "visible_from": near,
        "withheld_at": near,
        "withdrawn_at": near,
    }
)


@pytest.fixture
def patient_id(scene: Scene) -> UUID:
    return scene.patient()


Facts = dict[str, str | datetime | None]
# Every way for one fact to decide: each report is one combination, at the instant itself and a microsecond aside.
BORDERS: list[Facts] = [
    {
        "status": status,
        "complete_at": complete_at,
        "visible_from": shows_from,
        "withheld_at": withheld_at,
        "withdrawn_at": withdrawn_at,
    }
    for status in ("preliminary", "final", "addendum")
    for complete_at in (None, NOW)
    for shows_from in (None, NOW - timedelta(microseconds=1), NOW, NOW + timedelta(microseconds=1))
    for withheld_at in (None, NOW)
    for withdrawn_at in (None, NOW)
]


@pytest.mark.rule("R29", "D9", "D10", "D28")
@pytest.mark.parametrize("exam_held", [None, NOW])
def test_rule_and_query_agree_at_every_border(
    scene: Scene, portal: Portal, patient_id: UUID, exam_held: datetime | None
) -> None:
    visible = agreed(scene, portal, patient_id, BORDERS, exam_held)
    # final and addendum, with and without an SMS, since now or a microsecond ago
    assert visible == (0 if exam_held else 8)


@pytest.mark.rule("R29", "D9", "D10", "D28")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(reports, min_size=1, max_size=12), exam_held=near)
def test_rule_and_query_agree_on_every_report(
    scene: Scene, portal: Portal, patient_id: UUID, made: list[Facts], exam_held: datetime | None
) -> None:
    agreed(scene, portal, patient_id, made, exam_held)


def agreed(
    scene: Scene, portal: Portal, patient_id: UUID, made: list[Facts], exam_held: datetime | None
) -> int:
    """Compare rule and queries over these reports of one exam; return how many are visible."""
    exam_id = new_id()
    with portal.parts.database.reading() as session:  # rolled back at the end
        exam = Exam(
            id=exam_id,
            patient_id=patient_id,
            site_id=scene.north,
            description="",
            modality="CT",
            performed_at=NOW,
            created_at=NOW,
            withheld_at=exam_held,
        )
        session.add(exam)
        session.flush()
        rows = [
            Report(
                id=new_id(),
                exam_id=exam_id,
                title="Report",
                author="Dr Jo Lind",
                authored_at=NOW,
                attached_at=NOW,
                text="text",
                **facts,  # type: ignore[arg-type]  # drawn above
            )
            for facts in made
        ]
        session.add_all(rows)
        session.flush()
        by_rule = {
            row.id for row in rows if report_state(report_facts(row, exam), NOW) is ReportState.VISIBLE
        }
        by_query = set(
            session.scalars(
                select(Report.id)
                .join(Exam, Exam.id == Report.exam_id)
                .where(Report.exam_id == exam_id, visible(NOW))
            )
        )
        assert by_query == by_rule
        assert {
            report.id for report, is_visible in of_exams(session, [exam_id], NOW) if is_visible
        } == by_rule
        own = Reach(patient_ids=frozenset({exam.patient_id}))
        assert {row.id for row in rows if readable(session, own, NOW, row.id)} == by_rule
        others = Reach(patient_ids=frozenset({new_id()}))
        assert not any(readable(session, others, NOW, row.id) for row in rows)
        return len(by_rule)
