import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal

import pytest

from app.documents import PaperStyle, activation_letter, invitation, reset_slip
from app.errors import Invalid
from app.words import Words
from tests.app.documents.reading import (
    MM,
    font_sizes_of,
    fonts_of,
    info_of,
    qr_of,
    text_of,
    words_of,
)
from tests.app.documents.rows import ACTIVATION, HEAD, INVITATION, SLIP

WORDS = Words()
PAPERS = pytest.mark.parametrize("paper", ["A4", "Letter"])
PRINTS = pytest.mark.parametrize("large_print", [False, True], ids=["normal", "large"])
LETTERS = pytest.mark.parametrize(
    ("write", "row"),
    [(activation_letter, ACTIVATION), (invitation, INVITATION), (reset_slip, SLIP)],
    ids=["activation", "invitation", "slip"],
)
Write = Callable[[Any, PaperStyle, Words], bytes]
Paper = Literal["A4", "Letter"]

LONG = replace(
    ACTIVATION,
    recipient="Maximiliana-Wilhelmina Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst",
    recipient_address=(
        "c/o Rehabilitationszentrum und Seniorenresidenz Donaudampfschifffahrtsgesellschaftsplatz",
        "Apartment 1204, Entrance by the northern courtyard, behind the old boiler house",
        "18 Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Road",
        "Northside NSW 2060",
        "Australia",
    ),
)


@LETTERS
@PAPERS
@PRINTS
@pytest.mark.parametrize("dpi", [72, 150, 300])
def test_the_qr_code_reads_back_from_a_coarse_and_a_fine_scan(
    write: Write, row: Any, paper: Paper, dpi: int, *, large_print: bool
) -> None:
    said, side = qr_of(write(row, PaperStyle(paper, large_print), WORDS), dpi)
    assert (
        said
        == {
            activation_letter: "https://portal.harbour-imaging.example/activate#4T7K9QWM2HXB",
            invitation: "https://portal.harbour-imaging.example/i/7XK2M9QTA4HB#VW3Y8Z5N6P2C",
            reset_slip: "https://portal.harbour-imaging.example/reset#9QWM2HXB4T7K",
        }[write]
    )
    assert side == pytest.approx(45 * MM, abs=2.5 * 72 / dpi)  # zxing's corners lie within two pixels


@PAPERS
@PRINTS
@pytest.mark.rule("R2", "R8", "R9", "R10", "R11", "R12", "R13", "D1")
def test_the_activation_letter_says_what_to_do_until_when_and_whom_to_ask(
    paper: Paper, *, large_print: bool
) -> None:
    text = text_of(activation_letter(ACTIVATION, PaperStyle(paper, large_print), WORDS))
    for expected in (
        "Your patient portal is ready",
        "portal.harbour-imaging.example/activate",
        "Type your code",
        "Choose a user name and password, then sign in.",
        "4T7K-9QWM-2HXB",
        "Use the code by 24 December 2026.",
        "For help or a new code, call 02 5550 1234 or write to portal@harbour-imaging.example.",
    ):
        assert expected in text


@pytest.mark.rule("D4")
def test_the_activation_letter_never_hints_at_what_activation_asks_for() -> None:
    text = text_of(activation_letter(ACTIVATION, PaperStyle(), WORDS)).casefold()
    assert [word for word in ("birth", "born", "mrn", "mobile", "digits") if word in text] == []


def test_the_letter_is_dated_with_the_day_at_the_site() -> None:
    assert "24 November 2026" in text_of(activation_letter(ACTIVATION, PaperStyle(), WORDS))


@PAPERS
@PRINTS
@pytest.mark.rule("R57", "R58", "R59", "R64", "R65", "D12")
def test_the_invitation_says_how_to_open_the_exam_how_often_and_until_when(
    paper: Paper, *, large_print: bool
) -> None:
    text = text_of(invitation(INVITATION, PaperStyle(paper, large_print), WORDS))
    for expected in (
        "Zoë Nguyễn-Papadopoulos shares an exam at Harbour Imaging with you.",
        "Dear Olga, please look at this before Friday.",
        "portal.harbour-imaging.example/open",
        "Invitation number",
        "7XK2-M9QT-A4HB",
        "Verification code",
        "VW3Y-8Z5N-6P2C",
        "You do not need an account.",
        "It opens 10 times, until 24 December 2026.",
        "portal@harbour-imaging.example",
    ):
        assert expected in text


