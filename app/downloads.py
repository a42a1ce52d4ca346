"""A kiosk's QR code to the patient's phone (D21)."""

from app.use_case import Noun


class Downloads(Noun):
    """A kiosk's QR code to the patient's phone (D21)."""
