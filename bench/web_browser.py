"""What a patient waits for in a real browser: the page's weight, the first image on a slow line, and other viewers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench.viewer_bars import Bar
from bench.viewer_runs import ROOT
from bench.web_clinic import Clinic, Made

CHROMIUM = "/usr/bin/chromium"
MODULES = ROOT / ".browser-bench" / "node_modules"
PAGES = ROOT / "bench" / "web_pages"
PHONE = {"width": 360, "height": 740}
SETTLED_MS = 1500
SIDE = 1024  # what the gallery asks for on this phone
# Chromium's own throttling, "Slow 4G" in its developer tools: 1.6 Mbit/s down, 750 kbit/s up, each times 0.9, and
# 562.5 ms before an answer begins.
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
LINES = {"loopback": None, "slow 4G": SLOW_4G}
MOST_KB = 60.0
MOST_MS = 2000.0
HALF = 0.5
_PAINTED = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"


def measure_browser(clinic: Clinic, repeats: int) -> Iterator[Bar]:
    """Measure in one Chromium: our pages, then our images and the other viewers in turn."""
    with sync_playwright() as started, _peers(clinic) as peers:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield _weight(browser, clinic)
            yield _first_image(browser, clinic, repeats)
            yield _exam_opened(browser, clinic, repeats)
            yield from _viewers(browser, clinic, peers)
        finally:
            browser.close()


class Line:
    """A page and what comes over its line, counted in bytes as transferred."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self._session: CDPSession = context.new_cdp_session(self.page)
        self._session.send("Network.enable")
        self._kinds: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        self._session.on("Network.responseReceived", self._began)
        self._session.on("Network.loadingFinished", self._ended)

    def slow(self, conditions: dict[str, Any] | None) -> None:
        """Hold the line to a profile, None for all it gives."""
        free = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self._session.send("Network.emulateNetworkConditions", conditions or free)

    def _began(self, event: dict[str, Any]) -> None:
        self._kinds[event["requestId"]] = event["type"]

    def _ended(self, event: dict[str, Any]) -> None:
        kind = self._kinds.get(event["requestId"], "Other")
        self.bytes[kind] = self.bytes.get(kind, 0) + event["encodedDataLength"]


def _context(browser: Browser, clinic: Clinic) -> BrowserContext:
    """A phone's browser in which Amelia is signed in."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)  # type: ignore[arg-type]  # a mapping is taken
    session = clinic.patient()
    context.add_cookies(
        [
            {"name": name, "value": value, "url": clinic.address}
            for name, value in session.cookies.get_dict().items()
        ]
    )
    session.close()
    return context


def _weight(browser: Browser, clinic: Clinic) -> Bar:
    context = _context(browser, clinic)
    line = Line(context)
    line.page.goto(f"{clinic.address}/exams/{clinic.many}", wait_until="load")
    line.page.wait_for_timeout(SETTLED_MS)  # the viewer's module comes when all else is there
    weighed = {kind: round(size / 1000, 1) for kind, size in sorted(line.bytes.items())}
    context.close()
    own = sum(size for kind, size in line.bytes.items() if kind not in {"Font", "Image"})
    return Bar(
        "exam page of 112 images, as transferred",
        MOST_KB,
        round(own / 1000, 1),
        details=weighed,
        unit="kB",
        note=f"fonts {weighed.get('Font', 0):.0f} kB and {weighed.get('Image', 0):.0f} kB of images apart",
    )


def _slow_line(browser: Browser, clinic: Clinic) -> tuple[BrowserContext, Line]:
    """Return a browser that was never here, on a phone's line."""
    context = _context(browser, clinic)
    line = Line(context)
    line.slow(SLOW_4G)
    return context, line


def _first_image(browser: Browser, clinic: Clinic, repeats: int) -> Bar:
    """From the tap on a thumbnail to the painted image, each time in a browser that was never here."""
    spent = []
    for _ in range(repeats):
        context, line = _slow_line(browser, clinic)
        line.page.goto(f"{clinic.address}/exams/{clinic.many}", wait_until="load", timeout=120_000)
        line.page.wait_for_timeout(2 * SETTLED_MS)  # somebody looks at the page first
        spent.append(
            line.page.evaluate(
                """async () => {
                    const began = performance.now();
                    document.querySelector("a.image").click();
                    const whole = () => [...document.querySelectorAll(
                        ".pswp__item[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)",
                    )].find((it) => it.complete && it.naturalWidth);
                    while (!whole()) await new Promise(requestAnimationFrame);
                    """
                + _PAINTED
                + "return performance.now() - began; }"
            )
        )
        context.close()
    return Bar(
        "first image from the tap, slow 4G",
        MOST_MS,
        round(median(spent), 1),
        details={"runs": [round(one) for one in spent], "line": SLOW_4G},
    )


