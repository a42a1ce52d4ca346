"""The viewer's source over the portal: real files, real workers, and only what the caller may see."""

from uuid import UUID

import numpy as np
import pytest

from app.errors import PortalError
from tests.scene import Known, Scene
from ui.patient.exam_images import PortalImages


@pytest.fixture
def images(scene: Scene, account: Known, exam: UUID) -> PortalImages:
    page = scene.acting(account).exams.open(exam)
    return PortalImages(scene.portal, account.caller, page)


@pytest.mark.rule("R24", "R36")
def test_every_frame_of_every_series_is_an_image_in_order(images: PortalImages) -> None:
    assert [(one.modality, one.count) for one in images.series] == [("CT", 4), ("US", 5)]
    ct, film = images.series
    assert film.frame_time_ms == pytest.approx(33.333)
    slices = [images.instance_at(ct.id, index) for index in range(4)]
    assert len({instance for instance, _ in slices}) == 4
    assert [frame for _, frame in slices] == [0, 0, 0, 0]
    frames = [images.instance_at(film.id, index) for index in range(5)]
    assert len({instance for instance, _ in frames}) == 1
    assert [frame for _, frame in frames] == [0, 1, 2, 3, 4]


def test_grey_images_come_as_numbers_with_their_window_and_colour_as_colour(images: PortalImages) -> None:
    ct, film = images.series
    grey = images.frame(ct.id, 0, reduced=False)
    assert grey.grayscale is not None
    assert grey.grayscale.default_window.explanation == "SOFT TISSUE"
    assert (grey.rows, grey.columns, grey.pixels.shape) == (64, 64, (64, 64))
    assert grey.pixels.dtype in (np.uint16, np.int16)
    assert not grey.lossy
    near = images.bring(film.id, 2)
    assert near.size > 0
    assert near.thumbnail().shape == images.thumbnail(film.id, 2).shape
    colour = near.frame(reduced=False)
    assert colour.grayscale is None
    assert colour.pixels.shape[2] == 3
    assert colour.lossy  # JPEG


@pytest.mark.rule("R37")
def test_thumbnails_are_small(images: PortalImages) -> None:
    for series in images.series:
        small = images.thumbnail(series.id, 0)
        assert max(small.shape[:2]) <= 256
        assert small.any()


@pytest.mark.rule("D24")
def test_what_was_shown_is_written_down_with_numbers_from_one(
    scene: Scene, images: PortalImages, patient: UUID
) -> None:
    images.shown(images.series[0].id, [0, 2])
    day = scene.clock().date()
    found = scene.acting("privacy").audit.search(day, day, patient_id=patient)
    (shown,) = [row for row in found if row.verb == "images.shown"]
    assert "1, 3" in shown.detail


def test_after_close_nothing_is_fetched(images: PortalImages) -> None:
    images.close()
    with pytest.raises(PortalError, match="image_cancelled"):
        images.frame(images.series[0].id, 0, reduced=False)
    with pytest.raises(PortalError, match="image_cancelled"):
        images.bring(images.series[0].id, 0)


def test_another_patient_reaches_nothing_through_it(scene: Scene, account: Known, exam: UUID) -> None:
    page = scene.acting(account).exams.open(exam)
    stranger = scene.account(scene.patient("Ben", "Okoro"))
    stolen = PortalImages(scene.portal, stranger.caller, page)
    with pytest.raises(PortalError, match="image_unknown"):
        stolen.frame(stolen.series[0].id, 0, reduced=False)
    with pytest.raises(PortalError, match="image_unknown"):
        stolen.bring(stolen.series[0].id, 0)


@pytest.mark.rule("D12")
def test_an_invitation_to_the_report_alone_shows_no_image(
    scene: Scene, account: Known, exam: UUID, patient: UUID
) -> None:
    from db.models import Invitation

    made = scene.invitation(account, exam, patient, number="0123456789AB", code="ABCDEFGH1234")
    with scene.portal.parts.database.writing() as session:
        row = session.get(Invitation, made)
        assert row is not None
        row.contents = "report"
    opened = scene.portal.acting(scene.portal.nobody("x")).visits.open_with_code(
        "0123456789AB", "ABCDEFGH1234"
    )
    guest = scene.portal.visiting(opened.token, address="x")
    page = scene.acting(guest).exams.open(exam)
    assert PortalImages(scene.portal, guest, page).series == []
