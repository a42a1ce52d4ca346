"""The desk's read copy: made at the server, put into the desk's own file."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.ids import new_id
from app.rules.names import search_words, unaccented
from app.rules.passwords import user_name_key
from app.staff import staff_rows
from app.use_case import Work
from app.views.clinic import StationRow
from app.views.desk import PatientPage
from app.views.desk_copy import CopiedAccount, CopiedGrant, CopiedPatient, CopiedSite, DeskCopy
from app.views.people import Identifier, StaffRow
from db.database import Session
from db.models import (
    AccessGrant,
    Account,
    ActivationCode,
    Base,
    ClinicRecord,
    Patient,
    PatientIdentifier,
    PatientNameWord,
    Site,
    Staff,
    StaffRole,
    StaffSite,
    Station,
)
from db.queries import activation_codes as code_queries
from db.queries import clinic as clinic_queries
from db.queries import desk_copy as queries
from db.queries import journal as journal_queries
from db.queries import patients as patient_queries

AROUND = timedelta(days=14)


def made_copy(work: Work[Any], station: StationRow) -> DeskCopy:
    """Return what the desk keeps: people with exams at its site within 14 days, and who may sign in there."""
    session = work.session
    stored = clinic_queries.document(session)
    assert stored is not None
    found = queries.patients_around(session, station.site_id, work.now - AROUND, work.now + AROUND)
    ids = [patient.id for patient in found]
    numbers: dict[UUID, list[Identifier]] = {}
    for row in patient_queries.identifiers(session, ids):
        numbers.setdefault(row.patient_id, []).append(Identifier(row.value, row.issuer))
    grants = queries.grants_of(session, ids)
    accounts = queries.accounts_of(session, sorted({grant.account_id for grant in grants}))
    kept = {account.id for account in accounts}
    codes = {code.account_id: code for code in code_queries.live(session, kept)}
    return DeskCopy(
        at=work.now,
        epoch=journal_queries.head(session)[0],
        clinic=stored[0],
        sites=tuple(
            CopiedSite(site.id, site.name, site.address, site.phone, site.time_zone, site.closed_at)
            for site in clinic_queries.sites(session)
        ),
        station=station,
        staff=staff_rows(session, queries.staff_at(session, station.site_id)),
        patients=tuple(_copied(patient, tuple(numbers.get(patient.id, ()))) for patient in found),
        accounts=tuple(_copied_account(account, codes.get(account.id)) for account in accounts),
        grants=tuple(
            CopiedGrant(
                grant.id,
                grant.account_id,
                grant.patient_id,
                grant.relation,
                grant.evidence,
                grant.from_at,
                grant.until_at,
            )
            for grant in grants
            if grant.account_id in kept
        ),
    )


def put_copy(session: Session, copy: DeskCopy) -> None:
    """Put a copy in the place of the one before."""
    rows: list[Base] = [ClinicRecord(id=1, document=copy.clinic)]
    rows += [Site(**vars(site)) for site in copy.sites]
    rows.append(_station(copy.station))
    for member in copy.staff:
        rows += _staff(member, {site.id for site in copy.sites})
    for patient in copy.patients:
        rows += _patient(patient)
    for account in copy.accounts:
        rows += _account(account)
    rows += [AccessGrant(**vars(grant)) for grant in copy.grants]
    queries.put_in_place(session, rows, [member.id for member in copy.staff], copy.at)


def forget_copy(session: Session, now: datetime) -> None:
    """Delete everybody whom the desk has a copy of, and let nobody sign in without the server."""
    queries.put_in_place(session, [], [], now)


def as_copy(answer: object) -> object:
    """Return what the desk's own file answers; a patient's page says that it is a copy."""
    return replace(answer, is_copy=True) if isinstance(answer, PatientPage) else answer


def _copied(patient: Patient, identifiers: tuple[Identifier, ...]) -> CopiedPatient:
    return CopiedPatient(
        patient.id,
        patient.family_name,
        patient.given_names,
        patient.birth_date,
        patient.site_id,
        patient.email,
        patient.mobile,
        patient.postal_address,
        patient.created_at,
        patient.name_alert,
        identifiers,
    )


def _copied_account(account: Account, code: ActivationCode | None) -> CopiedAccount:
    return CopiedAccount(
        account.id,
        account.site_id,
        account.holder_name,
        account.holder_birth_date,
        account.email,
        account.mobile,
        account.user_name,
        account.created_at,
        account.activated_at,
        account.expires_at,
        account.blocked_at,
        account.blocked_reason,
        code.id if code else None,
        code.made_at if code else None,
        code.expires_at if code else None,
    )


def _station(row: StationRow) -> Station:
    return Station(
        id=row.id,
        site_id=row.site_id,
        name=row.name,
        kind=row.kind,
        key_digest=_none_of(row.id),
        enrolled_at=row.enrolled_at,
        printers=json.dumps(dict(row.printers)),
        paper=row.paper,
        usb_download=row.usb_download,
    )


def _staff(member: StaffRow, sites: set[UUID]) -> list[Base]:
    return [
        Staff(
            id=member.id,
            user_name=member.user_name,
            user_name_key=user_name_key(member.user_name),
            full_name=member.full_name,
            password_hash="",
            must_change_password=member.must_change_password,
            may_search_other_sites=member.may_search_other_sites,
            created_at=member.created_at,
        ),
        *(StaffRole(staff_id=member.id, role=role.value) for role in member.roles),
        *(StaffSite(staff_id=member.id, site_id=site) for site in member.site_ids if site in sites),
    ]


def _patient(patient: CopiedPatient) -> list[Base]:
    fields = {name: value for name, value in vars(patient).items() if name != "identifiers"}
    return [
        Patient(sort_key=unaccented(f"{patient.family_name} {patient.given_names}"), **fields),
        *(
            PatientIdentifier(id=new_id(), patient_id=patient.id, value=number.value, issuer=number.issuer)
            for number in patient.identifiers
        ),
        *(
            PatientNameWord(word=word, patient_id=patient.id)
            for word in search_words(f"{patient.given_names} {patient.family_name}")
        ),
    ]


def _account(account: CopiedAccount) -> list[Base]:
    fields = {name: value for name, value in vars(account).items() if not name.startswith("code_")}
    made: list[Base] = [
        Account(user_name_key=user_name_key(account.user_name) if account.user_name else None, **fields)
    ]
    if account.code_id and account.code_made_at and account.code_expires_at:
        made.append(
            ActivationCode(
                id=account.code_id,
                account_id=account.id,
                digest=_none_of(account.code_id),
                made_at=account.code_made_at,
                expires_at=account.code_expires_at,
                way="paper",
                identity_check="",
            )
        )
    return made


def _none_of(row_id: UUID) -> bytes:
    """Return what stands where the server has a digest: one that nothing hashes to."""
    return hashlib.sha256(row_id.bytes).digest()
