"""Who is in a made-up clinic group of any size: the same people for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from uuid import UUID

_SYLLABLES = (
    *("ba", "ber", "chi", "da", "dén", "el", "fa", "gar", "hu", "in", "jo", "ka", "lé", "lin", "ma"),
    *("mor", "na", "nguy", "o", "pa", "qui", "ro", "sen", "stø", "ta", "ulm", "ve", "wi", "xa", "zu"),
)
_COMMON_FAMILIES = (
    "Smith",
    "Nguyen",
    "Jones",
    "Hart",
    "O'Brien",
    "Novák",
    "Sørensen",
    "van der Berg",
    "Li",
    "Łukaszewska",
)
_COMMON_GIVEN = ("Maria", "John", "Amelia", "José", "Anna", "Mohamed", "Élise", "Hans-Peter", "Mia", "Jiří")


@dataclass(frozen=True)
class Crowd:
    """So many patients, five exams each, three invitations for each of them on average, at these sites."""

    patients: int
    site_ids: tuple[UUID, ...]
    now: datetime
    seed: int = 4

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Family names, the most frequent first."""
        return self._names(_COMMON_FAMILIES, 20_000, 3)

    @cached_property
    def given_names(self) -> tuple[str, ...]:
        """Given names, the most frequent first."""
        return self._names(_COMMON_GIVEN, 2_000, 2)

    def identifier(self, patient: int) -> str:
        """Return the identifier of a patient, by number from 0."""
        return f"H{patient * 7919 % 100_000_000:08}"

    def mobile(self, patient: int) -> str:
        """Return a patient's number in E.164."""
        return f"+614{patient * 48_271 % 100_000_000:08}"

    def birth_date(self, patient: int) -> date:
        """Return the day a patient was born, spread over 90 years."""
        return date(1930, 1, 1) + timedelta(days=patient * 31 % 32_850)

    def patient_id(self, patient: int) -> str:
        """Return a patient's id as 32 hexadecimal digits."""
        return row_id(1, patient)

    def account_id(self, account: int) -> str:
        """Return an account's id; three patients in five have one."""
        return row_id(2, account)

    def _names(self, common: tuple[str, ...], count: int, most_syllables: int) -> tuple[str, ...]:
        chance = random.Random(f"{self.seed} {most_syllables}")  # noqa: S311 - the same crowd for the same seed
        found = dict.fromkeys(common)
        while len(found) < count:
            made = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, most_syllables + 1)))
            found.setdefault(made.title() if len(found) % 50 else f"{made.title()} {made[::-1].title()}")
        return tuple(found)

    def drawn(self, names: Sequence[str]) -> list[int]:
        """Draw a name for every patient: few are frequent, most are rare."""
        weights = list(accumulate(1 / (rank + 10) for rank in range(len(names))))
        chance = random.Random(f"{self.seed} {len(names)}")  # noqa: S311 - the same crowd for the same seed
        return chance.choices(range(len(names)), cum_weights=weights, k=self.patients)


def row_id(kind: int, number: int) -> str:
    """Return an id in the order of numbers, as those that the portal makes are in the order of time."""
    return f"{number:012x}7{kind:03x}8{number:015x}"
