"""What the pages of the web view are made with: the portal, templates, words and icons."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, cast
from urllib.parse import urlsplit
from uuid import UUID
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from app.callers import Caller, visit_over
from app.errors import N_, Invalid, NotAllowed, PortalError, Unavailable
from app.ids import new_id
from app.outside.durable import make_folder
from app.portal import Acting, Portal
from app.rules.codes import grouped
from app.views.clinic import Clinic
from app.words import Words
from web import gallery
from web.assets import fonts
from web.lanes import Lane
from web.security import cookie, form_token, masked, set_cookie
from web.shown import ShownLog

TEMPLATES = Path(__file__).resolve().parent / "templates"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PICTURES_AT_ONCE = 8  # the decode workers are fewer; the others wait for the archive or encode
_FILES_AT_ONCE = 4
_LARGE_FILES_AT_ONCE = 2
_WAIT_FOR_TURN_S = 20.0
_LONGEST_SENDING = timedelta(days=1)


class Pages:
    """Made once for the server: everything that a page needs."""

    def __init__(self, portal: Portal, data_folder: Path) -> None:
        self.portal = portal
        self.words = Words()
        self.shown = ShownLog(portal)
        self.pictures = Lane(_PICTURES_AT_ONCE)
        self.files = Lane(_FILES_AT_ONCE)
        self._made_files = data_folder / "web"
        self._turns = threading.BoundedSemaphore(_LARGE_FILES_AT_ONCE)
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self._templates.globals |= {
            "_": self.words,
            "count": self.words.count,
            "icon": icon,
            "fonts": [name for name, font in fonts().items() if font.is_everywhere],
            "grouped": grouped,
            "day": self.day,
            "moment": self.words.moment,
            "sides": gallery.SIDES,
            "first_shown": gallery.FIRST_SHOWN,
            "first_places": gallery.first_places,
            "films": gallery.films,
            "videos": gallery.videos,
            "told_with_page": gallery.told_with_page,
            "megabytes": gallery.megabytes,
        }

    def render(self, name: str, **context: Any) -> str:
        """Return a page from its template."""
        return self._templates.get_template(name).render(**context)

    def day(self, at: datetime, zone: str) -> str:
        """Return the local day of an instant, written out."""
        return self.words.date(at.astimezone(ZoneInfo(zone)).date())

    def forget_files(self) -> None:
        """Delete what a server that was killed has left of files it was sending."""
        oldest = (self.portal.parts.clock() - _LONGEST_SENDING).timestamp()
        for folder in self._made_files.glob("*"):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def large_file_folder(self) -> Iterator[TemporaryDirectory[str]]:
        """Return a folder for a file that takes long to make, when it is its turn; the caller removes it after sending.

        Raises Unavailable when too many are being made.
        """
        if not self._turns.acquire(timeout=_WAIT_FOR_TURN_S):
            raise Unavailable("busy", N_("Many files are being made just now. Please try again in a minute."))
        try:
            make_folder(self._made_files)
            folder = TemporaryDirectory(dir=self._made_files)
            try:
                yield folder
            except BaseException:
                folder.cleanup()
                raise
        finally:
            self._turns.release()


class Here:
    """One request: who asks, from where, and how to answer."""

    def __init__(self, request: Request, pages: Pages) -> None:
        self.request = request
        self.pages = pages
        self.words = pages.words
        self.address = request.client.host if request.client else ""

    def anybody(self, request_id: UUID | None = None) -> Acting:
        """The portal for somebody who has not signed in."""
        return self.pages.portal.acting(self.pages.portal.nobody(self.address), request_id)

    @property
    def visit_token(self) -> str:
        """What this browser holds of a visit; raises NotAllowed when it holds nothing."""
        token = cookie(self.request, "visit")
        if not token:
            raise visit_over()
        return token

    @property
    def guest_caller(self) -> Caller:
        """The guest whose visit this browser holds; raises NotAllowed without one."""
        return self.pages.portal.visiting(self.visit_token, address=self.address)

    def guest(self) -> Acting:
        """The portal for the guest whose visit this browser holds; raises NotAllowed without one."""
        return self.pages.portal.acting(self.guest_caller)

    @property
    def session_token(self) -> str:
        """What this browser holds of a signed-in stay; raises NotAllowed when it holds nothing."""
        token = cookie(self.request, "session")
        if not token:
            raise NotAllowed("signed_out", N_("Please sign in first."))
        return token

    @property
    def patient_caller(self) -> Caller:
        """The patient who has signed in with this browser; raises NotAllowed when nobody has."""
        return self.pages.portal.signed_in(self.session_token, address=self.address)

    def patient(self, request_id: UUID | None = None) -> Acting:
        """The portal for the patient who has signed in with this browser; raises NotAllowed when nobody has."""
        return self.pages.portal.acting(self.patient_caller, request_id)

    def public_host(self) -> str | None:
        """The host name of the clinic's public address; raises as clinic does."""
        return urlsplit(self.clinic().public_address).hostname

    def clinic(self) -> Clinic:
        """The clinic's settings; raises Unavailable before it is set up."""
        return self.anybody().clinic.settings()

    def page(
        self, name: str, status: int = 200, error: PortalError | None = None, **context: Any
    ) -> HTMLResponse:
        """Return a page; error: why the form on it could not be taken."""
        token = form_token(self.request)
        page = self.pages.render(
            name,
            clinic=self.clinic(),
            root=self._root,
            form_token=masked(token),
            request_id=new_id(),
            error=self.words.error(error) if error else "",
            error_field=error.field if isinstance(error, Invalid) else "",
            **context,
        )
        response = HTMLResponse(page, status)
        if cookie(self.request, "form") != token:
            set_cookie(response, self.request, "form", token, strict=False)
        return response

    def sorry(self, status: int, said: str, kind: str, reference: str = "") -> HTMLResponse:
        """Return the page that says what happened and what to do next; it needs no database."""
        try:
            clinic = self.clinic()
        except Exception:  # noqa: BLE001 - whatever keeps the database away has been told already
            clinic = None
        context = {"said": said, "kind": kind, "reference": reference}
        return HTMLResponse(
            self.pages.render("error.html", clinic=clinic, root=self._root, **context), status
        )

    def go(self, path: str) -> RedirectResponse:
        """Send the browser to another page of ours, as after a form."""
        return RedirectResponse(self._root + path, status_code=303)

    @property
    def _root(self) -> str:
        return str(self.request.scope.get("root_path", ""))


def here(request: Request) -> Here:
    """Return the request with what is needed to answer it."""
    return Here(request, cast("Pages", request.app.state.pages))


async def _asked(request: Request) -> Here:
    # A coroutine, because it waits for nothing: a thread for each request would be passed around for it.
    return here(request)


At = Annotated[Here, Depends(_asked)]


async def known_host(at: At) -> None:
    """Raise NotAllowed for a host name that is not ours: another name could belong to somebody else's page."""
    host = (at.request.url.hostname or "").strip("[]")
    if host in _LOOPBACK or host == await run_in_threadpool(at.public_host):
        return
    raise NotAllowed(
        "host_unknown", N_("The portal is not at this address. Please use the one on your letter.")
    )


@lru_cache(maxsize=64)
def icon(name: str) -> Markup:
    """Return a Lucide icon to stand beside a word, in the colour of the words."""
    packed = files("lucide").joinpath("lucide.zip").read_bytes()
    with ZipFile(BytesIO(packed)) as drawings:
        drawing = drawings.read(f"{name}.svg").decode()
    thin = drawing.replace('stroke-width="2"', 'stroke-width="1.75"')
    # The drawings are part of the installed package, not of what anybody typed.
    return Markup(thin.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1))  # noqa: S704
