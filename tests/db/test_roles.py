"""The rights of the server's role: whoever gives them waits for whoever is giving them."""

from concurrent.futures import ThreadPoolExecutor

import psycopg

from db import roles, schema
from db.database import Database
from tests.databases import PostgreSQL

PATIENCE_S = 60
WAITING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def test_of_two_that_give_the_server_its_rights_at_once_one_waits(postgresql: PostgreSQL) -> None:
    owner_url, _ = postgresql.owned()
    owner = Database(owner_url)
    schema.upgrade(owner)
    with (
        psycopg.connect(owner_url.replace("+psycopg", ""), autocommit=True) as holding,
        ThreadPoolExecutor(2) as threads,
    ):
        holding.execute("SELECT pg_advisory_lock(%s)", (roles.LOCK,))
        giving = [threads.submit(roles.grant, owner, "portal_server") for _ in range(2)]
        waiting = 0
        for _ in range(PATIENCE_S * 20):
            (waiting,) = holding.execute(WAITING).fetchone() or (0,)
            if waiting == len(giving):
                break
            holding.execute("SELECT pg_sleep(0.05)")
        holding.execute("SELECT pg_advisory_unlock(%s)", (roles.LOCK,))
        for one in giving:
            one.result(PATIENCE_S)
    assert waiting == len(giving)
    assert roles.excess(owner, "portal_server") == frozenset()
    owner.close()
