"""A line to a server that is far away: every byte arrives later, and no faster than the line carries."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

ROUND_TRIP_S = 0.02
BYTES_PER_S = 100e6 / 8  # each way
_PIECE = 16 * 1024
_MOST_ON_THE_WAY = 64  # pieces: then whoever sends waits, as on a real line


class FarLine:
    """Forwards connections; round_trip_s there and back, and so many bytes a second each way, shared by all."""

    def __init__(
        self, port: int, *, round_trip_s: float = ROUND_TRIP_S, bytes_per_s: float = BYTES_PER_S
    ) -> None:
        self._to = ("127.0.0.1", port)
        self._way_s, self._bytes_per_s = round_trip_s / 2, bytes_per_s
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._free_at = {"there": 0.0, "back": 0.0}
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="far line", daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Hang up."""
        for one in (self._listening, *self._open):
            _end(one)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _address = self._listening.accept()
                there = socket.create_connection(self._to)
                for one in (here, there):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [here, there]
                self._carry(here, there, "there")
                self._carry(there, here, "back")

    def _carry(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        on_the_way: queue.Queue[tuple[float, bytes]] = queue.Queue(_MOST_ON_THE_WAY)

        def take() -> None:
            data = b"-"
            while data:
                try:
                    data = source.recv(_PIECE)
                except OSError:
                    data = b""
                on_the_way.put((self._due(way, len(data)), data))

        def give() -> None:
            while True:
                due, data = on_the_way.get()
                time.sleep(max(0.0, due - time.perf_counter()))
                try:
                    if not data:
                        sink.shutdown(socket.SHUT_WR)
                        return
                    sink.sendall(data)
                except OSError:
                    _end(source)
                    if not data:
                        return

        for work in (take, give):
            thread = threading.Thread(target=work, name="far line", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _due(self, way: str, size: int) -> float:
        """Return when a piece that sets out now will be there."""
        with self._lock:
            self._free_at[way] = max(self._free_at[way], time.perf_counter()) + size / self._bytes_per_s
            return self._free_at[way] + self._way_s


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def far_line_to(address: str) -> Iterator[str]:
    """A line to a server's address for as long as the context lasts; the line's own address."""
    scheme, _, rest = address.partition("://")
    line = FarLine(int(rest.rpartition(":")[2]))
    try:
        yield f"{scheme}://127.0.0.1:{line.port}"
    finally:
        line.close()
