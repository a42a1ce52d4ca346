"""The clinic's settings and its month page."""

from app.use_case import Noun


class ClinicOffice(Noun):
    """The clinic's settings and its month page."""

    noun = "clinic"
