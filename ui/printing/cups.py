"""Prints through CUPS: the PDF itself goes to lp, byte by byte, and IPP says what became of it. POSIX only."""

import contextlib
import getpass
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable

from app.errors import N_, Unavailable
from ui.printing import ipp
from ui.printing.printer import Printer, PrinterState, PrintOutcome, unclear

_EVERY = 0.2  # seconds between two looks at a job
_PATIENCE = 180.0  # seconds until a job is given up
_PURGE_TIMEOUT = 10.0
_LP_TIMEOUT = 60.0

# job-state and printer-state (RFC 8011 5.3.7, 5.4.11)
_JOB_PROCESSING = 5
_JOB_CANCELED, _JOB_ABORTED, _JOB_COMPLETED = 7, 8, 9
_JOB_FORGOTTEN = 0  # a server that keeps no history forgets a job at its end, whatever the end was
_PRINTER_PROCESSING, _PRINTER_STOPPED = 4, 5

# printer-state-reasons (RFC 8011 5.4.12), the one to act on first first
_REASONS = (
    (PrinterState.JAM, {"media-jam"}),
    (PrinterState.OUT_OF_PAPER, {"media-empty", "media-needed", "input-tray-missing"}),
    (PrinterState.OUT_OF_INK, {"toner-empty", "marker-supply-empty"}),
    (PrinterState.DOOR_OPEN, {"door-open", "cover-open", "interlock-open"}),
    (PrinterState.OFF, {"offline", "shutdown", "timed-out"}),
)


