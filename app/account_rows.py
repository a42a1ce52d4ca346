"""Accounts as the desk sees them: facts from the tables, states computed from them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.facts import account_facts
from app.rules import access, account_life
from app.rules.access import GrantFacts, Relation
from app.rules.account_life import AccountState, account_state
from app.rules.calendar import local_day
from app.sites import zone_of
from app.use_case import Work
from app.views.people import AccountRow, GrantRow
from db.models import AccessGrant, Account, ActivationCode, Patient
from db.queries import accounts as queries
from db.queries import activation_codes


def account_rows(work: Work[Any], accounts: Sequence[Account], patient_id: UUID) -> tuple[AccountRow, ...]:
    """Return accounts as they stand on one patient's page, in the order given."""
    ids = [account.id for account in accounts]
    codes = {code.account_id: code for code in activation_codes.live(work.session, ids)}
    grants: dict[UUID, list[tuple[AccessGrant, Patient]]] = {account_id: [] for account_id in ids}
    for grant, patient in queries.grants(work.session, ids):
        grants[grant.account_id].append((grant, patient))
    return tuple(
        _row(work, account, codes.get(account.id), grants[account.id], patient_id) for account in accounts
    )


def state_of(account: Account, code: ActivationCode | None, now: datetime) -> AccountState:
    """Return the state of an account, with its live code where it has one."""
    return account_state(account_facts(account, code), now)


def last_day(expires_at: datetime, zone: str) -> date:
    """Return the last local day on which something still lasts that ends at an instant."""
    return local_day(expires_at - timedelta(microseconds=1), zone)


def grant_row(account: Account, grant: AccessGrant, patient: Patient, now: datetime) -> GrantRow:
    """Return a grant as the desk sees it."""
    return GrantRow(
        id=grant.id,
        account_id=account.id,
        holder_name=account.holder_name,
        patient_id=patient.id,
        patient_name=f"{patient.given_names} {patient.family_name}".strip(),
        relation=Relation(grant.relation),
        evidence=grant.evidence,
        from_at=grant.from_at,
        until_at=grant.until_at,
        is_in_force=access.grant_reaches(_grant_facts(grant), now),
    )


def _row(
    work: Work[Any],
    account: Account,
    code: ActivationCode | None,
    grants: list[tuple[AccessGrant, Patient]],
    patient_id: UUID,
) -> AccountRow:
    facts = account_facts(account, code)
    instants = [
        account_life.changes_at(facts, work.now),
        *(access.changes_at(_grant_facts(grant), work.now) for grant, _patient in grants),
    ]
    here = [grant for grant, _patient in grants if grant.patient_id == patient_id]
    return AccountRow(
        id=account.id,
        holder_name=account.holder_name,
        holder_birth_date=account.holder_birth_date,
        relation=Relation(here[-1].relation) if here else Relation.SELF,
        user_name=account.user_name,
        email=account.email,
        is_email_proved=account.email_proved_at is not None,
        mobile=account.mobile,
        state=account_state(facts, work.now),
        created_at=account.created_at,
        activated_at=account.activated_at,
        last_signed_in_at=account.last_signed_in_at,
        expires_at=account.expires_at,
        blocked_reason=account.blocked_reason,
        code_expires_on=(
            last_day(code.expires_at, zone_of(work.session, account.site_id))
            if code and work.now < code.expires_at
            else None
        ),
        code_is_handed_over=code is not None and code.handed_over_at is not None,
        grants=tuple(grant_row(account, grant, patient, work.now) for grant, patient in grants),
        changes_at=min((at for at in instants if at is not None), default=None),
    )


def _grant_facts(grant: AccessGrant) -> GrantFacts:
    return GrantFacts(grant.from_at, grant.until_at, grant.ended_at)
