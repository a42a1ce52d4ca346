import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.limits import ClinicRules
from app.rules.passwords import (
    PasswordFault,
    UserNameFault,
    check_password,
    check_user_name,
    normal_password,
    normal_user_name,
    user_name_key,
)

RULES = ClinicRules()
COMMON = frozenset({"password1234", "iloveyouforever"})


def faults(
    password: str, user_name: str = "emile.k", clinic_name: str = "Bay Imaging"
) -> list[PasswordFault]:
    return check_password(password, user_name, clinic_name, COMMON, RULES)


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "aaaaaaaaaaab",
        "密码密码密码密码密码密码",
        "😀" * 12,
        "x" * 12,
        "y" * 128,
        "            ",
        "ünïcödé wörds",
    ],
)
def test_any_characters_of_the_right_number_are_a_password(password: str) -> None:
    assert faults(password) == []


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("x" * 11, [PasswordFault.TOO_SHORT]),
        ("x" * 129, [PasswordFault.TOO_LONG]),
        ("x" * 1_000_000, [PasswordFault.TOO_LONG]),
        ("ﷺ" * 20, [PasswordFault.TOO_LONG]),  # one character that NFKC spells out in 18
        ("password1234", [PasswordFault.COMMON]),
        ("PassWord1234", [PasswordFault.COMMON]),
        ("ｐａｓｓｗｏｒｄ1234", [PasswordFault.COMMON]),
        ("my Émile.K secret", [PasswordFault.HAS_USER_NAME]),
        ("bay-imaging-2026", [PasswordFault.HAS_CLINIC_NAME]),
        ("EMILE.K@BayImaging", [PasswordFault.HAS_USER_NAME, PasswordFault.HAS_CLINIC_NAME]),
        ("emile.k", [PasswordFault.TOO_SHORT, PasswordFault.HAS_USER_NAME]),
    ],
)
def test_a_password_is_refused_with_every_reason(password: str, expected: list[PasswordFault]) -> None:
    assert faults(password) == expected


def test_an_empty_user_or_clinic_name_is_contained_in_nothing() -> None:
    assert faults("correct horse battery", user_name="", clinic_name=" - ") == []


@pytest.mark.rule("D5")
def test_a_password_is_the_same_from_every_keyboard() -> None:
    assert normal_password("cafe\u0301 cre\u0300me 12") == normal_password("café crème 12")
    assert normal_password(" Keeps its spaces ") == " Keeps its spaces "


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Émile.K", "emile.k"),
        ("EMILE\u0301", "emilé"),
        ("Łukasz", "lukasz"),
        ("STRASSE", "straße"),
        ("İpek", "ipek"),
        ("Ipek", "ıpek"),
        ("ｅｍｉｌｅ", "emile"),
        (" emile ", "emile"),
        ("Øster", "oster"),
    ],
)
def test_user_names_differing_in_case_or_accents_are_the_same(one: str, other: str) -> None:
    assert user_name_key(one) == user_name_key(other)


@pytest.mark.rule("D5")
def test_different_user_names_stay_different() -> None:
    names = ["emile", "emil", "emile.k", "emile k", "emile1", "李小龙", "李小龍", "мария", "mariya"]
    assert len({user_name_key(name) for name in names}) == len(names)


@given(st.text(max_size=20))
def test_the_key_of_a_key_is_itself(user_name: str) -> None:
    key = user_name_key(user_name)
    assert user_name_key(key) == key
    assert user_name_key(normal_user_name(user_name)) == key


@given(st.text(st.characters(max_codepoint=0x24F, categories=("Lu", "Ll")), min_size=1, max_size=20))
def test_the_key_of_a_latin_name_does_not_depend_on_its_case(user_name: str) -> None:
    assert user_name_key(user_name.swapcase()) == user_name_key(user_name)


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    ("user_name", "expected"),
    [
        ("emil", []),
        ("e" * 64, []),
        ("emile@example.org", []),
        ("Émile K", []),
        ("王小明子", []),
        ("", [UserNameFault.TOO_SHORT]),
        ("emi", [UserNameFault.TOO_SHORT]),
        ("  emi  ", [UserNameFault.TOO_SHORT]),
        ("e" * 65, [UserNameFault.TOO_LONG]),
        ("ﷺ" * 4, [UserNameFault.TOO_LONG]),
        ("emi\u200ble", [UserNameFault.UNREADABLE]),
        ("emi\nle", [UserNameFault.UNREADABLE]),
        ("emi\x00le", [UserNameFault.UNREADABLE]),
        ("\u0301\u0301\u0301\u0301", [UserNameFault.UNREADABLE]),
    ],
)
def test_which_user_names_can_be_used(user_name: str, expected: list[UserNameFault]) -> None:
    assert check_user_name(user_name, RULES) == expected
