"""What people do at home with a browser: press the button of an e-mail, open an exam that was shared."""

import re
from email import message_from_bytes
from email.policy import default

from ui.tour.hands import NotSeen
from ui.tour.patient import GUEST
from ui.tour.reception import FINDING
from ui.tour.report import Report
from ui.tour.web import Browser, WebPage

REFUSED = 403


class AtHome:
    """Somebody's browser."""

    def __init__(self, browser: Browser, report: Report) -> None:
        self._browser = browser
        self._report = report
        self._visit: WebPage | None = None

    def press_activate(self, mail: bytes, code: str) -> None:
        """Press Activate Account in the e-mail and type the letter's code: that proves the address (R5 to R8)."""
        html = message_from_bytes(mail, policy=default).get_body(("html",))
        button = re.search(r'href="([^"]+)"[^>]*>Activate Account<', html.get_content() if html else "")
        if button is None:
            raise NotSeen("the Activate Account button in the e-mail")
        link, _, fragment = button[1].partition("#")
        form = self._browser.open(link)
        self._read(form, "activate account", "Type the code from your letter.")
        # The page's script takes the proof from the fragment, which no server ever sees.
        answer = self._browser.send(form, "/activate", code=code, proof=fragment.removeprefix("mail="))
        self._read(answer, "activate account, step 2", "Your e-mail address is confirmed.")

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
            (small, "web thumbnail", "jpg", b"\xff\xd8"),
            (large, "web image", "jpg", b"\xff\xd8"),
            (report, "web report", "pdf", b"%PDF"),
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
        self._report.keep(again.html.encode(), "web guest refused", "html")

    def _read(self, page: WebPage, name: str, words: str) -> None:
        self._report.keep(page.html.encode(), f"web {name}", "html")
        if words not in page.words:
            raise NotSeen(f"the words “{words}” on the web page “{name}”")
