from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.search import LONGEST, Token, tokens

TODAY = date(2026, 3, 12)
BORN = date(1944, 5, 17)


def read(typed: str) -> tuple[Token, ...]:
    return tokens(typed, TODAY, "61")


@pytest.mark.parametrize(
    "typed",
    [
        "17/5/1944",
        "17/05/1944",
        "17.5.1944",
        "17-05-1944",
        "17 5 1944",
        "17/5/44",
        "1944-05-17",
        "1944/5/17",
        "17 May 1944",
        "17may1944",
        "17. may 44",
        "17 MAY, 1944",
        "17-may-1944",
        "5/17/1944",  # no seventeenth month: the other order is meant
    ],
)
def test_a_birth_date_is_read_in_each_way_it_is_typed(typed: str) -> None:
    assert read(typed) == (Token(birth_date=BORN),)


def test_eight_digits_may_be_a_birth_date_or_an_identifier() -> None:
    assert read("17051944") == (Token(identifier="17051944", birth_date=BORN),)
    assert read("19440517")[0].birth_date == BORN
    assert read("01021944")[0] == Token("", "01021944", "+611021944", date(1944, 2, 1))


def test_two_digits_of_a_year_mean_the_past() -> None:
    assert read("1/2/26")[0].birth_date == date(2026, 2, 1)
    assert read("1/2/27")[0].birth_date == date(1927, 2, 1)


@pytest.mark.parametrize("typed", ["32/13/1944", "17 brumaire 1944", "1/1/2030", "1/1/1700"])
def test_what_is_no_birth_date_is_read_otherwise(typed: str) -> None:
    assert all(token.birth_date is None for token in read(typed))


@pytest.mark.parametrize(
    ("typed", "mobile"),
    [
        ("0491 570 156", "+61491570156"),
        ("(0491) 570-156", "+61491570156"),
        ("0491570156", "+61491570156"),
        ("+44 7400 123456", "+447400123456"),
        ("0491", "+61491"),
    ],
)
def test_a_telephone_number_is_read_as_it_is_kept(typed: str, mobile: str) -> None:
    assert [token.mobile for token in read(typed)] == [mobile]


def test_words_numbers_and_dates_stand_in_any_order() -> None:
    assert set(read("o'brien 17/5/1944 zoë M77")) == {
        Token(word="obrien"),
        Token(word="o"),
        Token(word="brien"),
        Token(word="zoe"),
        Token(identifier="M77"),
        Token(birth_date=BORN),
    }


def test_nothing_typed_is_nothing_to_find() -> None:
    assert read("") == read("  ") == read("-- ,") == ()


@given(st.text(max_size=3 * LONGEST))
def test_anything_may_be_typed(typed: str) -> None:
    for token in read(typed):
        assert token.word or token.identifier or token.mobile or token.birth_date
        assert token.birth_date is None or token.birth_date <= TODAY
