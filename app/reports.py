"""The radiologist's text and when it shows (R27 to R35, D9 to D11, D28)."""

from app.use_case import Noun


class Reports(Noun):
    """The radiologist's text and when it shows (R27 to R35, D9 to D11, D28)."""
