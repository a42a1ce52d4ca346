from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.portal import Portal
from app.rules.access import Relation
from app.rules.invitation import InvitationState
from app.views.people import GrantRow
from app.views.sharing import NewInvitation
from tests.fakes import FixedClock
from tests.refusals import refusal
from tests.scene import PASSWORD, Known, Scene

CHILD_BORN = date(2015, 6, 1)


@pytest.fixture
def child(scene: Scene) -> UUID:
    return scene.patient("Ada", "Hart", CHILD_BORN)


@pytest.fixture
def parent(scene: Scene) -> Known:
    return scene.account(scene.patient())


def exams_of(scene: Scene, who: Known, patient: UUID | None = None) -> list[UUID]:
    return [row.id for row in scene.acting(who).exams.mine(patient)]


@pytest.mark.rule("D31")
def test_the_desk_grants_and_ends_what_an_account_reaches(scene: Scene, parent: Known, child: UUID) -> None:
    exam = scene.exam(child)
    scene.report(exam)
    assert exams_of(scene, parent) == []
    assert refusal(scene.acting(parent).exams.open, exam) != ""
    desk = scene.acting("reception")
    grant = desk.family.grant(parent.id, child, Relation.PARENT, "birth certificate")
    assert (grant.relation, grant.evidence, grant.is_in_force) == (Relation.PARENT, "birth certificate", True)
    assert exams_of(scene, parent) == [exam]
    assert scene.acting(parent).exams.open(exam).exam.patient_name == "Ada Hart"
    desk.family.end(grant.id, "court order")
    assert exams_of(scene, parent) == []
    assert refusal(scene.acting(parent).exams.open, exam) != ""


@pytest.mark.rule("D31")
def test_what_was_shared_under_an_ended_grant_is_revoked(scene: Scene, parent: Known, child: UUID) -> None:
    desk = scene.acting("reception")
    grant = desk.family.grant(parent.id, child, Relation.PARENT, "birth certificate")
    exam = scene.exam(child)
    scene.report(exam)
    scene.invitation(parent, exam, child)
    desk.family.end(grant.id, "court order")
    assert desk.patients.open(child).invitations[0].state is InvitationState.REVOKED


@pytest.mark.rule("D29", "D31")
def test_a_parents_access_ends_when_the_child_comes_of_age(
    scene: Scene, parent: Known, child: UUID, clock: FixedClock
) -> None:
    exam = scene.exam(child)
    grant = scene.acting("reception").family.grant(parent.id, child, Relation.PARENT, "birth certificate")
    assert grant.until_at == datetime(2033, 5, 31, 14, 0, tzinfo=UTC)  # 1 June 2033 in Sydney
    clock.now = datetime(2033, 5, 31, 13, 59, tzinfo=UTC)
    later = _again(scene, parent)
    assert exams_of(scene, later) == [exam]
    clock.now = datetime(2033, 5, 31, 14, 0, tzinfo=UTC)
    assert exams_of(scene, later) == []


@pytest.mark.rule("D31")
def test_a_grant_has_a_last_day(scene: Scene, parent: Known, child: UUID, clock: FixedClock) -> None:
    exam = scene.exam(child)
    scene.acting("reception").family.grant(
        parent.id, child, Relation.CARER, "letter of the parents", date(2026, 3, 20)
    )
    clock.now = datetime(2026, 3, 20, 12, 59, 59, tzinfo=UTC)  # 23:59:59 in Sydney
    later = _again(scene, parent)
    assert exams_of(scene, later) == [exam]
    clock.now = datetime(2026, 3, 20, 13, 0, tzinfo=UTC)
    assert exams_of(scene, later) == []


@pytest.mark.rule("D31")
def test_an_account_for_a_parent_is_created_at_the_desk(scene: Scene, portal: Portal, child: UUID) -> None:
    exam = scene.exam(child)
    issued = scene.acting("reception").accounts.create_for_other(
        "Jo Hart",
        date(1980, 1, 2),
        "family@example.org",
        "0491 570 158",
        child,
        Relation.PARENT,
        "birth certificate",
        None,
        "passport",
    )
    assert issued.letter is not None
    assert issued.letter.recipient == "Jo Hart"
    kiosk = scene.acting(scene.kiosk)
    code = issued.letter.code
    # The holder's birth date is asked, not the child's.
    assert refusal(kiosk.activation.finish, code, CHILD_BORN, "jo.hart", PASSWORD, "1") == "answers_wrong"
    kiosk.activation.finish(code, date(1980, 1, 2), "jo.hart", PASSWORD, "1")
    token = kiosk.sessions.sign_in("jo.hart", PASSWORD).token
    me = portal.acting(portal.signed_in(token, station=scene.kiosk.caller))
    assert [row.id for row in me.exams.mine(child)] == [exam]
    assert [name for _id, name, _relation in me.sessions.mine().patients] == ["Ada Hart"]


