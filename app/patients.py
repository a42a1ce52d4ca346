"""The person examined: found, registered, corrected, linked."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app import reach
from app.account_rows import account_rows
from app.contact import calling_code, read_email, read_mobile
from app.email_changes import change_contact
from app.errors import N_, Conflict, Invalid, NotAllowed, NotFound
from app.exam_rows import desk_exams
from app.ids import new_id
from app.invitations import invitation_rows
from app.messages import message_rows
from app.patient_rows import patient_rows
from app.rules.access import CallerKind, Role
from app.rules.calendar import local_day
from app.rules.masks import masked_birth_date, masked_email, masked_mobile
from app.rules.names import Person, name_alert, same_person, search_words, unaccented
from app.rules.search import tokens
from app.rules.sessions import SessionKind
from app.sites import zone_of
from app.typed import born, optional, required
from app.use_case import Effect, Noun, Work, use_case
from app.views.desk import PatientPage
from app.views.people import Identifier, MyDetails, NewPatient, PatientRow
from app.words import Words
from db.models import Patient, PatientIdentifier, PatientLink
from db.queries import accounts as account_queries
from db.queries import clinic as clinic_queries
from db.queries import patient_search
from db.queries import patients as queries
from db.queries import sessions as session_queries

DESK = frozenset({Role.RECEPTION, Role.CLINICAL, Role.MANAGER})
RECEPTION = frozenset({Role.RECEPTION, Role.MANAGER})
PATIENT = frozenset({Role.PATIENT})
COMMAND_LINE = frozenset({Role.COMMAND_LINE})

_MOST_FOUND = 200
# Numbers that the state gave must never become the clinic's key to a person (D29).
_STATE_NUMBERS = frozenset({"medicare", "ihi", "individual healthcare identifier"})


class Patients(Noun):
    """The person examined: found, registered, corrected, linked."""

    @use_case(DESK, Effect.OPENS)
    def find_elsewhere(self, work: Work[None], text: str, limit: int = 30) -> tuple[PatientRow, ...]:
        """Find patients of every site, which is an audited right of some (D26)."""
        if not work.who.may_search_other_sites:
            raise NotAllowed(
                "not_other_sites",
                N_("You may search the patients of your own sites. Ask a manager for more."),
            )
        found = find_patients(work, text, None, limit)
        work.about(other_sites=True, found=len(found))
        return found

    @use_case(DESK)
    def find(self, work: Work[None], text: str, limit: int = 30) -> tuple[PatientRow, ...]:
        """Find patients of one's own sites while typing: words of the name, birth date, identifier, telephone."""
        return find_patients(work, text, work.who.site_ids, limit)

    @use_case(COMMAND_LINE, Effect.OPENS)
    def by_identifier(self, work: Work[None], identifier: str) -> tuple[PatientRow, ...]:
        """Return the patients whom any issuer calls by exactly this identifier, for an import at the command line."""
        found = queries.called(work.session, identifier.strip())
        work.about(patient_id=found[0].id if len(found) == 1 else None, found=len(found))
        return patient_rows(work.session, found)

    @use_case(DESK)
    def alike(
        self, work: Work[None], family_name: str, given_names: str, birth_date: date
    ) -> tuple[PatientRow, ...]:
        """Return who may be the person being registered: to be asked about, never a hard stop."""
        person = Person(f"{given_names} {family_name}", birth_date)
        sites = None if work.who.may_search_other_sites else work.who.site_ids
        born_then = queries.born_on(work.session, birth_date, site_ids=sites)
        return patient_rows(
            work.session, [patient for patient in born_then if same_person(person, _person(patient))]
        )

    @use_case(RECEPTION, Effect.WRITES, may_wait=True)
    def register(
        self,
        work: Work[None],
        new: NewPatient,
        is_another: bool = False,  # noqa: FBT001, FBT002 - said on the list of what needs attention
    ) -> PatientRow:
        """Register a patient at the desk's site.

        What a desk did without the server is refused where somebody of this name and birth date is known, whom the
        desk could not see; is_another says that it is another person.
        """
        site_id = _site_of_desk(work)
        queries.lock_birth_dates(work.session, new.birth_date)
        if work.who.kind is CallerKind.OPERATION and not is_another:
            _refuse_known(work, new)
        patient = Patient(
            id=work.made.id("patient"),
            family_name=required(new.family_name, "family_name", 100),
            given_names=optional(new.given_names, "given_names", 100),
            sort_key="",
            birth_date=_born(work, new.birth_date, site_id),
            site_id=site_id,
            email=read_email(new.email),
            mobile=read_mobile(new.mobile, work.clinic.country),
            postal_address=_lines(new.postal_address),
            created_at=work.now,
        )
        work.session.add(patient)
        work.session.flush()
        _keep_names(work, patient)
        _keep_identifiers(work, patient, new.identifiers)
        _keep_name_alerts(work, patient.birth_date)
        return _changed(work, patient)

    @use_case(DESK, Effect.OPENS)
    def open(self, work: Work[None], patient_id: UUID) -> PatientPage:
        """Open a patient's page; this is what "Who opened my records" lists (D24)."""
        return _page(work, reach.patient(work, patient_id))

    @use_case(DESK, is_activity=False)
    def look(self, work: Work[None], patient_id: UUID) -> PatientPage:
        """Return the page again, to refresh it, once it was opened in this session."""
        patient = reach.patient(work, patient_id)
        if work.who.session_id is None or not queries.was_opened(
            work.session, work.who.session_id, patient_id
        ):
            raise NotAllowed("not_opened", N_("Open the patient first."))
        return _page(work, patient)

    @use_case(RECEPTION, Effect.WRITES)
    def correct(
        self,
        work: Work[None],
        patient_id: UUID,
        family_name: str,
        given_names: str,
        birth_date: date,
        identifiers: tuple[Identifier, ...],
    ) -> PatientRow:
        """Correct name, birth date and identifiers (R18); the patient's own account follows."""
        former = reach.patient(work, patient_id).birth_date
        queries.lock_birth_dates(work.session, former, birth_date)
        patient = _locked(work, patient_id)
        patient.family_name = required(family_name, "family_name", 100)
        patient.given_names = optional(given_names, "given_names", 100)
        patient.birth_date = _born(work, birth_date, patient.site_id)
        _keep_names(work, patient)
        _keep_identifiers(work, patient, identifiers)
        for day in sorted({former, patient.birth_date}):
            _keep_name_alerts(work, day)
        for account in account_queries.own(work.session, patient_id):
            account.holder_name, account.holder_birth_date = _person(patient).name, patient.birth_date
        return _changed(work, patient)

    @use_case(RECEPTION, Effect.WRITES, may_wait=True)
    def change_contact(
        self,
        work: Work[None],
        patient_id: UUID,
        email: str,
        mobile: str,
        postal_address: tuple[str, ...],
        old_email_is_unsafe: bool = False,  # noqa: FBT001, FBT002 - a tick on the form
    ) -> PatientRow:
        """Change how a patient is reached (R18): a new e-mail address is asked to prove itself, the old one told (D7).

        old_email_is_unsafe: the old address is wrong or read by others, and is told nothing.
        """
        patient = _locked(work, patient_id)
        patient.email = read_email(email)
        patient.mobile = read_mobile(mobile, work.clinic.country)
        patient.postal_address = _lines(postal_address)
        for account in account_queries.own(work.session, patient_id):
            change_contact(
                self.parts,
                work,
                account,
                patient.email,
                patient.mobile,
                old_email_is_unsafe=old_email_is_unsafe,
            )
        return _changed(work, patient)

    @use_case(RECEPTION, Effect.WRITES)
    def link(self, work: Work[None], patient_id: UUID, other_id: UUID, reason: str) -> None:
        """Note that two records are one person's (D30)."""
        other = reach.patient(work, other_id)
        patient = _locked(work, patient_id)
        if patient_id == other_id:
            raise Invalid("same_record", N_("This is one and the same record."), field="other_id")
        if any(other_id in {link.patient_id, link.other_patient_id} for link in _links(work, patient_id)):
            raise Conflict("already_linked", N_("These two records are linked already."))
        assert work.who.staff_id is not None
        work.session.add(
            PatientLink(
                id=new_id(),
                patient_id=patient_id,
                other_patient_id=other_id,
                reason=required(reason, "reason", 200),
                linked_by=work.who.staff_id,
                linked_at=work.now,
            )
        )
        work.about(other_patient=other_id)
        _changed(work, patient)
        _changed(work, other)
        work.about(patient_id=patient_id)

    @use_case(RECEPTION, Effect.WRITES)
    def unlink(self, work: Work[None], patient_id: UUID, other_id: UUID, reason: str) -> None:
        """Note that two records are two people's after all (D30)."""
        other = reach.patient(work, other_id)
        patient = _locked(work, patient_id)
        links = [
            link for link in _links(work, patient_id) if other_id in {link.patient_id, link.other_patient_id}
        ]
        if not links:
            raise NotFound("not_linked", N_("These two records are not linked."))
        for link in links:
            link.unlinked_at, link.unlinked_by = work.now, work.who.staff_id
        work.about(other_patient=other_id, reason=required(reason, "reason", 200))
        _changed(work, patient)
        _changed(work, other)
        work.about(patient_id=patient_id)

    @use_case(PATIENT)
    def my_details(self, work: Work[None]) -> MyDetails:
        """Return the signed-in person's own data, to be seen and not edited; masked at a kiosk (R18, D7)."""
        assert work.who.account_id is not None
        assert work.who.session_id is not None
        account = account_queries.account(work.session, work.who.account_id)
        record = session_queries.session(work.session, work.who.session_id)
        assert account is not None
        assert record is not None
        born_on, email, mobile = account.holder_birth_date, account.email, account.mobile
        is_kiosk = record.kind == SessionKind.KIOSK.value
        return MyDetails(
            full_name=account.holder_name,
            birth_date=masked_birth_date(born_on) if is_kiosk else Words().date(born_on),
            email=masked_email(email) if is_kiosk else email,
            mobile=masked_mobile(mobile) if is_kiosk else mobile,
            user_name=account.user_name or "",
        )


