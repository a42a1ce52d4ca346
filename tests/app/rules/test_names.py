from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.names import Person, name_alert, same_person, search_words, unaccented

BORN = date(1958, 4, 1)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Émile Zola", ("emile", "zola")),
        ("SMITH-JONES, Anna  Maria", ("smith", "jones", "anna", "maria")),
        ("Søren Ærø", ("soren", "aero")),
        ("Þóra Guðrún", ("thora", "gudrun")),
        ("Łukasz Groß", ("lukasz", "gross")),
        ("Đặng Thị Hồng", ("dang", "thi", "hong")),
        ("Yağmur Işık", ("yagmur", "isik")),
        ("O'Brien", ("obrien", "o", "brien")),
        ("O’Brien", ("obrien", "o", "brien")),
        ("李 小龙", ("李", "小龙")),
        ("Αλέξης", ("αλεξησ",)),
        ("  ", ()),
        ("", ()),
        ("Anna anna", ("anna",)),
    ],
)
def test_a_name_is_found_by_its_words_without_accents(name: str, words: tuple[str, ...]) -> None:
    assert search_words(name) == words


@pytest.mark.parametrize("typed", ["obrien", "OBRIEN pat", "o'brien", "o’b", "O Brien", "brien", "Pát"])
def test_who_has_an_apostrophe_is_found_however_it_is_typed(typed: str) -> None:
    kept = search_words("Pat O'Brien")
    assert all(any(word.startswith(part) for word in kept) for part in search_words(typed))


@given(st.text(max_size=30))
def test_the_words_of_a_name_are_what_their_own_search_finds(name: str) -> None:
    words = search_words(name)
    assert all(search_words(word) == (word,) for word in words)
    assert search_words(name.upper().lower()) or not words
    assert unaccented(unaccented(name)) == unaccented(name)


@pytest.mark.rule("D4")
@pytest.mark.parametrize(
    ("other", "alerts"),
    [
        (Person("Émile Zola", BORN), True),
        (Person("ZOLA, Emile", BORN), True),
        (Person("Emile Zola", date(1958, 4, 2)), False),
        (Person("Emile Edouard Zola", BORN), False),
        (Person("Emilie Zola", BORN), False),
    ],
)
def test_the_same_name_and_birth_date_give_a_name_alert(other: Person, *, alerts: bool) -> None:
    assert name_alert(Person("Emile Zola", BORN), [Person("Anna Bell", BORN), other]) == alerts


def test_nobody_else_gives_no_name_alert() -> None:
    assert not name_alert(Person("Emile Zola", BORN), [])


@pytest.mark.parametrize(
    ("name", "birth_date", "warns"),
    [
        ("emile zola", BORN, True),
        ("Zola", BORN, True),
        ("Emile Édouard Zola", BORN, True),
        ("OBrien", BORN, False),
        ("", BORN, False),
        ("Emile Zola", date(1985, 4, 1), False),
        ("Emile Dubois", BORN, False),
    ],
)
def test_a_duplicate_is_suspected_when_one_name_holds_the_other(
    name: str, birth_date: date, *, warns: bool
) -> None:
    known = Person("Émile Zola", BORN)
    assert same_person(known, Person(name, birth_date)) == warns
    assert same_person(Person(name, birth_date), known) == warns


def test_an_apostrophe_makes_no_other_person() -> None:
    assert same_person(Person("Pat O'Brien", BORN), Person("Pat OBrien", BORN))
    assert name_alert(Person("Pat O'Brien", BORN), [Person("Pat OBrien", BORN)])
