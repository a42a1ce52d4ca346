"""The user name and password that a person chooses: refused in plain words where they cannot be used (D5)."""

from app.errors import N_, Invalid
from app.parts import Parts
from app.rules.passwords import (
    PasswordFault,
    UserNameFault,
    check_password,
    check_user_name,
    normal_user_name,
)
from app.views.clinic import Clinic


def chosen_user_name(typed: str, clinic: Clinic) -> str:
    """Return the user name as it is kept; raises Invalid."""
    rules = clinic.rules
    for fault in check_user_name(typed, rules):
        sentence = {
            UserNameFault.TOO_SHORT: N_("A user name has at least {least} letters or digits."),
            UserNameFault.TOO_LONG: N_("A user name has at most {most} letters or digits."),
            UserNameFault.UNREADABLE: N_(
                "This user name has a character that cannot be seen. Type it again."
            ),
        }[fault]
        raise Invalid(
            f"user_name_{fault.value}",
            sentence,
            field="user_name",
            least=rules.user_name_min,
            most=rules.user_name_max,
        )
    return normal_user_name(typed)


def user_name_taken() -> Invalid:
    """Return the error of a user name that somebody else has."""
    return Invalid(
        "user_name_taken",
        N_("Somebody has this user name already. Please choose another."),
        field="user_name",
    )


def check_chosen_password(parts: Parts, clinic: Clinic, password: str, user_name: str) -> None:
    """Raise Invalid when the password cannot be used."""
    rules = clinic.rules
    for fault in check_password(password, user_name, clinic.name, parts.common_passwords, rules):
        sentence = {
            PasswordFault.TOO_SHORT: N_(
                "A password has at least {least} characters. Three or four words work well."
            ),
            PasswordFault.TOO_LONG: N_("A password has at most {most} characters."),
            PasswordFault.COMMON: N_(
                "Many people use this password, so it is easy to guess. Choose another."
            ),
            PasswordFault.HAS_USER_NAME: N_(
                "The user name must not be part of the password. Choose another."
            ),
            PasswordFault.HAS_CLINIC_NAME: N_(
                "The clinic's name must not be part of the password. Choose another."
            ),
        }[fault]
        raise Invalid(
            f"password_{fault.value}",
            sentence,
            field="password",
            least=rules.password_min,
            most=rules.password_max,
        )
