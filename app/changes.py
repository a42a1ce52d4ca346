"""What stations refresh on."""

from app.use_case import Noun


class ChangeFeed(Noun):
    """What stations refresh on."""

    noun = "changes"
