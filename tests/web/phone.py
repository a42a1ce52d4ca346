"""A phone in the hand: Chromium at 360 by 740 with touch, and fingers that press, swipe and pinch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect, sync_playwright

from tests.databases import missing

CHROMIUM = Path("/usr/bin/chromium")
WIDTH, HEIGHT = 360, 740
PATIENCE_MS = 60_000  # on a machine that is busy with other tests
_STEPS = 8
_HELD: dict[str, Any] = {"has_touch": True, "is_mobile": True}
DEVICES: dict[str, dict[str, Any]] = {
    "small": {**_HELD, "viewport": {"width": WIDTH, "height": HEIGHT}, "device_scale_factor": 2},
    "iPhone": {
        **_HELD,
        "viewport": {"width": 390, "height": 664},
        "device_scale_factor": 3,
        "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/17.5 Mobile/15E148 Safari/604.1",
    },
    "Android": {
        **_HELD,
        "viewport": {"width": 412, "height": 839},
        "device_scale_factor": 2.625,
        "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/124.0.0.0 Mobile Safari/537.36",
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}


@contextmanager
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing("Chromium")
    with sync_playwright() as started:
        # Everything here runs as root in a container, where Chromium's own sandbox cannot start.
        browser = started.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@contextmanager
def phone_at(browser: Browser, address: str, patience_ms: int, device: str = "small") -> Iterator["Phone"]:
    """Give a phone, or another device, that has never been at this address."""
    context = browser.new_context(**DEVICES[device])
    context.set_default_timeout(patience_ms)
    yield Phone(context, address, DEVICES[device])
    context.close()


class Phone:
    """One page in a phone's browser; whatever it complains about is kept."""

    def __init__(self, context: BrowserContext, address: str, device: dict[str, Any]) -> None:
        self.address = address
        self.has_touch: bool = device.get("has_touch", False)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("crash", lambda _: self.complaints.append("crashed"))
        self._fingers = context.new_cdp_session(self.page)

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def open(self, path: str) -> None:
        # The way a link opens it: with only another fragment the browser would stay on the page.
        self.page.goto("about:blank")
        self.page.goto(self.address + path)

    @property
    def shown(self) -> Locator:
        """The image in the middle of the viewer."""
        return self.page.locator(
            '.pswp__item[aria-hidden="false"] img.pswp__img:not(.pswp__img--placeholder)'
        )

    @property
    def foot(self) -> Locator:
        return self.page.locator(".pswp__foot > span").first

    def overflow(self) -> int:
        """How many pixels one would have to scroll sideways."""
        # Not innerWidth: a phone zooms out until what is too wide fits, and its innerWidth grows with it.
        return int(
            self.page.evaluate(
                "(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.documentElement)"
            )
        )

    def width_of_image(self) -> float:
        box = self.shown.bounding_box()
        assert box
        return box["width"]

    def left_of_image(self) -> float:
        box = self.shown.bounding_box()
        assert box
        return box["x"]

    def settled(self) -> None:
        """Wait until nothing moves any more in the viewer."""
        self.page.wait_for_function(
            """() => new Promise((done) => {
                let last = "", same = 0;
                const look = () => {
                    const now = [...document.querySelectorAll(".pswp__container, .pswp__zoom-wrap, .pswp__img")]
                        .map((part) => JSON.stringify(part.getBoundingClientRect())).join();
                    same = now === last ? same + 1 : 0;
                    last = now;
                    if (same > 10) done(true); else requestAnimationFrame(look);
                };
                look();
            })"""
        )

    # Fingers

    def swipe(self, dx: int, dy: int = 0) -> None:
        """Move one finger from the middle of the screen."""
        start = (WIDTH / 2 - dx / 2, HEIGHT / 2 - dy / 2)
        self._move([start], [(start[0] + dx, start[1] + dy)])

    def pinch(self, apart: float) -> None:
        """Move two fingers apart about the middle, to so many times their distance."""
        middle, near = HEIGHT / 2, 40.0
        far = near * apart
        self._move(
            [(WIDTH / 2 - near, middle), (WIDTH / 2 + near, middle)],
            [(WIDTH / 2 - far, middle), (WIDTH / 2 + far, middle)],
        )

    def _move(self, start: list[tuple[float, float]], end: list[tuple[float, float]]) -> None:
        self._touch("touchStart", start)
        for step in range(1, _STEPS + 1):
            self._touch(
                "touchMove",
                [
                    (x0 + (x1 - x0) * step / _STEPS, y0 + (y1 - y0) * step / _STEPS)
                    for (x0, y0), (x1, y1) in zip(start, end, strict=True)
                ],
            )
            # The page handles one movement a frame.
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
        self._touch("touchEnd", [])
        self.settled()

    def _touch(self, kind: str, points: list[tuple[float, float]]) -> None:
        self._fingers.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]},
        )


def sees(phone: Phone, words: str) -> None:
    expect(phone.page.get_by_text(words).first).to_be_visible(timeout=PATIENCE_MS)


def shows_within_five_seconds(phone: Phone, change: Callable[[], object], place: Locator) -> None:
    """Change something and wait until a guest's open page shows it.

    Such a page asks every two seconds: what is there after the first answer is there within five, which can be told
    also on a machine that is too busy to be on time.
    """
    asked: list[Request] = []

    def heard(request: Request) -> None:
        if "/state/" in request.url:
            asked.append(request)

    phone.page.on("request", heard)
    change()
    phone.page.evaluate("1")  # takes in what the page asked before this moment
    asked.clear()
    expect(place).to_be_visible(timeout=PATIENCE_MS)
    assert len(asked) <= 1
    phone.page.remove_listener("request", heard)
