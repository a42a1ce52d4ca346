"""E-mail and SMS as rows, and what became of them."""

from app.use_case import Noun


class Messages(Noun):
    """E-mail and SMS as rows, and what became of them."""
