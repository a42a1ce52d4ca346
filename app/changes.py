"""What stations refresh on: which rows changed since they last looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.callers import Caller
from app.database_trouble import in_plain_words
from app.parts import Parts
from app.rules.access import Role
from app.use_case import Noun, Work, use_case
from app.views.work import ChangeRow, Changes
from db.models import Change
from db.queries import journal as queries
from db.queries import sessions as session_queries

SIGNED_IN = frozenset({Role.STAFF, Role.PATIENT, Role.GUEST})


class ChangeFeed(Noun):
    """The change feed, filtered by what the caller may know of."""

    noun = "changes"

    def __init__(self, parts: Parts, caller: Caller, request_id: UUID | None = None) -> None:
        super().__init__(parts, caller, request_id)
        self.scope: queries.Scope | None = (
            None  # by which the last look was filtered, where the database is here
        )

    @use_case(SIGNED_IN, is_activity=False, while_locked=True)
    def since(self, work: Work[None], epoch: UUID | None = None, number: int = 0) -> Changes:
        """Return what changed after a number; a new epoch, or none given, starts at the feed's present end.

        An epoch other than the one given means that everything must be loaded again.
        """
        return self._after(work, epoch, number)

    @use_case(SIGNED_IN, is_activity=False, while_locked=True)
    def follow(self, work: Work[None], epoch: UUID | None = None, number: int = 0) -> Changes:
        """Return the same as since; the clinic's server answers a station only when there is something to tell.

        Or after a while, with nothing: then it is asked again, with the number of that answer.
        """
        return self._after(work, epoch, number)

    def _after(self, work: Work[None], epoch: UUID | None, number: int) -> Changes:
        current, last, _audit, _head = queries.head(work.session)
        who = work.who
        self.scope = queries.Scope(
            who.site_ids if who.staff_id else None, who.account_id, who.patient_ids, who.invitation_id
        )
        if epoch != current:
            return Changes(current, last, ())
        rows = queries.changes_after(work.session, number, self.scope)
        # The second question may be answered with what was saved after the first one was.
        newest = rows[-1].number if rows else 0
        return Changes(
            current,
            newest if len(rows) == queries.CHANGES_AT_ONCE else max(last, newest),
            tuple(ChangeRow(row.noun, row.row_id, row.patient_id) for row in rows),
        )


@dataclass(frozen=True)
class News:
    """What the feed holds after a number, for whoever wakes those whom it concerns."""

    epoch: UUID
    number: int
    rows: tuple[Change, ...] | None  # None: too many at once, or not the same feed any more

    def concerns(self, scope: queries.Scope | None) -> bool:
        """Tell whether somebody with this scope, None where it is not known yet, must look."""
        if self.rows is None or scope is None:
            return True
        return any(scope.holds(row) for row in self.rows)


def news(parts: Parts, before: News | None) -> News:
    """Return what came after the news before; two short questions, one where nothing came. Raises Unavailable."""
    with in_plain_words(), parts.database.reading() as session:
        epoch, number, _audit, _head = queries.head(session)
        if before is None or epoch != before.epoch:
            return News(epoch, number, None)
        rows = queries.changes_after(session, before.number, None) if number > before.number else []
        if len(rows) == queries.CHANGES_AT_ONCE:
            return News(epoch, number, None)
        return News(epoch, max(number, rows[-1].number if rows else 0), tuple(rows))


def whose_stay_is_over(parts: Parts, callers: Iterable[Caller]) -> frozenset[Caller]:
    """Return those whose session, visit or station was ended since they began to wait. Raises Unavailable."""
    by_digest = {caller.digest: caller for caller in callers if caller.digest is not None}
    with in_plain_words(), parts.database.reading() as session:
        over = session_queries.stays_over(session, frozenset(by_digest), parts.clock())
    return frozenset(by_digest[digest] for digest in over)
