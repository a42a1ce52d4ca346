"""The paper with which a guest opens a shared exam (R56 to R59, D12)."""

from app.documents.letter import Address, Letter, write_letter
from app.documents.links import invitation_link, typed
from app.documents.style import PaperStyle
from app.views.paper import PrintedInvitation
from app.words import Words


def invitation(printed: PrintedInvitation, style: PaperStyle, words: Words) -> bytes:
    """Return the invitation as PDF, with its number and clear verification code.

    Raises Invalid ("no_font", "address_too_long").
    """
    _ = words
    head = printed.letterhead

    def write(page: Letter) -> None:
        page.title(_("You are invited to see an exam"))
        page.paragraph(
            _(
                "{patient} shares an exam at {clinic} with you.",
                patient=printed.shared_by,
                clinic=head.clinic_name,
            )
        )
        if printed.message.strip():
            page.quotation(printed.message.strip())
        page.steps(
            (
                _(
                    "Scan the square with your phone, go to {address} or use our kiosk.",
                    address=typed(head, "open"),
                ),
                _("Type the invitation number and the verification code."),
                _("Open the exam. You do not need an account."),
            )
        )
        page.codes(
            ((_("Invitation number"), printed.number), (_("Verification code"), printed.verification_code)),
            invitation_link(head, printed.number, printed.verification_code),
        )
        page.end(
            words.count(
                "It opens once, until {day}.",
                "It opens {n} times, until {day}.",
                printed.max_accesses,
                day=printed.shared_until,
            ),
            _("For help, call {phone} or write to {email}.", phone=head.phone, email=head.email),
        )

    return write_letter(head, Address((printed.recipient_name,)), style, words, write)