class CupsPrinters:
    """The printers of a CUPS server: a socket's path or host[:port], or empty for the one lp uses by itself."""

    def __init__(self, server: str = "", *, patience: float = _PATIENCE) -> None:
        self._environment = {**os.environ, "LC_ALL": "C", **({"CUPS_SERVER": server} if server else {})}
        self._server = server
        self._user = getpass.getuser()
        self._patience = patience
        self._lock = threading.Lock()
        self._running: set[int] = set()

    @staticmethod
    def is_here() -> bool:
        """Tell whether this machine has the commands of CUPS."""
        return shutil.which("lp") is not None and shutil.which("lpstat") is not None

    def list(self) -> list[Printer]:
        """Return the printers, the default one first; raises Unavailable when the print service is silent."""
        default = self._ask(ipp.CUPS_GET_DEFAULT)
        chosen = _text(default.groups[0], "printer-name") if default.is_ok and default.groups else ""
        found = [_printer(group, chosen) for group in self._ask(ipp.CUPS_GET_PRINTERS).groups]
        return sorted(found, key=lambda printer: (not printer.is_default, printer.name.casefold()))

    def print_pdf(
        self,
        printer: str,
        pdf: bytes,
        title: str,
        *,
        copies: int = 1,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[Printer], None] = lambda _printer: None,
    ) -> PrintOutcome:
        """Print and wait for the end of it, as Printers.print_pdf says."""
        if cancelled():
            return PrintOutcome("cancelled")
        try:
            number = self._hand_over(printer, pdf, title, copies)
        except Unavailable as refused:
            return PrintOutcome("failed", refused)
        except subprocess.TimeoutExpired:
            return PrintOutcome("unclear", unclear(printer))
        with self._lock:
            self._running.add(number)
        try:
            return self._follow(number, printer, cancelled, progress)
        except Unavailable:
            # The service fell silent with our job in its queue.
            return PrintOutcome("unclear", unclear(printer))
        finally:
            self._forget(number)

    def close(self) -> None:
        """Cancel what is still waiting."""
        with self._lock:
            waiting = tuple(self._running)
        for number in waiting:
            self._forget(number)

    def _hand_over(self, printer: str, pdf: bytes, title: str, copies: int) -> int:
        command = ["lp", "-d", printer, "-t", title, "-n", str(copies), "-U", self._user]
        # Nothing of ours may be scaled, and no banner with a name may come before it.
        options = [
            "-o",
            "job-sheets=none",
            "-o",
            "print-scaling=none",
            "-o",
            "document-format=application/pdf",
        ]
        done = subprocess.run(  # noqa: S603 - no shell; printer and title come from our own lists
            [*command, *options],
            input=pdf,
            capture_output=True,
            env=self._environment,
            timeout=_LP_TIMEOUT,
            check=False,
        )
        accepted = re.search(rb"-(\d+) \(", done.stdout)
        if done.returncode == 0 and accepted:
            return int(accepted.group(1))
        known = {found.name for found in self.list()}  # raises when it is the service that is silent
        if printer not in known:
            raise Unavailable(
                "printer_gone",
                N_("The printer {printer} cannot be found. Choose another printer."),
                printer=printer,
            )
        raise Unavailable(
            "printer_refused",
            N_("The printer {printer} takes no prints at the moment. Ask IT, or choose another printer."),
            printer=printer,
        )

    def _follow(
        self, number: int, name: str, cancelled: Callable[[], bool], progress: Callable[[Printer], None]
    ) -> PrintOutcome:
        give_up = time.monotonic() + self._patience
        pause = threading.Event()
        last: Printer | None = None
        while True:
            answer = self._ask(ipp.GET_JOB_ATTRIBUTES, ipp.job(number))
            state = (
                _number(answer.groups[0], "job-state") if answer.is_ok and answer.groups else _JOB_FORGOTTEN
            )
            if state == _JOB_COMPLETED:
                return PrintOutcome("printed")
            if cancelled():
                return PrintOutcome("cancelled")
            if state == _JOB_FORGOTTEN:
                return PrintOutcome("unclear", unclear(name))
            printer = next(
                (found for found in self.list() if found.name == name), Printer(name, PrinterState.OFF)
            )
            if printer != last:
                progress(printer)
                last = printer
            late = time.monotonic() > give_up
            if late and state == _JOB_PROCESSING and printer.trouble is None:
                return PrintOutcome("unclear", unclear(name))
            # A stopped printer starts no job until somebody resumes it.
            if late or printer.is_stopped or state in {_JOB_CANCELED, _JOB_ABORTED}:
                return PrintOutcome("failed", printer.trouble or _not_printed(name))
            pause.wait(_EVERY)

    def _forget(self, number: int) -> None:
        """Cancel a job if it is not at its end, and remove its files and history.

        A job that is being printed keeps its history at first, so ask until the server knows it no more. What a silent
        server keeps, it keeps: docs/operations.md tells IT to let it keep nothing.
        """
        give_up = time.monotonic() + _PURGE_TIMEOUT
        pause = threading.Event()
        with contextlib.suppress(Unavailable):
            while time.monotonic() < give_up:
                self._ask(ipp.CANCEL_JOB, ipp.job(number), ipp.with_its_files())
                if not self._ask(ipp.GET_JOB_ATTRIBUTES, ipp.job(number)).is_ok:
                    break
                pause.wait(_EVERY)
        with self._lock:
            self._running.discard(number)

    def _ask(self, operation: int, *attributes: tuple[int, str, ipp.Value]) -> ipp.Answer:
        try:
            return ipp.ask(self._found_server(), operation, list(attributes), self._user)
        except ipp.ServerSilent as silent:
            raise Unavailable(
                "print_service_silent",
                N_(
                    "Printing does not work on this computer at the moment. Ask IT to start the print service."
                ),
            ) from silent

    def _found_server(self) -> str:
        if not self._server:
            asked = subprocess.run(
                ["lpstat", "-H"],  # noqa: S607 - the system's own, wherever it is
                capture_output=True,
                env=self._environment,
                timeout=_LP_TIMEOUT,
                check=False,
                text=True,
            )
            self._server = asked.stdout.strip()
        return self._server if self._server.startswith("/") else self._server.partition("/")[0]


def _printer(attributes: ipp.Attributes, default: str) -> Printer:
    name = _text(attributes, "printer-name")
    state = _number(attributes, "printer-state")
    reasons = {str(reason) for reason in attributes.get("printer-state-reasons", [])}
    return Printer(
        name,
        _state(state, reasons),
        is_default=name == default,
        is_stopped=state == _PRINTER_STOPPED,
    )


def _state(number: int, reasons: set[str]) -> PrinterState:
    # A warning is about a second tray or a low one; only "offline" comes as a report and means it.
    acute = {reason.removesuffix("-error").replace("offline-report", "offline") for reason in reasons}
    for state, keywords in _REASONS:
        if acute & keywords:
            return state
    if number == _PRINTER_STOPPED:
        return PrinterState.PAUSED
    return PrinterState.PRINTING if number == _PRINTER_PROCESSING else PrinterState.READY


def _text(attributes: ipp.Attributes, name: str) -> str:
    return str(attributes.get(name, [""])[0])


def _number(attributes: ipp.Attributes, name: str) -> int:
    value = attributes.get(name, [0])[0]
    return value if isinstance(value, int) else 0


def _not_printed(printer: str) -> Unavailable:
    return Unavailable(
        "not_printed",
        N_("The printer {printer} could not print this. Press Print again, or choose another printer."),
        printer=printer,
    )
