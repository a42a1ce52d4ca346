"""The one table of who may call what, written by hand from D26 and the rules, and held against the application.

A caller that is not named in a row must be refused: as not allowed, signed out, or as if the thing did not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.rules.access import Relation, Role
from app.views.clinic import Clinic
from app.views.people import Identifier, NewPatient
from app.views.sharing import NewInvitation
from tests.app.world import PASSWORD, World

# Callers, by the names that tests/app/world.py gives them
SIGNED_OUT = frozenset(
    {
        "expired patient",
        "blocked patient",
        "patient at a revoked kiosk",
        "disabled employee",
        "guest of a revoked share",
    }
)
NOBODY = frozenset({"nobody"})
KIOSK = frozenset({"kiosk"})
DESK = frozenset({"desk"})
STATIONS = KIOSK | DESK
PATIENT = frozenset({"patient"})
PARENT = frozenset({"parent"})
FAMILY = PATIENT | PARENT
STRANGERS = frozenset({"other patient", "parent whose grant ended"})
GUEST = frozenset({"guest"})
OTHER_GUEST = frozenset({"guest of another"})
RECEPTION, RECEPTION_S = frozenset({"reception"}), frozenset({"reception of South"})
CLINICAL, CLINICAL_S = frozenset({"clinical"}), frozenset({"clinical of South"})
MANAGER, MANAGER_S = frozenset({"manager"}), frozenset({"manager of South"})
PRIVACY = frozenset({"privacy", "privacy of South"})
IT, IT_S = frozenset({"it"}), frozenset({"it of South"})
NEW = frozenset({"employee with a one-time password"})
LOCKED = frozenset({"reception with a locked screen"})
LINE = frozenset({"command line"})

ANY_PATIENT = FAMILY | STRANGERS
ANY_GUEST = GUEST | OTHER_GUEST
NORTH_STAFF = RECEPTION | CLINICAL | MANAGER
SOUTH_STAFF = RECEPTION_S | CLINICAL_S | MANAGER_S
STAFF = NORTH_STAFF | SOUTH_STAFF | PRIVACY | IT | IT_S
EVERYBODY = NOBODY | STATIONS | ANY_PATIENT | ANY_GUEST | STAFF | NEW | LOCKED | LINE
NOT_SIGNED_IN = NOBODY | STATIONS
FRONT = RECEPTION | MANAGER
FRONT_ANYWHERE = FRONT | RECEPTION_S | MANAGER_S
OFFICE = IT | IT_S | MANAGER | MANAGER_S | LINE
READERS = FAMILY | GUEST | CLINICAL | RECEPTION


@dataclass(frozen=True)
class Row:
    """One use case: how to call it on patient A's things, and who gets through."""

    arguments: Callable[[World], tuple[Any, ...]]
    who: frozenset[str]
    # The thing asked for does not exist here, so only the right to ask is looked at.
    asks_only: bool = False


def nothing(_world: World) -> tuple[Any, ...]:
    return ()


MARCH = (date(2026, 3, 1), date(2026, 3, 31))
SHARE = NewInvitation("paper", "Dr Sam Okafor", understands_sensitive=True)
REVIEW = date(2026, 4, 1)


