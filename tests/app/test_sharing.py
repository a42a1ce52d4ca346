from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from app.errors import PortalError
from app.portal import Portal
from app.rules.codes import read_code
from app.rules.invitation import InvitationState
from app.views.sharing import NewInvitation
from db.errors import DatabaseConflictError
from tests.fakes import FixedClock, KeptMailer
from tests.scene import Known, Scene

PAPER = NewInvitation("paper", "Dr Sam Okafor", understands_sensitive=True)
MAIL = NewInvitation("email", "Dr Sam Okafor", "sam@clinic.example", understands_sensitive=True)


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient()


@pytest.fixture
def owner(scene: Scene, patient: UUID) -> Known:
    return scene.account(patient)


@pytest.fixture
def exam(scene: Scene, patient: UUID) -> UUID:
    made = scene.exam(patient)
    scene.report(made)
    return made


def kind_of(call: object, *arguments: object) -> tuple[str, str]:
    with pytest.raises(PortalError) as caught:
        call(*arguments)  # type: ignore[operator]  # a bound method
    return caught.value.kind, getattr(caught.value, "field", "")


@pytest.mark.rule("R52", "R56", "R57", "R58", "R64", "D12")
def test_a_paper_invitation_carries_link_number_and_code_for_thirty_days(
    scene: Scene, owner: Known, exam: UUID
) -> None:
    made = scene.acting(owner).sharing.invite(exam, PAPER)
    assert made.printed is not None
    assert made.printed.shared_until == date(2026, 4, 11)  # 12 March in Sydney and 30 days
    assert made.printed.letterhead.public_address == "https://portal.harbour.example"
    assert read_code(made.printed.number) != read_code(made.printed.verification_code)
    portal = scene.portal
    opened = portal.acting(portal.nobody("203.0.113.9")).visits.open_with_code(
        made.printed.number, made.printed.verification_code
    )
    guest = portal.visiting(opened.token, address="203.0.113.9")
    assert scene.acting(guest).visits.mine().recipient_name == "Dr Sam Okafor"


@pytest.mark.rule("R56", "R57", "R58", "D12")
def test_by_email_link_and_code_go_in_one_mail(
    scene: Scene, owner: Known, exam: UUID, mailer: KeptMailer
) -> None:
    made = scene.acting(owner).sharing.invite(exam, MAIL)
    assert made.printed is None
    assert made.code_to_pass_on is None
    scene.portal.deliver_due()
    (mail,) = mailer.sent
    row = scene.acting(owner).sharing.open(made.invitation_id)
    assert mail.to == "sam@clinic.example"
    assert f"https://portal.harbour.example/i/{row.invitation.number}" in mail.text
    code = next(word for word in mail.text.split() if word.count("-") == 2 and len(word) == 14)
    scene.portal.acting(scene.portal.nobody("x")).visits.open_with_code(row.invitation.number, code)


@pytest.mark.rule("D12")
def test_with_the_setting_off_the_mail_holds_the_link_only_and_the_patient_gets_the_code(
    scene: Scene, owner: Known, exam: UUID, mailer: KeptMailer
) -> None:
    manager = scene.acting("manager")
    manager.clinic.change(replace(manager.clinic.settings(), verification_code_in_email=False))
    made = scene.acting(owner).sharing.invite(exam, MAIL)
    assert made.code_to_pass_on is not None
    scene.portal.deliver_due()
    (mail,) = mailer.sent
    assert not any(word.count("-") == 2 for word in mail.text.split())
    row = scene.acting(owner).sharing.open(made.invitation_id)
    scene.portal.acting(scene.portal.nobody("x")).visits.open_with_code(
        row.invitation.number, made.code_to_pass_on
    )


@pytest.mark.rule("D12")
@pytest.mark.parametrize("setting", ["on", "off"])
def test_the_patients_message_stands_in_the_mail_and_nothing_stands_there_without_one(
    scene: Scene, owner: Known, exam: UUID, mailer: KeptMailer, setting: str
) -> None:
    manager = scene.acting("manager")
    manager.clinic.change(replace(manager.clinic.settings(), verification_code_in_email=setting == "on"))
    scene.acting(owner).sharing.invite(exam, replace(MAIL, note="Please compare with <2024> {code}"))
    scene.acting(owner).sharing.invite(exam, MAIL)
    scene.portal.deliver_due()
    with_note, without = mailer.sent
    assert "Amelia Hart writes: Please compare with <2024> {code}" in with_note.text
    assert "Please compare with &lt;2024&gt; {code}" in with_note.html
    assert "writes" not in without.text


