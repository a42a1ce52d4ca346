"""What the caller reaches: everything else is not found, whether it exists or not."""

from typing import Any
from uuid import UUID

from app.callers import Standing
from app.errors import N_, NotFound
from app.rules.access import Role
from app.use_case import Work
from db.models import Account, Patient
from db.queries import accounts as account_queries
from db.queries import patients as patient_queries


def patient(work: Work[Any], patient_id: UUID) -> Patient:
    """Return a patient whom the caller reaches, and name them in the audit event; raises NotFound.

    Staff reach the patients of their sites, and others when they have the right to search other sites (D26).
    """
    row = patient_queries.patient(work.session, patient_id)
    if row is None:
        raise _no_patient()
    who = work.who
    if who.staff_id is None:
        if Role.COMMAND_LINE not in who.roles and patient_id not in who.patient_ids:
            raise _no_patient()
    elif not patient_queries.is_at_sites(work.session, patient_id, who.site_ids):
        if not who.may_search_other_sites:
            raise _no_patient()
        work.about(other_site=True)
    work.about(patient_id=patient_id)
    return row


def account(work: Work[Any], account_id: UUID) -> Account:
    """Return an account that staff reach, locked until the transaction ends; raises NotFound.

    Staff reach the accounts made at their sites and those that reach a patient of their sites.
    """
    row = account_queries.locked(work.session, account_id)
    if row is None or not _reaches_account(work, work.who, row):
        raise NotFound("account_unknown", N_("This account is not here any more."))
    work.about(account_id=account_id, patient_id=account_queries.own_patient(work.session, account_id))
    return row


def _reaches_account(work: Work[Any], who: Standing, row: Account) -> bool:
    if Role.COMMAND_LINE in who.roles or who.may_search_other_sites or row.site_id in who.site_ids:
        return True
    granted = account_queries.granted_patients(work.session, row.id)
    return any(patient_queries.is_at_sites(work.session, patient_id, who.site_ids) for patient_id in granted)


def _no_patient() -> NotFound:
    return NotFound("patient_unknown", N_("There is no such patient at your site."))
