"""How somebody is reached: e-mail addresses and telephone numbers as people type them."""

import re

import phonenumbers

from app.errors import N_, Invalid

_EMAIL = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}"
)
_LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the brackets
_LONGEST_PHONE = 40


def read_email(typed: str, field: str = "email") -> str:
    """Return the address as it is kept, in lower case, or "" for an empty field; raises Invalid."""
    address = typed.strip().lower()
    if not address:
        return ""
    if len(address) > _LONGEST_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise Invalid(
            "email_unreadable",
            N_("This does not look like an e-mail address. Check it for spaces and missing letters."),
            field=field,
        )
    return address


def read_mobile(typed: str, country: str, field: str = "mobile") -> str:
    """Return the number as E.164, or "" for an empty field; raises Invalid.

    country: where a number without "+" is dialled, by ISO 3166, such as "AU".
    """
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed[:_LONGEST_PHONE], country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number_for_type(
        number, phonenumbers.PhoneNumberType.MOBILE
    ):
        raise Invalid(
            "mobile_unreadable",
            N_("This does not look like a telephone number. Check that no digit is missing."),
            field=field,
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def calling_code(country: str) -> str:
    """Return the digits after "+" of a country, such as "61"."""
    return str(phonenumbers.country_code_for_region(country))
