"""What people at a site must do (D32)."""

from app.use_case import Noun


class Tasks(Noun):
    """What people at a site must do (D32)."""
