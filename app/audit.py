"""Who looked at what: searched by the privacy role, listed in plain words for the patient, proved unbroken (D24)."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app import journal
from app.errors import N_, NotFound
from app.letterhead import letterhead
from app.patients import find_patients
from app.rules.access import Role
from app.rules.calendar import end_of_local_day
from app.use_case import Effect, Noun, Work, use_case
from app.views.paper import Opening, WhoOpened
from app.views.people import PatientRow
from app.views.work import AuditReport, AuditRow
from app.words import Words
from db.models import AuditEvent
from db.queries import audit as queries
from db.queries import journal as journal_queries

PRIVACY = frozenset({Role.PRIVACY})
PRIVACY_OR_PATIENT = frozenset({Role.PRIVACY, Role.PATIENT})
KEEPERS = frozenset({Role.PRIVACY, Role.IT, Role.COMMAND_LINE})

_MOST_FOUND = 10

# What each audited use case is, in words for a patient; verbs that open nothing of theirs are left out of the list.
PLAIN = {
    "patients.open": N_("looked at your page at reception"),
    "patients.by_identifier": N_("looked you up by your number"),
    "patients.register": N_("registered you"),
    "patients.correct": N_("corrected your personal data"),
    "patients.change_contact": N_("changed your contact details"),
    "patients.link": N_("linked two of your records"),
    "patients.unlink": N_("separated two of your records"),
    "accounts.create": N_("created your account"),
    "accounts.create_for_other": N_("created an account for somebody who cares for you"),
    "accounts.reissue": N_("made a new activation code"),
    "accounts.handed_over": N_("handed you a letter"),
    "accounts.reset_slip": N_("made a password-reset slip"),
    "accounts.block": N_("blocked your account"),
    "accounts.unblock": N_("unblocked your account"),
    "accounts.reinstate": N_("reinstated your account"),
    "accounts.delete": N_("deleted your account"),
    "family.grant": N_("gave somebody access to your exams"),
    "family.end": N_("ended somebody's access to your exams"),
    "exams.open": N_("opened your exam"),
    "exams.hold": N_("withheld your exam"),
    "exams.end_hold": N_("showed your exam again"),
    "exams.move": N_("moved an exam that was filed under the wrong patient"),
    "imports.file": N_("stored images of yours"),
    "imports.match": N_("stored images of yours"),
    "reports.read": N_("read your report"),
    "reports.take_away": N_("downloaded or printed your report"),
    "images.shown": N_("looked at your images"),
    "images.open_document": N_("opened a document among your images"),
    "images.open_video": N_("played a film of yours"),
    "images.take_away": N_("downloaded your images"),
    "images.for_paper": N_("printed your images"),
    "downloads.offer": N_("made a download for a phone"),
    "downloads.spend": N_("downloaded to a phone"),
    "sharing.invite": N_("shared your exam"),
    "sharing.invite_on_behalf": N_("shared your exam for you"),
    "sharing.revoke": N_("ended a share"),
    "sharing.change_shared_until": N_("changed until when a share works"),
    "visits.open_with_code": N_("opened an invitation of yours"),
    "audit.search": N_("looked through the record of who did what with your data"),
    "audit.who_opened": N_("looked up who opened your records"),
    "print_requests.content": N_("printed what was asked for at the kiosk"),
    "print_requests.handed_over": N_("handed you a print"),
}


class Audit(Noun):
    """The audit trail (D24)."""

    @use_case(PRIVACY, Effect.OPENS)
    def search(
        self,
        work: Work[None],
        from_day: date,
        until_day: date,
        patient_id: UUID | None = None,
        staff_id: UUID | None = None,
        verb: str = "",
        before: int | None = None,
    ) -> tuple[AuditRow, ...]:
        """Return audit events between two days, newest first, a hundred at a time; the search is audited too."""
        work.about(patient_id=patient_id, searched_staff=staff_id, searched_verb=verb)
        since, until = _span(from_day, until_day, self._zone(work))
        events = queries.search(
            work.session,
            patient_id=patient_id,
            staff_id=staff_id,
            verb=verb,
            since=since,
            until=until,
            before=before,
            limit=100,
        )
        names = queries.patient_names(work.session, {e.patient_id for e in events if e.patient_id})
        people = _People(work, events, None)
        return tuple(
            AuditRow(
                number=event.number,
                at=event.at,
                verb=event.verb,
                outcome=event.outcome,
                who=people.who(event),
                where=people.where(event),
                patient_id=event.patient_id,
                patient_name=names.get(event.patient_id, "") if event.patient_id else "",
                detail=_plain_detail(event),
            )
            for event in events
        )

    @use_case(PRIVACY, Effect.OPENS)
    def find_patient(self, work: Work[None], text: str) -> tuple[PatientRow, ...]:
        """Find whose records to look up, at every site; without how to reach them, and the search is audited too."""
        found = find_patients(work, text, None, _MOST_FOUND)
        work.about(found=len(found))
        return tuple(replace(patient, email="", mobile="", postal_address=()) for patient in found)

    @use_case(PRIVACY_OR_PATIENT, Effect.OPENS)
    def who_opened(self, work: Work[None], patient_id: UUID, from_day: date, until_day: date) -> WhoOpened:
        """Return who opened a patient's records, in plain words; the patient may read the same list."""
        patient = queries.patient(work.session, patient_id)
        is_own = patient_id in work.who.patient_ids
        if patient is None or not (is_own or Role.PRIVACY in work.who.roles):
            raise NotFound("patient_unknown", N_("This patient cannot be found."))
        work.about(patient_id=patient_id)
        head = letterhead(work.session, work.clinic, patient.site_id)
        since, until = _span(from_day, until_day, head.time_zone)
        events = queries.of_patient(work.session, patient_id, since, until)
        people = _People(work, events, patient_id)
        words = Words()
        openings = tuple(
            Opening(event.at, people.who(event), words(PLAIN[event.verb]), people.where(event))
            for event in events
            if event.verb in PLAIN and event.outcome == "done"
        )
        name = f"{patient.given_names} {patient.family_name}"
        return WhoOpened(head, name, patient.birth_date, from_day, until_day, openings)

    @use_case(KEEPERS)
    def verify(self, work: Work[None], head: str = "") -> AuditReport:
        """Check every link of the chain, and that a head noted earlier still stands in it."""
        broken = tuple(journal.broken_links(work.session))
        known = None
        if head:
            number, _, digest = head.partition(":")
            known = number.isdigit() and journal_queries.audit_hash(work.session, int(number)) == digest
        _epoch, _changes, last, _hash = journal_queries.head(work.session)
        return AuditReport(events=last, broken=broken, head_is_known=known)

    @use_case(KEEPERS)
    def head(self, work: Work[None]) -> str:
        """Return the number and hash of the newest event, to be kept outside: else a cut tail is invisible."""
        _epoch, _changes, last, digest = journal_queries.head(work.session)
        return f"{last}:{digest.hex()}"

    def _zone(self, work: Work[Any]) -> str:
        return journal_queries.first_zone(work.session)


