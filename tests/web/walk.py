"""Every page of the web view and the states that it can be in, each with the way to it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from playwright.sync_api import Page

from db.models import Report
from tests.scene import PASSWORD
from tests.web.conftest import CODE, NUMBER, Web
from tests.web.signed import user_name

Step = tuple[str, Callable[[Page], None]]


class Walk:
    """Leads a browser from page to page; each step has a name and leaves the page open."""

    def __init__(self, web: Web, address: str) -> None:
        self.web, self.address = web, address
        scene = web.scene
        self.invitation = web.invitation()
        scene.invitation(web.owner, web.exam, web.patient, number="AAAAAAAAAAAA", until=date(2026, 3, 11))
        revoked = scene.invitation(web.owner, web.exam, web.patient, number="BBBBBBBBBBBB")
        scene.acting(web.as_owner()).sharing.revoke(revoked)
        self.revoked = revoked
        self.waiting = scene.exam(web.patient, "CT of the head")
        later = scene.report(self.waiting, visible=False)
        with web.portal.parts.database.writing() as session:
            row = session.get_one(Report, later)
            row.complete_at, row.visible_from = web.clock(), web.clock() + timedelta(hours=48)

    def go(self, page: Page, path: str) -> None:
        page.goto("about:blank")
        page.goto(self.address + path)

    def paths(self, *paths: str) -> Iterator[Step]:
        for path in paths:
            yield path, lambda page, path=path: self.go(page, path)  # type: ignore[misc]  # bound at once

    def outside(self) -> Iterator[Step]:
        """What anybody sees."""
        yield from self.paths(
            "/",
            "/sign-in",
            "/signed-out",
            "/open",
            f"/i/{NUMBER}",
            "/left",
            "/activate",
            "/forgot",
            "/reset",
            "/confirm-email",
            "/d",
            "/contact",
            "/help",
            "/accessibility",
            "/nowhere",
            "/home",
        )
        yield "sign-in refused", self._refused

    def inside(self) -> Iterator[Step]:
        """What a patient sees."""
        yield "home", self.sign_in
        yield from self.paths(
            f"/home/{self.web.patient}/exams",
            f"/exams/{self.web.exam}",
            f"/exams/{self.web.exam}/share",
        )
        yield "exam without report", lambda page: self.go(page, f"/exams/{self.waiting}")
        yield "share refused", self._share_refused
        yield "shared on paper", self.share_on_paper
        yield from self.paths(
            "/shared",
            f"/invitations/{self.invitation}",
            f"/invitations/{self.invitation}/until",
            f"/invitations/{self.invitation}/revoke",
            f"/invitations/{self.invitation}/preview",
            f"/home/{self.web.patient}/opened",
            "/account",
        )
        yield "invitation revoked", lambda page: self.go(page, f"/invitations/{self.revoked}")
        yield "exam refused", lambda page: self.go(page, "/exams/00000000-0000-0000-0000-000000000001")

    def as_guest(self) -> Iterator[Step]:
        """What a guest sees."""
        yield "open refused", lambda page: self.open_invitation(page, "WRNGWRNGWRNG")
        yield "/visit", lambda page: self.open_invitation(page, CODE)
        yield "image", self._plain_image

    def _plain_image(self, page: Page) -> None:
        self.open_invitation(page, CODE)
        page.goto(self.address + str(page.locator("a.image").nth(1).get_attribute("href")))

    def sign_in(self, page: Page) -> None:
        self.go(page, "/sign-in")
        page.get_by_label("User name").fill(user_name(self.web))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/home/*")

    def share_on_paper(self, page: Page) -> None:
        self.go(page, f"/exams/{self.web.exam}/share")
        page.get_by_label("Name of the person").fill("Dr Sam Okafor")
        page.get_by_label("Print on paper").check()
        page.get_by_label("I understand this is sensitive medical information").check()
        page.get_by_role("button", name="Share Exam").click()
        page.get_by_role("heading", name="Your exam is shared").wait_for()

    def open_invitation(self, page: Page, code: str) -> None:
        self.go(page, f"/i/{NUMBER}")
        page.get_by_label("Verification code").fill(code)
        page.get_by_role("button", name="Open the exam").click()
        page.locator("blockquote.note, article.report, section.images, .refused").first.wait_for()

    def _refused(self, page: Page) -> None:
        self.go(page, "/sign-in")
        page.get_by_label("User name").fill("amelia")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").wait_for()

    def _share_refused(self, page: Page) -> None:
        self.go(page, f"/exams/{self.web.exam}/share")
        page.get_by_label("Name of the person").fill("Dr Sam Okafor")
        page.get_by_label("I understand this is sensitive medical information").check()
        page.get_by_role("button", name="Share Exam").click()
        page.locator("[aria-invalid]").first.wait_for()
