"""The same request, sent again, is never carried out twice: it gets the answer that it got before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.errors import N_, Conflict
from app.ports import Keys
from db.database import Session
from db.queries import journal as queries


@dataclass(frozen=True)
class Request:
    """One sending of a form: who sent it to which use case under which id, and the keyed hash of its contents."""

    key: tuple[str, str, UUID]
    arguments: bytes

    def answer(self, session: Session, keys: Keys, now: datetime) -> bytes | None:
        """Return what this request was answered before, as JSON, or None when it is new.

        Raises Conflict when it was sent with other contents, or its answer's secret is not kept any more.
        """
        row = queries.find_replay(session, self.key)
        if row is None:
            return None
        if row.arguments != self.arguments:
            raise Conflict(
                "request_reused", N_("This form was already sent with other contents. Open it again.")
            )
        if row.answer is None or (row.secret_until is not None and now >= row.secret_until):
            raise Conflict("done_secret_gone", N_("This was done. The code can no longer be shown."))
        return keys.decrypt("replay", row.answer) if row.secret_until is not None else row.answer

    def known_answer(self, session: Session, keys: Keys, now: datetime) -> bytes:
        """Return what answer returns, for a request that begin has found to be carried out already."""
        known = self.answer(session, keys, now)
        assert known is not None
        return known

    def begin(self, session: Session, now: datetime) -> bool:
        """Take the request in hand; wait for another run of it, and tell whether this is the one to carry it out."""
        return queries.begin_replay(session, self.key, self.arguments, now)

    def end(self, session: Session, keys: Keys, answer: bytes, secret_until: datetime | None) -> None:
        """Keep the answer; one with a secret is encrypted, and erased at secret_until."""
        if secret_until is not None:
            answer = keys.encrypt("replay", answer)
        queries.end_replay(session, self.key, answer, secret_until)

    def forget(self, session: Session) -> None:
        """Let the request be tried again, because it was refused."""
        queries.forget_replay(session, self.key)
