"""Guessing is slowed down by account, by place and overall, counted in the database."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.callers import Standing
from app.errors import Refused
from app.portal import Portal
from app.rules.access import CallerKind, Role
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from app.throttles import count_try, forgive
from db.models import Throttle
from tests.fakes import FixedClock
from tests.scene import PASSWORD, Scene

NAME = "amelia hart"


def someone(address: str = "203.0.113.1") -> Standing:
    return Standing(CallerKind.NOBODY, frozenset({Role.NOBODY}), address=address)


class Door:
    """Tries in a transaction each, as a use case makes them."""

    def __init__(self, portal: Portal, clock: FixedClock) -> None:
        self.portal, self.clock = portal, clock

    def waits(self, guarded: Guarded, account: str = "", address: str = "203.0.113.1") -> int:
        """Try once; return the minutes to wait, or 0 when the try is heard."""
        return self.tried(guarded, someone(address), account)

    def tried(self, guarded: Guarded, who: Standing, account: str = "") -> int:
        with self.portal.parts.database.writing() as session:
            try:
                count_try(session, guarded, who, self.clock(), account=account)
            except Refused as refusal:
                return int(refusal.fields["minutes"])
        return 0

    def forgive(self, guarded: Guarded, account: str = "", address: str = "203.0.113.1") -> None:
        with self.portal.parts.database.writing() as session:
            forgive(session, guarded, someone(address), account=account)

    def heard(self, guarded: Guarded, tries: int, *, accounts: bool = False, addresses: bool = False) -> int:
        """Try so many times, with another account or address each time where said; return how many were heard."""
        return sum(
            not self.waits(
                guarded,
                f"{NAME} {number if accounts else ''}",
                f"2001:db8:0:{number:x}::1" if addresses else "203.0.113.1",
            )
            for number in range(tries)
        )


@pytest.fixture
def door(portal: Portal, clock: FixedClock) -> Door:
    return Door(portal, clock)


def limit(guarded: Guarded, counted_by: CountedBy) -> int:
    return THROTTLES[guarded, counted_by].limit


@pytest.mark.parametrize("guarded", [Guarded.SIGN_IN, Guarded.ACTIVATION, Guarded.RESET])
def test_an_account_is_tried_so_often_wherever_the_tries_come_from(door: Door, guarded: Guarded) -> None:
    most = limit(guarded, CountedBy.ACCOUNT)
    assert door.heard(guarded, most + 3, addresses=True) == most


@pytest.mark.parametrize("guarded", list(Guarded))
def test_a_place_tries_so_often_whatever_is_tried(door: Door, guarded: Guarded) -> None:
    most = limit(guarded, CountedBy.PLACE)
    assert door.heard(guarded, most + 3, accounts=True) == most
    assert door.waits(guarded, "another", "203.0.113.2") == 0  # the control: another place is heard


def test_all_places_together_try_so_often(door: Door) -> None:
    most = limit(Guarded.RESET, CountedBy.OVERALL)
    assert door.heard(Guarded.RESET, most + 3, accounts=True, addresses=True) == most
    assert (
        door.waits(Guarded.SIGN_IN, "another", "203.0.113.2") == 0
    )  # what else is guarded counts for itself


def test_one_place_alone_cannot_shut_everybody_else_out(door: Door) -> None:
    assert door.heard(Guarded.RESET, limit(Guarded.RESET, CountedBy.OVERALL) + 3, accounts=True)
    assert door.waits(Guarded.RESET, "another", "203.0.113.2") == 0


def test_a_place_that_must_wait_cannot_lock_an_account(door: Door) -> None:
    assert door.heard(Guarded.SIGN_IN, limit(Guarded.SIGN_IN, CountedBy.PLACE), accounts=True)
    for _ in range(limit(Guarded.SIGN_IN, CountedBy.ACCOUNT) + 1):
        assert door.waits(Guarded.SIGN_IN, "victim") > 0
    assert door.waits(Guarded.SIGN_IN, "victim", "203.0.113.2") == 0


def test_all_addresses_of_one_ipv6_network_are_one_place(door: Door) -> None:
    most = limit(Guarded.CODE, CountedBy.PLACE)
    assert sum(not door.waits(Guarded.CODE, "", f"2001:db8::{n:x}") for n in range(most + 3)) == most
    mapped = [not door.waits(Guarded.CODE, "", f"::ffff:203.0.113.{n}") for n in range(most + 3)]
    assert all(mapped)  # these are IPv4 addresses, each of somebody else


def test_an_attack_from_outside_leaves_the_clinics_own_stations_working(door: Door, scene: Scene) -> None:
    most = limit(Guarded.RESET, CountedBy.OVERALL)
    assert door.heard(Guarded.RESET, most, accounts=True, addresses=True) == most
    assert door.waits(Guarded.RESET, "another", "203.0.113.2") > 0
    kiosk = Standing(CallerKind.STATION, frozenset({Role.NOBODY, Role.KIOSK}), scene.kiosk.id)
    assert door.tried(Guarded.RESET, kiosk, "another") == 0


def test_whoever_waits_is_told_how_long_and_is_heard_afterwards(door: Door, clock: FixedClock) -> None:
    most = limit(Guarded.SIGN_IN, CountedBy.ACCOUNT)
    assert door.heard(Guarded.SIGN_IN, most) == most
    assert door.waits(Guarded.SIGN_IN, f"{NAME} ") == 15
    clock.advance(timedelta(minutes=4, seconds=30))
    assert door.waits(Guarded.SIGN_IN, f"{NAME} ") == 11  # 10 1/2, and nobody is sent away a second time
    clock.advance(timedelta(minutes=10, seconds=29))
    assert door.waits(Guarded.SIGN_IN, f"{NAME} ") == 1
    clock.advance(timedelta(seconds=1))
    # Trying while one had to wait has not made the wait longer.
    assert door.heard(Guarded.SIGN_IN, most + 1) == most


def test_a_good_try_starts_the_account_anew_but_not_the_place(door: Door) -> None:
    most = limit(Guarded.SIGN_IN, CountedBy.PLACE)
    wrong = most - 1
    assert door.heard(Guarded.SIGN_IN, wrong, accounts=True) == wrong
    for _ in range(3):  # somebody signs in well, again and again, with an account of their own
        assert door.waits(Guarded.SIGN_IN, "own account") == 0
        door.forgive(Guarded.SIGN_IN, "own account")
    assert door.waits(Guarded.SIGN_IN, "one") == 0
    assert door.waits(Guarded.SIGN_IN, "two") > 0
    accounts = limit(Guarded.SIGN_IN, CountedBy.ACCOUNT)
    assert [door.waits(Guarded.SIGN_IN, "x", f"2001:db8:0:{n}::1") for n in range(accounts)] == [0] * accounts
    door.forgive(Guarded.SIGN_IN, "x", "2001:db8:0:1::1")
    assert door.waits(Guarded.SIGN_IN, "x", "2001:db8:0:2::1") == 0


def test_a_station_counts_for_itself_wherever_its_address_is(door: Door, scene: Scene) -> None:
    most = limit(Guarded.CODE, CountedBy.PLACE)

    roles = frozenset({Role.NOBODY, Role.KIOSK})

    def at(number: int) -> Standing:
        return Standing(CallerKind.STATION, roles, scene.kiosk.id, address=f"2001:db8::{number:x}")

    heard = [not door.tried(Guarded.CODE, at(number)) for number in range(most + 3)]
    assert sum(heard) == most


def test_what_is_stored_names_neither_account_nor_address(door: Door) -> None:
    door.waits(Guarded.SIGN_IN, NAME, "203.0.113.77")
    with door.portal.parts.database.reading() as session:
        keys = " ".join(session.scalars(select(Throttle.key)))
    assert "sign_in:account:" in keys
    assert "amelia" not in keys
    assert "203.0.113" not in keys


def test_counts_whose_time_is_over_are_forgotten(door: Door, scene: Scene, clock: FixedClock) -> None:
    door.waits(Guarded.SIGN_IN, NAME)
    clock.advance(timedelta(minutes=15))
    scene.portal.housekeep()
    with door.portal.parts.database.reading() as session:
        assert session.scalars(select(Throttle.key)).all() == []


def test_a_try_that_is_refused_by_a_use_case_is_counted_all_the_same(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    scene.account(scene.patient(), user_name="amelia")
    kiosk = portal.acting(scene.kiosk.caller)
    most = limit(Guarded.SIGN_IN, CountedBy.ACCOUNT)
    kinds = []
    for _ in range(most + 1):
        with pytest.raises(Refused) as caught:
            kiosk.sessions.sign_in("Amélia", "not the password")  # accents and case make no other account
        kinds.append(caught.value.kind)
    assert kinds == ["sign_in_wrong"] * most + ["too_many_tries"]
    with pytest.raises(Refused, match="too_many_tries"):
        kiosk.sessions.sign_in("amelia", PASSWORD)  # also with the right password
    clock.advance(timedelta(minutes=15))
    assert kiosk.sessions.sign_in("amelia", PASSWORD).token
