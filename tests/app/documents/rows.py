"""People and papers of the tests."""

from datetime import UTC, date, datetime

from app.views.paper import (
    ActivationLetter,
    Letterhead,
    Opening,
    PrintedInvitation,
    PrintedReport,
    ResetSlip,
    WhoOpened,
)

HEAD = Letterhead(
    clinic_name="Harbour Imaging",
    site_name="Northside",
    address=("12 Wharf Street", "Level 3", "Northside NSW 2060"),
    phone="02 5550 1234",
    email="portal@harbour-imaging.example",
    public_address="https://portal.harbour-imaging.example",
    time_zone="Australia/Sydney",
)
ACTIVATION = ActivationLetter(
    letterhead=HEAD,
    account_id="a1",
    recipient="Zoë Nguyễn-Papadopoulos",
    recipient_address=("Flat 4", "18 Orchard Road", "Northside NSW 2060"),
    code="4T7K9QWM2HXB",
    expires_on=date(2026, 12, 24),
    made_at=datetime(2026, 11, 23, 22, 30, tzinfo=UTC),
    asks_for_digits=True,
)
INVITATION = PrintedInvitation(
    letterhead=HEAD,
    invitation_id="i1",
    number="7XK2M9QTA4HB",
    verification_code="VW3Y8Z5N6P2C",
    recipient_name="Dr Olga Яковлева",
    shared_by="Zoë Nguyễn-Papadopoulos",
    message="Dear Olga, please look at this before Friday.",
    shared_until=date(2026, 12, 24),
    max_accesses=10,
)
SLIP = ResetSlip(
    letterhead=HEAD,
    account_id="a1",
    recipient="Zoë Nguyễn-Papadopoulos",
    user_name="zoe.nguyen",
    code="9QWM2HXB4T7K",
    expires_at=datetime(2026, 11, 25, 5, 3, tzinfo=UTC),
)
REPORT = PrintedReport(
    letterhead=HEAD,
    patient_name="Zoë Nguyễn-Papadopoulos",
    birth_date=date(1960, 5, 3),
    identifiers=("MRN 12345 (Northside)",),
    exam_title="CT of the head",
    performed_at=datetime(2026, 11, 24, 1, 5, tzinfo=UTC),
    title="Addendum",
    author="Dr Ada Radiologist",
    authored_at=datetime(2026, 11, 24, 4, 5, tzinfo=UTC),
    paragraphs=(
        "Findings:",
        "No bleeding. A nodule of 4 mm, volume ≤ 30 mm³.",
        "Conclusion:",
        "Normal for age.",
    ),
)
OPENED = WhoOpened(
    letterhead=HEAD,
    patient_name="Zoë Nguyễn-Papadopoulos",
    birth_date=date(1960, 5, 3),
    from_day=date(2026, 1, 1),
    until_day=date(2026, 11, 24),
    openings=tuple(
        Opening(
            at=datetime(2026, 11, day, 3, 5, tzinfo=UTC),
            who="Mary Smith, reception",
            what=f"Opened exam {day}",
            where="Desk 2, Northside",
        )
        for day in range(1, 29)
    ),
)
