"""Whether what a file says of its patient contradicts the patient it is to be filed under."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.rules.names import Person, same_person

Identified = tuple[str, str]  # value, issuer ("" where it is not known)
ALL = ("name", "birth_date", "identifier")
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Patientlike:
    """A person as a file or a record knows them; what is not known is empty."""

    name: str
    birth_date: date | None
    identifiers: frozenset[Identified]


def differences(said: Patientlike, patient: Patientlike) -> tuple[str, ...]:
    """Return what a file says otherwise than the patient's record: of "name", "birth_date", "identifier".

    Where nothing is the same either, all three are returned: a file that says nothing confirms nobody.
    """
    agrees = {
        "name": _same_name(said.name, patient.name),
        "birth_date": said.birth_date == patient.birth_date if said.birth_date else None,
        "identifier": _same_identifier(said.identifiers, patient.identifiers),
    }
    if not any(agrees.values()):
        return ALL
    return tuple(what for what in ALL if agrees[what] is False)


def _same_name(said: str, known: str) -> bool | None:
    if not said.strip():
        return None
    return same_person(Person(said, _ANY_DAY), Person(known, _ANY_DAY))


def _same_identifier(said: Iterable[Identified], known: Iterable[Identified]) -> bool | None:
    said, known = list(said), list(known)
    if not said:
        return None
    return any(
        value == own and ("" in {issuer, own_issuer} or issuer == own_issuer)
        for value, issuer in said
        for own, own_issuer in known
    )
