"""What looks after the server asks: is it alive, is it ready, what does it do. No word of any person."""

from collections.abc import Collection
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.health import health
from app.parts import Parts
from app.settings import is_this_machine
from web.feed import Feed
from web.lanes import Lane

ALIVE, READY, METRICS = "/healthz", "/readyz", "/metrics"
PATHS = frozenset({ALIVE, READY, METRICS})
_LIMITS_S = (0.005, 0.02, 0.05, 0.15, 0.5, 2.0, 10.0)
_STATIONS = "/api/"
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """Answers the three addresses and counts what the others do; used from the server's own loop only."""

    def __init__(self, parts: Parts, feed: Feed, use_cases: Collection[str]) -> None:
        self._parts = parts
        self._use_cases = frozenset(use_cases)
        self._looking = Lane(1)
        # This server's own: the library's registry counts the program's memory too.
        self._numbers = CollectorRegistry()
        self._answers = Counter(
            "portal_answers",
            "Answers by what was asked and how it ended",
            ["asked", "status"],
            registry=self._numbers,
        )
        self._seconds = Histogram(
            "portal_answer_seconds", "Time of an answer", ["asked"], buckets=_LIMITS_S, registry=self._numbers
        )
        followers = Gauge("portal_followers", "Questions that wait for news", registry=self._numbers)
        followers.set_function(lambda: feed.followers)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one of the three addresses."""
        await (await self._response(scope))(scope, receive, send)

    async def counted(self, app: ASGIApp, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it by what was asked and how it ended."""
        began, status = perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, watched)
        finally:
            self._count(self._kind(path), status, perf_counter() - began)

    async def _response(self, scope: Scope) -> Response:
        if scope["path"] == ALIVE:
            return PlainTextResponse("alive\n")
        if scope["path"] == READY:
            found = await self._looking.run(lambda: health(self._parts))
            return JSONResponse(found, 200 if all(found.values()) else 503)
        # Behind a proxy the client is whom the proxy asks for: what comes from outside is never this machine.
        client = scope.get("client")
        if client is None or not is_this_machine(client[0]):
            return PlainTextResponse("not here\n", 404)
        return Response(generate_latest(self._numbers), media_type=_TEXT)

    def _kind(self, path: str) -> str:
        """The use case of a station, or a part of the web view; never an address, which holds ids."""
        if path.startswith(_STATIONS):
            name = path.removeprefix(_STATIONS)
            return name if name in self._use_cases else "other of stations"
        return "static" if path.startswith("/static/") else "pages"

    def _count(self, kind: str, status: int, seconds: float) -> None:
        self._answers.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(seconds)
