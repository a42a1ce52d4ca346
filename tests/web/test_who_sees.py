"""Walks every address with every kind of caller, on things of theirs, of others, and that do not exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import func, select

from app.imaging import DecodePool
from db.models import Account, Invitation, SessionRecord
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import PASSWORD, Scene
from tests.web.conftest import CODE, NUMBER, Web, said
from tests.web.signed import sign_in, user_name
from tests.web.who_sees import TABLE, Row
from web.assets import fonts

HOST = "portal.harbour.example"
OF_BEN = "AAAAAAAAAAAA"
REVOKED = "BBBBBBBBBBBB"


@dataclass(frozen=True)
class Things:
    """The ids of one patient's things."""

    patient_id: UUID
    exam_id: UUID
    report_id: UUID
    series_id: UUID
    instance_id: UUID
    invitation_id: UUID


MISSING = Things(*(UUID(int=number) for number in range(1, 7)))
# Whose things each caller reaches: as a patient, as the account that shares, and as a guest.
REACH = {
    "nobody": ("", "", ""),
    "patient": ("amelia", "amelia", ""),
    "parent": ("amelia", "", ""),
    "other patient": ("ben", "ben", ""),
    "guest": ("", "", "amelia"),
    "guest of another": ("", "", "ben"),
    "guest of a revoked share": ("", "", ""),
    "patient who signed out": ("", "", ""),
    "patient whose time is over": ("", "", ""),
    "blocked patient": ("", "", ""),
    "patient at a kiosk": ("", "", ""),
}


class World:
    """Amelia's exam and Ben's, each shared once, and a browser for each kind of caller."""

    def __init__(self, web: Web) -> None:
        self.web, scene = web, web.scene
        clock = web.clock
        series = scene.acting(web.as_owner()).exams.open(web.exam).series[1]
        amelia = Things(
            web.patient,
            web.exam,
            web.report,
            series.id,
            series.instances[0].id,
            scene.invitation(web.owner, web.exam, web.patient, number=NUMBER),
        )
        patient = scene.patient("Ben", "Okoro", date(1970, 1, 2))
        ben = scene.account(patient, user_name="ben.okoro", email="ben@example.org")
        exam = scene.exam(patient)
        of_ben, instance = scene.image(exam, frames=2)
        invitation = scene.invitation(ben, exam, patient, number=OF_BEN)
        self.things = {
            "amelia": amelia,
            "ben": Things(patient, exam, scene.report(exam), of_ben, instance, invitation),
            "missing": MISSING,
            # One of theirs beside one of somebody else's
            "mixed": Things(patient, web.exam, scene.report(exam), of_ben, instance, invitation),
            "half missing": replace(MISSING, exam_id=web.exam),
        }
        revoked = scene.invitation(web.owner, web.exam, web.patient, number=REVOKED)
        scene.account(web.patient, relation="parent", user_name="parent", email="parent@example.org")
        over, blocked = (
            scene.account(web.patient, user_name=name, email=f"{name}@example.org")
            for name in ("over", "blocked")
        )
        self.browsers = {name: web.browser(address=f"203.0.113.{n}") for n, name in enumerate(REACH, 1)}
        for name, account in (
            ("patient", user_name(web)),
            ("parent", "parent"),
            ("other patient", "ben.okoro"),
            ("patient who signed out", user_name(web)),
            ("patient whose time is over", "over"),
            ("blocked patient", "blocked"),
        ):
            sign_in(web, self.browsers[name], account)
        for name, number in (
            ("guest", NUMBER),
            ("guest of another", OF_BEN),
            ("guest of a revoked share", REVOKED),
        ):
            assert self.browsers[name].enter(CODE, number).status_code == 303
        at_kiosk = web.portal.acting(scene.kiosk.caller).sessions.sign_in(user_name(web), PASSWORD).token
        self.browsers["patient at a kiosk"].client.cookies.set("__Host-session", at_kiosk, domain=HOST)
        # Whoever may open an exam has opened it: its parts are shown only then.
        for browser in self.browsers.values():
            for path in (f"/exams/{web.exam}", f"/exams/{exam}", "/visit"):
                browser.get(path)
        gone = self.browsers["patient who signed out"]
        kept = gone.client.cookies["__Host-session"]
        gone.send("/sign-out", gone.hidden("/open"))
        gone.client.cookies.set("__Host-session", kept, domain=HOST)
        with web.portal.parts.database.writing() as session:
            session.get_one(Account, blocked.id).blocked_at = clock()
            session.get_one(Invitation, revoked).revoked_at = clock()
            for row in session.scalars(select(SessionRecord).where(SessionRecord.account_id == over.id)):
                row.ended_at = clock()

    def ask(self, caller: str, method: str, path: str, row: Row, of: str) -> Response:
        named = {field.name: str(getattr(self.things[of], field.name)) for field in fields(Things)}
        query = f"?{row.query.format(**named)}" if row.query else ""
        address = path.format(
            **named,
            number=1,
            frame=0,
            kind="image_png",
            name=next(iter(fonts())) if "fonts" in path else "d-1",
        )
        browser = self.browsers[caller]
        if method == "GET":
            return browser.get(address + query)
        return browser.send(address, browser.hidden("/open") | dict(row.fields))


