"""Style sheets, scripts and fonts: our own and those of installed packages, nothing from anybody else's server."""

from pathlib import Path
from typing import Any

import fontpkg
from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from app.look import css_variables, read_look

OURS = Path(__file__).resolve().parent / "static"
PHOTOSWIPE = Path(__file__).resolve().parent / "browser" / "node_modules" / "photoswipe" / "dist"
# Asked for again each time, and answered "not modified": an update is seen at once.
_CACHED = {"Cache-Control": "no-cache"}


def serve(application: FastAPI) -> None:
    """Add everything under /static."""
    look = read_look()
    families = look.type
    fonts = {
        "body.ttf": (families.body_family, 400, "400"),
        "bold.ttf": (families.body_family, 700, "700"),
        "other.ttf": (families.fallback_family, 400, "100 900"),
        "code.ttf": (families.code_family, 700, "100 800"),
    }
    paths = {name: Path(fontpkg.path(family, weight=weight)) for name, (family, weight, _) in fonts.items()}
    faces = "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weights};font-display:swap;src:url(fonts/{name})}}\n'
        for name, (family, _, weights) in fonts.items()
    )
    style = faces + css_variables(look)

    def theme() -> Response:
        return Response(style, media_type="text/css", headers=_CACHED)

    def font(name: str) -> Response:
        if name not in paths:
            return Response(status_code=404)
        return FileResponse(paths[name], media_type="font/ttf", headers=_CACHED)

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
