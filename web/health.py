"""What looks after the server asks: is it alive, is it ready, what does it do. No word of any person."""

from collections.abc import Collection
from time import perf_counter
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.health import health
from app.outside.logs import Fixed, InHand, in_hand, note_request
from app.parts import Parts
from app.settings import is_this_machine
from web.feed import Feed
from web.lanes import Lane

ALIVE, READY, METRICS = "/healthz", "/readyz", "/metrics"
PATHS = frozenset({ALIVE, READY, METRICS})
_LIMITS_S = (0.005, 0.02, 0.05, 0.15, 0.5, 2.0, 10.0)
_STATIONS = "/api/"
# What stations ask for that is no use case.
_WAYS = frozenset({"enrol", "file", "handed_in", "hello", "openapi.json", "openings", "operations", "upload"})
_FOLLOWED = "changes.follow"
_METHODS = frozenset({"GET", "HEAD", "POST"})
_FAILED = 400
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
        """Pass a request on, count it by what was asked and how it ended, and write that down."""
        began, status = perf_counter(), 500
        # The same for the threads that answer: what they write down says which request it was, and which station's.
        within = in_hand.set(InHand(_request_id(scope)))

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, watched)
        finally:
            seconds, kind = perf_counter() - began, self._kind(path)
            self._count(kind, status, seconds)
            # What waits for news, and what never changes, would only hide the others.
            if status >= _FAILED or kind not in {_FOLLOWED, "static"}:
                method = scope["method"] if scope["method"] in _METHODS else "other"
                note_request(seconds * 1000, status, Fixed(method), Fixed(_asked(kind, scope)))
            in_hand.reset(within)

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
            if name in self._use_cases:
                return name
            way = name.partition("/")[0]  # a ticket or an id may follow
            return way if way in _WAYS else "other of stations"
        return "static" if path.startswith("/static/") else "pages"

    def _count(self, kind: str, status: int, seconds: float) -> None:
        self._answers.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(seconds)


def _request_id(scope: Scope) -> UUID:
    """The id under which a station asks for what is done once; else a new one."""
    said = dict(scope["headers"]).get(b"portal-request", b"")
    try:
        return UUID(said.decode("ascii"))
    except ValueError:
        return uuid4()


def _asked(kind: str, scope: Scope) -> str:
    """The use case, or the address of a page as the program knows it: {exam_id} in the place of the id."""
    return getattr(scope.get("route"), "path", kind) if kind == "pages" else kind
