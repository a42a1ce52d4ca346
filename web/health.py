"""What looks after the server asks: is it alive, is it ready, what does it do. No word of any person."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection
from time import perf_counter

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


class Health:
    """Answers the three addresses and counts what the others do; used from the server's own loop only."""

    def __init__(self, parts: Parts, feed: Feed, use_cases: Collection[str]) -> None:
        self._parts = parts
        self._feed = feed
        self._use_cases = frozenset(use_cases)
        self._looking = Lane(1)
        self._answers: dict[tuple[str, int], int] = defaultdict(int)
        self._seconds: dict[str, list[int]] = {}
        self._sums: dict[str, float] = defaultdict(float)

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
        return PlainTextResponse(self._text(), media_type="text/plain; version=0.0.4")

    def _kind(self, path: str) -> str:
        """The use case of a station, or a part of the web view; never an address, which holds ids."""
        if path.startswith(_STATIONS):
            name = path.removeprefix(_STATIONS)
            return name if name in self._use_cases else "other of stations"
        return "static" if path.startswith("/static/") else "pages"

    def _count(self, kind: str, status: int, seconds: float) -> None:
        self._answers[kind, status] += 1
        counts = self._seconds.setdefault(kind, [0] * (len(_LIMITS_S) + 1))
        counts[bisect_left(_LIMITS_S, seconds)] += 1
        self._sums[kind] += seconds

    def _text(self) -> str:
        """The numbers in Prometheus' text format 0.0.4."""
        lines = ["# TYPE portal_answers_total counter"]
        lines += [
            f'portal_answers_total{{asked="{kind}",status="{status}"}} {count}'
            for (kind, status), count in sorted(self._answers.items())
        ]
        lines += ["# TYPE portal_answer_seconds histogram"]
        for kind, counts in sorted(self._seconds.items()):
            until = 0
            for limit, count in zip((*map(str, _LIMITS_S), "+Inf"), counts, strict=True):
                until += count
                lines.append(f'portal_answer_seconds_bucket{{asked="{kind}",le="{limit}"}} {until}')
            lines.append(f'portal_answer_seconds_sum{{asked="{kind}"}} {self._sums[kind]:.6f}')
            lines.append(f'portal_answer_seconds_count{{asked="{kind}"}} {until}')
        lines += ["# TYPE portal_followers gauge", f"portal_followers {self._feed.followers}"]
        return "\n".join(lines) + "\n"