def find_patients(
    work: Work[Any], text: str, site_ids: frozenset[UUID] | None, limit: int
) -> tuple[PatientRow, ...]:
    """Return the patients whom typed words, dates and numbers mean; site_ids None: of every site."""
    wanted = tokens(text, work.now.date(), calling_code(work.clinic.country))
    if not wanted:
        return ()
    found = patient_search.find(
        work.session,
        [(token.word, token.identifier, token.mobile, token.birth_date) for token in wanted],
        site_ids=site_ids,
        limit=max(1, min(limit, _MOST_FOUND)),
    )
    return patient_rows(work.session, found)


def _page(work: Work[Any], patient: Patient) -> PatientPage:
    linked = [
        link.other_patient_id if link.patient_id == patient.id else link.patient_id
        for link in _links(work, patient.id)
    ]
    return PatientPage(
        patient=patient_rows(work.session, [patient])[0],
        accounts=account_rows(work, account_queries.of_patient(work.session, patient.id), patient.id),
        exams=desk_exams(work, patient.id),
        invitations=invitation_rows(work, patient_id=patient.id),
        messages=message_rows(work, patient.id),
        linked=patient_rows(work.session, queries.patients(work.session, linked)),
    )


def _links(work: Work[Any], patient_id: UUID) -> Sequence[PatientLink]:
    return queries.links(work.session, patient_id)


