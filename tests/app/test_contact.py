import pytest

from app.contact import calling_code, read_email, read_mobile
from app.errors import Invalid


@pytest.mark.rule("D7")
@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("0491 570 156", "AU", "+61491570156"),
        ("(0491) 570-156", "AU", "+61491570156"),
        ("+61 491 570 156", "AU", "+61491570156"),
        ("+44 7400 123456", "AU", "+447400123456"),
        ("07400 123456", "GB", "+447400123456"),
        ("  ", "AU", ""),
    ],
)
def test_mobiles_are_kept_as_e164(typed: str, country: str, kept: str) -> None:
    assert read_mobile(typed, country) == kept


@pytest.mark.parametrize("typed", ["1", "call me", "0491 57", "+", "++61", "0" * 500])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as told:
        read_mobile(typed, "AU")
    assert told.value.field == "mobile"
    assert typed not in str(told.value)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Amelia.Hart+portal@Example.ORG ", "amelia.hart+portal@example.org"),
        ("a@b.co", "a@b.co"),
        ("o'brien@mail.example.com.au", "o'brien@mail.example.com.au"),
        ("", ""),
    ],
)
def test_addresses_are_kept_in_lower_case(typed: str, kept: str) -> None:
    assert read_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "amelia",
        "amelia@",
        "@example.org",
        "amelia@example",
        "amelia@@example.org",
        "amelia hart@example.org",
        "amelia@example.org, ben@example.org",
        "amelia@example.org\nBcc: x@example.org",
        "<amelia@example.org>",
        "amelia@-example.org",
        "amelia@exa\u0000mple.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 250 + ".org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as told:
        read_email(typed)
    assert told.value.field == "email"


def test_calling_codes() -> None:
    assert (calling_code("AU"), calling_code("NZ"), calling_code("XX")) == ("61", "64", "0")
