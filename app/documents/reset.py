"""The slip with which a patient without a proved e-mail address chooses a new password (D6)."""

from app.documents.letter import Address, Letter, write_letter
from app.documents.links import reset_link, typed
from app.documents.style import PaperStyle
from app.views.paper import ResetSlip
from app.words import Words


def reset_slip(slip: ResetSlip, style: PaperStyle, words: Words) -> bytes:
    """Return the slip as PDF, with the user name and the clear code.

    Raises Invalid ("no_font", "address_too_long").
    """
    _ = words
    head = slip.letterhead

    def write(page: Letter) -> None:
        page.title(_("Choose a new password"))
        page.paragraph(
            _(
                "This code lets you choose a new password for your account at {clinic}. Your user name is {user_name}.",
                clinic=head.clinic_name,
                user_name=slip.user_name,
            )
        )
        page.steps(
            (
                _(
                    "Scan the square with your phone, go to {address} or use our kiosk.",
                    address=typed(head, "reset"),
                ),
                _("Type your code and answer the questions."),
                _("Choose a new password, then sign in."),
            )
        )
        page.codes(((_("Reset code"), slip.code),), reset_link(head, slip.code))
        page.end(
            _("Use the code by {moment}.", moment=words.moment(slip.expires_at, head.time_zone)),
            _(
                "For help or a new code, call {phone} or write to {email}.",
                phone=head.phone,
                email=head.email,
            ),
        )

    return write_letter(head, Address((slip.recipient,)), style, words, write)
