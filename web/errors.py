"""What a person reads when something cannot be done: the sentence, or a reference to what the log says."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import N_, Conflict, Invalid, NotAllowed, NotFound, PortalError, Refused, Unavailable
from app.outside.logs import note_refusal, report_bug
from web.pages import Here, Pages, here
from web.sign_in_page import SIGN_IN_FIRST, sign_in_page

_STATUS: dict[type[PortalError], int] = {
    Invalid: 422,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Refused: 403,
    Unavailable: 503,
}
_NOT_HERE = frozenset({404, 405})
NO_PAGE = NotFound("page_unknown", N_("There is no such page here. Please check the address."))
_NOT_COMPLETE = Invalid("form_incomplete", N_("Something was missing. Please go back and try again."))


def status_of(error: PortalError) -> int:
    """Return the HTTP status that goes with an error."""
    return _STATUS.get(type(error), 400)


def hung_up(_request: Request, _error: Exception) -> Response:
    """Answer nobody: whoever asked is gone, and that is no fault to be logged."""
    return Response(status_code=400)


def tell_errors(application: FastAPI) -> None:
    """Make pages of the errors that the routes raise."""

    def portal_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, PortalError)
        note_refusal(error)
        if isinstance(error, Unavailable):
            logging.getLogger(__name__).warning("a part does not answer", exc_info=error)
        if error.kind in SIGN_IN_FIRST:
            return sign_in_page(here(request), status_of(error), error)
        return error_page(here(request), error)

    def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        at = here(request)
        told = NO_PAGE if error.status_code in _NOT_HERE else _NOT_COMPLETE
        return at.sorry(error.status_code, at.words.error(told), told.kind)

    def unreadable(request: Request, _error: Exception) -> Response:
        # An id in the address that is none leads nowhere.
        return error_page(here(request), NO_PAGE)

    application.add_exception_handler(PortalError, portal_error)
    application.add_exception_handler(HTTPException, http_error)
    application.add_exception_handler(RequestValidationError, unreadable)
    application.add_exception_handler(ClientDisconnect, hung_up)


def error_page(at: Here, error: PortalError) -> HTMLResponse:
    """Return the page of an error."""
    return at.sorry(status_of(error), at.words.error(error), error.kind)


class LastResort:
    """ASGI middleware: whatever nobody expected becomes a page with a reference, and a line in the log."""

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if has_begun:
                raise  # no page can be sent any more; the server logs it, unless it only cut the request off
            reference = report_bug(error)
            page = await run_in_threadpool(self._page, scope, reference)
            await page(scope, receive, send)

    def _page(self, scope: Scope, reference: str) -> Response:
        _ = self._pages.words
        said = _("Something went wrong on our side. Please try again.")
        at = Here(Request(scope), self._pages)
        return at.sorry(500, said, "bug", reference)


class Busy:
    """ASGI application: tells whoever comes when too much is in hand already to try again.

    It holds no thread and asks the database nothing. A station makes the same sentence of the status alone.
    """

    def __init__(self, pages: Pages, root: str) -> None:
        self._pages = pages
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        said = self._pages.words(N_("The clinic's server is busy. Nothing was lost. Please try again."))
        page = self._pages.render(
            "error.html", clinic=None, root=self._root, said=said, kind="server_busy", reference=""
        )
        await HTMLResponse(page, 503, {"Retry-After": "2"})(scope, receive, send)
