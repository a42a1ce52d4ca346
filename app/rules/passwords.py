"""Which user names and passwords a person may choose (D5)."""

import re
import unicodedata
from collections.abc import Container
from enum import Enum

from app.rules.limits import ClinicRules
from app.rules.names import unaccented


class PasswordFault(Enum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    HAS_USER_NAME = "has_user_name"
    HAS_CLINIC_NAME = "has_clinic_name"


class UserNameFault(Enum):
    """Why a user name is refused, before asking whether it is taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"  # holds characters that cannot be seen


def normal_password(typed: str) -> str:
    """Return the password as it is hashed, the same from every keyboard (NFKC, D5)."""
    return unicodedata.normalize("NFKC", typed)


def check_password(
    password: str, user_name: str, clinic_name: str, common: Container[str], rules: ClinicRules
) -> list[PasswordFault]:
    """Return every reason to refuse the password, none when it is good (D5).

    common: passwords known to be guessed first, in lower case.
    """
    if len(password) > rules.password_max:
        # Checked before normalising, which would make a long one longer still.
        return [PasswordFault.TOO_LONG]
    normal = normal_password(password)
    faults = {
        PasswordFault.TOO_SHORT: len(normal) < rules.password_min,
        PasswordFault.TOO_LONG: len(normal) > rules.password_max,
        PasswordFault.COMMON: normal in common or normal.casefold() in common,
        PasswordFault.HAS_USER_NAME: _contains(user_name_key(normal), user_name_key(user_name)),
        PasswordFault.HAS_CLINIC_NAME: _contains(_letters(normal), _letters(clinic_name)),
    }
    return [fault for fault, found in faults.items() if found]


def normal_user_name(typed: str) -> str:
    """Return the user name as it is kept and shown (NFKC, no space around it)."""
    return unicodedata.normalize("NFKC", typed).strip()


def user_name_key(user_name: str) -> str:
    """Return what no two user names may share: no case, no accents (D5)."""
    return unaccented(normal_user_name(user_name)).strip()


def check_user_name(user_name: str, rules: ClinicRules) -> list[UserNameFault]:
    """Return every reason to refuse the user name, none when it can be used if it is free (D5)."""
    if len(user_name) > rules.user_name_max:
        return [UserNameFault.TOO_LONG]
    normal = normal_user_name(user_name)
    faults = {
        UserNameFault.TOO_SHORT: len(normal) < rules.user_name_min,
        UserNameFault.TOO_LONG: len(normal) > rules.user_name_max,
        UserNameFault.UNREADABLE: bool(normal) and not (normal.isprintable() and user_name_key(normal)),
    }
    return [fault for fault, found in faults.items() if found]


def _contains(whole: str, part: str) -> bool:
    return bool(part) and part in whole


def _letters(text: str) -> str:
    # "Bay Imaging" is contained in "bay-imaging-2026" for whoever guesses.
    return re.sub(r"[\W_]+", "", unaccented(text))
