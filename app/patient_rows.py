"""Patients as the desk sees them: name, birth date and identifiers always together."""

from collections.abc import Sequence
from uuid import UUID

from app.views.people import Identifier, PatientRow
from db.database import Session
from db.models import Patient
from db.queries import clinic as clinic_queries
from db.queries import patients as queries


def patient_rows(session: Session, patients: Sequence[Patient]) -> tuple[PatientRow, ...]:
    """Return patients as screens see them, in the order given."""
    if not patients:
        return ()
    called: dict[UUID, list[Identifier]] = {patient.id: [] for patient in patients}
    for identifier in queries.identifiers(session, called):
        called[identifier.patient_id].append(Identifier(identifier.value, identifier.issuer))
    site_names = clinic_queries.site_names(session)
    return tuple(
        PatientRow(
            id=patient.id,
            family_name=patient.family_name,
            given_names=patient.given_names,
            birth_date=patient.birth_date,
            identifiers=tuple(called[patient.id]),
            email=patient.email,
            mobile=patient.mobile,
            postal_address=tuple(patient.postal_address.splitlines()),
            site_id=patient.site_id,
            site_name=site_names[patient.site_id],
            has_name_alert=patient.name_alert,
        )
        for patient in patients
    )
