from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from app.documents import PaperStyle, activation_letter
from app.errors import Unavailable
from app.words import Words
from tests.app.documents.rows import ACTIVATION
from tests.printers.cupsd import PRINTERS, PrintServer
from ui.printing import CupsPrinters, Printer, PrinterState

WORDS = Words()
LETTER = activation_letter(ACTIVATION, PaperStyle(), WORDS)
OwnServer = Callable[..., AbstractContextManager[PrintServer]]


@pytest.fixture
def printers(server: PrintServer) -> CupsPrinters:
    return CupsPrinters(server.socket)


def state_of(printers: CupsPrinters, name: str) -> PrinterState:
    return next(printer.state for printer in printers.list() if printer.name == name)


def test_all_printers_are_listed_and_the_default_one_comes_first(printers: CupsPrinters) -> None:
    found = printers.list()
    assert {printer.name for printer in found} == set(PRINTERS)
    assert found[0] == Printer("Desk_Good", PrinterState.READY, is_default=True)
    assert found[0].state_in(WORDS) == "Ready"
    assert found[0].trouble is None


def test_the_printer_gets_the_letter_byte_by_byte(server: PrintServer, printers: CupsPrinters) -> None:
    outcome = printers.print_pdf("Desk_Good", LETTER, "Letter", copies=2)
    assert (outcome.result, outcome.reason) == ("printed", None)
    kept = server.kept[-1]
    assert kept.pdf == LETTER
    assert (kept.title, kept.copies, kept.kind) == ("Letter", 2, "application/pdf")


def test_nothing_of_a_printed_letter_stays_in_the_spool(server: PrintServer, printers: CupsPrinters) -> None:
    before = len(server.kept)
    assert printers.print_pdf("Desk_Good", LETTER, "Letter").result == "printed"
    assert len(server.kept) == before + 1
    assert server.spooled == []


def test_no_log_of_the_server_holds_name_code_or_address(server: PrintServer, printers: CupsPrinters) -> None:
    assert printers.print_pdf("Desk_Good", LETTER, "Letter").result == "printed"
    logs = "".join(path.read_text(errors="replace") for path in (server.folder / "log").iterdir())
    assert "Letter" in logs  # the log is there
    private = (ACTIVATION.code, ACTIVATION.recipient, *ACTIVATION.recipient_address)
    assert [word for word in private if word in logs] == []


def test_a_jam_is_told_in_clear_words_and_the_letter_does_not_come_out_later(
    server: PrintServer, printers: CupsPrinters
) -> None:
    before = len(server.kept)
    outcome = printers.print_pdf("Desk_Jam", LETTER, "Letter")
    assert outcome.result == "failed"
    assert outcome.reason is not None
    assert (
        WORDS.error(outcome.reason) == "The printer Desk_Jam has a paper jam. Clear it and press Print again."
    )
    assert state_of(printers, "Desk_Jam") is PrinterState.JAM
    assert server.spooled == []
    assert len(server.kept) == before


def test_a_printer_without_paper_goes_on_when_paper_is_put_in(
    server: PrintServer, printers: CupsPrinters
) -> None:
    seen: list[str] = []

    def watch(printer: Printer) -> None:
        seen.append(printer.state_in(WORDS))
        if printer.state is PrinterState.OUT_OF_PAPER:
            server.put_paper_in()

    server.take_paper_out()
    assert printers.print_pdf("Desk_Empty", LETTER, "Letter", progress=watch).result == "printed"
    assert "Out of paper" in seen
    assert server.kept[-1].pdf == LETTER


def test_a_cancelled_letter_is_gone_with_its_files(server: PrintServer, printers: CupsPrinters) -> None:
    states: list[PrinterState] = []
    server.take_paper_out()
    before = len(server.kept)
    outcome = printers.print_pdf(
        "Desk_Empty",
        LETTER,
        "Letter",
        cancelled=lambda: PrinterState.OUT_OF_PAPER in states,
        progress=lambda printer: states.append(printer.state),
    )
    assert outcome.result == "cancelled"
    assert server.spooled == []
    server.put_paper_in()
    assert printers.print_pdf("Desk_Good", LETTER, "Letter").result == "printed"
    assert len(server.kept) == before + 1


def test_what_is_cancelled_before_it_starts_never_reaches_the_printer(
    server: PrintServer, printers: CupsPrinters
) -> None:
    before = len(server.kept)
    assert printers.print_pdf("Desk_Good", LETTER, "Letter", cancelled=lambda: True).result == "cancelled"
    assert (len(server.kept), server.spooled) == (before, [])


def test_the_end_of_a_session_cancels_what_waits(server: PrintServer, printers: CupsPrinters) -> None:
    server.take_paper_out()
    before = len(server.kept)

    def leave(printer: Printer) -> None:
        if printer.state is PrinterState.OUT_OF_PAPER:
            printers.close()

    assert printers.print_pdf("Desk_Empty", LETTER, "Letter", progress=leave).result != "printed"
    assert (len(server.kept), server.spooled) == (before, [])


def test_a_printer_that_stays_without_paper_is_given_up_and_named(server: PrintServer) -> None:
    server.take_paper_out()
    outcome = CupsPrinters(server.socket, patience=1.0).print_pdf("Desk_Empty", LETTER, "Letter")
    assert outcome.result == "failed"
    assert outcome.reason is not None
    assert outcome.reason.kind == "printer_out_of_paper"
    assert server.spooled == []


def test_a_job_that_breaks_off_is_a_failure(printers: CupsPrinters) -> None:
    outcome = printers.print_pdf("Desk_Broken", LETTER, "Letter")
    assert outcome.result == "failed"
    assert outcome.reason is not None
    assert outcome.reason.kind == "not_printed"


def test_a_printer_that_is_gone_is_named(printers: CupsPrinters) -> None:
    outcome = printers.print_pdf("Desk_9", LETTER, "Letter")
    assert outcome.result == "failed"
    assert outcome.reason is not None
    assert WORDS.error(outcome.reason) == "The printer Desk_9 cannot be found. Choose another printer."


def test_a_silent_print_service_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    printers = CupsPrinters(str(tmp_path_factory.getbasetemp() / "none.sock"))
    with pytest.raises(Unavailable) as silent:
        printers.list()
    assert silent.value.kind == "print_service_silent"
    outcome = printers.print_pdf("Desk_Good", LETTER, "Letter")
    assert outcome.result == "failed"
    assert outcome.reason is not None
    assert outcome.reason.kind == "print_service_silent"


def test_a_service_that_dies_with_our_job_leaves_it_unclear(own_server: OwnServer) -> None:
    with own_server() as server:
        outcome = CupsPrinters(server.socket).print_pdf(
            "Desk_Empty", LETTER, "Letter", progress=lambda _printer: server.stop()
        )
    assert outcome.result == "unclear"


def test_a_service_that_forgets_jobs_at_once_never_makes_us_claim_paper(own_server: OwnServer) -> None:
    with own_server(keeps_history=False) as server:
        outcome = CupsPrinters(server.socket).print_pdf("Desk_Good", LETTER, "Letter")
        assert server.kept[-1].pdf == LETTER
    assert outcome.result == "unclear"
    assert outcome.reason is not None
    assert "Look at the printer" in WORDS.error(outcome.reason)


def test_a_server_may_be_named_by_the_environment(
    server: PrintServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", server.socket)
    assert {printer.name for printer in CupsPrinters().list()} == set(PRINTERS)


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_machine_without_cups_fails_in_ci_and_skips_elsewhere(
    own_server: OwnServer, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(outcome, match="CUPS is not installed"), own_server():
        pass
