"""The tokens of the one visual language, read once from resources/theme.toml for windows and web pages alike."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

THEME = Path(__file__).resolve().parent.parent / "resources" / "theme.toml"


@dataclass(frozen=True)
class Colours:
    """The colours of one mode, each "#RRGGBB"; a "pale" one is the ground behind its own words."""

    ground: str
    surface: str
    sunken: str
    line: str
    edge: str
    ink: str
    quiet_ink: str
    teal: str
    teal_deep: str
    on_teal: str
    teal_pale: str
    good: str
    good_pale: str
    wait: str
    wait_pale: str
    stop: str
    stop_deep: str
    stop_pale: str
    on_stop: str
    light_box: str
    light_box_ink: str


@dataclass(frozen=True)
class Space:
    """Distances in pixels; measure is in characters."""

    unit: int
    corner: int
    focus: int
    measure: int


@dataclass(frozen=True)
class Type:
    """Families of type and the steps between sizes."""

    scale: float
    large_text: float
    body_family: str
    fallback_family: str
    code_family: str


@dataclass(frozen=True)
class Surface:
    """Sizes in pixels where the language is spoken: at a desk, a kiosk, on a web page."""

    body: int
    action: int
    target: int
    row: int


@dataclass(frozen=True)
class Look:
    """The whole visual language."""

    space: Space
    type: Type
    desk: Surface
    kiosk: Surface
    web: Surface
    light: Colours
    dark: Colours


def read_look(path: Path = THEME) -> Look:
    """Return the tokens in the file; raises TypeError or KeyError when one is missing or unknown."""
    tokens = tomllib.loads(path.read_text(encoding="utf-8"))
    surface, colour = tokens["surface"], tokens["colour"]
    return Look(
        space=Space(**tokens["space"]),
        type=Type(**tokens["type"]),
        desk=Surface(**surface["desk"]),
        kiosk=Surface(**surface["kiosk"]),
        web=Surface(**surface["web"]),
        light=Colours(**colour["light"]),
        dark=Colours(**colour["dark"]),
    )


def css_variables(look: Look) -> str:
    """Return the style sheet that gives web pages the tokens as variables; dark where the system or the page asks.

    A page asks by data-look="light" or "dark" on its root, and by data-text="large".
    """
    light, dark = _colour_lines(look.light), _colour_lines(look.dark)
    sizes = (
        f"--unit:{look.space.unit}px;--corner:{look.space.corner}px;--focus:{look.space.focus}px;"
        f"--measure:{look.space.measure}ch;--scale:{look.type.scale};"
        f"--body:{look.web.body}px;--action:{look.web.action}px;--target:{look.web.target}px;"
        f'--body-family:"{look.type.body_family}","{look.type.fallback_family}",sans-serif;'
        f'--code-family:"{look.type.code_family}",monospace;'
    )
    large = round(look.web.body * look.type.large_text)
    return (
        f":root{{color-scheme:light;{sizes}{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-look=light]){{color-scheme:dark;{dark}}}}}\n"
        f":root[data-look=dark]{{color-scheme:dark;{dark}}}\n"
        f":root[data-text=large]{{--body:{large}px;--action:{large}px;}}\n"
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, "contrast ratio"), 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]  # noqa: PLR2004 - figures of the clause
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colour_lines(colours: Colours) -> str:
    return "".join(f"--{f.name.replace('_', '-')}:{getattr(colours, f.name)};" for f in fields(colours))
