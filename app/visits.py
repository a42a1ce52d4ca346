"""What a guest does: opens an invitation with number and code, looks, and leaves (R59, R64 to R66, D13, D14)."""

import hmac
import secrets
from datetime import timedelta

from app.errors import N_, Refused
from app.facts import invitation_facts
from app.ids import new_id
from app.rules.access import Role
from app.rules.attempts import Guarded, after_wrong_code
from app.rules.codes import read_code
from app.rules.invitation import GuestAnswer, is_locked, may_open
from app.tasks import make_task
from app.throttles import count_try, forgive
from app.use_case import Effect, Noun, Work, use_case
from app.views.sharing import VisitOpened, VisitPage
from db.models import Visit
from db.queries import invitations as queries

ANYBODY = frozenset({Role.NOBODY, Role.KIOSK, Role.DESK})
GUEST = frozenset({Role.GUEST})

_ANSWERS = {
    GuestAnswer.EXPIRED: Refused(
        "invitation_expired", N_("This invitation has expired. Please ask the patient for a new one.")
    ),
    GuestAnswer.USED_UP: Refused(
        "invitation_used_up",
        N_("This invitation has been opened as often as it may be. Please ask the patient for a new one."),
    ),
    GuestAnswer.REVOKED: Refused(
        "invitation_revoked",
        N_("The patient has ended this invitation. Please ask the patient for a new one."),
    ),
    GuestAnswer.UNAVAILABLE: Refused(
        "invitation_unavailable", N_("This invitation cannot be used now. Please ask the patient.")
    ),
}


class Visits(Noun):
    """An invitation as its guest uses it."""

    @use_case(ANYBODY, Effect.WRITES, secret=True)
    def open_with_code(self, work: Work[None], number: str, code: str) -> VisitOpened:
        """Open an invitation: one correct entry of the code is one access (D13).

        Wrong, unknown and locked get the same answer (D14); a right code on one that ended is told which.
        """
        count_try(work.session, Guarded.CODE, work.who, work.now)
        row, typed = self._read(work, number, code)
        # Compared also where there is no such invitation, so that the answer takes the same time.
        expected = row[0].code_digest if row else self.parts.keys.digest("verification", "")
        is_right = hmac.compare_digest(expected, self.parts.keys.digest("verification", typed or "?"))
        if row is None:
            raise _try_again(work)
        invitation, account, exam, _patient, _site = row
        work.about(patient_id=invitation.patient_id, exam_id=exam.id, invitation_id=invitation.id)
        facts = invitation_facts(invitation, account, exam, work.now)
        if is_locked(facts, work.now):
            raise _try_again(work)
        if not is_right:
            self._count_wrong(work, row)
            raise _try_again(work)
        answer = may_open(facts, work.now)
        if answer is not GuestAnswer.OPEN:
            raise _refused(answer)
        if queries.use_access(work.session, invitation.id, work.now) is None:
            raise _refused(GuestAnswer.USED_UP)
        forgive(work.session, Guarded.CODE, work.who)
        token = secrets.token_urlsafe(32)
        visit = Visit(
            id=new_id(),
            invitation_id=invitation.id,
            digest=self.parts.keys.digest("visit", token),
            opened_at=work.now,
            last_active_at=work.now,
            ends_at=work.now + timedelta(hours=work.clinic.rules.visit_hours),
            station_id=work.who.station_id,
            address=work.who.address,
        )
        work.session.add(visit)
        self._changed(work, row)
        return VisitOpened(token, visit.ends_at)

    @use_case(GUEST)
    def mine(self, work: Work[None]) -> VisitPage:
        """Return what the visit is about: which exam, shared by whom, until when."""
        assert work.who.invitation_id is not None
        row = queries.by_id(work.session, work.who.invitation_id)
        assert row is not None
        invitation, _account, exam, patient, site = row
        return VisitPage(
            exam_id=exam.id,
            recipient_name=invitation.recipient_name,
            shared_by=f"{patient.given_names} {patient.family_name}",
            note=invitation.note,
            may_download=invitation.may_download,
            ends_at=work.who.ends_at or work.now,
            time_zone=site.time_zone,
        )

    @use_case(GUEST, Effect.WRITES)
    def leave(self, work: Work[None]) -> None:
        """End the visit."""
        assert work.who.visit_id is not None
        queries.end_visit(work.session, work.who.visit_id, work.now)

    def _read(self, work: Work[None], number: str, code: str) -> tuple[queries.Row | None, str | None]:
        try:
            typed: str | None = read_code(code)
        except ValueError:
            typed = None
        try:
            return queries.by_number(work.session, read_code(number)), typed
        except ValueError:
            return None, typed

    def _count_wrong(self, work: Work[None], row: queries.Row) -> None:
        invitation, _account, exam, _patient, _site = row
        wrong = queries.count_wrong_code(work.session, invitation.id)
        lock = after_wrong_code(wrong, work.now, work.clinic.rules)
        work.about(wrong_codes=wrong)
        if lock.is_stopped:
            queries.lock(work.session, invitation.id, until=None, stopped_at=work.now)
            make_task(
                work,
                "invitation_locked",
                f"invitation_locked:{invitation.id}",
                site_id=exam.site_id,
                patient_id=invitation.patient_id,
                exam_id=exam.id,
                invitation_id=invitation.id,
            )
        elif lock.until is not None:
            queries.lock(work.session, invitation.id, until=lock.until, stopped_at=None)
        if lock.is_stopped or lock.until is not None:
            self._changed(work, row)

    def _changed(self, work: Work[None], row: queries.Row) -> None:
        invitation, _account, exam, _patient, _site = row
        work.changed(
            "invitation",
            invitation.id,
            site_id=exam.site_id,
            patient_id=invitation.patient_id,
            account_id=invitation.account_id,
            invitation_id=invitation.id,
        )


def _try_again(work: Work[None]) -> Refused:
    return Refused(
        "code_wrong",
        N_(
            "This did not open anything. Check the letters of the number and the code, or wait {minutes} minutes."
        ),
        minutes=work.clinic.rules.lock_minutes,
    )


def _refused(answer: GuestAnswer) -> Refused:
    refusal = _ANSWERS[answer]
    return Refused(refusal.kind, refusal.sentence)
