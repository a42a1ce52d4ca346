"""Which patients an account reaches, as what and until when (D31)."""

from app.use_case import Noun


class Family(Noun):
    """Which patients an account reaches, as what and until when (D31)."""
