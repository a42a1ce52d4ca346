"""Stands in for a mail server or SMS gateway that this machine has no settings for: what waits goes on waiting."""

from app.ports import DeliveryDelayed, Mail, TextReceipt


class NoMailer:
    """Keeps every e-mail waiting."""

    def send(self, mail: Mail) -> None:  # noqa: ARG002 - the port's signature
        """Raise DeliveryDelayed."""
        raise DeliveryDelayed("no mail server is set up")


class NoTextSender:
    """Keeps every SMS waiting."""

    gives_receipts = False

    def send(self, idempotency_key: str, to: str, text: str) -> TextReceipt:  # noqa: ARG002 - the port's signature
        """Raise DeliveryDelayed."""
        raise DeliveryDelayed("no SMS gateway is set up")

    def receipt(self, reference: str) -> TextReceipt:  # noqa: ARG002 - the port's signature
        """Raise DeliveryDelayed."""
        raise DeliveryDelayed("no SMS gateway is set up")