def _locked(work: Work[Any], patient_id: UUID) -> Patient:
    reach.patient(work, patient_id)
    patient = queries.locked(work.session, patient_id)
    assert patient is not None
    return patient


def _person(patient: Patient) -> Person:
    return Person(f"{patient.given_names} {patient.family_name}".strip(), patient.birth_date)


def _refuse_known(work: Work[Any], new: NewPatient) -> None:
    person = Person(f"{new.given_names} {new.family_name}".strip(), new.birth_date)
    for patient in queries.born_on(work.session, new.birth_date, site_ids=work.who.site_ids):
        if same_person(person, _person(patient)):
            raise Conflict(
                "perhaps_registered",
                N_("{name}, born {day}, is registered already. Is it the same person?"),
                name=_person(patient).name,
                day=patient.birth_date,
                patient_id=str(patient.id),
            )


def _site_of_desk(work: Work[Any]) -> UUID:
    here = work.who.site_id
    if here is None or here not in work.who.site_ids:
        here = min(work.who.site_ids, default=None)
    site = clinic_queries.site(work.session, here) if here else None
    if site is None or site.closed_at is not None:
        raise Conflict("no_site", N_("You work at no open site. Ask a manager to give you one."))
    return site.id


def _born(work: Work[Any], day: date, site_id: UUID) -> date:
    return born(day, local_day(work.now, zone_of(work.session, site_id)))


