import pytest

from app.outside.common_passwords import CommonPasswords

COMMON = CommonPasswords()


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "1234567890123",
        "987654321098",
        "012345678901",
        "111111111111",
        "aaaaaaaaaaaaaaaa",
        "121212121212",
        "123123123123",
        "abcabcabcabcab",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopasdfghjkl",
        "asdfghjkl123456",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "qazwsxedcrfv",
        "zxcvbnm123456",
        "abcdefghijkl",
        "abcdef123456",
        "password1234",
        "Password1234",
        "PASSWORD12345!",
        "p@ssw0rd2024",
        "P@55w0rd!2024",
        "passwordpassword",
        "password-password",
        "mypassword123",
        "thisismypassword",
        "letmeinletmein",
        "letmein123456",
        "iloveyou1985",
        "iloveyouforever",
        "welcome12345",
        "Welcome2024!!",
        "administrator",
        "administrator1",
        "sunshine2023!",
        "football1999",
        "princess12345",
        "Summer2024!!",
        "Sydney2024!!!",
        "michael12345",
        "Michael.1987",
        "charlie-1987",
        "superman1234",
        "changeme1234",
        "trustno1trustno1",
        "portalpassword",
        "patientportal1",
        "hospital2024",
        "!!!!!!!!!!!!",
        "            ",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff441234",  # wide letters that NFKC makes plain
    ],
)
def test_a_password_that_everybody_takes_is_common(password: str) -> None:
    assert password in COMMON


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    "password",
    [
        "vK3#pQ9z!mL2",
        "tractor violin umbrella",
        "correcthorsebatterystaple",
        "four sleepy wombats",
        "Der Mond ist aufgegangen",
        "842719360518",
        "m\u00fcnchen liegt an der isar",
        "\u6211\u7684\u732b\u559c\u6b22\u5728\u7a97\u53f0\u4e0a\u7761\u89c9",
        "gum-tree kettle 9",
        "xkwpvbnorfum",
        "my grandmother baked on sundays",
    ],
)
def test_a_password_of_somebodys_own_is_not(password: str) -> None:
    assert password not in COMMON


def test_what_is_no_text_is_not_among_them() -> None:
    assert 123456789012 not in COMMON