class _People:
    """Names of those who appear in audit events."""

    def __init__(self, work: Work[Any], events: list[AuditEvent], patient_id: UUID | None) -> None:
        self._words = Words()
        self._staff = queries.staff_names(work.session)
        self._holders = queries.holder_names(
            work.session, {event.account_id for event in events if event.account_id}
        )
        self._stations = queries.station_names(work.session)
        self._recipients = queries.recipient_names(work.session, patient_id) if patient_id else {}

    def who(self, event: AuditEvent) -> str:
        if event.staff_id:
            return self._staff.get(event.staff_id, self._words(N_("An employee")))
        # At a phone the holder has not signed in: the download is their account's all the same.
        if event.caller in {"patient", "nobody"} and event.account_id:
            return self._holders.get(event.account_id, self._words(N_("An account holder")))
        if event.invitation_id and event.invitation_id in self._recipients:
            return self._words(
                N_("With the invitation for {name}"), name=self._recipients[event.invitation_id]
            )
        if event.caller in {"guest", "station", "nobody"}:
            return self._words(N_("A guest"))
        return self._words(N_("The clinic's system"))

    def where(self, event: AuditEvent) -> str:
        if event.station_id:
            return self._stations.get(event.station_id, "")
        return self._words(N_("Web portal")) if event.address else self._words(N_("Server"))


def _span(from_day: date, until_day: date, zone: str) -> tuple[datetime, datetime]:
    return end_of_local_day(from_day - timedelta(days=1), zone), end_of_local_day(until_day, zone)


def _plain_detail(event: AuditEvent) -> str:
    return ", ".join(f"{name}: {value}" for name, value in json.loads(event.detail).items())
