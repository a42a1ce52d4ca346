"""An invitation's status with its colour and icon."""

from app.rules.invitation import InvitationState
from app.sayings import status_word
from app.views.sharing import InvitationRow
from app.words import Words
from ui.widgets.status import StatusBadge, StatusKind

KINDS: dict[InvitationState, StatusKind] = {
    InvitationState.ACTIVE: "good",
    InvitationState.VIEWED: "teal",
    InvitationState.EXPIRED: "wait",
    InvitationState.REVOKED: "stop",
}


def status_badge(words: Words, row: InvitationRow) -> StatusBadge:
    """Return one of the four statuses (R73 to R78)."""
    return StatusBadge(status_word(words, row.state), KINDS[row.state])
