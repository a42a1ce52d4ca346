"""The program's log: what went wrong and where, never about whom."""

import logging
import secrets
import sys
import threading
import traceback
from collections.abc import Iterator
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
_DEEPEST = 8  # an exception that was raised while handling another, and so on


def start_logging(folder: Path, program: str, level: int = logging.INFO) -> logging.Handler:
    """Write this program's log to folder/program.log, at most 11 files of 5 MiB; return the handler, to close.

    Warnings and exceptions that nobody caught go there too, instead of in clear to the terminal. Raises Unavailable
    when the folder cannot be written.
    """
    try:
        make_folder(folder)
        handler = _LogFile(
            folder / f"{program}.log", maxBytes=_MOST_BYTES, backupCount=_KEPT_FILES, encoding="utf-8"
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
    handler.addFilter(_ours_or_serious)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    sys.excepthook = _stray
    threading.excepthook = _stray_in_thread
    sys.unraisablehook = _stray_in_cleaning
    return handler


def log_to_terminal() -> None:
    """Write to standard error, as discreetly as into a file, where no log was started."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(DiscreetFormatter())
        root.addHandler(handler)


def report_bug(error: BaseException) -> str:
    """Log an exception that nobody expected; return the reference that a person can read out."""
    reference = "".join(secrets.choice(_LETTERS) for _ in range(_REFERENCE_LENGTH))
    logging.getLogger(__name__).error("unexpected error", exc_info=error, extra={"reference": reference})
    return reference


class DiscreetFormatter(logging.Formatter):
    """Writes time, level, logger, reference, our own fixed words and numbers, and where an exception came from.

    It leaves out all that may hold a name, a code or a report: exceptions' messages and notes, texts given as
    arguments, and every message of other libraries.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, with the traceback below it."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        reference = getattr(record, "reference", "-")
        line = f"{at} {record.levelname} {record.name} {reference} {_words(record)}"
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([line, *_origin(error)]) if error else line


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name and argument
        # logging's own would print the record's arguments to the terminal.
        sys.stderr.write(f"The log {self.baseFilename} cannot be written.\n")


def _ours_or_serious(record: logging.LogRecord) -> bool:
    return _is_ours(record) or record.levelno >= logging.WARNING


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OURS


def _words(record: logging.LogRecord) -> str:
    if not _is_ours(record):
        return f"({record.module}:{record.lineno})"
    if not record.args:
        return str(record.msg) if isinstance(record.msg, str) else f"<{type(record.msg).__name__}>"
    if not isinstance(record.args, tuple):
        return str(record.msg)
    try:
        return str(record.msg) % tuple(_plain(argument) for argument in record.args)
    except (TypeError, ValueError):
        return str(record.msg)


def _plain(argument: object) -> object:
    if argument is None or isinstance(argument, int | float | UUID):
        return argument
    return _kind(argument) if isinstance(argument, BaseException) else f"<{type(argument).__name__}>"


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name}({error.kind})" if isinstance(error, PortalError) else name


def _origin(error: BaseException, depth: int = 0) -> Iterator[str]:
    if depth == _DEEPEST:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _origin(before, depth + 1)
        yield "  and then:"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
    yield f"  {_kind(error)}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield "  among them:"
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
