"""What stations refresh on: which rows changed since they last looked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.callers import Caller, Standing, standing
from app.database_trouble import in_plain_words
from app.errors import NotAllowed
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
        self.scope = _scope(work.who)
        if epoch != current:
            return Changes(current, last, ())
        rows = queries.changes_after(work.session, number, self.scope)
        # The second question may be answered with what was saved after the first one was.
        newest = rows[-1].number if rows else 0
        return Changes(
            current,
            newest if len(rows) == queries.CHANGES_AT_ONCE else max(last, newest),
            _as_told(rows),
        )


def _scope(who: Standing) -> queries.Scope:
    return queries.Scope(
        who.site_ids if who.staff_id else None, who.account_id, who.patient_ids, who.invitation_id
    )


def _as_told(rows: Iterable[Change]) -> tuple[ChangeRow, ...]:
    return tuple(ChangeRow(row.noun, row.row_id, row.patient_id) for row in rows)


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


def follow_together(
    parts: Parts, asked: Sequence[tuple[ChangeFeed, UUID | None, int]]
) -> list[Changes | None]:
    """Return what changes.follow answers each of these, who ask for an epoch and a number, in one transaction.

    None: whoever that is asks alone, because that is refused, or because they were away for long. Raises Unavailable.
    """
    found: list[Changes | None] = []
    with in_plain_words(), parts.database.reading() as session:
        clinic, now = parts.clinic(session), parts.clock()
        callers = [noun.caller for noun, _epoch, _number in asked]
        session_queries.read_at_once(
            session,
            {caller.station_id for caller in callers if caller.station_id is not None},
            {caller.digest for caller in callers if caller.digest is not None},
        )
        current, last, _audit, _head = queries.head(session)
        oldest = last - queries.CHANGES_AT_ONCE
        since = min((number for _noun, _epoch, number in asked if number > oldest), default=last)
        rows = queries.changes_after(session, since, None)
        is_all = len(rows) < queries.CHANGES_AT_ONCE
        newest = max(last, rows[-1].number if rows else 0)
        for noun, epoch, number in asked:
            try:
                who = standing(session, noun.caller, now, clinic)
                ChangeFeed.follow.check(who)
            except NotAllowed:
                found.append(None)
                continue
            noun.scope = scope = _scope(who)
            if epoch != current:
                found.append(Changes(current, last, ()))
            elif number < since or not is_all:
                found.append(None)
            else:
                own = (row for row in rows if row.number > number and scope.holds(row))
                found.append(Changes(current, newest, _as_told(own)))
    return found


def whose_stay_is_over(parts: Parts, callers: Iterable[Caller]) -> frozenset[Caller]:
    """Return those whose session, visit or station was ended since they began to wait. Raises Unavailable."""
    by_digest = {caller.digest: caller for caller in callers if caller.digest is not None}
    with in_plain_words(), parts.database.reading() as session:
        over = session_queries.stays_over(session, frozenset(by_digest), parts.clock())
    return frozenset(by_digest[digest] for digest in over)