def test_an_invitation_for_one_opening_says_once() -> None:
    text = text_of(invitation(replace(INVITATION, max_accesses=1), PaperStyle(), WORDS))
    assert "It opens once, until 24 December 2026." in text


@pytest.mark.rule("D6")
def test_the_reset_slip_names_the_user_name_and_the_last_moment_in_the_clinics_zone() -> None:
    text = text_of(reset_slip(SLIP, PaperStyle(), WORDS))
    assert "Your user name is zoe.nguyen." in text
    assert "9QWM-2HXB-4T7K" in text
    assert "Use the code by 25 November 2026, 4:03 pm." in text


@LETTERS
@PAPERS
def test_a_letter_with_ordinary_names_fits_on_one_page(write: Write, row: Any, paper: Paper) -> None:
    pdf = write(row, PaperStyle(paper), WORDS)
    assert info_of(pdf)["Pages"] == "1"
    assert info_of(pdf)["Page size"].startswith({"A4": "595.276 x 841.89", "Letter": "612 x 792"}[paper])


@PAPERS
def test_the_activation_letter_fits_on_one_page_in_large_print_too(paper: Paper) -> None:
    assert info_of(activation_letter(ACTIVATION, PaperStyle(paper, large_print=True), WORDS))["Pages"] == "1"


@LETTERS
@PAPERS
@PRINTS
@pytest.mark.parametrize("long", [False, True], ids=["ordinary", "long"])
def test_nothing_private_but_the_address_stands_above_the_fold(
    write: Write, row: Any, paper: Paper, *, large_print: bool, long: bool
) -> None:
    if long:
        row = LONG if write is activation_letter else replace(row, **_long_recipient(row))
    pdf = write(row, PaperStyle(paper, large_print), WORDS)
    above = [word for word in words_of(pdf) if word.page == 1 and word.top < 105 * MM]
    in_window = [
        word
        for word in above
        if word.left >= 20 * MM - 1
        and word.right <= 105 * MM + 1
        and word.top >= 45 * MM - 1
        and word.bottom <= 90 * MM + 1
    ]
    address = (
        (row.recipient, *row.recipient_address)
        if write is activation_letter
        else (row.recipient_name if write is invitation else row.recipient,)
    )
    assert "".join(word.text for word in in_window) == "".join(address).replace(" ", "")
    letterhead = " ".join((HEAD.clinic_name, HEAD.site_name, *HEAD.address, HEAD.phone, HEAD.email))
    allowed = {*letterhead.split(), *["24", "November", "2026"]}
    assert {word.text for word in above if word not in in_window} <= allowed


def _long_recipient(row: Any) -> dict[str, str]:
    name = "recipient_name" if hasattr(row, "recipient_name") else "recipient"
    return {name: f"{LONG.recipient}, {LONG.recipient_address[0]}"}


@LETTERS
@PAPERS
@PRINTS
def test_no_word_runs_off_the_paper_however_long_the_names_are(
    write: Write, row: Any, paper: Paper, *, large_print: bool
) -> None:
    endless = "Wolfeschlegelsteinhausenbergerdorff" * 3
    head = replace(
        HEAD,
        clinic_name=f"{endless} Imaging",
        email=f"{endless.lower()}@example.org",
        public_address=f"https://{endless.lower()}.example",
    )
    names = {"shared_by": endless, "message": endless * 4} if write is invitation else _long_recipient(row)
    style = PaperStyle(paper, large_print)
    pdf = write(replace(row, letterhead=head, **names), style, WORDS)
    width, height = style.size
    off = [
        word
        for word in words_of(pdf)
        if word.left < 20 * MM - 1 or word.right > width - 20 * MM + 1 or word.bottom > height - 8 * MM
    ]
    assert off == []


