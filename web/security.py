"""What every answer and every form goes through: strict headers, cookies, forms from our own pages only."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import N_, NotAllowed

_MOST_FIELDS = 40

_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
            " connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        # Other sites learn no address of ours. Not "no-referrer": with it browsers send "Origin: null" with our own
        # forms, and the check of the origin would be worth nothing.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "X-Robots-Tag": "noindex, nofollow",
    }
)
_A_YEAR = 365 * 24 * 3600


class Door:
    """ASGI middleware: puts the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = f"max-age={_A_YEAR}"
            await send(message)

        await self._app(scope, receive, send_with_headers)


# Cookies


def cookie_name(request: Request, name: str) -> str:
    """Return a cookie's name: over https only this host can set it, and no page in clear can read it."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def cookie(request: Request, name: str) -> str:
    """Return a cookie's value, "" without one."""
    return request.cookies.get(cookie_name(request, name), "")


def set_cookie(
    response: Response,
    request: Request,
    name: str,
    value: str,
    *,
    strict: bool = True,
    max_age: int | None = None,
) -> None:
    """Give the browser a cookie that no script can read; it goes with the browser unless it has an age, in seconds."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=max_age,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict" if strict else "lax",
    )


def drop_cookie(response: Response, request: Request, name: str) -> None:
    """Make the browser forget a cookie."""
    response.delete_cookie(
        cookie_name(request, name),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


# Forms


def form_token(request: Request) -> str:
    """Return what this browser's forms carry, made for it at its first page."""
    return cookie(request, "form") or secrets.token_urlsafe(32)


def new_form_token(response: Response, request: Request) -> None:
    """Give the browser another token for its forms: nobody who saw the one before can send any."""
    set_cookie(response, request, "form", secrets.token_urlsafe(32), strict=False)


def masked(token: str) -> str:
    """Return a browser's token as a page carries it: never the same twice, so that a compressed page's length tells
    nothing of it (BREACH).
    """
    secret = token.encode()
    pad = secrets.token_bytes(len(secret))
    return urlsafe_b64encode(pad + bytes(a ^ b for a, b in zip(pad, secret, strict=True))).decode()


def _unmasked(carried: str) -> bytes:
    try:
        both = urlsafe_b64decode(carried.encode())
    except ValueError:
        return b""
    half = len(both) // 2
    return bytes(a ^ b for a, b in zip(both[:half], both[half:], strict=False))


@dataclass(frozen=True)
class Sent:
    """A form that came from our own page, as typed."""

    fields: Mapping[str, str] = field(repr=False)
    request_id: UUID | None  # the same when the same form is sent twice

    def text(self, name: str) -> str:
        """Return what was typed, "" for a field that was left out."""
        return self.fields.get(name, "")


async def sent_form(request: Request) -> Sent:
    """Read a form; raise NotAllowed unless our own page in this browser has sent it."""
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    expected = cookie(request, "form")
    is_ours = bool(expected) and secrets.compare_digest(
        _unmasked(fields.pop("form_token", "")), expected.encode()
    )
    if not is_ours or not _comes_from_here(request):
        raise NotAllowed(
            "form_foreign",
            N_(
                "This form could not be taken. Go back, load the page again and send it once more. Your browser must"
                " keep cookies for this."
            ),
        )
    try:
        request_id = UUID(fields.pop("request_id", ""))
    except ValueError:
        request_id = None
    return Sent(fields, request_id)


Form = Annotated[Sent, Depends(sent_form)]


def _comes_from_here(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin and origin != "null":
        return origin == f"{request.url.scheme}://{request.url.netloc}"
    # Browsers that say neither are older than both headers; the token remains.
    return origin is None and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
