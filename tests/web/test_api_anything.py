"""Nothing that can be sent to the stations' way in breaks the server: every use case, with values made from its hints."""

import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from app.callers import Caller
from app.imaging import DecodePool
from app.rules.access import Role
from app.served import Served, served_by
from tests.app.who_may import TABLE
from tests.app.world import World
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from web.api import create_api
from web.api_caller import caller_of

TEXTS = st.one_of(
    st.sampled_from(
        ["", "desk", "A4", "email", "paper", "Hart", "amelia@example.org", "+61491570156", "🦘" * 20]
    ),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30),
)
NUMBERS = st.one_of(st.integers(-2, 2030), st.sampled_from([-(2**53) + 1, 2**31, 2**53 - 1]))
TIMES = st.datetimes(timezones=st.just(UTC))
WHO = {
    Role.RECEPTION: "reception",
    Role.CLINICAL: "clinical",
    Role.MANAGER: "manager",
    Role.PRIVACY: "privacy",
    Role.IT: "it",
    Role.PATIENT: "patient",
    Role.GUEST: "guest",
    Role.KIOSK: "kiosk",
    Role.DESK: "desk",
    Role.STAFF: "reception",
    Role.NEW_STAFF: "employee with a one-time password",
    Role.NOBODY: "kiosk",
}


@dataclass
class Asked:
    """The server, and who is asking it just now."""

    client: TestClient
    world: World
    served: dict[str, Served]
    caller: Caller


@pytest.fixture(scope="module")
def asked(
    sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory, imaging: DecodePool
) -> Iterator[Asked]:
    clock = FixedClock()
    folder = tmp_path_factory.mktemp("anything")
    portal = make_portal(sqlite_files.upgraded(), folder, clock, KeptMailer(), KeptTextSender(), imaging)
    world = World(portal, clock)
    api = create_api(portal)
    with TestClient(api, base_url="https://portal") as client:
        made = Asked(client, world, dict(served_by(portal)), world.callers["desk"])
        api.dependency_overrides[caller_of] = lambda: made.caller
        yield made
    portal.parts.database.close()


def values(hint: Any, ids: st.SearchStrategy[UUID]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each kind of type
    """Values that a hint allows, often at an edge."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return st.one_of(*(values(one, ids) for one in inner))
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(values(inner[0], ids), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(one, ids) for one in inner))
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return st.fixed_dictionaries({field.name: values(hints[field.name], ids) for field in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXTS,
        int: NUMBERS,
        bool: st.booleans(),
        bytes: st.one_of(st.binary(max_size=20), st.just(b"%PDF-1.4")),
        UUID: ids,
        date: st.dates(),
        datetime: TIMES,
        type(None): st.none(),
    }
    return plain[hint]


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"images.fetch"}))
def test_no_argument_breaks_the_server(asked: Asked, name: str) -> None:
    if name not in asked.served:
        assert asked.client.post(f"/{name}", json={}).status_code == 404
        return
    served, world = asked.served[name], asked.world
    known = [one for one in vars(world).values() if isinstance(one, UUID)]
    ids = st.sampled_from([*known, world.scene.north, UUID(int=0)])
    hints = {
        k: hint for k, hint in get_type_hints(served.use_case.body).items() if k not in {"work", "return"}
    }
    arguments = st.fixed_dictionaries({k: values(hint, ids) for k, hint in hints.items()})
    who = sorted({WHO[role] for role in served.use_case.declaration.who if role in WHO})

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(sent=arguments, caller=st.sampled_from(who))
    def ask(sent: dict[str, Any], caller: str) -> None:
        asked.caller = world.callers[caller]
        answer = asked.client.post(f"/{name}", content=to_json(sent, bytes_mode="base64"))
        assert answer.status_code < 500 or answer.json()["kind"] == "archive_missing", (sent, answer.json())

    ask()
