"""What a printer is, how it is, and what became of a print, in words for people."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from app.errors import N_, PortalError, Unavailable
from app.words import Words


class PrinterState(StrEnum):
    """How a printer is."""

    READY = "ready"
    PRINTING = "printing"
    JAM = "jam"
    OUT_OF_PAPER = "out of paper"
    OUT_OF_INK = "out of ink"
    DOOR_OPEN = "door open"
    OFF = "off"
    PAUSED = "paused"


_STATES = {
    PrinterState.READY: N_("Ready"),
    PrinterState.PRINTING: N_("Printing"),
    PrinterState.JAM: N_("Paper jam"),
    PrinterState.OUT_OF_PAPER: N_("Out of paper"),
    PrinterState.OUT_OF_INK: N_("Out of ink"),
    PrinterState.DOOR_OPEN: N_("A door is open"),
    PrinterState.OFF: N_("Switched off or not connected"),
    PrinterState.PAUSED: N_("Paused"),
}

_TROUBLES = {
    PrinterState.JAM: N_("The printer {printer} has a paper jam. Clear it and press Print again."),
    PrinterState.OUT_OF_PAPER: N_("The printer {printer} has no paper. Put some in and press Print again."),
    PrinterState.OUT_OF_INK: N_(
        "The printer {printer} has no ink or toner. Change it and press Print again."
    ),
    PrinterState.DOOR_OPEN: N_("A door of the printer {printer} is open. Close it and press Print again."),
    PrinterState.OFF: N_("The printer {printer} does not answer. Switch it on and press Print again."),
    PrinterState.PAUSED: N_(
        "The printer {printer} is paused. Ask IT to resume it, or choose another printer."
    ),
}


@dataclass(frozen=True)
class Printer:
    """A printer as this machine sees it. A stopped one starts no print until somebody resumes it."""

    name: str
    state: PrinterState
    is_default: bool = False
    is_stopped: bool = False

    def state_in(self, words: Words) -> str:
        """Say how the printer is."""
        return words(_STATES[self.state])

    @property
    def trouble(self) -> Unavailable | None:
        """Why it does not print, and what to do; None while it does."""
        sentence = _TROUBLES.get(self.state)
        return (
            Unavailable(f"printer_{self.state.name.lower()}", sentence, printer=self.name)
            if sentence
            else None
        )


@dataclass(frozen=True)
class PrintOutcome:
    """What became of a print. reason says why it failed or is unclear, and what to do."""

    result: Literal["printed", "failed", "cancelled", "unclear"]
    reason: PortalError | None = None


class Printers(Protocol):
    """The printers of this machine."""

    def list(self) -> list[Printer]:
        """Return the printers, the default one first; raises Unavailable when nobody can tell."""
        ...

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
        """Print and wait for the end of it: blocks, so never call it on the GUI thread.

        title is seen by others in the printer's queue: never a name. cancelled is asked several times a second;
        once it is true the job and its files are gone. progress hears of each change of the printer.
        """
        ...

    def close(self) -> None:
        """Cancel what is still waiting; a session's papers must not come out after it."""
        ...


def unclear(printer: str) -> Unavailable:
    """Why nobody can say whether paper came out."""
    return Unavailable(
        "print_unclear",
        N_("We cannot tell whether {printer} printed this. Look at the printer before you print it again."),
        printer=printer,
    )
