"""What the patient came for (R21 to R24, R36)."""

from app.use_case import Noun


class Exams(Noun):
    """What the patient came for (R21 to R24, R36)."""
