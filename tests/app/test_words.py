import ast
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.errors import PortalError
from app.words import LOCALE, Words

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"N_": None, "_": None, "count": (1, 2)}


def test_the_catalogue_holds_every_sentence_of_windows_pages_letters_and_messages() -> None:
    with (ROOT / "resources/babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it untyped
    found = {
        message if isinstance(message, str) else message[0]
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT, methods, options, KEYWORDS)
    }
    with (LOCALE / "portal.pot").open("rb") as file:
        kept = {
            message.id if isinstance(message.id, str) else message.id[0]
            for message in read_po(file)
            if message.id
        }
    assert found - kept == set(), "run make catalogue"
    assert kept - found == set(), "run make catalogue"


def test_no_sentence_is_hidden_from_the_catalogue_by_the_name_of_what_translates_it() -> None:
    """Babel finds `_("...")`; it would not find `words("...")`."""
    hidden = []
    for folder in ("app", "ui", "web"):
        for file in (ROOT / folder).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(call, ast.Call) or not call.args:
                    continue
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                is_text = isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
                if name in {"words", "_words"} and is_text:
                    hidden.append(f"{file.relative_to(ROOT)}:{call.lineno}")
    assert hidden == []


def test_fields_are_filled_in_and_dates_written_out() -> None:
    words = Words()
    assert words("Choose a day from {first} to {last}.", first=date(2026, 3, 12), last=date(2026, 4, 1)) == (
        "Choose a day from 12 March 2026 to 1 April 2026."
    )
    assert words("100 % {sure}") == "100 % {sure}"
    error = PortalError("k", "Wait {minutes} minutes.", minutes=5)
    assert words.error(error) == "Wait 5 minutes."


@pytest.mark.parametrize(
    ("at", "said"), [(time(0, 5), "12:05 am"), (time(12, 0), "12:00 pm"), (time(23, 59), "11:59 pm")]
)
def test_times_are_said_as_people_do(at: time, said: str) -> None:
    assert Words().clock(at) == said


def test_an_instant_is_said_in_the_time_of_the_site() -> None:
    at = datetime(2026, 4, 4, 15, 30, tzinfo=UTC)  # the night in which Sydney turns its clocks back
    assert Words().moment(at, "Australia/Sydney") == "5 April 2026, 2:30 am"
    assert Words().moment(at, "Europe/London") == "4 April 2026, 4:30 pm"


def test_one_and_many() -> None:
    assert [Words().count("{n} image", "{n} images", n) for n in (0, 1, 2)] == [
        "0 images",
        "1 image",
        "2 images",
    ]
