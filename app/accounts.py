"""A person's way into the portal, as the desk gives it, blocks it and takes it back."""

from app.use_case import Noun


class Accounts(Noun):
    """A person's way into the portal, as the desk gives it, blocks it and takes it back."""
