"""Connections to the clinic's server: kept open between requests, each lent to one request at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from requests.adapters import HTTPAdapter


class Connections:
    """As many as there are requests at once, whatever threads they come from."""

    def __init__(self, ca_file: str | None) -> None:
        """ca_file: whom alone to trust."""
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._all: list[requests.Session] = []
        self._free: list[requests.Session] = []

    @contextmanager
    def lent(self) -> Iterator[requests.Session]:
        """Lend one; the one that came back last goes first: it is open still."""
        with self._lock:
            session = self._free.pop() if self._free else self._made()
        try:
            yield session
        finally:
            with self._lock:
                self._free.append(session)

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            sessions, self._all, self._free = self._all, [], []
        for session in sessions:
            for adapter in session.adapters.values():
                if isinstance(adapter, HTTPAdapter):
                    # Closing a session leaves its connections to the garbage collector.
                    for key in adapter.poolmanager.pools.keys():  # noqa: SIM118 - it is no mapping to go over
                        adapter.poolmanager.pools[key].close()
            session.close()

    def _made(self) -> requests.Session:
        session = requests.Session()
        # A forgotten .netrc or proxy of the account would see what only the server may see.
        session.trust_env = False
        session.verify = self._ca_file or True
        self._all.append(session)
        return session
