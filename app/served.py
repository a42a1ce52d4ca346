"""What the clinic's server carries out for its stations, and what a kiosk's key may ask for."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from app.callers import Caller, standing
from app.database_trouble import in_plain_words
from app.errors import N_, Invalid, NotAllowed, NotFound
from app.journal import Entry, write
from app.operations import Operation
from app.parts import Parts
from app.rules.access import Role
from app.tickets import seal
from app.transport import Passage, passage_of, with_file_keys
from app.use_case import Noun, UseCase

# Everything that a patient, a guest or somebody without a stay does at a kiosk; nothing of the staff's.
AT_A_KIOSK = frozenset(
    {
        "activation.finish",
        "activation.start",
        "audit.who_opened",
        "changes.follow",
        "changes.since",
        "clinic.settings",
        "downloads.offer",
        "exams.look",
        "exams.mine",
        "exams.open",
        "images.fetch",  # the files of the route beside the use cases
        "images.find",
        "images.shown",
        "images.take_away",
        "patients.my_details",
        "print_requests.ask",
        "print_requests.failed",
        "print_requests.printed",
        "recovery.change_my_password",
        "recovery.forgot",
        "recovery.reset",
        "reports.pdf",
        "reports.read",
        "reports.take_away",
        "sessions.extend",
        "sessions.mine",
        "sessions.set_large_text",
        "sessions.sign_in",
        "sessions.sign_out",
        "sessions.touch",
        "sharing.change_shared_until",
        "sharing.invite",
        "sharing.mine",
        "sharing.open",
        "sharing.revoke",
        "sharing.unlock",
        "sites.all",
        "stations.mine",
        "visits.leave",
        "visits.mine",
        "visits.open_with_code",
    }
)
# What a kiosk's QR code leads to is fetched by a phone.
_NOT_FOR_STATIONS = frozenset({"downloads.claim", "downloads.look", "downloads.spend"})
LARGEST_PIECE = 8 << 20  # of a file that a station sends
USUAL_SIZE = 64 * 1024  # bytes of arguments
LARGEST_OPERATION = 96 * 1024  # bytes, with its arguments
_WITH_A_FILE = 32 << 20
_LARGER: Mapping[str, int] = {
    "clinic.change": 256 * 1024,  # the collection notice
    "imports.survey_sent": 8 << 20,  # twenty thousand names
    "images.shown": 256 * 1024,  # twenty thousand numbers
    "print_requests.ask": _WITH_A_FILE,
    "reports.attach_pdf": _WITH_A_FILE,
    "reports.attach_text": 512 * 1024,
}


class HasNouns(Protocol):
    """What of the portal is looked at here."""

    def acting(self, caller: Caller) -> object:
        """Return the nouns."""
        ...

    def nobody(self) -> Caller:
        """Somebody who has not signed in."""
        ...


@dataclass(frozen=True)
class Served:
    """One use case that stations may ask for."""

    noun: type[Noun]
    use_case: UseCase[Any, Any, Any]
    passage: Passage
    signature: inspect.Signature
    largest: int  # bytes of arguments

    def carry_out(
        self,
        parts: Parts,
        caller: Caller,
        request_id: UUID | None,
        sent: bytes,
        operation: Operation | None = None,
    ) -> bytes:
        """Carry the use case out with the arguments that were sent; raises what it raises, and Invalid.

        operation: what a desk made ahead for it.
        """
        arguments = self.passage.read_arguments(sent)
        noun = self.noun(parts, caller, request_id)
        noun.operation = operation
        # In their order, as methods are called everywhere else.
        bound = self.signature.bind(None, None, **arguments)
        bound.apply_defaults()
        value = getattr(noun, self.use_case.name.partition(".")[2])(*bound.args[2:], **bound.kwargs)
        if self.passage.holds_files:
            # Where a file lies in the archive is nobody's business but the server's.
            now = parts.clock()
            value = with_file_keys(value, lambda image: seal(parts.keys, caller, image, now))
        return self.passage.write_answer(value)


def served_by(portal: HasNouns) -> Mapping[str, Served]:
    """Return what a portal carries out for stations, by name; raises TypeError for what cannot travel."""
    return served_of(type(noun) for noun in vars(portal.acting(portal.nobody())).values())


def served_of(nouns: Iterable[type[Noun]]) -> Mapping[str, Served]:
    """Return what of these nouns is carried out for stations, by name; raises TypeError for what cannot travel."""
    found = {}
    for noun in nouns:
        for use_case in vars(noun).values():
            if isinstance(use_case, UseCase) and _is_for_stations(use_case):
                name = use_case.name
                signature = inspect.signature(use_case.body)
                largest = _LARGER.get(name, USUAL_SIZE)
                found[name] = Served(noun, use_case, passage_of(use_case), signature, largest)
    return found


def may_ask(parts: Parts, served: Mapping[str, Served], name: str, caller: Caller) -> Served:
    """Return the use case; raises NotFound where there is none, NotAllowed where it is not a kiosk's."""
    found = served.get(name)
    if found is None:
        raise NotFound(
            "use_case_unknown", N_("The clinic's server does not know what this station asks for.")
        )
    must_be_for_kind(parts, name, caller)
    return found


def must_be_for_kind(parts: Parts, name: str, caller: Caller) -> None:
    """Raise NotAllowed where a kiosk asks for what is not a kiosk's.

    No kiosk's program does: the key may be in other hands, and the audit trail says so.
    """
    if caller.station_kind != "kiosk" or name in AT_A_KIOSK:
        return
    with in_plain_words(), parts.database.writing() as session:
        now = parts.clock()
        who = standing(session, caller, now, parts.clinic(session))
        entry = Entry(name, outcome="denied", detail={"refusal": "not_at_a_kiosk"})
        write(session, who, now, [entry], [])
    raise NotAllowed("not_allowed", N_("This cannot be done at a kiosk."))


def too_large() -> Invalid:
    """Return the error of arguments that are larger than a use case takes."""
    return Invalid("request_too_large", N_("This is more than the clinic's server takes at once."))


def _is_for_stations(use_case: UseCase[Any, Any, Any]) -> bool:
    declared = use_case.declaration
    if declared.stream or use_case.name in _NOT_FOR_STATIONS:
        return False
    return not declared.who <= {Role.COMMAND_LINE, Role.FEED}
