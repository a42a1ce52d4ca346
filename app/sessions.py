"""One signed-in stay of staff or patient (D25)."""

from app.use_case import Noun


class Sessions(Noun):
    """One signed-in stay of staff or patient (D25)."""
