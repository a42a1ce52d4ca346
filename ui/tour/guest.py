"""What a guest does at home: a browser, the link and code of the paper, the exam."""

from ui.tour.hands import NotSeen
from ui.tour.patient import GUEST
from ui.tour.reception import FINDING
from ui.tour.report import Report
from ui.tour.web import Browser, WebPage

REFUSED = 403


class AtHome:
    """A guest's browser."""

    def __init__(self, browser: Browser, report: Report) -> None:
        self._browser = browser
        self._report = report
        self._visit: WebPage | None = None

    def open_link(self, number: str) -> None:
        """Open the link, as often as mail scanners and the guest like: that spends nothing (D13)."""
        link = f"i/{number}"
        self._browser.peek(link)
        for _ in range(2):
            page = self._browser.open(link)
        self._read(page, "link", "Type the verification code")

    def type_code(self, number: str, code: str) -> None:
        """Type number and code, as the paper says; the exam opens without an account (R58, R59)."""
        form = self._browser.open("open")
        self._read(form, "number and code", "Type the number and the code")
        visit = self._browser.send(form, "/open", number=number.lower(), code=code.lower())
        self._read(visit, "exam", FINDING)
        if GUEST not in visit.words:
            raise NotSeen("the guest's name on the web page")
        self._visit = visit

    def look_at_images(self) -> None:
        """Fetch a thumbnail and its image, and the report as a file (R37, R38, R41)."""
        visit = self._visit
        assert visit is not None
        small = next(address for address in visit.images if "/thumbnail/" in address)
        large = next(address for address in visit.links if "/image/" in address)
        report = next(address for address in visit.links if address.endswith(".pdf"))
        for address, name, ending, start in (
            (small, "guest thumbnail", "jpg", b"\xff\xd8"),
            (large, "guest image", "jpg", b"\xff\xd8"),
            (report, "guest report", "pdf", b"%PDF"),
        ):
            content = self._browser.fetch(address)
            if not content.startswith(start):
                raise NotSeen(f"{name} of its kind")
            self._report.keep(content, name, ending)

    def be_refused(self) -> None:
        """Ask once more after the revocation: nothing is shown (R71, D17)."""
        visit = self._visit
        assert visit is not None
        again = self._browser.open("visit")
        if again.status != REFUSED or FINDING in again.words:
            raise NotSeen("a guest who is refused")
        self._report.keep(again.html.encode(), "guest refused", "html")

    def _read(self, page: WebPage, name: str, words: str) -> None:
        self._report.keep(page.html.encode(), f"guest {name}", "html")
        if words not in page.words:
            raise NotSeen(f"the words “{words}” on the web page “{name}”")
