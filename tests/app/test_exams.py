from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from app.ids import new_id
from app.portal import Portal
from app.rules.report_release import ReportNotice, ReportState
from db.models import Account, AuditEvent, Exam, Instance, Invitation, Series, Study
from db.queries import exams as queries
from db.queries.exams import Reach
from tests.fakes import FixedClock
from tests.scene import Known, Scene


def add_images(scene: Scene, exam: UUID, *, kind: str = "image", frames: int = 3) -> UUID:
    """Image rows without files: these tests are about who may see them."""
    study, series = new_id(), new_id()
    scene.add(Study(id=study, exam_id=exam, study_instance_uid=f"1.2.{study.int}"))
    scene.add(
        Series(id=series, study_id=study, series_instance_uid=f"1.3.{series.int}", number=1, modality="CT")
    )
    instance = new_id()
    scene.add(
        Instance(
            id=instance,
            series_id=series,
            sop_instance_uid=f"1.4.{instance.int}",
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            transfer_syntax_uid="1.2.840.10008.1.2.1",
            kind=kind,
            number=1,
            frames=frames if kind == "image" else 0,
            rows=16,
            columns=16,
            archive_key=f"{study}/{instance}",
            sha256="",
            size=1,
        )
    )
    return instance


def guest(
    scene: Scene, exam: UUID, patient: UUID, owner: Known, contents: str = "report_and_images"
) -> Known:
    number = new_id().hex[-12:].upper()
    made = scene.invitation(owner, exam, patient, number=number)
    with scene.portal.parts.database.writing() as session:
        session.get_one(Invitation, made).contents = contents
    opened = scene.portal.acting(scene.portal.nobody("203.0.113.9")).visits.open_with_code(
        number, "ABCDEFGH1234"
    )
    return Known(made, scene.portal.visiting(opened.token, address="203.0.113.9"))


def events(portal: Portal, verb: str) -> list[AuditEvent]:
    with portal.parts.database.reading() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.verb == verb)))


def kind_of(call: object, *arguments: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments)  # type: ignore[operator]  # a bound method
    return caught.value.kind


@pytest.mark.rule("R21", "D31")
def test_my_exam_lists_the_exams_of_everybody_the_account_reaches_and_nobody_else(scene: Scene) -> None:
    mother, child, stranger = scene.patient(), scene.patient("Finn", "Hart"), scene.patient("Kai", "Other")
    account = scene.account(mother, child)
    scene.exam(stranger)
    of_mother, of_child = scene.exam(mother), scene.exam(child)

    acting = scene.acting(account)

    assert {row.id for row in acting.exams.mine()} == {of_mother, of_child}
    assert [row.id for row in acting.exams.mine(child)] == [of_child]
    assert acting.exams.mine(child)[0].patient_name == "Finn Hart"
    assert kind_of(acting.exams.mine, stranger) == "patient_unknown"


def test_the_newest_exam_comes_first(scene: Scene) -> None:
    patient = scene.patient()
    exams = [scene.exam(patient) for _ in range(3)]
    with scene.portal.parts.database.writing() as session:
        for days, exam in zip((2, 0, 1), exams, strict=True):
            session.get_one(Exam, exam).performed_at -= timedelta(days=days)

    listed = [row.id for row in scene.acting(scene.account(patient)).exams.mine()]

    assert listed == [exams[1], exams[2], exams[0]]


@pytest.mark.rule("R22", "R23", "R24", "R36", "D11", "D24")
def test_clicking_an_exam_shows_its_reports_and_images_and_is_written_down(
    scene: Scene, portal: Portal
) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    reports = {scene.report(exam), scene.report(exam, status="addendum")}
    instance = add_images(scene, exam, frames=4)
    account = scene.account(patient)

    page = scene.acting(account).exams.open(exam)

    assert {row.id for row in page.reports} == reports
    assert all(row.notice is None for row in page.reports)
    assert page.notice is None
    assert [i.id for series in page.series for i in series.instances] == [instance]
    assert page.series[0].frame_count == page.exam.image_count == 4
    assert page.may_see_report
    assert page.may_see_images
    assert page.may_download
    [event] = events(portal, "exams.open")
    assert (event.exam_id, event.patient_id, event.account_id) == (exam, patient, account.id)


@pytest.mark.rule("R27", "R34", "R35", "R62")
def test_right_after_the_scan_the_images_are_there_and_the_report_is_not(scene: Scene) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    add_images(scene, exam)

    page = scene.acting(scene.account(patient)).exams.open(exam)

    assert page.notice is ReportNotice.NOT_YET
    assert page.notice_opens_at is None
    assert page.reports == ()
    assert page.exam.image_count == 3
    assert not page.exam.can_share