@pytest.mark.rule("D31")
def test_patients_may_share_an_address(scene: Scene, child: UUID) -> None:
    desk = scene.acting("reception")
    desk.patients.change_contact(child, "amelia@example.org", "", ())
    desk.accounts.create(child, "birth certificate")
    desk.accounts.create(scene.patient(), "passport")
    assert desk.patients.open(child).accounts[0].email == "amelia@example.org"


@pytest.mark.parametrize(
    ("relation", "evidence", "until", "kind"),
    [
        (Relation.SELF, "passport", None, "relation_self"),
        (Relation.PARENT, " ", None, "missing"),
        (Relation.PARENT, "birth certificate", date(2026, 3, 11), "until_over"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(
    scene: Scene, parent: Known, child: UUID, relation: Relation, evidence: str, until: date | None, kind: str
) -> None:
    desk = scene.acting("reception")
    assert refusal(desk.family.grant, parent.id, child, relation, evidence, until) == kind


@pytest.mark.rule("D29")
def test_nobody_reaches_an_adult_as_a_parent(scene: Scene, parent: Known) -> None:
    adult = scene.patient("Ben", "Hart", date(1990, 1, 1))
    desk = scene.acting("reception")
    assert refusal(desk.family.grant, parent.id, adult, Relation.PARENT, "passport") == "patient_is_adult"
    grant = desk.family.grant(parent.id, adult, Relation.GUARDIAN, "court order")
    assert grant.until_at is None


def test_a_patient_is_granted_once(scene: Scene, parent: Known, child: UUID) -> None:
    desk = scene.acting("reception")
    first: GrantRow = desk.family.grant(parent.id, child, Relation.PARENT, "birth certificate")
    assert refusal(desk.family.grant, parent.id, child, Relation.CARER, "letter") == "grant_exists"
    desk.family.end(first.id, "mistake")
    assert desk.family.grant(parent.id, child, Relation.CARER, "letter").is_in_force


def test_only_the_desk_of_the_site_grants(scene: Scene, parent: Known, child: UUID) -> None:
    for who in ("clinical", "privacy", "it"):
        acting = scene.acting(who)
        assert refusal(acting.family.grant, parent.id, child, Relation.PARENT, "x") == "not_allowed"
    south = scene.acting("reception_south")
    assert refusal(south.family.grant, parent.id, child, Relation.PARENT, "x") == "account_unknown"
    assert refusal(scene.acting(parent).family.grant, parent.id, child, Relation.PARENT, "x") == "not_allowed"


def test_contact_data_of_a_parents_account_are_changed_at_the_desk(scene: Scene, child: UUID) -> None:
    desk = scene.acting("reception")
    holder = ("Jo Hart", date(1980, 1, 2), "jo@example.org", "")
    issued = desk.accounts.create_for_other(
        *holder, child, Relation.PARENT, "birth certificate", None, "passport"
    )
    desk.accounts.change_contact(issued.account_id, "jo.new@example.org", "0491 570 158")
    row = desk.patients.open(child).accounts[0]
    assert (row.holder_name, row.email, row.mobile) == ("Jo Hart", "jo.new@example.org", "+61491570158")
    own = desk.accounts.create(child, "birth certificate")
    assert refusal(desk.accounts.change_contact, own.account_id, "x@example.org", "") == "contact_of_patient"


def _again(scene: Scene, who: Known) -> Known:
    """The same account, signed in now."""
    return Known(who.id, scene.session("web", account_id=who.id))


@pytest.mark.rule("D29", "D31")
def test_nothing_is_shared_for_longer_than_the_owners_own_access(
    scene: Scene, parent: Known, child: UUID, clock: FixedClock
) -> None:
    exam = scene.exam(child)
    scene.report(exam)
    scene.acting("reception").family.grant(
        parent.id, child, Relation.CARER, "letter of the parents", date(2026, 3, 20)
    )
    sharing = scene.acting(parent).sharing
    made = sharing.invite(exam, NewInvitation("paper", "Dr Sam Okafor", understands_sensitive=True))
    assert made.printed is not None
    assert made.printed.shared_until == date(2026, 3, 20)
    assert sharing.change_shared_until(made.invitation_id, date(2026, 6, 1)).shared_until == date(2026, 3, 20)
    assert sharing.change_shared_until(made.invitation_id, date(2026, 3, 15)).shared_until == date(
        2026, 3, 15
    )
    sharing.change_shared_until(made.invitation_id, date(2026, 3, 20))
    clock.now = datetime(2026, 3, 20, 13, 0, tzinfo=UTC)
    visits = scene.portal.acting(scene.portal.nobody("203.0.113.9")).visits
    code = made.printed.verification_code
    assert refusal(visits.open_with_code, made.printed.number, code) == "invitation_expired"
    later = scene.acting(_again(scene, parent)).sharing
    assert refusal(later.change_shared_until, made.invitation_id, date(2026, 6, 1)) == "not_reached"