@pytest.mark.rule("D12")
def test_a_mail_without_a_code_can_be_sent_again_and_one_with_a_code_cannot(
    scene: Scene, owner: Known, exam: UUID, patient: UUID, mailer: KeptMailer
) -> None:
    manager = scene.acting("manager")
    scene.acting(owner).sharing.invite(exam, MAIL)
    manager.clinic.change(replace(manager.clinic.settings(), verification_code_in_email=False))
    scene.acting(owner).sharing.invite(exam, MAIL)
    scene.portal.deliver_due()
    desk = scene.acting("reception")
    rows = {row.kind: row for row in desk.patients.open(patient).messages}
    assert (rows["invitation"].can_resend, rows["invitation"].needs_new_code) == (False, True)
    assert (rows["invitation_link"].can_resend, rows["invitation_link"].needs_new_code) == (True, False)
    desk.messages.resend(rows["invitation_link"].id)
    scene.portal.deliver_due()
    assert mailer.sent[-1].text == mailer.sent[-2].text


@pytest.mark.rule("R55", "R53", "D12")
@pytest.mark.parametrize(
    ("new", "answer"),
    [
        (replace(PAPER, recipient_name=" "), ("recipient_missing", "recipient_name")),
        (replace(MAIL, recipient_email="sam at clinic"), ("email_unreadable", "recipient_email")),
        (
            replace(MAIL, recipient_email="sam@clinic.example, ann@clinic.example"),
            ("email_unreadable", "recipient_email"),
        ),
        (replace(MAIL, recipient_email=" "), ("email_missing", "recipient_email")),
        (replace(PAPER, understands_sensitive=False), ("not_understood", "understands_sensitive")),
        (replace(PAPER, shared_until=date(2026, 3, 11)), ("day_outside", "shared_until")),
        (replace(PAPER, shared_until=date(2027, 3, 13)), ("day_outside", "shared_until")),
        (replace(PAPER, contents="everything"), ("contents_unknown", "contents")),
        (replace(PAPER, note="x" * 501), ("note_long", "note")),
        (replace(PAPER, way="pigeon"), ("way_unknown", "way")),
    ],
)
def test_what_is_missing_is_named(
    scene: Scene, owner: Known, exam: UUID, new: NewInvitation, answer: tuple[str, str]
) -> None:
    assert kind_of(scene.acting(owner).sharing.invite, exam, new) == answer


@pytest.mark.rule("R61", "R62")
@pytest.mark.parametrize("report", [None, "hidden", "preliminary"])
def test_without_a_visible_report_an_exam_cannot_be_shared(
    scene: Scene, owner: Known, patient: UUID, report: str | None
) -> None:
    exam = scene.exam(patient)
    if report:
        scene.report(
            exam,
            visible=report == "preliminary",
            status="preliminary" if report == "preliminary" else "final",
        )
    assert kind_of(scene.acting(owner).sharing.invite, exam, PAPER)[0] == "cannot_share"


def test_nobody_shares_what_is_not_theirs(scene: Scene, exam: UUID) -> None:
    other = scene.account(scene.patient("Ben", "Okoro"))
    assert kind_of(scene.acting(other).sharing.invite, exam, PAPER)[0] == "exam_unknown"
    mine = scene.acting(scene.account(scene.patient("Cleo", "Diaz"))).sharing
    made = scene.invitation(other, exam, scene.patient())
    for call in (mine.open, mine.revoke, mine.unlock):
        assert kind_of(call, made)[0] == "invitation_unknown"
    assert kind_of(scene.acting("reception_south").sharing.revoke, made)[0] == "invitation_unknown"


@pytest.mark.rule("R60", "R63", "R72", "R77")
def test_every_invitation_stays_listed_and_after_revoking_a_new_one_can_be_made(
    scene: Scene, owner: Known, exam: UUID
) -> None:
    sharing = scene.acting(owner).sharing
    first, second = sharing.invite(exam, PAPER), sharing.invite(exam, PAPER)
    sharing.revoke(first.invitation_id)
    third = sharing.invite(exam, PAPER)
    rows = {row.id: row.state for row in sharing.mine()}
    assert rows == {
        first.invitation_id: InvitationState.REVOKED,
        second.invitation_id: InvitationState.ACTIVE,
        third.invitation_id: InvitationState.ACTIVE,
    }


