"""What stations refresh on: which rows changed since they last looked."""

from uuid import UUID

from app.rules.access import Role
from app.use_case import Noun, Work, use_case
from app.views.work import ChangeRow, Changes
from db.queries import journal as queries

SIGNED_IN = frozenset({Role.STAFF, Role.PATIENT, Role.GUEST})


class ChangeFeed(Noun):
    """The change feed, filtered by what the caller may know of."""

    noun = "changes"

    @use_case(SIGNED_IN, is_activity=False, while_locked=True)
    def since(self, work: Work[None], epoch: UUID | None = None, number: int = 0) -> Changes:
        """Return what changed after a number; a new epoch, or none given, starts at the feed's present end.

        An epoch other than the one given means that everything must be loaded again.
        """
        current, last, _audit, _head = queries.head(work.session)
        if epoch != current:
            return Changes(current, last, ())
        who = work.who
        rows = queries.changes_after(
            work.session,
            number,
            site_ids=who.site_ids if who.staff_id else None,
            account_id=who.account_id,
            patient_ids=who.patient_ids,
            invitation_id=who.invitation_id,
        )
        # The second question may be answered with what was saved after the first one was.
        newest = rows[-1].number if rows else 0
        return Changes(
            current,
            newest if len(rows) == queries.CHANGES_AT_ONCE else max(last, newest),
            tuple(ChangeRow(row.noun, row.row_id, row.patient_id) for row in rows),
        )