def _exam_opened(browser: Browser, clinic: Clinic, repeats: int) -> Bar:
    """From the tap on the exam in My Exam to the first painted thumbnail."""
    spent = []
    for _ in range(repeats):
        context, line = _slow_line(browser, clinic)
        line.page.goto(f"{clinic.address}/home", wait_until="load", timeout=120_000)
        line.page.get_by_role("link", name="My Exam").first.click()
        line.page.wait_for_load_state("load", timeout=120_000)
        began = line.page.evaluate("performance.timeOrigin + performance.now()")
        line.page.locator(f'a[href$="/exams/{clinic.many}"]').click(no_wait_after=True)
        line.page.wait_for_url(f"**/exams/{clinic.many}", wait_until="commit", timeout=120_000)
        ended = line.page.evaluate(
            """async () => {
                const whole = () => [...document.querySelectorAll("a.image img")].find((it) => it.complete && it.naturalWidth);
                while (!whole()) await new Promise(requestAnimationFrame);
                """
            + _PAINTED
            + "return performance.timeOrigin + performance.now(); }"
        )
        spent.append(ended - began)
        context.close()
    return Bar(
        "first thumbnail from the tap on the exam, slow 4G",
        MOST_MS,
        round(median(spent), 1),
        details={"runs": [round(one) for one in spent], "line": SLOW_4G},
    )


# Other viewers


def _viewers(browser: Browser, clinic: Clinic, peers: str) -> Iterator[Bar]:
    for kind, files in clinic.files.items():
        for where, conditions in LINES.items():
            runs: dict[str, list[tuple[float, float]]] = {"ours": [], "dwv": [], "cornerstone": []}
            # On the slow line the line is what counts: one run, and none of a plate of 24 MB, which takes minutes there.
            if conditions and kind == "DX":
                continue
            for number, file in enumerate(files[:1] if conditions else files):
                runs["ours"].append(_ours(browser, clinic, file, conditions))
                for name in ("dwv", "cornerstone"):
                    address = f"{peers}/{kind}/{number}.dcm"
                    runs[name].append(_theirs(browser, f"{peers}/{name}.html", address, conditions))
            times = {name: median(ms for ms, _ in found) for name, found in runs.items()}
            sizes = {name: median(size for _, size in found) for name, found in runs.items()}
            details = {
                "kB": {name: round(size / 1000, 1) for name, size in sizes.items()},
                "ours_ms": round(times["ours"], 1),
            }
            best = min(times["dwv"], times["cornerstone"])
            beside = {name: round(times[name], 1) for name in ("dwv", "cornerstone")}
            yield Bar(
                f"{kind}: time to image, {where}",
                HALF,
                round(times["ours"] / best, 3),
                beside,
                details,
                unit="of the quicker viewer's",
                note=f"ours {times['ours']:.0f} ms; their programs had been loaded before",
            )
            if where == "loopback":
                least = min(sizes["dwv"], sizes["cornerstone"])
                yield Bar(
                    f"{kind}: bytes of an image",
                    HALF,
                    round(sizes["ours"] / least, 3),
                    details=details,
                    unit="of the viewers'",
                    note=f"ours {sizes['ours'] / 1000:.0f} kB, theirs {least / 1000:.0f} kB",
                )


def _ours(
    browser: Browser, clinic: Clinic, file: Made, conditions: dict[str, Any] | None
) -> tuple[float, float]:
    context = _context(browser, clinic)
    line = Line(context)
    line.page.goto(f"{clinic.address}/exams/{file.exam}", wait_until="load")
    line.bytes.clear()
    line.slow(conditions)
    spent = line.page.evaluate(
        """async (src) => {
            const began = performance.now();
            const picture = new Image();
            picture.src = src;
            document.body.prepend(picture);
            await picture.decode();
            """
        + _PAINTED
        + "return performance.now() - began; }",
        f"/exams/{file.exam}/image/{file.instance}/0?side={SIDE}",
    )
    line.page.wait_for_timeout(200)  # the last count of bytes comes behind
    context.close()
    return spent, line.bytes.get("Image", 0)


def _theirs(browser: Browser, page: str, file: str, conditions: dict[str, Any] | None) -> tuple[float, float]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2)  # type: ignore[arg-type]  # a mapping is taken
    line = Line(context)
    line.page.goto(page, wait_until="load")
    line.page.wait_for_function("() => Boolean(window.show)")
    line.bytes.clear()
    line.slow(conditions)
    spent = line.page.evaluate(
        """async (url) => {
            const began = performance.now();
            await window.show(url);
            """
        + _PAINTED
        + "return performance.now() - began; }",
        file,
    )
    line.page.wait_for_timeout(200)
    context.close()
    return spent, max(line.bytes.get("XHR", 0), line.bytes.get("Fetch", 0))


@contextmanager
def _peers(clinic: Clinic) -> Iterator[str]:
    """Serve the other viewers' pages, programs and files; the address comes with it."""
    files = {
        f"/{kind}/{number}.dcm": file.path
        for kind, made in clinic.files.items()
        for number, file in enumerate(made)
    }

    class Handler(SimpleHTTPRequestHandler):
        """Pages of ours, programs of theirs, files of the clinic."""

        extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm"}  # noqa: RUF012 - its own way

        def translate_path(self, path: str) -> str:
            """Return the file behind a path."""
            plain = path.partition("?")[0]
            if plain in files:
                return str(files[plain])
            if plain.startswith("/assets/"):  # where dwv looks for its own decoders
                return str(MODULES / "dwv" / "dist" / plain.removeprefix("/"))
            if plain.startswith("/modules/"):
                return str(MODULES / plain.removeprefix("/modules/"))
            return str(PAGES / plain.removeprefix("/"))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
