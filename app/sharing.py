"""Invitations: made, changed and revoked by the patient or at the desk (R52 to R78, D12, D16, D17, D19)."""

import secrets
from datetime import date, datetime
from uuid import UUID

from app.account_rows import last_day
from app.contact import read_email
from app.errors import N_, Conflict, Invalid, NotFound
from app.facts import invitation_facts
from app.ids import new_id
from app.invitations import invitation_row, invitation_rows
from app.letterhead import letterhead
from app.messages import queue_mail
from app.rules.access import Role
from app.rules.calendar import end_of_local_day
from app.rules.codes import grouped, new_code
from app.rules.invitation import (
    SharedUntilFault,
    check_new_shared_until,
    default_shared_until,
    shared_until_bounds,
)
from app.tasks import finish_tasks
from app.use_case import Effect, Noun, Work, use_case
from app.views.paper import PrintedInvitation
from app.views.sharing import (
    InvitationMade,
    InvitationOpening,
    InvitationPage,
    InvitationRow,
    NewInvitation,
)
from db.models import Exam, Invitation, Patient, Site
from db.queries import accounts as account_queries
from db.queries import exams as exam_queries
from db.queries import invitations as queries
from db.queries import reports as report_queries
from db.queries import sessions as session_queries

OWNER = frozenset({Role.PATIENT})
DESK = frozenset({Role.RECEPTION})
OWNER_OR_DESK = OWNER | DESK

CONTENTS = ("report_and_images", "report", "images")
_LONGEST_NAME = 100
_LONGEST_NOTE = 500