@pytest.mark.rule("D10")
def test_a_preliminary_report_never_shows_to_the_patient(scene: Scene) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    scene.report(exam, status="preliminary")  # its time has come, and still

    account = scene.account(patient)
    page = scene.acting(account).exams.open(exam)

    assert page.reports == ()
    assert page.notice is not None
    assert not page.exam.can_share


@pytest.mark.rule("R61", "R62", "D11")
def test_one_visible_report_is_enough_to_share_and_the_others_stay_hidden(scene: Scene) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    scene.report(exam, visible=False, text="second")
    account = scene.account(patient)
    assert not scene.acting(account).exams.open(exam).exam.can_share

    shown = scene.report(exam)

    page = scene.acting(account).exams.open(exam)
    assert page.exam.can_share
    assert {row.id for row in page.reports if row.notice is None} == {shown}
    hidden = next(row for row in page.reports if row.notice)
    assert (hidden.title, hidden.author) == ("", "")


@pytest.mark.parametrize(
    ("contents", "reports", "images"),
    [("report_and_images", 1, 1), ("report", 1, 0), ("images", 0, 1)],
)
@pytest.mark.rule("D12")
def test_a_guest_sees_what_the_invitation_shares(
    scene: Scene, contents: str, reports: int, images: int
) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    report = scene.report(exam)
    instance = add_images(scene, exam)
    visitor = scene.acting(guest(scene, exam, patient, scene.account(patient), contents))

    page = visitor.exams.open(exam)

    assert len(page.reports) == reports
    assert len(page.series) == images
    assert (page.may_see_report, page.may_see_images) == (bool(reports), bool(images))
    assert page.notice is None
    assert not page.exam.can_share
    if reports:
        assert visitor.reports.read(report).paragraphs == ("No fracture.",)
    else:
        assert kind_of(visitor.reports.read, report) == "report_unavailable"
    if not images:
        assert kind_of(visitor.images.find, instance) == "image_unknown"


def test_a_guest_reaches_no_other_exam_of_the_same_patient(scene: Scene) -> None:
    patient = scene.patient()
    shared, other = scene.exam(patient), scene.exam(patient)
    scene.report(shared)
    report, instance = scene.report(other), add_images(scene, other)
    visitor = scene.acting(guest(scene, shared, patient, scene.account(patient)))

    assert kind_of(visitor.exams.open, other) == "exam_unknown"
    assert kind_of(visitor.reports.read, report) == "report_unavailable"
    assert kind_of(visitor.images.find, instance) == "image_unknown"


@pytest.mark.parametrize("what", ["revoked", "expired", "blocked", "deleted", "inactive", "held"])
@pytest.mark.rule("D17", "D18", "D27", "D10")
def test_an_open_visit_ends_with_the_invitation_the_account_and_the_exam(scene: Scene, what: str) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    report = scene.report(exam)
    owner = scene.account(patient)
    known = guest(scene, exam, patient, owner)
    visitor = scene.acting(known)
    visitor.exams.open(exam)
    with scene.portal.parts.database.reading() as session:
        assert len(queries.exams(session, Reach(invitation_id=known.id), scene.clock())) == 1

    with scene.portal.parts.database.writing() as session:
        invitation, account = session.get_one(Invitation, known.id), session.get_one(Account, owner.id)
        now = scene.clock()
        match what:
            case "revoked":
                invitation.revoked_at = now
            case "expired":
                invitation.shared_until = now
            case "blocked":
                account.blocked_at = now
            case "deleted":
                account.deleted_at = now
            case "inactive":
                account.expires_at = now
            case _:
                session.get_one(Exam, exam).withheld_at = now

    # The door turns the visit away, and the query by itself reaches nothing any more either.
    with scene.portal.parts.database.reading() as session:
        assert queries.exams(session, Reach(invitation_id=known.id), scene.clock()) == []
    for call, thing in ((visitor.exams.open, exam), (visitor.reports.read, report)):
        with pytest.raises((NotFound, NotAllowed)):
            call(thing)


def test_staff_reach_exams_of_their_sites_only(scene: Scene) -> None:
    patient = scene.patient(site=scene.south)
    exam = scene.exam(patient, site=scene.south)

    assert scene.acting("clinical_south").exams.open(exam).exam.id == exam
    assert kind_of(scene.acting("clinical").exams.open, exam) == "exam_unknown"
    assert kind_of(scene.acting("clinical").exams.hold, exam, "ground", date(2026, 4, 1)) == "exam_unknown"


@pytest.mark.rule("D26")
def test_reception_sees_images_and_states_without_the_text(scene: Scene) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    scene.report(exam, status="preliminary")
    add_images(scene, exam)

    page = scene.acting("reception").exams.open(exam)

    assert [row.state for row in page.reports] == [ReportState.PRELIMINARY]
    assert page.may_see_images
    assert not page.may_see_report


