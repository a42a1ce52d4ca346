"""What somebody opened who should not have: for "Given to the wrong person" (D27)."""

from datetime import datetime
from typing import Any

from app.audit import PLAIN
from app.errors import N_
from app.use_case import Work
from app.views.paper import Opening
from app.words import Words
from db.models import Account, AuditEvent
from db.queries import accounts as queries
from db.queries import clinic as clinic_queries
from db.queries import invitations as invitation_queries

# Beyond what a patient's own list names.
_MEANWHILE = {
    "activation.finish": N_("activated the account"),
    "sessions.sign_in": N_("signed in"),
    "recovery.reset": N_("set a new password"),
}


def openings_by(work: Work[Any], account: Account, since: datetime) -> tuple[Opening, ...]:
    """Return, in plain words, what was done with an account, and with what it shared, since an instant; oldest first."""
    words = Words()
    plain = {**PLAIN, **_MEANWHILE}
    guests = {
        row[0].id: row[0].recipient_name for row in invitation_queries.of_account(work.session, account.id)
    }

    def who(event: AuditEvent) -> str:
        if event.account_id is None and event.invitation_id:
            return words(N_("With the invitation for {name}"), name=guests[event.invitation_id])
        return account.user_name or account.holder_name

    stations = {station.id: station.name for station in clinic_queries.stations(work.session)}
    return tuple(
        Opening(
            at=event.at,
            who=who(event),
            what=words(plain[event.verb]),
            where=stations.get(event.station_id, "") if event.station_id else words(N_("Web portal")),
        )
        for event in queries.events_by(work.session, account.id, since)
        if event.verb in plain
    )
