"""Which patients an account reaches, as what and until when (D31)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app import reach
from app.account_rows import grant_row
from app.errors import N_, Conflict, Invalid, NotFound
from app.ids import new_id
from app.rules.access import Relation, Role, grant_ends_at_majority
from app.rules.calendar import end_of_local_day
from app.sites import zone_of
from app.typed import required
from app.use_case import Effect, Noun, Work, use_case
from app.views.people import GrantRow
from db.models import AccessGrant, Account, Patient
from db.queries import accounts as queries

DESK = frozenset({Role.RECEPTION, Role.MANAGER})


class Family(Noun):
    """Which patients an account reaches, as what and until when (D31)."""

    @use_case(DESK, Effect.WRITES)
    def grant(
        self,
        work: Work[None],
        account_id: UUID,
        patient_id: UUID,
        relation: Relation,
        evidence: str,
        until: date | None = None,
    ) -> GrantRow:
        """Let an account reach one more patient; until: the last day, at most until a minor comes of age (D29)."""
        account = reach.account(work, account_id)
        patient = reach.patient(work, patient_id)
        if account.deleted_at is not None:
            raise Conflict("already_deleted", N_("This account has been deleted."))
        if any(
            found.id == patient_id for _grant, found in queries.reached(work.session, account_id, work.now)
        ):
            raise Conflict("grant_exists", N_("This account reaches the patient already. End that first."))
        made = new_grant(work, account, patient, relation, evidence, until)
        work.session.add(made)
        work.about(relation=relation.value, until=until)
        _changed(work, account, patient_id)
        return grant_row(account, made, patient, work.now)

    @use_case(DESK, Effect.WRITES)
    def end(self, work: Work[None], grant_id: UUID, reason: str) -> None:
        """End a grant at once: the account no longer reaches the patient, and what it shared of theirs is revoked."""
        found = queries.grant(work.session, grant_id)
        if found is None:
            raise NotFound("grant_unknown", N_("This is not here any more."))
        account = reach.account(work, found.account_id)
        work.about(patient_id=found.patient_id, reason=required(reason, "reason", 200))
        if found.ended_at is None:
            found.ended_at, found.ended_by = work.now, work.who.staff_id
            revoke_all(work, account, "grant_ended", patient_id=found.patient_id)
        _changed(work, account, found.patient_id)


def new_grant(
    work: Work[Any], account: Account, patient: Patient, relation: Relation, evidence: str, until: date | None
) -> AccessGrant:
    """Return a grant made of what was typed, to be stored by the caller; raises Invalid."""
    if relation is Relation.SELF:
        raise Invalid(
            "relation_self",
            N_("A patient's own account is made with the patient. Choose parent, guardian or carer."),
            field="relation",
        )
    zone = zone_of(work.session, account.site_id)
    comes_of_age = grant_ends_at_majority(patient.birth_date, work.clinic.rules.majority_years, zone)
    is_minor = work.now < comes_of_age
    if relation is Relation.PARENT and not is_minor:
        raise Invalid(
            "patient_is_adult",
            N_("The patient is of age. A parent reaches an adult only as guardian or carer."),
            field="relation",
        )
    ends = [] if until is None else [end_of_local_day(until, zone)]
    if is_minor:
        ends.append(comes_of_age)
    until_at = min(ends, default=None)
    if until_at is not None and until_at <= work.now:
        raise Invalid("until_over", N_("This day has passed. Choose a later one."), field="until")
    return AccessGrant(
        id=new_id(),
        account_id=account.id,
        patient_id=patient.id,
        relation=relation.value,
        evidence=required(evidence, "evidence", 200),
        from_at=work.now,
        until_at=until_at,
        granted_by=work.who.staff_id,
    )


def revoke_all(
    work: Work[Any],
    account: Account,
    why: str,
    *,
    patient_id: UUID | None = None,
    since: datetime | None = None,
) -> None:
    """Revoke what an account shares, of one patient or since an instant where these are named; visits end at once."""
    for invitation_id in queries.revoke_invitations(
        work.session, account.id, work.now, why, patient_id=patient_id, since=since
    ):
        work.changed(
            "invitation",
            invitation_id,
            site_id=account.site_id,
            account_id=account.id,
            invitation_id=invitation_id,
        )
    queries.end_visits_of_revoked(work.session, account.id, work.now)


def _changed(work: Work[Any], account: Account, patient_id: UUID) -> None:
    work.changed("account", account.id, site_id=account.site_id, patient_id=patient_id, account_id=account.id)
