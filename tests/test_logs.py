"""No name, birth date, code, token or report text ever reaches a log or the terminal, whatever goes wrong."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import JPEG2000Lossless
from sqlalchemy import text

from app.errors import PortalError
from app.outside.logs import report_bug, start_logging
from app.portal import Portal
from app.ports import Mail
from app.use_case import Effect, Noun, Work, use_case
from app.views.people import Identifier, NewPatient
from tests.app.book import STAFF
from tests.fakes import KeptMailer
from tests.made_dicom import Disc
from tests.scene import Scene

FAMILY, GIVEN = "Zyxwvut-Kanarie", "Ottoline Birdsong"
BORN = date(1937, 2, 11)
NUMBER, MOBILE, EMAIL = "MRN77013377", "+61491570157", "ottoline.birdsong@canary.example"
TEXT = "spiculated canary lesion in the left upper lobe"
CODE, TOKEN = "QK7PZX4VW9RT", "tok_3b1f6c5d9e8a7f"
CANARIES = (
    FAMILY,
    GIVEN,
    "Birdsong",
    "1937-02-11",
    "19370211",
    "11 February 1937",
    "datetime.date(1937, 2, 11)",
    NUMBER,
    MOBILE,
    MOBILE[1:],
    EMAIL,
    TEXT,
    "spiculated",
    CODE,
    TOKEN,
)
EVERYTHING = f"{GIVEN} {FAMILY}, {BORN}, {NUMBER}, {MOBILE}, {EMAIL}: {TEXT}; {CODE} {TOKEN}"


@dataclass
class World:
    """A clinic whose one patient is all canaries."""

    scene: Scene
    portal: Portal
    folder: Path

    def patient(self) -> None:
        patient = self.scene.patient(GIVEN, FAMILY, BORN, mrn=NUMBER, email=EMAIL, mobile=MOBILE)
        exam = self.scene.exam(patient, TEXT)
        self.scene.report(exam, text=TEXT)


class Faulty(Noun):
    """A noun in which everything goes wrong."""

    @use_case(STAFF, Effect.WRITES)
    def duplicate(self, work: Work[None], name: str) -> None:
        # PostgreSQL names the values itself; SQLAlchemy names the statement.
        for _ in range(2):
            work.session.execute(
                text(f"INSERT INTO throttle (key, window_ends_at, tries) VALUES ('{name}', '2026-01-01', 1)")
            )

    @use_case(STAFF, Effect.WRITES)
    def wrong_sql(self, work: Work[None], name: str) -> None:
        work.session.execute(text(f"SELECT '{name}' FROM nowhere_at_all WHERE x = :born"), {"born": BORN})

    @use_case(STAFF)
    def bug(self, work: Work[None], name: str) -> None:
        patient = {"name": name, "born": BORN}
        raise KeyError(patient["name"])

    @use_case(STAFF)
    def chain(self, work: Work[None], name: str) -> None:
        try:
            int(name)
        except ValueError as error:
            error.add_note(name)
            raise ExceptionGroup(name, [RuntimeError(name), LookupError(TOKEN)]) from error


def of(world: World) -> Faulty:
    return Faulty(world.portal.parts, world.scene.staff["reception"].caller)


def reported(call: Callable[[], object]) -> None:
    """Do what every edge does with an error: a sentence, or a reference."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - as the edges do
        report_bug(error)
    else:
        raise AssertionError("nothing went wrong")


# What goes wrong


def a_constraint(world: World) -> None:
    reported(lambda: of(world).duplicate(EVERYTHING))


def sql_that_is_wrong(world: World) -> None:
    reported(lambda: of(world).wrong_sql(EVERYTHING))


def a_bug(world: World) -> None:
    reported(lambda: of(world).bug(EVERYTHING))


def a_chain_of_errors(world: World) -> None:
    reported(lambda: of(world).chain(EVERYTHING))


def a_mailer_that_says_too_much(world: World) -> None:
    class Talkative(KeptMailer):
        def send(self, mail: Mail) -> None:
            raise RuntimeError(f"cannot send to {mail.to}: {mail.text} {EVERYTHING}")

    portal = Portal(replace(world.portal.parts, mailer=Talkative()))
    desk = portal.acting(world.scene.staff["reception"].caller)
    person = NewPatient(FAMILY, GIVEN, BORN, (Identifier(f"{NUMBER}2", "X"),), email=EMAIL, mobile=MOBILE)
    desk.accounts.create(desk.patients.register(person).id, "passport")
    assert portal.deliver_due()
    (message, *_rest) = desk.tasks.open()
    assert message.kind == "message_unclear"


def a_thread_that_dies(world: World) -> None:
    def die() -> None:
        raise RuntimeError(EVERYTHING)

    thread = threading.Thread(target=die, name=EVERYTHING)
    thread.start()
    thread.join()


def an_error_that_nobody_caught(world: World) -> None:
    try:
        int(EVERYTHING)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def a_warning(world: World) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(capture=True)
        warnings.warn(EVERYTHING, stacklevel=1)


