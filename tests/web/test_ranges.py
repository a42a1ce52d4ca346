import re
from pathlib import Path

import pytest

from tests.made_dicom import Disc, folder_of
from tests.web.conftest import Browser, Web
from web.ranges import asked_range

FILM = b"\0\0\0\x18ftypisom" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("", None),
        ("bytes=-", None),
        ("bytes=1-2, 5-6", None),
        ("lines=1-2", None),
    ],
)
def test_a_part_is_read_as_it_is_asked_for(header: str, part: tuple[int, int] | None) -> None:
    assert asked_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=9-5", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="no such part"):
        asked_range(header, 100)


@pytest.mark.rule("D21", "D24")
def test_a_film_is_sent_whole_or_in_the_part_a_player_asks_for(
    web: Web, guest: Browser, tmp_path: Path
) -> None:
    disc = Disc(patient_id="M-7788", accession="W-0001", modality="ES", description="CT of the chest")
    reception = web.scene.acting("reception")
    survey = reception.imports.survey((str(folder_of(tmp_path / "film", disc.video(FILM))),), web.patient)
    reception.imports.take(survey.id, web.patient, "the same stay")
    found = re.search(r'<video[^>]+src="([^"]+)"', guest.get("/visit").text)
    assert found
    link = found[1]
    whole = guest.get(link)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "video/mp4")
    assert whole.content == FILM
    assert whole.headers["Content-Length"] == str(len(FILM))
    part = guest.get(link, Range="bytes=5000-5999")
    assert (part.status_code, part.content) == (206, FILM[5000:6000])
    assert part.headers["Content-Range"] == f"bytes 5000-5999/{len(FILM)}"
    assert guest.get(link, Range="bytes=999999-").status_code == 416
    assert web.browser().get(link).status_code == 403
    assert guest.get(link.replace("video", "image") + "/0").status_code in {404, 422}
