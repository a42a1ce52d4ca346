"""The activation code typed, a user name and a password made (R8 to R11)."""

from app.use_case import Noun


class Activation(Noun):
    """The activation code typed, a user name and a password made (R8 to R11)."""
