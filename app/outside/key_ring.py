"""The operating system's keyring, where a desk keeps the key of its own file.

The library is loaded when a desk first asks for its key: it looks for every keyring that there may be.
"""

from base64 import b64decode, b64encode

from app.errors import N_, Unavailable

_SERVICE = "Patient portal"


class SystemKeyRing:
    """Secrets as ports.KeyRing asks: Windows' credentials, the Secret Service, or what else keyring finds."""

    def read(self, name: str) -> bytes | None:
        """Return a secret, None where there is none of this name; raises Unavailable without a usable keyring."""
        import keyring
        from keyring.errors import KeyringError

        try:
            found = keyring.get_password(_SERVICE, name)
            return b64decode(found, validate=True) if found is not None else None
        except (KeyringError, ValueError, RuntimeError, OSError):
            raise _no_keyring() from None

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret; raises Unavailable without a usable keyring."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(_SERVICE, name, b64encode(secret).decode("ascii"))
        except (KeyringError, RuntimeError, OSError):
            raise _no_keyring() from None

    def delete(self, name: str) -> None:
        """Keep a secret no longer; raises Unavailable without a usable keyring."""
        import keyring
        from keyring.errors import KeyringError

        try:
            if keyring.get_password(_SERVICE, name) is not None:
                keyring.delete_password(_SERVICE, name)
        except (KeyringError, ValueError, RuntimeError, OSError):
            raise _no_keyring() from None


def _no_keyring() -> Unavailable:
    return Unavailable(
        "no_keyring",
        N_(
            "This computer has no keyring that can be used, so this desk cannot go on while the clinic's server is away."
            " Tell the person who looks after your computers."
        ),
    )
