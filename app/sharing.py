"""Invitations and the visits they open (R52 to R78, D12 to D17)."""

from app.use_case import Noun


class Sharing(Noun):
    """Invitations and the visits they open (R52 to R78, D12 to D17)."""
