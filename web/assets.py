"""Style sheets, scripts and fonts: our own and those of installed packages, nothing from anybody else's server."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import fontpkg
from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from app.look import css_variables, read_look

OURS = Path(__file__).resolve().parent / "static"
PHOTOSWIPE = Path(__file__).resolve().parent / "browser" / "node_modules" / "photoswipe" / "dist"
# Asked for again each time, and answered "not modified": an update is seen at once.
_CACHED = {"Cache-Control": "no-cache"}
# A font's name says what is in it: a page that had to ask again would be painted before the answer.
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


class Font(NamedTuple):
    """A font of the pages."""

    family: str
    weights: str  # as the style sheet says them
    path: Path
    is_everywhere: bool = False  # every page is set in it


@cache
def fonts() -> Mapping[str, Font]:
    """Return the fonts by the name that each file is served under."""
    families = read_look().type
    made = {
        "body": _font(families.body_family, 400, "400", is_everywhere=True),
        "bold": _font(families.body_family, 700, "700", is_everywhere=True),
        "other": _font(families.fallback_family, 400, "100 900"),
        "code": _font(families.code_family, 700, "100 800"),
    }
    return {
        f"{kind}-{sha256(font.path.read_bytes()).hexdigest()[:12]}.ttf": font for kind, font in made.items()
    }


def _font(family: str, weight: int, weights: str, *, is_everywhere: bool = False) -> Font:
    return Font(family, weights, Path(fontpkg.path(family, weight=weight)), is_everywhere)


def serve(application: FastAPI) -> None:
    """Add everything under /static."""
    # Optional: a font that is not there when the page is painted waits for the next page. Swapped in later, it would
    # move the page under a finger.
    faces = "".join(
        f'@font-face{{font-family:"{font.family}";font-weight:{font.weights};font-display:optional;'
        f"src:url(fonts/{name})}}\n"
        for name, font in fonts().items()
    )
    style = faces + css_variables(read_look())

    def theme() -> Response:
        return Response(style, media_type="text/css", headers=_CACHED)

    def font(name: str) -> Response:
        if name not in fonts():
            return Response(status_code=404)
        return FileResponse(fonts()[name].path, media_type="font/ttf", headers=_KEPT)

    application.add_api_route("/static/theme.css", theme, methods=["GET"])
    application.add_api_route("/static/fonts/{name}", font, methods=["GET"])
    # The set-up brings PhotoSwipe; without it images still open, one at a time.
    application.mount("/static/photoswipe", _Files(directory=PHOTOSWIPE, check_dir=False))
    application.mount("/static", _Files(directory=OURS))


class _Files(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(_CACHED)
        return response
