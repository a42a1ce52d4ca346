"""The letter with which a patient activates an account (R2, D1)."""

from zoneinfo import ZoneInfo

from app.documents.letter import Address, Letter, write_letter
from app.documents.links import activation_link, typed
from app.documents.style import PaperStyle
from app.views.paper import ActivationLetter
from app.words import Words


def activation_letter(letter: ActivationLetter, style: PaperStyle, words: Words) -> bytes:
    """Return the letter as PDF. It bears the clear code and nothing that activation asks for (D4).

    Raises Invalid ("no_font", "address_too_long").
    """
    _ = words
    head = letter.letterhead

    def write(page: Letter) -> None:
        page.title(_("Your patient portal is ready"))
        page.paragraph(
            _(
                "{clinic} has made an account for you. In it are your reports and images.",
                clinic=head.clinic_name,
            )
        )
        page.steps(
            (
                _(
                    "Scan the square with your phone, go to {address} or use our kiosk.",
                    address=typed(head, "activate"),
                ),
                _("Type your code and answer the questions."),
                _("Choose a user name and password, then sign in."),
            )
        )
        page.codes(((_("Activation code"), letter.code),), activation_link(head, letter.code))
        if letter.works_later:
            page.paragraph(
                _(
                    "Your code does not work yet. It works once our computer has taken it over, usually later today."
                )
            )
        page.end(
            _("Use the code by {day}.", day=letter.expires_on),
            _(
                "For help or a new code, call {phone} or write to {email}.",
                phone=head.phone,
                email=head.email,
            ),
        )

    day = words.date(letter.made_at.astimezone(ZoneInfo(head.time_zone)).date())
    return write_letter(
        head, Address((letter.recipient, *letter.recipient_address), day), style, words, write
    )