@pytest.fixture(scope="module")
def world(
    sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory, imaging: DecodePool, disc: Path
) -> Iterator[World]:
    clock = FixedClock()
    folder = tmp_path_factory.mktemp("who sees")
    portal = make_portal(sqlite_files.upgraded(), folder, clock, KeptMailer(), KeptTextSender(), imaging)
    yield World(Web(Scene(portal, clock), disc))
    portal.parts.database.close()


def addresses(world: World) -> set[tuple[str, str]]:
    """The application's own table of routes, those of included routers too."""
    found = set()
    for route in world.web.app.routes:
        included = route.effective_candidates() if hasattr(route, "effective_candidates") else [route]
        for one in included:
            methods: set[str] = getattr(one, "methods", None) or set()
            found |= {(method, str(getattr(one, "path", ""))) for method in methods - {"HEAD"}}
    return found


def test_every_address_has_a_row_and_every_row_an_address(world: World) -> None:
    assert addresses(world) == set(TABLE)


def is_allowed(row: Row, caller: str, of: str, names: set[str]) -> bool:
    as_patient, as_owner, as_guest = REACH[caller]
    if row.kind == "anybody":
        return True
    if row.kind == "signed in":
        return bool(as_patient)
    reached = {"patient": as_patient, "owner": as_owner, "visit": as_guest}[row.kind]
    if not names:
        return bool(reached)
    if of == "mixed":  # Amelia's exam with Ben's parts: nobody's. With nothing beside it, Amelia's or Ben's.
        of = ("amelia" if names == {"exam_id"} else "") if "exam_id" in names else "ben"
    return bool(of) and reached == of


def named_things(path: str, row: Row) -> set[str]:
    return set(re.findall(r"\{(\w+_id)\}", path + row.query))


@pytest.mark.rule("D13", "D17", "D25", "D26", "D27", "D31")
@pytest.mark.parametrize("caller", REACH)
def test_only_the_allowed_addresses_answer_and_what_is_refused_looks_like_what_is_missing(
    world: World, caller: str
) -> None:
    for (method, path), row in TABLE.items():
        if method != "GET":
            continue
        names = named_things(path, row)
        for of in ("amelia", "ben", "mixed") if names else ("amelia",):
            answer = world.ask(caller, method, path, row, of)
            where = (caller, path, of, answer.status_code)
            if is_allowed(row, caller, of, names):
                assert is_let_through(answer, path), where
            else:
                missing = world.ask(caller, method, path, row, "half missing" if of == "mixed" else "missing")
                assert answer.status_code in {403, 404}, where
                assert answer.status_code == missing.status_code, where
                assert said(answer) == said(missing), where
                assert not answer.headers["Content-Type"].startswith(("image", "application")), where


def is_let_through(answer: Response, path: str) -> bool:
    allowed = {200, 303}
    if path.endswith("/{number}") and "report" in path:
        allowed |= {404, 422}  # a report in words has no pages
    elif path.startswith("/d/"):
        allowed |= {403, 404}  # the browser holds no such download
    elif "video" in path:
        allowed |= {404}  # none of the images is one
    elif "{instance_id}" in path or "download" in path:
        allowed |= {503}  # the archive has no file of Ben's image
    return answer.status_code in allowed


@pytest.mark.rule("D17", "D26", "D31")
def test_forms_do_nothing_for_those_who_may_not_send_them(world: World) -> None:
    before = counted(world)
    for (method, path), row in TABLE.items():
        if method != "POST" or row.kind == "anybody":
            continue
        names = named_things(path, row)
        for caller in REACH:
            for of in ("amelia", "ben", "missing") if names else ("amelia",):
                if is_allowed(row, caller, of, names):
                    continue
                answer = world.ask(caller, method, path, row, of)
                where = (caller, path, of, answer.status_code)
                is_over = path == "/visit/leave" and answer.headers.get("Location") == "/left"
                assert is_over or answer.status_code in {403, 404}, where
    assert counted(world) == before


def test_forms_are_taken_from_those_who_may_send_them(world: World) -> None:
    for (method, path), row in TABLE.items():
        if method != "POST" or row.kind == "anybody":
            continue
        caller = "guest" if row.kind == "visit" else "patient"
        answer = world.ask(caller, method, path, row, "amelia")
        assert answer.status_code in {200, 204, 303}, (path, said(answer))


def counted(world: World) -> tuple[object, ...]:
    with world.web.portal.parts.database.reading() as session:
        rows = session.scalars(select(Invitation).order_by(Invitation.id)).all()
        ended = session.scalar(select(func.count()).where(SessionRecord.ended_at.is_not(None)))
        large = session.scalar(select(func.count()).where(Account.large_text.is_(True)))
        return (
            len(rows),
            tuple((row.revoked_at, row.shared_until, row.version) for row in rows),
            ended,
            large,
        )
