"""What a kiosk without a printer asks the desk to print (D19)."""

from app.use_case import Noun


class PrintRequests(Noun):
    """What a kiosk without a printer asks the desk to print (D19)."""

    noun = "print_requests"