def other_libraries(world: World) -> None:
    for name in ("pydicom", "sqlalchemy.engine", "urllib3.connectionpool", "smtplib", "uvicorn.error"):
        logging.getLogger(name).error("%s of %s", TEXT, EVERYTHING)
        logging.getLogger(name).error(EVERYTHING)


def our_own_careless_line(world: World) -> None:
    logging.getLogger("app.careless").error("cannot open %s", EVERYTHING)
    logging.getLogger("app.careless").error("cannot open %(name)s", {"name": EVERYTHING})


LEAKS = (
    a_constraint,
    sql_that_is_wrong,
    a_bug,
    a_chain_of_errors,
    a_mailer_that_says_too_much,
    a_thread_that_dies,
    an_error_that_nobody_caught,
    a_warning,
    other_libraries,
    our_own_careless_line,
)


def hostile_files(world: World) -> None:
    """Files whose names and contents are canaries, and which a decoder chokes on."""
    disc = Disc(FAMILY, GIVEN, BORN, NUMBER, description=TEXT)
    whole = world.folder / f"{FAMILY} {BORN}.dcm"
    whole.write_bytes(disc.image())
    data = dcmread(whole)
    data.ImageComments = EVERYTHING
    data.PixelData = EVERYTHING.encode() + b"\0" * (len(EVERYTHING) % 2)
    data.save_as(world.folder / f"{GIVEN}, too short.dcm")
    data.file_meta.TransferSyntaxUID = JPEG2000Lossless
    data["PixelData"].is_undefined_length = True
    content = b"\xff\x4f\xff\x51" + EVERYTHING.encode()
    from pydicom.encaps import encapsulate

    data.PixelData = encapsulate([content])
    data.save_as(world.folder / f"{GIVEN}, no image.dcm")
    (world.folder / f"{NUMBER}.dcm").write_bytes(b"\0" * 128 + b"DICM" + EVERYTHING.encode())
    (world.folder / f"{NUMBER}.zip").write_bytes(b"PK\x03\x04" + EVERYTHING.encode())
    (world.folder / f"{NUMBER}.pdf").write_bytes(b"%PDF-1.7\n" + EVERYTHING.encode())
    imaging = world.portal.parts.imaging
    refused = 0
    for path in sorted(world.folder.iterdir()):
        for look in (imaging.describe, lambda given: imaging.render(given, 0), imaging.document):
            try:
                look(path)
            except PortalError as error:
                refused += 1
                report_bug(error)
        if path.suffix == ".pdf":
            reported(lambda path=path: imaging.pdf_pages(path.read_bytes()))  # type: ignore[misc]  # bound now
    assert refused > 5
    desk = world.scene.acting("reception")
    found = desk.imports.survey((str(world.folder),))
    assert found.broken
    desk.imports.take(found.id)


@pytest.fixture
def world(scene: Scene, tmp_path: Path) -> World:
    folder = tmp_path / f"files of {FAMILY}"
    folder.mkdir()
    made = World(scene, scene.portal, folder)
    made.patient()
    return made


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The program's log, started as every program starts it."""
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    root = logging.getLogger()
    level = root.level
    handler = start_logging(tmp_path / "log", "tests", logging.DEBUG)
    yield tmp_path / "log"
    root.removeHandler(handler)
    handler.close()
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def leaked(words: str) -> list[str]:
    return [canary for canary in CANARIES if canary.lower() in words.lower()]


def written(log: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in log.iterdir())


@pytest.mark.parametrize("fault", LEAKS, ids=lambda fault: fault.__name__)
def test_whatever_goes_wrong_neither_log_nor_terminal_tells_about_whom(
    world: World, log: Path, capfd: pytest.CaptureFixture[str], fault: Callable[[World], None]
) -> None:
    # The control: a formatter as everybody has it, which writes down what it is given.
    control = logging.FileHandler(log.parent / "control", encoding="utf-8")
    control.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger().addHandler(control)
    try:
        fault(world)
    finally:
        logging.getLogger().removeHandler(control)
        control.close()
    assert leaked((log.parent / "control").read_text(encoding="utf-8")) != []
    assert leaked(written(log)) == []
    assert written(log).strip()  # something is told: where it went wrong
    captured = capfd.readouterr()
    assert leaked(captured.out + captured.err) == []


def test_files_that_are_made_to_hurt_leave_no_name_behind(
    world: World, log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hostile_files(world)
    assert "app.errors" in written(log)
    assert leaked(written(log)) == []
    captured = capfd.readouterr()
    assert leaked(captured.out + captured.err) == []


def test_control_a_worker_that_talks_is_heard(capfd: pytest.CaptureFixture[str]) -> None:
    import subprocess

    subprocess.run([sys.executable, "-c", f"import sys; print({EVERYTHING!r}, file=sys.stderr)"], check=True)
    assert FAMILY in leaked(capfd.readouterr().err)


def test_the_log_tells_where_and_what_kind_and_under_which_reference(world: World, log: Path) -> None:
    try:
        of(world).bug(EVERYTHING)
    except KeyError as error:
        reference = report_bug(error)
    line = json.loads(next(line for line in written(log).splitlines() if reference in line))
    assert (line["level"], line["error"]) == ("ERROR", "builtins.KeyError")
    assert any(" in bug: " in where for where in line["from"])