TABLE: dict[str, Row] = {
    # The desk's work with accounts: at the patient's site
    "accounts.create": Row(lambda w: (w.newcomer, "passport seen"), FRONT),
    "accounts.create_for_other": Row(
        lambda w: (
            "Cleo Hart",
            date(1970, 1, 2),
            "",
            "",
            w.patient,
            Relation.CARER,
            "letter",
            None,
            "passport",
        ),
        FRONT,
    ),
    "accounts.reissue": Row(lambda w: (w.waiting_account, "passport seen"), FRONT),
    "accounts.handed_over": Row(lambda w: (w.waiting_account, ("name", "birth date")), FRONT),
    "accounts.void_letter": Row(lambda w: (w.waiting_account, "misprint"), FRONT),
    "accounts.send_activation_mail": Row(lambda w: (w.waiting_account,), FRONT),
    "accounts.given_to_wrong_person": Row(lambda w: (w.waiting_account, "wrong window"), FRONT),
    "accounts.reset_slip": Row(lambda w: (w.account, "passport seen"), FRONT),
    "accounts.reinstate": Row(lambda w: (w.account, "passport seen"), FRONT),
    "accounts.change_contact": Row(lambda w: (w.account, "new@example.org", ""), FRONT),
    "accounts.block": Row(lambda w: (w.account, "lost telephone"), FRONT),
    "accounts.unblock": Row(lambda w: (w.blocked_account, "found again"), MANAGER),
    "accounts.delete": Row(lambda w: (w.account, "asked for it"), FRONT),
    "family.grant": Row(lambda w: (w.account, w.newcomer, Relation.CARER, "letter"), FRONT),
    "family.end": Row(lambda w: (w.grant, "asked for it"), FRONT),
    # Whoever holds a letter, a link or a slip
    "activation.start": Row(lambda _w: ("ABCD-EFGH-JKMN",), NOBODY | STATIONS),
    "activation.finish": Row(
        lambda _w: ("ABCD-EFGH-JKMN", date(1944, 5, 17), "amelia.hart", "heron lamp quietly 9", "1"),
        NOBODY | STATIONS,
    ),
    "activation.open_mail_link": Row(lambda _w: ("token",), NOBODY | STATIONS | ANY_PATIENT),
    "recovery.forgot": Row(lambda _w: ("amelia",), NOBODY | STATIONS | ANY_PATIENT),
    "recovery.change_my_password": Row(nothing, ANY_PATIENT),
    "recovery.reset": Row(
        lambda _w: ("ABCD-EFGH-JKMN", date(1944, 5, 17), "heron lamp quietly 9"),
        NOBODY | STATIONS | ANY_PATIENT,
    ),
    "recovery.confirm_email": Row(lambda _w: ("token",), NOBODY | STATIONS | ANY_PATIENT),
    "sessions.sign_in": Row(lambda _w: ("nobody.here", PASSWORD), NOBODY | KIOSK),
    "sessions.mine": Row(nothing, ANY_PATIENT | STAFF | NEW | LOCKED),
    "sessions.touch": Row(nothing, ANY_PATIENT | STAFF | NEW),
    "sessions.extend": Row(nothing, ANY_PATIENT),
    "sessions.sign_out": Row(nothing, ANY_PATIENT | STAFF | NEW | LOCKED),
    "sessions.sign_out_everywhere": Row(nothing, ANY_PATIENT),
    "sessions.set_large_text": Row(lambda _w: (True,), ANY_PATIENT),
    # Audit: privacy, and the patient for what is theirs
    "audit.search": Row(lambda _w: MARCH, PRIVACY),
    "audit.find_patient": Row(lambda _w: ("hart",), PRIVACY),
    "audit.who_opened": Row(lambda w: (w.patient, *MARCH), PRIVACY | FAMILY),
    "audit.verify": Row(nothing, PRIVACY | IT | IT_S | LINE),
    "audit.head": Row(nothing, PRIVACY | IT | IT_S | LINE),
    "changes.since": Row(nothing, ANY_PATIENT | ANY_GUEST | STAFF | LOCKED),
    "changes.follow": Row(nothing, ANY_PATIENT | ANY_GUEST | STAFF | LOCKED),
    # The clinic
    "clinic.settings": Row(nothing, EVERYBODY),
    "clinic.change": Row(
        lambda _w: (Clinic("Harbour Imaging", "portal@harbour.example", "https://portal.harbour.example"),),
        MANAGER | MANAGER_S,
    ),
    "clinic.month": Row(lambda _w: (2026, 3), MANAGER | MANAGER_S),
    "sites.all": Row(nothing, EVERYBODY),
    "sites.add": Row(lambda _w: ("East", ("1 East Street",), "", "Australia/Sydney"), MANAGER | MANAGER_S),
    "sites.change": Row(
        lambda w: (w.scene.north, "North", ("1 North Street",), "", "Australia/Sydney"), MANAGER | MANAGER_S
    ),
    "sites.close": Row(lambda w: (w.scene.south,), MANAGER | MANAGER_S),
    "stations.enrol": Row(lambda w: (w.scene.north, "Desk 9", "desk"), IT | MANAGER | LINE),
    "stations.expect": Row(lambda w: (w.scene.north, "Desk 9", "desk"), IT | MANAGER | LINE),
    "stations.new_code": Row(lambda w: (w.scene.desk.id,), IT | MANAGER | LINE),
    "stations.enrol_with_code": Row(lambda _w: ("ABCD-EFGH-JKMN",), NOBODY | STATIONS),
    "stations.all": Row(nothing, OFFICE),
    "stations.change": Row(lambda w: (w.scene.desk.id, "Desk 1", (), "A4", False), IT | MANAGER | LINE),
    "stations.revoke": Row(lambda w: (w.scene.desk_south.id,), IT_S | MANAGER_S | LINE),
    "staff.went_on": Row(nothing, STAFF | LOCKED),
    "stations.desk_copy": Row(nothing, FRONT_ANYWHERE | LOCKED),
    "stations.mine": Row(nothing, EVERYBODY, asks_only=True),
    "staff.sign_in": Row(lambda _w: ("nobody.here", PASSWORD), NOBODY | DESK),
    "staff.sign_out": Row(nothing, STAFF | NEW | LOCKED),
    "staff.lock": Row(nothing, STAFF | NEW | LOCKED),
    "staff.unlock": Row(lambda _w: (PASSWORD,), STAFF | NEW | LOCKED),
    "staff.me": Row(nothing, STAFF | NEW | LOCKED),
    "staff.set_password": Row(lambda _w: (PASSWORD, "heron lamp quietly 9"), STAFF | NEW),
    "staff.all": Row(nothing, MANAGER | MANAGER_S | LINE),
    "staff.add": Row(
        lambda w: ("new.person", "New Person", (Role.RECEPTION,), (w.scene.north,)),
        MANAGER | MANAGER_S | LINE,
    ),
    "staff.change": Row(
        lambda w: (w.employee, "Robin", (Role.RECEPTION,), (w.scene.north,)), MANAGER | MANAGER_S
    ),
    "staff.reset_password": Row(lambda w: (w.employee,), MANAGER | MANAGER_S | LINE),
    "staff.disable": Row(lambda w: (w.employee, "left"), MANAGER | MANAGER_S),
    "staff.enable": Row(lambda w: (w.employee,), MANAGER | MANAGER_S | LINE),
    # What desks that were switched off handed in
    "handed_in.undecided": Row(lambda w: (w.scene.desk.id,), MANAGER),
    "handed_in.carry_out": Row(lambda w: (w.handed_in,), MANAGER),
    "handed_in.discard": Row(lambda w: (w.handed_in,), MANAGER),
    # Patients: at the staff's own sites
    "patients.find": Row(lambda _w: ("hart",), NORTH_STAFF | SOUTH_STAFF),
    "patients.find_elsewhere": Row(
        lambda _w: ("hart",), frozenset()
    ),  # a right that nobody has by a role alone
    "patients.by_identifier": Row(lambda _w: ("MRN1",), LINE),
    "patients.alike": Row(lambda _w: ("Hart", "Amelia", date(1944, 5, 17)), NORTH_STAFF | SOUTH_STAFF),
    "patients.register": Row(lambda _w: (NewPatient("Hale", "Ida", date(1950, 1, 2)),), FRONT_ANYWHERE),
    "patients.open": Row(lambda w: (w.patient,), NORTH_STAFF),
    "patients.look": Row(lambda w: (w.patient,), NORTH_STAFF),
    "patients.correct": Row(
        lambda w: (w.patient, "Hart", "Amelia", date(1944, 5, 17), (Identifier("1", "Harbour Imaging"),)),
        FRONT,
    ),
    "patients.change_contact": Row(lambda w: (w.patient, "new@example.org", "", ()), FRONT),
    "patients.link": Row(lambda w: (w.patient, w.newcomer, "same person"), FRONT),
    "patients.unlink": Row(lambda w: (w.patient, w.newcomer, "two people"), FRONT, asks_only=True),
    "patients.my_details": Row(nothing, ANY_PATIENT),
    # Exams, reports, images
    "exams.mine": Row(nothing, ANY_PATIENT),
    "exams.open": Row(lambda w: (w.exam,), READERS),
    "exams.look": Row(lambda w: (w.exam,), READERS),
    "exams.hold": Row(lambda w: (w.exam, "asked by the doctor", REVIEW), CLINICAL),
    "exams.end_hold": Row(lambda w: (w.exam, "over"), CLINICAL),
    "exams.move": Row(lambda w: (w.exam, w.newcomer, "wrong patient"), MANAGER),
    "reports.attach_text": Row(
        lambda w: (w.exam, "final", "Report", "Dr Lind", w.now, "No fracture."), CLINICAL | RECEPTION
    ),
    "reports.attach_pdf": Row(
        lambda w: (w.exam, "final", "Report", "Dr Lind", w.now, w.pdf), CLINICAL | RECEPTION
    ),
    "reports.finalise": Row(lambda w: (w.report,), CLINICAL | RECEPTION),
    "reports.sent_to_referrer": Row(lambda w: (w.report, "Dr Ray", "fax", w.now), CLINICAL | RECEPTION),
    "reports.no_referrer": Row(lambda w: (w.report, "came alone"), CLINICAL | RECEPTION),
    "reports.complete": Row(lambda w: (w.report,), CLINICAL | RECEPTION),
    "reports.told_otherwise": Row(lambda w: (w.report, "telephone"), CLINICAL | RECEPTION),
    "reports.sms_sent_by_ris": Row(lambda w: (w.report, w.now), CLINICAL | RECEPTION),
    "reports.hold": Row(lambda w: (w.report, "asked by the doctor", REVIEW), CLINICAL),
    "reports.end_hold": Row(lambda w: (w.report, "over"), CLINICAL),
    "reports.release_early": Row(lambda w: (w.report, "the doctor asks"), CLINICAL),
    "reports.withdraw": Row(lambda w: (w.report, "wrong side"), CLINICAL),
    "reports.openers": Row(lambda w: (w.report,), CLINICAL | RECEPTION),
    "reports.read": Row(lambda w: (w.report, "asked by the patient"), READERS),
    "reports.take_away": Row(lambda w: (w.report, "asked by the patient"), READERS),
    "reports.pdf": Row(lambda w: (w.report,), READERS, asks_only=True),
    "images.find": Row(lambda w: (w.instance,), READERS),
    "images.open_document": Row(
        lambda w: (w.instance, "asked by the doctor"), CLINICAL | RECEPTION, asks_only=True
    ),
    "images.for_paper": Row(lambda w: (w.exam, (w.instance,)), CLINICAL | RECEPTION),
    "images.fetch": Row(lambda _w: ("no ticket",), READERS, asks_only=True),
    "images.open_video": Row(lambda w: (w.exam, w.instance), READERS),
    "images.shown": Row(lambda w: (w.exam, w.series, (1,)), READERS),
    "images.take_away": Row(lambda w: (w.exam, "image_png", w.instance), READERS),
    "imports.ready": Row(lambda w: (w.patient,), CLINICAL | RECEPTION | LINE),
    "imports.compare": Row(lambda w: (w.patient, w.patient), CLINICAL | RECEPTION | LINE, asks_only=True),
    "imports.file": Row(lambda w: (w.patient, w.patient), CLINICAL | RECEPTION | LINE, asks_only=True),
    "imports.survey_sent": Row(
        lambda w: (w.patient, (("one", ""),), w.patient), CLINICAL | RECEPTION | LINE, asks_only=True
    ),
    "imports.take_sent": Row(lambda w: (w.patient, w.patient), CLINICAL | RECEPTION | LINE, asks_only=True),
    "imports.waiting": Row(nothing, CLINICAL | RECEPTION | CLINICAL_S | RECEPTION_S),
    "imports.match": Row(lambda w: (w.patient, w.patient, "same"), CLINICAL | RECEPTION, asks_only=True),
    "downloads.offer": Row(lambda w: (w.exam, "report", w.report), FAMILY | GUEST),
    "downloads.look": Row(lambda w: (w.download,), EVERYBODY - NEW - LOCKED - LINE),
    "downloads.spend": Row(lambda w: (w.download, "browser"), EVERYBODY - NEW - LOCKED - LINE),
    "downloads.claim": Row(
        lambda w: (w.download, "browser"), EVERYBODY - NEW - LOCKED - LINE, asks_only=True
    ),
    # Sharing
    "sharing.invite": Row(lambda w: (w.exam, SHARE), FAMILY),
    "sharing.invite_on_behalf": Row(
        lambda w: (w.exam, w.account, SHARE, "asked at the desk", True), RECEPTION
    ),
    "sharing.mine": Row(nothing, ANY_PATIENT),
    "sharing.open": Row(lambda w: (w.invitation,), PATIENT | RECEPTION),
    "sharing.change_shared_until": Row(lambda w: (w.invitation, date(2026, 5, 1)), PATIENT | RECEPTION),
    "sharing.revoke": Row(lambda w: (w.invitation,), PATIENT | RECEPTION),
    "sharing.unlock": Row(lambda w: (w.invitation,), PATIENT | RECEPTION),
    "visits.open_with_code": Row(lambda w: (w.number, w.code), NOT_SIGNED_IN),
    "visits.mine": Row(nothing, ANY_GUEST),
    "visits.leave": Row(nothing, ANY_GUEST),
    # Work at a site
    "messages.delivery": Row(nothing, IT | IT_S | MANAGER | MANAGER_S),
    "messages.resend": Row(lambda w: (w.message,), NORTH_STAFF),
    "tasks.open": Row(nothing, NORTH_STAFF | SOUTH_STAFF),
    "tasks.done": Row(lambda w: (w.task, "done"), NORTH_STAFF),
    "print_requests.ask": Row(lambda w: ("report", w.pdf, w.patient), FAMILY),
    "print_requests.failed": Row(lambda w: ("report", w.patient), FAMILY | FRONT),
    "print_requests.printed": Row(lambda w: ("report", w.patient), FAMILY | FRONT),
    "print_requests.waiting": Row(nothing, RECEPTION | RECEPTION_S),
    "print_requests.content": Row(lambda w: (w.print_request,), RECEPTION),
    "print_requests.handed_over": Row(lambda w: (w.print_request, ("name", "birth date")), RECEPTION),
}
