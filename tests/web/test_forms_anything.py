"""Whatever is typed into whichever form: no fault of ours, and nothing of it comes back as markup."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imaging import DecodePool
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Scene
from tests.web.conftest import Browser, Web
from tests.web.signed import sign_in
from tests.web.who_sees import TABLE

FIELDS = (
    "as",
    "asks_for_digits",
    "code",
    "contents",
    "day",
    "digits",
    "has_read",
    "may_download",
    "month",
    "note",
    "notice_version",
    "number",
    "on",
    "other_day",
    "password",
    "proof",
    "recipient_email",
    "recipient_name",
    "repeat",
    "understands_sensitive",
    "user_name",
    "user_name_or_email",
    "way",
    "year",
)
EVIL = '"><script>alert(1)</script>'
PLAUSIBLE = (
    "",
    "yes",
    "email",
    "paper",
    "report",
    "other",
    "pdf",
    "2026-03-20",
    "9999-12-31",
    "0001-01-01",
    "12",
    "99999999999999999999",
    "-1",
    "١٢",
    "0123456789AB",
    "ABCD-EFGH-1234",
    "name@example.org",
    "\x00",
    "\ud7ff\U0010ffff",
    "%s{0}{name}",
    "a" * 3000,
    EVIL,
    "'; DROP TABLE account; --",
    "=cmd|' /C calc'!A0",
)
VALUES = st.one_of(
    st.sampled_from(PLAUSIBLE),
    st.text(max_size=60),
    st.builds("{}{}".format, st.text(max_size=5), st.just(EVIL)),
)
POSTS = sorted(path for method, path in TABLE if method == "POST" and path != "/account/sign-out-everywhere")


@pytest.fixture(scope="module")
def web(
    sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory, imaging: DecodePool, disc: Path
) -> Iterator[Web]:
    clock = FixedClock()
    folder = tmp_path_factory.mktemp("anything")
    portal = make_portal(sqlite_files.upgraded(), folder, clock, KeptMailer(), KeptTextSender(), imaging)
    yield Web(Scene(portal, clock), disc)
    portal.parts.database.close()


@pytest.fixture(scope="module")
def signed(web: Web) -> Browser:
    browser = sign_in(web, web.browser())
    browser.get(f"/exams/{web.exam}")
    return browser


@pytest.fixture(scope="module")
def invitation(web: Web) -> str:
    return str(web.invitation())


@pytest.mark.slow
@pytest.mark.timeout(400)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(POSTS),
    typed=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=12),
    has_session=st.booleans(),
)
def test_no_entry_is_a_fault_and_none_comes_back_as_markup(
    web: Web, signed: Browser, invitation: str, path: str, typed: dict[str, str], has_session: Any
) -> None:
    browser = signed if has_session and path not in {"/sign-out", "/sign-in"} else web.browser()
    address = path.format(exam_id=web.exam, invitation_id=invitation)
    answer = browser.send(address, browser.hidden("/open") | typed)
    assert answer.status_code < 500, (path, typed)
    assert "<script>alert" not in answer.text
    assert not re.search(r'value="[^"]*<', answer.text)
    for value in typed.values():
        if "<" in value:
            assert value not in answer.text


@pytest.mark.timeout(400)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(sorted(path for method, path in TABLE if method == "GET" and "{" in path)),
    value=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=40),
    query=st.dictionaries(
        st.sampled_from(["series", "page", "side", "instance", "frame", "after", "epoch"]), VALUES
    ),
)
def test_no_address_is_a_fault(
    web: Web, signed: Browser, path: str, value: str, query: dict[str, str]
) -> None:
    answer = signed.client.get(
        re.sub(r"\{\w+\}", lambda _: quoted(value), path), params=query, headers={"Accept": "*/*"}
    )
    assert answer.status_code < 500
    assert "<script>alert" not in answer.text


def quoted(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="")
