"""What looks after the server: alive, ready, and numbers without a word of any person."""

from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.web.conftest import Web


def test_it_says_whether_it_is_ready_and_what_it_does(web: Web) -> None:
    web.invitation()
    here = TestClient(web.app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))
    outside = web.browser()
    assert here.get("/healthz").text == "alive\n"
    ready = here.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "tables": True, "archive": True})

    outside.enter()
    here.post("/api/sessions.mine", json={})
    numbers = here.get("/metrics").text
    assert 'portal_answers_total{asked="pages",status="303"} 1\n' in numbers
    assert 'portal_answers_total{asked="sessions.mine",status="401"} 1\n' in numbers
    assert 'portal_answer_seconds_count{asked="sessions.mine"} 1\n' in numbers
    assert "portal_followers 0\n" in numbers
    for private in ("Hart", "Okafor", "0123456789AB", "203.0.113", "/i/", str(web.patient)):
        assert private not in numbers
    assert outside.get("/metrics").status_code == 404  # the control: it is this machine's only

    # Tables of another version, and an archive whose disk is gone: not ready, and it says which part.
    with web.portal.parts.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    web.portal.parts.settings.archive_folder.rename(web.portal.parts.settings.archive_folder.parent / "gone")
    ready = here.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": True, "tables": False, "archive": False})
    assert here.get("/healthz").status_code == 200
