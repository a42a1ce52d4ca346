"""Forgotten passwords and unproved addresses (R14 to R17, D6)."""

from app.use_case import Noun


class Recovery(Noun):
    """Forgotten passwords and unproved addresses (R14 to R17, D6)."""
