"""Every page held against WCAG 2.2 AA by axe-core, and looked over for phones and larger screens, in a real browser."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.databases import missing
from tests.web.conftest import Web
from tests.web.phone import HEIGHT, WIDTH, chromium
from tests.web.walk import Walk

AXE = Path(__file__).resolve().parent.parent / "browser" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
# Where the pictures of the pages are put, to be looked at.
SCREENSHOTS = os.environ.get("PORTAL_SCREENSHOTS", "")
LARGER = ((768, 1024), (1280, 900))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not AXE.exists():
        missing("axe-core")
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True)
    context.set_default_timeout(30_000)
    context.add_init_script(path=AXE)
    yield context.new_page()
    context.close()


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules)["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def small_targets(page: Page) -> list[str]:
    """Whatever a finger presses and that is less than 44 px high or wide."""
    return [
        f"too small: {one}"
        for one in page.evaluate(
            """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
                .filter((it) => it.checkVisibility() && !it.closest(".skip"))
                .map((it) => (it.closest("label") ?? it))
                .filter((it) => Math.min(it.offsetHeight, it.offsetWidth) < 44)
                .map((it) => it.outerHTML.slice(0, 120))"""
        )
    ]


def too_wide(page: Page) -> list[str]:
    # Not innerWidth: a phone zooms out until what is too wide fits, and its innerWidth grows with it.
    wide = int(
        page.evaluate("(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.documentElement)")
    )
    return [f"{wide} px too wide"] if wide > 0 else []


def in_colours(page: Page, name: str) -> list[str]:
    """What is wrong where the system asks for dark colours, for more contrast, or for its own colours alone."""
    wrong = []
    for setting in (
        {"color_scheme": "dark"},
        {"color_scheme": "light", "contrast": "more"},
        {"contrast": "no-preference", "forced_colors": "active"},
    ):
        page.emulate_media(**setting)  # type: ignore[arg-type]  # these are its names
        wrong += [f"{setting}: {one}" for one in violations(page, COLOURS)]
        picture(page, name, next(reversed(setting.values())))
    page.emulate_media(color_scheme="light", contrast="no-preference", forced_colors="none")
    return wrong


def in_sizes(page: Page, name: str) -> list[str]:
    """What is wrong with text twice as large, and on larger screens."""
    page.evaluate("document.documentElement.style.setProperty('--body', '36px')")
    wrong = [f"text twice as large: {one}" for one in too_wide(page)]
    picture(page, name, "twice")
    page.evaluate("document.documentElement.style.removeProperty('--body')")
    for width, height in LARGER:
        page.set_viewport_size({"width": width, "height": height})
        wrong += [f"{width} px: {one}" for one in too_wide(page)]
        picture(page, name, str(width))
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    return wrong


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.rule("D22", "R48", "R49")
@pytest.mark.parametrize("part", ["outside", "inside", "as_guest"])
def test_every_page_is_accessible_and_fits_every_screen(
    served: tuple[Web, str], page: Page, part: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found: list[str] = []
    for name, go in getattr(Walk(*served), part)():
        go(page)
        page.wait_for_load_state("load")
        wrong = violations(page) + too_wide(page) + small_targets(page)
        picture(page, name, "phone")
        wrong += in_colours(page, name) + in_sizes(page, name)
        found += [f"{name}: {one}" for one in wrong]
    assert not found, "\n".join(found)
    # A page that refuses is told with its status, which browsers write to the console.
    assert [one for one in complaints if "status of 4" not in one] == []


def picture(page: Page, name: str, setting: str) -> None:
    if SCREENSHOTS:
        plain = re.sub(r"[0-9a-f-]{36}", "ID", name).strip("/").replace("/", "_") or "first"
        page.screenshot(path=f"{SCREENSHOTS}/{setting}/{plain}.png", full_page=True)


def test_the_check_finds_what_is_wrong(page: Page) -> None:
    """The control: what a page must not do is seen."""
    page.goto("about:blank")
    page.set_content(
        '<html><head><meta name="viewport" content="width=device-width"></head><body><img src="x"><a href="/">i</a><div style="width:900px">wide</div></body></html>'
    )
    assert any(one.startswith("image-alt") for one in violations(page))
    assert len(small_targets(page)) == 1
    assert len(too_wide(page)) == 1