def _lines(typed: tuple[str, ...]) -> str:
    return optional("\n".join(line.strip() for line in typed if line.strip()), "postal_address", 400)


def _keep_names(work: Work[Any], patient: Patient) -> None:
    patient.sort_key = unaccented(f"{patient.family_name} {patient.given_names}")
    queries.replace_name_words(
        work.session, patient.id, search_words(f"{patient.given_names} {patient.family_name}")
    )


def _keep_identifiers(work: Work[Any], patient: Patient, typed: Sequence[Identifier]) -> None:
    rows: dict[tuple[str, str], PatientIdentifier] = {}
    for identifier in typed:
        value = required(identifier.value, "identifiers", 64)
        issuer = optional(identifier.issuer, "identifiers", 120) or work.clinic.name
        if issuer.casefold() in _STATE_NUMBERS:
            raise Invalid(
                "identifier_of_state",
                N_(
                    "Do not enter Medicare numbers or healthcare identifiers here. Use the clinic's own number."
                ),
                field="identifiers",
            )
        owner = queries.owner_of(work.session, value, issuer)
        if owner is not None and owner != patient.id:
            raise Conflict(
                "identifier_taken",
                N_("Another patient has this number already. Find that patient by the number instead."),
            )
        row = PatientIdentifier(id=new_id(), patient_id=patient.id, value=value, issuer=issuer)
        rows.setdefault((value, issuer), row)
    queries.replace_identifiers(work.session, patient.id, list(rows.values()))


def _keep_name_alerts(work: Work[Any], birth_date: date) -> None:
    """Give everybody of a birth date the name alert they should have, or take it away (D4)."""
    work.session.flush()
    born_then = queries.born_on(work.session, birth_date)
    alerted = [
        patient.id
        for patient in born_then
        if name_alert(_person(patient), [_person(other) for other in born_then if other is not patient])
    ]
    others = [patient.id for patient in born_then if patient.id not in alerted]
    for ids, alert in ((alerted, True), (others, False)):
        for patient_id, site_id in queries.set_name_alert(work.session, ids, alert=alert):
            work.changed("patient", patient_id, site_id=site_id, patient_id=patient_id)


def _changed(work: Work[Any], patient: Patient) -> PatientRow:
    patient.version += 1
    work.about(patient_id=patient.id)
    work.changed("patient", patient.id, site_id=patient.site_id, patient_id=patient.id)
    work.session.flush()
    return patient_rows(work.session, [patient])[0]
