import gc
import json
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
import requests
import sqlalchemy

from app.errors import Conflict, NotFound
from app.outside.logs import (
    Fixed,
    InHand,
    in_hand,
    log_to_journal,
    note_refusal,
    note_request,
    report_bug,
    start_logging,
    start_request_log,
)

CANARY = "Zoe-Canary-1987"
LOG = logging.getLogger("app.test")


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Start the log as a program does; give what is in it; put everything back afterwards."""
    root = logging.getLogger()
    level, hooks = root.level, (sys.excepthook, threading.excepthook, sys.unraisablehook)
    handler = start_logging(tmp_path / "log", "server", logging.DEBUG)
    yield lambda: (tmp_path / "log" / "server.log").read_text(encoding="utf-8")
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def _fails(words: str) -> None:
    raise LookupError(words)


def test_the_log_says_what_kind_of_exception_it_was_and_where(logged: Callable[[], str]) -> None:
    try:
        _fails(CANARY)
    except LookupError as error:
        reference = report_bug(error)
    line = json.loads(logged())
    assert len(reference) == 8
    assert line.pop("at").endswith("+00:00")
    *_before, where, kind = line.pop("from")
    assert where.startswith(f"{Path(__file__)}:")
    assert where.endswith("in _fails: raise LookupError(words)")
    assert kind == "builtins.LookupError"
    assert line == {
        "level": "ERROR",
        "logger": "app.outside.logs",
        "event": "unexpected error",
        "reference": reference,
        "error": "builtins.LookupError",
    }
    assert CANARY not in logged()


def test_the_plain_formatter_would_have_written_the_canary() -> None:
    try:
        _fails(CANARY)
    except LookupError:
        record = LOG.makeRecord("app.test", logging.ERROR, "f", 1, "for %s", (CANARY,), sys.exc_info())
    assert logging.Formatter().format(record).count(CANARY) == 2


def test_neither_causes_nor_groups_nor_notes_nor_locals_are_written(logged: Callable[[], str]) -> None:
    name = CANARY
    try:
        try:
            try:
                _fails(name)
            except LookupError as error:
                error.add_note(CANARY)
                raise ValueError(CANARY) from error
        except ValueError:
            raise ExceptionGroup(CANARY, [OSError(CANARY), KeyError(CANARY)])  # noqa: B904 - the implicit context is meant
    except ExceptionGroup as group:
        report_bug(group)
    text = logged()
    for kind in ("LookupError", "ValueError", "ExceptionGroup", "OSError", "KeyError"):
        assert f"builtins.{kind}" in text
    assert CANARY not in text


def test_our_own_words_and_numbers_are_written_and_texts_are_not(logged: Callable[[], str]) -> None:
    values = {
        "images": 12,
        "exam": UUID(int=7),
        "of": CANARY,
        "seconds": 2.5,
        "how": Fixed("whole"),
        "who": [CANARY],
    }
    LOG.info("imported", extra={"values": values})
    LOG.info("for %s, %d", CANARY, 12)
    LOG.info("for %(name)s", {"name": CANARY})
    LOG.info("refused", exc_info=Conflict("already_released", "x", name=CANARY))
    logging.getLogger("pydicom").error("read", extra={"values": {"tag": Fixed(CANARY)}})
    lines = [json.loads(line) for line in logged().splitlines()]
    assert [line["event"] for line in lines[:4]] == ["imported", "for %s, %d", "for %(name)s", "refused"]
    assert {name: lines[0][name] for name in values} == {
        "images": 12,
        "exam": "00000000-0000-0000-0000-000000000007",
        "of": "<str>",
        "seconds": 2.5,
        "how": "whole",
        "who": "<list>",
    }
    assert lines[3]["error"] == "app.errors.Conflict(already_released)"
    assert len(lines) == 5
    assert CANARY not in logged()


def test_requests_have_a_file_of_their_own_and_what_is_written_meanwhile_says_which_it_was(
    logged: Callable[[], str], tmp_path: Path
) -> None:
    handler = start_request_log(tmp_path / "log")
    within = in_hand.set(InHand(UUID(int=1), UUID(int=2)))
    try:
        LOG.warning("a part does not answer")
        note_refusal(NotFound("patient_unknown", "x", name=CANARY))
        note_request(12.345, 404, Fixed("POST"), Fixed("patients.page"))
    finally:
        in_hand.reset(within)
        logging.getLogger("web.requests").removeHandler(handler)
        handler.close()
    (general,) = [json.loads(line) for line in logged().splitlines()]
    (request,) = [json.loads(line) for line in (tmp_path / "log" / "requests.log").read_text().splitlines()]
    assert general["event"] == "a part does not answer"
    assert (general["request"], general["station"]) == (str(UUID(int=1)), str(UUID(int=2)))
    del request["at"]
    assert request == {
        "level": "INFO",
        "logger": "web.requests",
        "event": "answered",
        "request": str(UUID(int=1)),
        "station": str(UUID(int=2)),
        "refused": "patient_unknown",
        "asked": "patients.page",
        "method": "POST",
        "status": 404,
        "milliseconds": 12.3,
    }


def test_systemds_journal_gets_the_same_lines_and_a_terminal_does_not(
    logged: Callable[[], str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    its = os.fstat(sys.stderr.fileno())
    root = logging.getLogger()
    before = list(root.handlers)
    monkeypatch.setenv(
        "JOURNAL_STREAM", f"{its.st_dev}:{its.st_ino + 1}"
    )  # what a session's terminal inherits
    log_to_journal()
    assert root.handlers == before
    monkeypatch.setenv("JOURNAL_STREAM", f"{its.st_dev}:{its.st_ino}")
    log_to_journal()
    try:
        LOG.warning("chores wait")
    finally:
        (added,) = set(root.handlers) - set(before)
        root.removeHandler(added)
    assert capfd.readouterr().err == logged()


def test_an_exception_or_text_as_the_message_itself_does_not_show(logged: Callable[[], str]) -> None:
    LOG.error(LookupError(CANARY))
    assert "<LookupError>" in logged()
    assert CANARY not in logged()


def test_a_line_break_cannot_forge_a_line(logged: Callable[[], str]) -> None:
    LOG.warning("for %s", "x\n2026-01-01T00:00:00+00:00 INFO app.test - all is well")
    assert logged().count("\n") == 1


def test_sql_with_a_name_in_it_does_not_come_into_the_log(logged: Callable[[], str]) -> None:
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(sqlalchemy.exc.OperationalError) as failed:
        connection.execute(sqlalchemy.text("select :name from nowhere"), {"name": CANARY})
    engine.dispose()
    assert CANARY in str(failed.value)  # the control: the message has it
    report_bug(failed.value)
    LOG.error("while looking for %s", CANARY, exc_info=failed.value)
    logging.getLogger("sqlalchemy.engine").error("failed %s", CANARY, exc_info=failed.value)
    text = logged()
    assert text.count('"error": "sqlalchemy.exc.OperationalError"') == 3
    assert "sqlite3.OperationalError" in text
    assert CANARY not in text


def test_chatter_of_libraries_is_left_out_and_their_warnings_keep_only_their_place(
    logged: Callable[[], str], free_port: int
) -> None:
    with pytest.raises(requests.ConnectionError):
        # urllib3 logs addresses at debug level
        requests.get(f"http://127.0.0.1:{free_port}/{CANARY}", timeout=1)
    logging.getLogger("uvicorn.access").info('"GET /i/%s HTTP/1.1" 200', CANARY)
    logging.getLogger("uvicorn.error").error(f"Exception in {CANARY}")  # noqa: G004 - what a library may do
    text = logged()
    assert "uvicorn.error" in text
    assert "(test_logs:" in text
    assert "urllib3" not in text
    assert "uvicorn.access" not in text
    assert CANARY not in text


def test_another_handler_that_formatted_first_does_not_spoil_it(logged: Callable[[], str]) -> None:
    try:
        _fails(CANARY)
    except LookupError:
        record = LOG.makeRecord("app.test", logging.ERROR, "f", 1, "x", (), sys.exc_info())
    logging.Formatter().format(record)
    assert record.exc_text is not None
    assert CANARY in record.exc_text
    LOG.handle(record)
    assert CANARY not in logged()


def test_python_warnings_go_to_the_log_without_their_words(logged: Callable[[], str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "py.warnings" in logged()
    assert CANARY not in logged()


def test_an_exception_nobody_caught_is_logged_and_not_printed(
    logged: Callable[[], str], capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        _fails(CANARY)
    except LookupError as error:
        sys.excepthook(LookupError, error, error.__traceback__)
    thread = threading.Thread(target=_fails, args=(CANARY,))
    thread.start()
    thread.join()

    class Stubborn:
        def __del__(self) -> None:
            _fails(CANARY)

    Stubborn()
    gc.collect()
    assert logged().count('"error": "builtins.LookupError"') == 3
    assert CANARY not in logged()
    printed = "".join(capfd.readouterr())
    assert "Something went wrong" in printed
    assert CANARY not in printed


def test_a_log_that_cannot_be_written_says_so_without_what_was_to_be_written(
    logged: Callable[[], str], capfd: pytest.CaptureFixture[str]
) -> None:
    [handler] = [one for one in logging.getLogger().handlers if type(one).__name__ == "_LogFile"]
    assert isinstance(handler, logging.StreamHandler)
    handler.stream.close()
    handler.stream = open("/dev/full", "w")  # noqa: SIM115, PTH123 - the handler closes it
    LOG.error("for %s", CANARY)
    handler.stream = None  # what could not be written cannot be flushed either
    printed = "".join(capfd.readouterr())
    assert "cannot be written" in printed
    assert CANARY not in printed