@pytest.mark.rule("R67", "R68", "R69", "D16")
def test_shared_until_moves_later_and_earlier_and_reopens_what_expired_by_date(
    scene: Scene, owner: Known, exam: UUID, patient: UUID, clock: FixedClock
) -> None:
    sharing = scene.acting(owner).sharing
    made = sharing.invite(exam, PAPER).invitation_id
    assert sharing.change_shared_until(made, date(2026, 6, 30)).shared_until == date(2026, 6, 30)
    assert sharing.change_shared_until(made, date(2026, 3, 12)).shared_until == date(2026, 3, 12)
    clock.now = clock.now.replace(day=14)
    later = scene.acting(scene.session("web", account_id=owner.id)).sharing
    assert later.open(made).invitation.state is InvitationState.EXPIRED
    assert later.change_shared_until(made, date(2027, 3, 12)).state is InvitationState.ACTIVE
    assert kind_of(later.change_shared_until, made, date(2027, 3, 13)) == ("day_outside", "shared_until")


@pytest.mark.rule("D16")
def test_an_invitation_whose_uses_are_spent_is_not_reopened(
    scene: Scene, owner: Known, exam: UUID, patient: UUID
) -> None:
    made = scene.invitation(owner, exam, patient, number="0123456789AB", max_accesses=1)
    scene.portal.acting(scene.portal.nobody("x")).visits.open_with_code("0123456789AB", "ABCDEFGH1234")
    sharing = scene.acting(owner).sharing
    assert kind_of(sharing.change_shared_until, made, date(2026, 5, 1))[0] == "used_up"
    assert not sharing.open(made).invitation.can_edit


@pytest.mark.rule("R76", "D17")
def test_the_database_itself_keeps_a_revoked_invitation_revoked(
    scene: Scene, portal: Portal, owner: Known, exam: UUID
) -> None:
    made = scene.acting(owner).sharing.invite(exam, PAPER).invitation_id
    with (
        portal.parts.database.writing() as session
    ):  # the control: before it is revoked, the column can be written
        session.execute(text("UPDATE invitation SET revoked_at = NULL"))
    scene.acting(owner).sharing.revoke(made)
    with pytest.raises(DatabaseConflictError), portal.parts.database.writing() as session:
        session.execute(text("UPDATE invitation SET revoked_at = NULL"))


@pytest.mark.rule("D19")
def test_staff_share_on_the_patients_behalf_and_it_is_listed_so(
    scene: Scene, owner: Known, exam: UUID, patient: UUID
) -> None:
    desk = scene.acting("reception").sharing
    assert (
        kind_of(desk.invite_on_behalf, exam, owner.id, PAPER, "asked at the desk", False)[0]
        == "patient_must_agree"
    )
    assert kind_of(desk.invite_on_behalf, exam, owner.id, PAPER, " ", True)[0] == "reason_missing"
    made = desk.invite_on_behalf(exam, owner.id, PAPER, "asked at the desk", True)
    (row,) = scene.acting(owner).sharing.mine()
    assert (row.id, row.created_at_reception) == (made.invitation_id, True)
    events = scene.acting("privacy").audit.search(date(2026, 3, 12), date(2026, 3, 12), patient_id=patient)
    told = next(
        event for event in events if event.verb == "sharing.invite_on_behalf" and event.outcome == "done"
    )
    assert "reason: asked at the desk" in told.detail
    assert "patient_agreed: True" in told.detail
    stranger = scene.account(scene.patient("Ben", "Okoro"))
    assert kind_of(desk.invite_on_behalf, exam, stranger.id, PAPER, "asked", True)[0] == "no_account"


def test_the_same_request_makes_one_invitation_and_gives_its_code_again_for_15_minutes_only(
    scene: Scene, owner: Known, exam: UUID, clock: FixedClock
) -> None:
    from datetime import timedelta

    from app.ids import new_id

    request = new_id()
    once = scene.portal.acting(owner.caller, request).sharing.invite(exam, PAPER)
    again = scene.portal.acting(owner.caller, request).sharing.invite(exam, PAPER)
    assert again == once
    assert len(scene.acting(owner).sharing.mine()) == 1
    other = replace(PAPER, recipient_name="Somebody else")
    assert (
        kind_of(scene.portal.acting(owner.caller, request).sharing.invite, exam, other)[0] == "request_reused"
    )
    for _ in range(15):
        clock.advance(timedelta(minutes=1))
        scene.acting(owner).sharing.mine()
    assert (
        kind_of(scene.portal.acting(owner.caller, request).sharing.invite, exam, PAPER)[0]
        == "done_secret_gone"
    )
    scene.portal.housekeep()
    with scene.portal.parts.database.reading() as session:
        assert session.execute(text("SELECT answer FROM replay")).scalar_one() is None
