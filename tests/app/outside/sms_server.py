"""A real HTTP server for tests that answers as an SMS gateway would, or breaks as it is told to."""

import json
import socket
import ssl
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class SmsServer:
    """Answers every request alike; break_at is one of "", headers (reset before any), body, stall."""

    status: int = 202
    answer: Any = field(default_factory=lambda: {"messages": [{"id": "ref-1", "status": "queued"}]})
    headers: dict[str, str] = field(default_factory=dict)
    break_at: str = ""
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._released = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.plan = self
        if self.tls:
            self._http.socket = self.tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._http.server_port}"

    def stall(self) -> None:
        """Wait until the test is over."""
        self._released.wait()


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    plan: SmsServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that refuses our certificate is what a test is about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def _answer(self) -> None:
        plan = self.server.plan
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(content) if content else None
        plan.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        if plan.break_at == "stall":
            plan.stall()
            return
        if plan.break_at == "headers":
            self._reset()
            return
        written = plan.answer if isinstance(plan.answer, bytes) else json.dumps(plan.answer).encode()
        self.send_response(plan.status)
        for name, value in plan.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written[: len(written) // 2] if plan.break_at == "body" else written)
        if plan.break_at == "body":
            self.wfile.flush()
            self._reset()

    do_POST = do_PUT = do_GET = _answer  # noqa: N815 - http.server's names

    def _reset(self) -> None:
        # Without lingering, closing sends a reset: what a crashed gateway or a firewall does.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""
