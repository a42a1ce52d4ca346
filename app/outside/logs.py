"""The program's log: what went wrong and where, never about whom."""

import json
import logging
import os
import secrets
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from uuid import UUID

from app.errors import N_, PortalError, Unavailable
from app.outside.durable import make_folder

_OURS = frozenset({"app", "db", "ui", "web", "main"})
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L: the reference is read out over the telephone
_REFERENCE_LENGTH = 8
_MOST_BYTES = 5 * 1024 * 1024
_KEPT_FILES = 10
_MOST_BYTES_OF_REQUESTS = 20 * 1024 * 1024  # a week of a group of ten clinics
_REQUESTS = "web.requests"  # the logger of one line a request; its file forgets without taking errors with it
_DEEPEST = 8  # an exception that was raised while handling another, and so on


def start_logging(folder: Path, program: str, level: int = logging.INFO) -> logging.Handler:
    """Write this program's log to folder/program.log, at most 11 files of 5 MiB; return the handler, to close.

    Warnings and exceptions that nobody caught go there too, instead of in clear to the terminal. Raises Unavailable
    when the folder cannot be written.
    """
    handler = _log_file(folder, program, _MOST_BYTES)
    handler.addFilter(_ours_or_serious)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    sys.excepthook = _stray
    threading.excepthook = _stray_in_thread
    sys.unraisablehook = _stray_in_cleaning
    return handler


def start_request_log(folder: Path) -> logging.Handler:
    """Write one line a request to folder/requests.log, at most 11 files of 20 MiB; return the handler, to close.

    Raises Unavailable when the folder cannot be written.
    """
    handler = _log_file(folder, "requests", _MOST_BYTES_OF_REQUESTS)
    logging.getLogger(_REQUESTS).addHandler(handler)
    return handler


def log_to_terminal() -> None:
    """Write to standard error, as discreetly as into a file, where no log was started."""
    if not logging.getLogger().handlers:
        _add_stream()


def log_to_journal() -> None:
    """Write to standard error, too, what goes into the log, where that is systemd's journal."""
    its = os.environ.get("JOURNAL_STREAM")
    try:
        own = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # no standard error
        return
    if its == f"{own.st_dev}:{own.st_ino}":
        _add_stream()


def _add_stream() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter())
    handler.addFilter(_ours_or_serious)
    logging.getLogger().addHandler(handler)


@dataclass
class InHand:
    """The request that is being answered: what every line that is written meanwhile says of it."""

    request: UUID
    station: UUID | None = None  # not known before its key was read
    refused: str = ""  # the kind of the error that was told


in_hand: ContextVar[InHand | None] = ContextVar("in_hand", default=None)


class Fixed(str):
    """A text of the program's own, which names nobody and may be written down."""

    __slots__ = ()


def note_refusal(error: PortalError) -> None:
    """Keep for the log of requests why the one that is in hand was refused."""
    within = in_hand.get()
    if within is not None:
        within.refused = error.kind


def note_request(milliseconds: float, status: int, method: Fixed, asked: Fixed) -> None:
    """Write down how a request ended, in the log of requests; asked is a use case's name or an address without ids."""
    values = {"asked": asked, "method": method, "status": status, "milliseconds": round(milliseconds, 1)}
    logging.getLogger(_REQUESTS).info("answered", extra={"values": values})


def report_bug(error: BaseException) -> str:
    """Log an exception that nobody expected; return the reference that a person can read out."""
    reference = "".join(secrets.choice(_LETTERS) for _ in range(_REFERENCE_LENGTH))
    logging.getLogger(__name__).error("unexpected error", exc_info=error, extra={"reference": reference})
    return reference


class DiscreetFormatter(logging.Formatter):
    """Writes one JSON object a line: at, level, logger, event (our own fixed words), and what else is known.

    That is: reference, request and station, the record's values (numbers, ids, Fixed), and an exception's type with
    where it came from. It leaves out all that may hold a name, a code or a report: exceptions' messages and notes,
    texts, a message's arguments, and every message of other libraries.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _event(record),
        }
        if hasattr(record, "reference"):
            said["reference"] = record.reference
        within = in_hand.get()
        if within is not None:
            said["request"] = str(within.request)
            said |= {"station": str(within.station)} if within.station else {}
            said |= {"refused": within.refused} if within.refused else {}
        values = getattr(record, "values", None)
        if _is_ours(record) and isinstance(values, Mapping):
            said |= {str(name): _plain(value) for name, value in values.items()}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said |= {"error": _kind(error), "from": list(_origin(error))}
        return json.dumps(said)


def _log_file(folder: Path, name: str, most_bytes: int) -> logging.Handler:
    try:
        make_folder(folder)
        handler = _LogFile(
            folder / f"{name}.log", maxBytes=most_bytes, backupCount=_KEPT_FILES, encoding="utf-8"
        )
    except OSError:
        raise Unavailable(
            "log_folder_unusable",
            N_(
                "The log cannot be written into {folder}. Choose another folder, or ask for the right to write there."
            ),
            folder=str(folder),
        ) from None
    handler.setFormatter(DiscreetFormatter())
    return handler


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name and argument
        # logging's own would print the record's arguments to the terminal.
        sys.stderr.write(f"The log {self.baseFilename} cannot be written.\n")


def _ours_or_serious(record: logging.LogRecord) -> bool:
    return record.name != _REQUESTS and (_is_ours(record) or record.levelno >= logging.WARNING)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OURS


def _event(record: logging.LogRecord) -> str:
    if not _is_ours(record):
        return f"({record.module}:{record.lineno})"
    return record.msg if isinstance(record.msg, str) else f"<{type(record.msg).__name__}>"


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    return value if value is None or isinstance(value, int | float | Fixed) else f"<{type(value).__name__}>"


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name}({error.kind})" if isinstance(error, PortalError) else name


def _origin(error: BaseException, depth: int = 0) -> Iterator[str]:
    if depth == _DEEPEST:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _origin(before, depth + 1)
        yield "and then:"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
    yield _kind(error)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield "among them:"
            yield from _origin(one, depth + 1)


def _stray(_type: type[BaseException], error: BaseException, _where: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    reference = report_bug(error)
    sys.stderr.write(f"Something went wrong. The log says more under {reference}.\n")


def _stray_in_thread(stray: threading.ExceptHookArgs) -> None:
    if stray.exc_value is not None and not isinstance(stray.exc_value, SystemExit):
        report_bug(stray.exc_value)


def _stray_in_cleaning(stray: "sys.UnraisableHookArgs") -> None:
    if stray.exc_value is not None:
        report_bug(stray.exc_value)
