"""The stations' way in: nothing without a key, and nothing but what the tables say."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.ids import new_id
from app.portal import Portal
from app.rules.access import Role
from app.served import AT_A_KIOSK, served_by
from app.transport import API_VERSION
from db.models import AuditEvent, SessionRecord, Station
from tests.fakes import FixedClock
from tests.scene import Scene
from web.api import create_api

NOT_AT_A_KIOSK = "This cannot be done at a kiosk."
KIOSK, DESK = "key of Kiosk 1", "key of Desk 1"


class Line:
    """A station that speaks to the server without the program of stations."""

    def __init__(self, portal: Portal) -> None:
        self.client = TestClient(create_api(portal), base_url="https://portal", raise_server_exceptions=True)

    def ask(
        self, name: str, sent: Any = None, *, key: str = DESK, content: bytes | None = None, **headers: str
    ) -> Response:
        shown = {"Authorization": f"Bearer {key}", "Portal-Api": str(API_VERSION)}
        shown |= {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"content": content} if content is not None else {"json": sent or {}}
        return self.client.post(f"/{name}", headers=shown, **given)

    def kind(self, *args: Any, **kwargs: Any) -> tuple[int, str]:
        answer = self.ask(*args, **kwargs)
        return answer.status_code, answer.json()["kind"]


@pytest.fixture
def line(scene: Scene) -> Iterator[Line]:
    made = Line(scene.portal)
    with made.client:
        yield made


def test_whoever_holds_no_key_is_told_the_same_whatever_they_ask(line: Line, scene: Scene) -> None:
    refusals = [
        line.client.post("/clinic.settings", json={}),
        line.client.get("/clinic.settings"),
        line.client.get("/nothing/here"),
        line.client.post("/nothing.here", content=b"x" * 100_000),
        line.client.get("/hello"),
        line.client.get("/openapi.json"),
        line.client.get("/file/ticket"),
        line.client.delete("/file/ticket"),
        line.ask("clinic.settings", key="wrong"),
        line.ask("clinic.settings", key=""),
        line.ask("clinic.settings", Authorization="Basic abc"),
        line.ask("staff.me", key="wrong", Portal_Session="token"),
    ]
    assert {(one.status_code, one.content) for one in refusals} == {(401, refusals[0].content)}
    assert refusals[0].json()["kind"] == "station_unknown"
    assert line.ask("clinic.settings").status_code == 200  # the control
    # Whoever holds a key that is out is told so, and as little else.
    scene.acting("it_south").stations.revoke(scene.desk_south.id)
    for name in ("clinic.settings", "staff.sign_in", "nothing.here"):
        assert line.kind(name, key="key of Desk 2") == (401, "station_revoked")


def test_a_key_alone_opens_what_a_station_may_and_no_more(line: Line) -> None:
    assert line.ask("stations.mine").json()["value"]["name"] == "Desk 1"
    assert line.kind("staff.me") == (403, "signed_out")
    assert line.kind("staff.me", Portal_Session="made up") == (403, "signed_out")
    assert line.kind("visits.mine", Portal_Visit="made up") == (403, "visit_over")


def test_what_is_not_for_stations_is_not_there(line: Line, scene: Scene) -> None:
    for name in ("patients.by_identifier", "images.fetch", "downloads.claim", "nothing.here", "clinic", "x"):
        assert line.kind(name) == (404, "use_case_unknown")
    served = served_by(scene.portal)
    assert {one.use_case.name for one in served.values()} == set(served)
    assert not any(one.use_case.declaration.who <= {Role.COMMAND_LINE, Role.FEED} for one in served.values())


@pytest.mark.rule("D26")
def test_a_kiosks_key_asks_for_nothing_but_what_the_kiosks_table_lists(line: Line, scene: Scene) -> None:
    served = served_by(scene.portal)
    for name in sorted(set(served) - AT_A_KIOSK):
        answer = line.ask(name, key=KIOSK).json()
        assert (answer["kind"], answer["sentence"]) == ("not_allowed", NOT_AT_A_KIOSK), name
    for name in sorted(set(served) & AT_A_KIOSK):
        assert line.ask(name, key=KIOSK).json().get("sentence") != NOT_AT_A_KIOSK, name
    # No kiosk's program asks for such things: whoever reads the audit trail learns that its key is in other hands.
    with scene.portal.parts.database.reading() as session:
        denied = session.scalars(select(AuditEvent).where(AuditEvent.detail.contains("not_at_a_kiosk"))).all()
    assert {(event.verb, event.station_id, event.outcome) for event in denied} == {
        (name, scene.kiosk.id, "denied") for name in set(served) - AT_A_KIOSK
    }


@pytest.mark.rule("D26")
def test_the_kiosks_table_holds_what_patients_guests_and_visitors_do_and_nothing_of_the_staffs(
    scene: Scene,
) -> None:
    served = served_by(scene.portal)
    assert AT_A_KIOSK - set(served) == {"images.fetch"}
    at_a_kiosk = {Role.PATIENT, Role.GUEST, Role.KIOSK}
    for name in AT_A_KIOSK & set(served):
        assert served[name].use_case.declaration.who & at_a_kiosk, name
    # What patients may do elsewhere only: links in e-mails open in a browser.
    left_out = {
        name for name, one in served.items() if one.use_case.declaration.who & at_a_kiosk
    } - AT_A_KIOSK
    assert left_out <= {
        "activation.open_mail_link",
        "images.open_video",
        "recovery.confirm_email",
        "sessions.sign_out_everywhere",
    }


def test_arguments_are_bounded_and_read_only_for_whoever_holds_a_key(line: Line) -> None:
    large = b'{"token": "' + b"x" * 70_000 + b'"}'
    assert line.kind("recovery.confirm_email", content=large) == (422, "request_too_large")
    assert line.kind("recovery.confirm_email", content=large, key="wrong") == (401, "station_unknown")
    pieces = iter([large[:40_000], large[40_000:]])
    answer = line.client.post(
        "/recovery.confirm_email",
        headers={"Authorization": f"Bearer {DESK}", "Portal-Api": "1"},
        content=pieces,
    )
    assert answer.json()["kind"] == "request_too_large"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"surprise": 1}', b"\xff", b"null"])
def test_what_cannot_be_read_is_refused_in_plain_words(line: Line, content: bytes) -> None:
    assert line.kind("clinic.settings", content=content) == (422, "request_unreadable")


def test_an_unreadable_request_id_is_refused(line: Line) -> None:
    assert line.kind("clinic.settings", Portal_Request="1") == (422, "request_unreadable")


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("0", "station_too_old"),
        ("", "station_too_old"),
        ("x", "station_too_old"),
        ("2", "station_too_new"),
        ("9" * 5, "station_too_new"),
    ],
)
def test_a_program_too_old_or_too_new_is_told_so(line: Line, version: str, kind: str) -> None:
    assert line.kind("clinic.settings", Portal_Api=version) == (503, kind)


def test_a_station_is_seen_once_a_minute(line: Line, scene: Scene, clock: FixedClock) -> None:
    def seen() -> Any:
        with scene.portal.parts.database.reading() as session:
            return session.get_one(Station, scene.desk.id).last_seen_at

    first = clock()
    line.ask("clinic.settings")
    clock.advance(timedelta(seconds=59))
    line.ask("clinic.settings")
    assert seen() == first
    clock.advance(timedelta(seconds=1))
    line.ask("clinic.settings")
    assert seen() == clock()


def test_an_unexpected_error_is_a_reference_and_says_nothing_else(
    line: Line, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("Amelia Hart")

    monkeypatch.setattr("app.stations._row", broken)
    answer = line.ask("stations.mine")
    assert (answer.status_code, answer.json()["kind"]) == (500, "server_trouble")
    assert "Amelia" not in answer.text
    assert scene.clinic.name not in answer.text


def test_every_answer_has_the_strict_headers_and_the_servers_time(scene: Scene, clock: FixedClock) -> None:
    from web.main import create_app

    with TestClient(
        create_app(scene.portal, scene.portal.parts.settings), base_url="https://elsewhere"
    ) as client:
        for key in (DESK, "wrong"):
            shown = {"Authorization": f"Bearer {key}", "Portal-Api": "1"}
            answer = client.post("/api/clinic.settings", json={}, headers=shown)
            assert answer.headers["Portal-Now"] == clock().isoformat()
            assert answer.headers["Cache-Control"] == "no-store"
            assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert client.get("/open").status_code == 403  # the pages are at their own address only


def test_a_manager_reads_the_description_of_everything_that_is_served(line: Line, scene: Scene) -> None:
    def read(role: str, key: str = DESK) -> Response:
        token = f"token of {role}"
        now = scene.clock()
        scene.add(
            SessionRecord(
                id=new_id(),
                digest=scene.portal.parts.keys.digest("session", token),
                kind="staff",
                staff_id=scene.staff[role].id,
                station_id=scene.desk.id,
                started_at=now,
                last_active_at=now,
                ends_at=now + timedelta(hours=1),
            )
        )
        shown = {"Authorization": f"Bearer {key}", "Portal-Api": "1", "Portal-Session": token}
        return line.client.get("/openapi.json", headers=shown)

    told = read("manager").json()
    assert set(told["paths"]) == {f"/api/{name}" for name in served_by(scene.portal)}
    asked = told["paths"]["/api/reports.attach_pdf"]["post"]["requestBody"]["content"]["application/json"]
    schema = told["components"]["schemas"][asked["schema"]["$ref"].rpartition("/")[2]]
    assert {"exam_id", "pdf"} <= set(schema["required"])
    assert schema["additionalProperties"] is False
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(told)))
    assert named <= set(told["components"]["schemas"])
    assert read("reception").json()["kind"] == "not_allowed"
    assert read("it", KIOSK).status_code == 403
