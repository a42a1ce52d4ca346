"""The web view put together: the pages that paper and e-mails lead to, on the same portal as the windows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.portal import Portal
from app.settings import MachineSettings
from web import (
    account,
    activation,
    assets,
    contact,
    downloads,
    exams,
    guest,
    invitations,
    patient,
    pictures,
    recovery,
    sharing,
    sign_in,
    stay,
    visit,
)
from web.api import create_api
from web.errors import Busy, LastResort, tell_errors
from web.feed import Feed
from web.health import PATHS, Health
from web.pages import Pages, known_host
from web.security import Door

_STATIONS = "/api/"
FOLLOWED = "/api/changes.follow"
# Three for each thread that answers: whoever comes then would wait for seconds, and is told so at once.
MOST_IN_HAND = 128
PARTS = (
    guest,
    visit,
    activation,
    recovery,
    downloads,
    sign_in,
    stay,
    patient,
    exams,
    sharing,
    invitations,
    account,
    contact,
)
LARGEST_REQUEST = 64 * 1024  # bytes; our longest form is far smaller


def create_app(portal: Portal, settings: MachineSettings) -> "Application":
    """Return the application that a web server calls; it lives as long as the portal is open."""
    pages = Pages(portal, settings.data_folder)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        pages.forget_files()
        pages.shown.start()
        yield
        pages.shown.stop()

    application = Application(
        title="Patient portal",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        root_path=_folder(portal),
        redirect_slashes=False,
        max_body_size=LARGEST_REQUEST,
        lifespan=lifespan,
        # Spans and logs of the framework would carry exceptions' messages and what was typed.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        dependencies=[Depends(known_host)],
    )
    application.state.pages = pages
    tell_errors(application)
    # First what is asked for most: an address is held against each part in turn.
    for place in ("/visit", "/exams/{exam_id}"):
        application.include_router(pictures.router, prefix=place)
    for part in PARTS:
        application.include_router(part.router)
    assets.serve(application)
    # Report and token are on the same page: masked() keeps the length of what is compressed from telling the token.
    application.add_middleware(
        GZipMiddleware,
        compresslevel=6,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/pdf"),
    )
    # The one added last is the outermost: what the last resort answers also gets the headers.
    application.add_middleware(LastResort, pages=pages)
    application.add_middleware(Door)
    stations = create_api(portal)
    application.feed = stations.state.feed
    application.health = Health(portal.parts, application.feed, stations.state.api.served)
    application.stations = Door(stations)
    application.busy = Door(Busy(pages, application.root_path))
    return application


class Application(FastAPI):
    """The pages and, beside them, the stations' way in: it has bounds, errors and a door of its own."""

    stations: ASGIApp
    feed: Feed
    health: Health
    busy: ASGIApp
    most_in_hand = MOST_IN_HAND
    _in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif scope["path"] in PATHS:
            await self.health.answer(scope, receive, send)
        else:
            inside = scope["path"].removeprefix(self.root_path)
            await self.health.counted(self._of(inside), inside, scope, receive, send)

    async def _bounded(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless so many are in hand that it would only make the others wait longer."""
        if self._in_hand >= self.most_in_hand:
            await self.busy(scope, receive, send)
            return
        self._in_hand += 1
        try:
            await app(scope, receive, send)
        finally:
            self._in_hand -= 1

    def _of(self, inside: str) -> ASGIApp:
        pages = super().__call__

        async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
            if inside == FOLLOWED:  # waits, and does nothing
                await stations(scope, receive, send)
            else:
                app = stations if inside.startswith(_STATIONS) else pages
                await self._bounded(app, scope, receive, send)

        async def stations(scope: Scope, receive: Receive, send: Send) -> None:
            await self.stations({**scope, "path": inside.removeprefix(_STATIONS[:-1])}, receive, send)

        return bounded


def _folder(portal: Portal) -> str:
    """Return the folder of the public address, "" where it has none; read once, when the server starts."""
    if not portal.is_set_up():
        return ""
    clinic = portal.acting(portal.nobody()).clinic.settings()
    return urlsplit(clinic.public_address).path.rstrip("/")