class Sharing(Noun):
    """Invitations as their owner and the desk handle them."""

    @use_case(OWNER, Effect.WRITES, secret=True)
    def invite(self, work: Work[None], exam_id: UUID, new: NewInvitation) -> InvitationMade:
        """Share an exam: by e-mail, or on paper (R54 to R60)."""
        exam, patient, site = self._exam(work, exam_id)
        assert work.who.account_id is not None
        return self._invite(work, exam, patient, site, work.who.account_id, new, reason=None)

    @use_case(DESK, Effect.WRITES, secret=True)
    def invite_on_behalf(
        self,
        work: Work[None],
        exam_id: UUID,
        account_id: UUID,
        new: NewInvitation,
        reason: str,
        patient_agreed: bool,  # noqa: FBT001 - a tick on the form
    ) -> InvitationMade:
        """Share an exam at the desk because the patient asked for it (D19)."""
        exam, patient, site = self._exam(work, exam_id)
        if not patient_agreed:
            raise Invalid(
                "patient_must_agree",
                N_("Ask the patient, then tick that they agree."),
                field="patient_agreed",
            )
        if not reason.strip():
            raise Invalid("reason_missing", N_("Write why you do this for the patient."), field="reason")
        account = session_queries.account(work.session, account_id)
        reached = session_queries.reached_patients(work.session, account_id, work.now)
        if account is None or account.deleted_at or account.blocked_at or patient.id not in reached:
            raise Conflict("no_account", N_("This patient has no account that could hold the invitation."))
        why = reason.strip()[:_LONGEST_NOTE]
        work.about(reason=why, patient_agreed=True)
        return self._invite(work, exam, patient, site, account_id, new, reason=why)

    @use_case(OWNER)
    def mine(self, work: Work[None]) -> tuple[InvitationRow, ...]:
        """Return every invitation ever made, also expired and revoked ones (R63)."""
        assert work.who.account_id is not None
        return invitation_rows(work, account_id=work.who.account_id)

    @use_case(OWNER_OR_DESK)
    def open(self, work: Work[None], invitation_id: UUID) -> InvitationPage:
        """Return one invitation with each time it was opened (R67, D24)."""
        row = self._mine(work, invitation_id)
        return InvitationPage(
            invitation_row(work, row),
            tuple(
                InvitationOpening(visit.opened_at, "station" if visit.station_id else "web")
                for visit in queries.visits(work.session, invitation_id)
            ),
        )

    @use_case(OWNER_OR_DESK, Effect.WRITES)
    def change_shared_until(self, work: Work[None], invitation_id: UUID, day: date) -> InvitationRow:
        """Set another Shared Until: later or earlier (R68, R69, D16)."""
        row = self._mine(work, invitation_id)
        invitation, account, exam, _patient, site = row
        facts = invitation_facts(invitation, account, exam, work.now)
        months = work.clinic.rules.shared_until_max_months
        fault = check_new_shared_until(facts, day, work.now, site.time_zone, months)
        if fault is not None:
            first, last = shared_until_bounds(invitation.created_at, work.now, site.time_zone, months)
            raise _day_refused(fault, first, last)
        work.about(before=invitation.shared_until.isoformat())
        invitation.shared_until = self._end_of(work, invitation.account_id, invitation.patient_id, day, site)
        invitation.version += 1
        self._changed(work, invitation, site.id)
        return invitation_row(work, row)

    @use_case(OWNER_OR_DESK, Effect.WRITES)
    def revoke(self, work: Work[None], invitation_id: UUID) -> InvitationRow:
        """Stop an invitation for good, also for whoever is looking now (R70, R71, D17)."""
        invitation, _account, _exam, _patient, site = self._mine(work, invitation_id)
        why = "by staff" if work.who.staff_id else "by owner"
        queries.revoke(work.session, invitation.id, work.now, why)
        queries.end_visits(work.session, invitation.id, work.now)
        finish_tasks(work, f"invitation_locked:{invitation.id}")
        self._changed(work, invitation, site.id)
        work.session.refresh(invitation)
        return invitation_row(work, self._mine(work, invitation_id))

    @use_case(OWNER_OR_DESK, Effect.WRITES)
    def unlock(self, work: Work[None], invitation_id: UUID) -> InvitationRow:
        """Take off the lock that wrong codes have brought (D14)."""
        invitation, _account, _exam, _patient, site = self._mine(work, invitation_id)
        queries.unlock(work.session, invitation.id)
        finish_tasks(work, f"invitation_locked:{invitation.id}")
        self._changed(work, invitation, site.id)
        work.session.refresh(invitation)
        return invitation_row(work, self._mine(work, invitation_id))

    def _exam(self, work: Work[None], exam_id: UUID) -> tuple[Exam, Patient, Site]:
        """Return an exam that the caller reaches and whose report shows (R61, R62, D11)."""
        reach = exam_queries.Reach(patient_ids=work.who.patient_ids, site_ids=work.who.site_ids)
        found = exam_queries.exams(work.session, reach, work.now, exam_id=exam_id)
        if not found:
            raise NotFound("exam_unknown", N_("This exam cannot be found."))
        if not any(
            visible for _report, visible in report_queries.of_exams(work.session, [exam_id], work.now)
        ):
            raise Conflict(
                "cannot_share",
                N_("An exam can be shared once its report appears in the portal. Please wait until then."),
            )
        return found[0]

    def _invite(
        self,
        work: Work[None],
        exam: Exam,
        patient: Patient,
        site: Site,
        account_id: UUID,
        new: NewInvitation,
        *,
        reason: str | None,
    ) -> InvitationMade:
        chosen = self._checked(work, new, site.time_zone)
        shared_until = self._end_of(work, account_id, patient.id, chosen, site)
        until = last_day(shared_until, site.time_zone)
        number, code = new_code(secrets.token_bytes), new_code(secrets.token_bytes)
        invitation = Invitation(
            id=new_id(),
            number=number,
            code_digest=self.parts.keys.digest("verification", code),
            exam_id=exam.id,
            patient_id=patient.id,
            account_id=account_id,
            created_at=work.now,
            created_by=work.who.staff_id,
            created_reason=reason,
            way=new.way,
            recipient_name=new.recipient_name.strip(),
            recipient_email=read_email(new.recipient_email) if new.way == "email" else "",
            note=new.note.strip(),
            contents=new.contents,
            may_download=new.may_download,
            shared_until=shared_until,
            max_accesses=work.clinic.rules.max_accesses,
        )
        work.session.add(invitation)
        work.session.flush()
        work.about(way=new.way, contents=new.contents, may_download=new.may_download)
        self._changed(work, invitation, site.id)
        shared_by = f"{patient.given_names} {patient.family_name}"
        if new.way == "paper":
            printed = PrintedInvitation(
                letterhead=letterhead(work.session, work.clinic, site.id),
                invitation_id=str(invitation.id),
                number=number,
                verification_code=code,
                recipient_name=invitation.recipient_name,
                shared_by=shared_by,
                message=invitation.note,
                shared_until=until,
                max_accesses=invitation.max_accesses,
            )
            return InvitationMade(invitation.id, printed, None)
        with_code = work.clinic.verification_code_in_email
        queue_mail(
            self.parts,
            work,
            "invitation" if with_code else "invitation_link",
            invitation.recipient_email,
            site_id=site.id,
            patient_id=patient.id,
            account_id=account_id,
            invitation_id=invitation.id,
            secret=with_code,
            shared_by=shared_by,
            code=grouped(code) if with_code else "",
            shared_until=until,
            max_accesses=invitation.max_accesses,
            note=invitation.note,
            url=f"{work.clinic.public_address}/i/{number}",
        )
        return InvitationMade(invitation.id, None, None if with_code else code)

    def _checked(self, work: Work[None], new: NewInvitation, zone: str) -> date:
        """Return Shared Until; raise Invalid, naming the field, for what is missing or wrong (R55, D12)."""
        if new.way not in {"email", "paper"}:
            raise Invalid(
                "way_unknown", N_("Choose how to send the invitation: by e-mail or on paper."), field="way"
            )
        if not 0 < len(new.recipient_name.strip()) <= _LONGEST_NAME:
            raise Invalid(
                "recipient_missing",
                N_("Write the name of the person you share with."),
                field="recipient_name",
            )
        if new.way == "email" and not read_email(new.recipient_email, "recipient_email"):
            raise Invalid(
                "email_missing",
                N_("Write the e-mail address, such as name@example.org."),
                field="recipient_email",
            )
        if len(new.note) > _LONGEST_NOTE:
            raise Invalid(
                "note_long", N_("The message is too long. Use at most 500 characters."), field="note"
            )
        if new.contents not in CONTENTS:
            raise Invalid("contents_unknown", N_("Choose what to share."), field="contents")
        if not new.understands_sensitive:
            raise Invalid(
                "not_understood",
                N_("Please tick that you understand this is sensitive medical information."),
                field="understands_sensitive",
            )
        rules = work.clinic.rules
        first, last = shared_until_bounds(work.now, work.now, zone, rules.shared_until_max_months)
        until = new.shared_until or default_shared_until(work.now, zone, rules.share_days)
        if not first <= until <= last:
            fault = SharedUntilFault.TOO_EARLY if until < first else SharedUntilFault.TOO_LATE
            raise _day_refused(fault, first, last)
        return until

    def _end_of(
        self, work: Work[None], account_id: UUID, patient_id: UUID, day: date, site: Site
    ) -> datetime:
        """Return the end of the day at the site, or of the owner's own access where that comes first (D31)."""
        granted = account_queries.reached(work.session, account_id, work.now)
        ends = [grant.until_at for grant, patient in granted if patient.id == patient_id]
        if not ends:
            raise Conflict("not_reached", N_("The access of this account to the patient's exams has ended."))
        until = end_of_local_day(day, site.time_zone)
        known = [end for end in ends if end is not None]
        return until if len(known) < len(ends) else min(until, max(known))

    def _mine(self, work: Work[None], invitation_id: UUID) -> queries.Row:
        """Return an invitation of the caller's account, or of an exam at the staff's sites."""
        row = queries.by_id(work.session, invitation_id)
        reached = row is not None and (
            (work.who.account_id is not None and row[0].account_id == work.who.account_id)
            or row[2].site_id in work.who.site_ids
        )
        if row is None or not reached:
            raise NotFound("invitation_unknown", N_("This invitation cannot be found."))
        work.about(patient_id=row[0].patient_id, exam_id=row[0].exam_id, invitation_id=row[0].id)
        return row

    def _changed(self, work: Work[None], invitation: Invitation, site_id: UUID) -> None:
        work.about(patient_id=invitation.patient_id, exam_id=invitation.exam_id, invitation_id=invitation.id)
        work.changed(
            "invitation",
            invitation.id,
            site_id=site_id,
            patient_id=invitation.patient_id,
            account_id=invitation.account_id,
            invitation_id=invitation.id,
        )


def _day_refused(fault: SharedUntilFault, first: date, last: date) -> Invalid | Conflict:
    match fault:
        case SharedUntilFault.REVOKED:
            return Conflict(
                "revoked", N_("This invitation was revoked and cannot be restored. Create a new one.")
            )
        case SharedUntilFault.USES_SPENT:
            return Conflict(
                "used_up", N_("This invitation was opened as often as it may be. Create a new one.")
            )
        case _:
            return Invalid(
                "day_outside",
                N_("Choose a day from {first} to {last}."),
                field="shared_until",
                first=first,
                last=last,
            )
