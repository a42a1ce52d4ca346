"""What a person is told when something cannot be done; the edge makes the sentence in their language."""

from typing import Any


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence for the catalogue without translating it here."""
    return sentence


class PortalError(Exception):
    """Something a person can understand and act on.

    kind: a stable word for programs ("code_expired"); sentence: the message id in the catalogue, with named
    fields in braces; fields: their values. The sentence's fields may name a date or a count, never a secret.
    """

    def __init__(self, kind: str, sentence: str, **fields: Any) -> None:
        super().__init__(kind)
        self.kind = kind
        self.sentence = sentence
        self.fields = fields


class NotAllowed(PortalError):  # noqa: N818 - reads as what happened
    """The caller may not do this, or is signed out."""


class NotFound(PortalError):  # noqa: N818
    """There is no such thing, or not for this caller: both are told the same."""


class Invalid(PortalError):  # noqa: N818
    """What was typed cannot be used; field names the input it belongs to, or is empty."""

    def __init__(self, kind: str, sentence: str, *, field: str = "", **fields: Any) -> None:
        super().__init__(kind, sentence, **fields)
        self.field = field


class Conflict(PortalError):  # noqa: N818
    """Somebody or something else came first, or the state does not allow it any more."""


class Refused(PortalError):  # noqa: N818
    """A try that counts: its counter and audit row are committed before it is raised."""


class Unavailable(PortalError):  # noqa: N818
    """A part of the clinic's equipment does not answer: printer, archive, mail, database, disk."""