def test_looking_again_asks_for_an_opening_that_was_written_down(scene: Scene, portal: Portal) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    for who in (scene.account(patient), scene.staff["reception"]):
        acting = scene.acting(who)
        assert kind_of(acting.exams.look, exam) == "not_opened"
        acting.exams.open(exam)
        assert acting.exams.look(exam).exam.id == exam
    assert len(events(portal, "exams.open")) == 2
    assert events(portal, "exams.look") == []


@pytest.mark.rule("D10")
def test_a_withheld_exam_shows_neither_report_nor_images_until_the_hold_ends(
    scene: Scene, clock: FixedClock
) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    report = scene.report(exam)
    instance = add_images(scene, exam)
    account = scene.account(patient)

    scene.acting("clinical").exams.hold(exam, "The patient will be told in person", date(2026, 3, 20))

    page = scene.acting(account).exams.open(exam)
    assert page.exam.is_withheld
    assert (page.series, page.exam.image_count, page.may_see_images) == ((), 0, False)
    assert all(row.notice is not None for row in page.reports)
    assert not page.exam.can_share
    assert kind_of(scene.acting(account).reports.read, report) == "report_unavailable"
    assert kind_of(scene.acting(account).images.find, instance) == "image_unknown"
    assert scene.acting("clinical").exams.open(exam).series != ()

    clock.advance(timedelta(seconds=10))
    scene.acting("clinical").exams.end_hold(exam, "Told on the phone")
    page = scene.acting(account).exams.open(exam)
    assert page.exam.can_share
    assert page.series != ()


def test_withholding_asks_for_a_ground_and_a_review_date_to_come(scene: Scene) -> None:
    exam = scene.exam(scene.patient())
    acting = scene.acting("clinical")
    with pytest.raises(Invalid) as caught:
        acting.exams.hold(exam, "  ", date(2026, 3, 20))
    assert caught.value.field == "ground"
    with pytest.raises(Invalid) as caught:
        acting.exams.hold(exam, "ground", date(2026, 3, 11))  # in Sydney it is the 12th
    assert caught.value.field == "review_on"
    assert kind_of(scene.acting("reception").exams.hold, exam, "ground", date(2026, 3, 20)) == "not_allowed"


def test_moving_an_exam_takes_it_from_one_patient_with_its_shares_and_its_48_hours(
    scene: Scene, portal: Portal
) -> None:
    wrong, right = scene.patient(), scene.patient("Noor", "Aziz", date(1990, 1, 2))
    exam = scene.exam(wrong)
    report = scene.report(exam)
    instance = add_images(scene, exam)
    owner = scene.account(wrong)
    visitor = guest(scene, exam, wrong, owner)
    rightful = scene.account(right)

    scene.acting("manager").exams.move(exam, right, "Wrong sticker on the request")

    assert scene.acting(owner).exams.mine() == ()
    assert kind_of(scene.acting(owner).exams.open, exam) == "exam_unknown"
    with pytest.raises((NotFound, NotAllowed)):
        scene.acting(visitor).exams.open(exam)
    page = scene.acting(rightful).exams.open(exam)
    assert page.notice is ReportNotice.NOT_YET  # the right patient was never told
    assert page.series[0].instances[0].id == instance
    assert kind_of(scene.acting(rightful).reports.read, report) == "report_unavailable"
    with portal.parts.database.reading() as session:
        invitation = session.get_one(Invitation, visitor.id)
        assert invitation.revoked_at is not None
    assert {event.patient_id for event in events(portal, "exams.move")} == {wrong, right}


def test_moving_is_for_managers_and_never_to_where_it_is(scene: Scene) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    assert kind_of(scene.acting("reception").exams.move, exam, patient, "why") == "not_allowed"
    with pytest.raises(Conflict):
        scene.acting("manager").exams.move(exam, patient, "why")
    elsewhere = scene.patient("Far", "Away", site=scene.south)
    assert kind_of(scene.acting("manager").exams.move, exam, elsewhere, "why") == "patient_unknown"


def test_documents_inside_a_study_are_for_staff_only(scene: Scene) -> None:
    """They may hold the report's text, which would then be there before its time."""
    patient = scene.patient()
    exam = scene.exam(patient)
    document = add_images(scene, exam, kind="document_pdf")
    structured = add_images(scene, exam, kind="structured_report")
    account, clinical = scene.acting(scene.account(patient)), scene.acting("clinical")

    assert account.exams.open(exam).series == ()
    clinical.exams.open(exam)
    for instance in (document, structured):
        assert kind_of(account.images.find, instance) == "image_unknown"
        assert clinical.images.find(instance).id == instance
