"""`make faults`: proves first that a loss and a double are seen, then that there is none."""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from tests.databases import running_postgresql
from tests.faults.harness import Harness
from tests.faults.plan import Outcome, Plan

DURABLE = "-c max_connections=80"


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults")
    parser.add_argument("--operations", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    whole = Plan(options.operations, seed=options.seed, speaks=True)
    broken = replace(
        whole,
        operations=60,
        desks=2,
        variants=("loses", "doubles"),
        desk_kills=0,
        server_kills=1,
        mail_kills=0,
        database_stops=0,
        backend_kills=0,
        full_disks=0,
        restore=False,
        skips_leases=True,
    )
    seen = run(broken)
    if not seen.lost or not seen.doubled:
        print("The harness does not see what is broken on purpose.")
        return 1
    print(f"Seen on purpose: {len(seen.lost)} lost, {len(seen.doubled)} doubled.")
    outcome = run(whole)
    print(json.dumps(asdict(outcome), indent=1))
    return 0 if outcome.is_clean else 1


def run(plan: Plan) -> Outcome:
    with running_postgresql(DURABLE) as postgresql, tempfile.TemporaryDirectory() as folder:
        return Harness(plan, Path(folder), postgresql).run()


if __name__ == "__main__":
    sys.exit(main())