def test_an_address_that_cannot_fit_the_window_is_refused_not_cut() -> None:
    endless = replace(ACTIVATION, recipient_address=tuple(f"Line {number}" for number in range(60)))
    with pytest.raises(Invalid) as refused:
        activation_letter(endless, PaperStyle(), WORDS)
    assert refused.value.kind == "address_too_long"


@PRINTS
def test_the_code_is_thirty_points_and_the_body_fourteen_or_eighteen(*, large_print: bool) -> None:
    pdf = activation_letter(ACTIVATION, PaperStyle("A4", large_print), WORDS)
    assert font_sizes_of(pdf, "4T7K-9QWM-2HXB") == {30}
    assert font_sizes_of(pdf, "Type your code") == {18 if large_print else 14}


@LETTERS
def test_the_properties_of_the_pdf_name_nobody(write: Write, row: Any) -> None:
    pdf = write(row, PaperStyle(), WORDS)
    assert info_of(pdf)["Title"] == "Letter"
    properties = " ".join(info_of(pdf).values())
    assert [name for name in ("Zoë", "Nguyễn", "Olga", "zoe.nguyen") if name in properties] == []


def test_every_font_is_embedded_and_each_has_its_office() -> None:
    fonts = fonts_of(invitation(INVITATION, PaperStyle(), WORDS))
    assert {embedded for _name, embedded in fonts} == {"yes"}
    names = " ".join(name for name, _embedded in fonts)
    for family in ("AtkinsonHyperlegible-Regular", "AtkinsonHyperlegible-Bold", "NotoSans", "JetBrainsMono"):
        assert family in names


@pytest.mark.parametrize(
    "name", ["Яна Ковальчук", "Ελένη Παπαδοπούλου", "Nguyễn Thị Hương", "Zoe\u0308 Łukasz"]
)
def test_names_in_other_scripts_read_back_as_they_are(name: str) -> None:
    pdf = activation_letter(replace(ACTIVATION, recipient=name), PaperStyle(), WORDS)
    assert name.replace("e\u0308", "ë") in text_of(pdf)


@pytest.mark.parametrize("name", ["محمد علي", "李明", "ศิริ", "हिन्दी", "Ana 😀"])
def test_a_name_that_no_font_can_draw_is_refused_and_can_be_had_in_latin_letters(name: str) -> None:
    letter = replace(ACTIVATION, recipient=name)
    with pytest.raises(Invalid) as refused:
        activation_letter(letter, PaperStyle(), WORDS)
    assert refused.value.kind == "no_font"
    assert name not in str(refused.value) + WORDS.error(refused.value)
    pdf = activation_letter(letter, PaperStyle(latin_letters=True), WORDS)
    window = [word.text for word in words_of(pdf) if 45 * MM - 1 < word.top < 52 * MM]
    assert "".join(window)
    assert "".join(window).isascii()


def test_direction_marks_and_controls_in_a_name_are_left_out() -> None:
    pdf = activation_letter(
        replace(ACTIVATION, recipient="Ada\u202e Love\u200blace\x07"), PaperStyle(), WORDS
    )
    assert "Ada Lovelace" in text_of(pdf)


@pytest.fixture
def hurried_threads() -> Iterator[None]:
    """Threads that take turns so often that they meet inside every step."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_documents_made_at_the_same_time_are_the_same_as_made_alone(hurried_threads: None) -> None:
    # Letters made of a base and an accent are looked up one by one while a font is embedded.
    accented = replace(INVITATION, message=" ".join(chr(code) for code in range(0x1EA0, 0x1EF9)))
    alone = [
        activation_letter(ACTIVATION, PaperStyle(), WORDS),
        invitation(accented, PaperStyle(), WORDS),
    ] * 20
    with ThreadPoolExecutor(8) as threads:
        work = [(activation_letter, ACTIVATION), (invitation, accented)] * 20
        made = list(threads.map(lambda pair: pair[0](pair[1], PaperStyle(), WORDS), work))
    assert made == alone
