"""A short run of `make faults`, with a desk beside it that is broken on purpose."""

from pathlib import Path

import pytest

from tests.databases import running_postgresql
from tests.faults.harness import Harness
from tests.faults.plan import Plan


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_acknowledged_is_lost_or_doubled_while_everything_is_killed(tmp_path: Path) -> None:
    plan = Plan(
        30,
        desks=2,
        variants=("loses and doubles",),
        desk_kills=1,
        server_kills=0,
        mail_kills=1,
        database_stops=1,
        backend_kills=1,
        full_disks=1,
        restore=False,
        skips_leases=True,
    )
    with running_postgresql() as postgresql:
        outcome = Harness(plan, tmp_path, postgresql).run()
    assert outcome.wrong("desk 1") == [], outcome
    assert any(one.startswith("desk 1:") for one in outcome.lost), "a loss is not seen"
    assert any(one.startswith("desk 1:") for one in outcome.doubled), "a double is not seen"
    # The server died between the mail server's word and its own: that mail, and no other, went out twice.
    assert outcome.mails_doubled == 1
    assert outcome.acknowledged >= plan.operations
    assert set(outcome.done) == {"desk", "mail", "database", "backend", "full disk"}
