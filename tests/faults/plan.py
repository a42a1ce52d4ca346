"""What a run of the faults does, and what came of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """How much is done and what goes wrong meanwhile."""

    operations: int
    desks: int = 3
    desk_kills: int = 10
    server_kills: int = 3
    mail_kills: int = 2  # of the server too, while it hands a mail over
    database_stops: int = 5
    backend_kills: int = 4
    full_disks: int = 2
    cuts: float = 0.02  # of questions and answers, lost or cut in their middle
    restore: bool = True
    variants: tuple[
        str, ...
    ] = ()  # of the last desks, which lose or double on purpose: the verdict must see it
    seed: int = 1
    skips_leases: bool = False  # what a killed server was sending is taken up at once, as five minutes later
    speaks: bool = False

    @property
    def alone(self) -> int:
        """How many operations are done while the server or its database is away."""
        return max(3 * self.desks, self.operations // 40)

    @property
    def sound(self) -> int:
        """How many desks, from the first, are not broken on purpose."""
        return self.desks - len(self.variants)


@dataclass
class Outcome:
    """What came of it; what is wrong names its desk first."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    mails: int = 0
    mails_lost: list[str] = field(default_factory=list)
    mails_doubled: int = 0  # by their Message-ID; one is allowed for each kill while one is handed over
    mails_after_restore: int = 0  # sent before as well: the backup did not know
    attention: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)  # how often each went wrong
    took: dict[str, float] = field(default_factory=dict)  # seconds
    seconds: float = 0.0

    def wrong(self, *but_at: str) -> list[str]:
        """Return what is wrong, but for what is at desks that are broken on purpose."""
        found = self.lost + self.doubled + self.mails_lost + self.attention + self.unsound
        return [one for one in found if one.partition(":")[0] not in but_at]

    @property
    def is_clean(self) -> bool:
        return not self.wrong() and self.mails_doubled <= self.done.get("mail", 0)
