"""The addresses that paper leads to: a secret stands only in the fragment, which no browser sends to a server."""

from app.views.paper import Letterhead


def groups(code: str) -> str:
    """Write a code in groups of four letters with hyphens."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def activation_link(letterhead: Letterhead, code: str) -> str:
    """The address behind an activation letter's QR code (D1)."""
    return f"{letterhead.public_address}/activate#{code}"


def invitation_link(letterhead: Letterhead, number: str, verification_code: str) -> str:
    """The address behind an invitation's QR code (D12)."""
    return f"{letterhead.public_address}/i/{number}#{verification_code}"


def reset_link(letterhead: Letterhead, code: str) -> str:
    """The address behind a reset slip's QR code (D6)."""
    return f"{letterhead.public_address}/reset#{code}"


def typed(letterhead: Letterhead, path: str) -> str:
    """An address as a person types it: without https://, which every browser adds."""
    return f"{letterhead.public_address}/{path}".removeprefix("https://")


def activation_mail_link(letterhead: Letterhead, proof: str) -> str:
    """The address behind the "Activate Account" button: leads to activation and proves the e-mail address (R6, R7)."""
    return f"{letterhead.public_address}/activate#mail={proof}"


def confirmation_link(letterhead: Letterhead, proof: str) -> str:
    """The address behind the button of a mail that only proves an address (D7)."""
    return f"{letterhead.public_address}/confirm-email#{proof}"
