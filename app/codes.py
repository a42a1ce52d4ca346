"""New codes: the clear one leaves once, on paper or in a message; its keyed hash stays."""

from dataclasses import dataclass, field

from app.errors import N_, Invalid
from app.ports import Keys
from app.rules import codes


@dataclass(frozen=True)
class FreshCode:
    """A code and what is stored of it."""

    clear: str = field(repr=False)
    digest: bytes

    @property
    def grouped(self) -> str:
        """The clear code in groups, as people read it."""
        return codes.grouped(self.clear)


def fresh_code(keys: Keys, purpose: str, clear: str = "") -> FreshCode:
    """Make a code for one purpose: activation, reset or email. clear: the code that a desk has printed already."""
    clear = codes.read_code(clear) if clear else codes.new_code()
    return FreshCode(clear, keys.digest(purpose, clear))


def digest_of_typed(keys: Keys, purpose: str, typed: str) -> bytes:
    """Return the keyed hash of the code that was meant; raises Invalid when it cannot be one."""
    try:
        return keys.digest(purpose, codes.read_code(typed))
    except ValueError:
        raise Invalid(
            "code_unreadable",
            N_("A code has 12 letters and digits, and never a U. Please check what you typed."),
            field="code",
        ) from None
