"""A line to a server that can break: forwards bytes until it is told to lose some."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Line:
    """Every connection through it is forwarded; answers can be lost, or cut off after so many bytes."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        self.sent = 0  # pieces that went to the server
        self._is_away = False
        self._left: int | None = None  # bytes of answers until the line breaks; None: it holds
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="line", daemon=True)]
        self._threads[0].start()

    def break_after(self, count: int) -> None:
        """Break the connection that brings the next answers after so many bytes of them; 0: before the first."""
        with self._lock:
            self._left = count

    def go_away(self) -> None:
        """Cut every connection, and take no new one until come_back."""
        self._is_away = True
        for one in self._open:
            _end(one)

    def come_back(self) -> None:
        """Take connections again."""
        self._is_away = False

    def close(self) -> None:
        """Hang up."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            _end(one)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                here, _address = self._listening.accept()
            except OSError:
                return
            if self._is_away:
                _end(here)
                continue
            self.connections += 1
            try:
                there = socket.create_connection(self._to)
            except OSError:  # nobody is there
                _end(here)
                continue
            self._open += [here, there]
            for source, sink, is_answer in ((here, there, False), (there, here, True)):
                thread = threading.Thread(
                    target=self._forward, args=(source, sink, is_answer), name="line", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def _forward(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:  # noqa: FBT001 - of a thread
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.sent += not is_answer
                let_through, holds = self._through(data, is_answer)
                sink.sendall(let_through)
                if not holds:
                    break
        _end(source)
        _end(sink)

    def _through(self, data: bytes, is_answer: bool) -> tuple[bytes, bool]:  # noqa: FBT001 - as above
        """Return what goes on of a piece, and whether the connection lives on."""
        with self._lock:
            if self._left is None or not is_answer:
                return data, True
            if len(data) < self._left:
                self._left -= len(data)
                return data, True
            through, self._left = data[: self._left], None
            return through, False


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def line_to(address: str) -> Iterator[tuple[Line, str]]:
    """A line to a server's https address, and the address of the line."""
    made = Line(int(address.rpartition(":")[2]))
    try:
        yield made, f"https://127.0.0.1:{made.port}"
    finally:
        made.close()
