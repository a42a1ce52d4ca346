"""The web view as a guest meets it: a server of its own process, and a browser without scripts over real HTTP."""

import os
import socket
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import requests

from ui.tour.hands import NotSeen, wait_until

MAIN = Path(__file__).resolve().parents[2] / "main.py"
HOST = "127.0.0.1"
ANSWER_S = 20


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
    return port


class Server:
    """`main.py server` on a settings file; it also sends the messages that wait."""

    def __init__(self, settings_file: Path, port: int) -> None:
        self._port = port
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(MAIN), "server", "--settings", str(settings_file)],
            stdout=subprocess.DEVNULL,
            env=environment,
        )

    def wait(self) -> None:
        """Wait until it answers; raises NotSeen."""
        wait_until(self._answers, "the web server's answer", 60)

    def stop(self) -> None:
        """Tell it to stop, and wait for it."""
        self._process.terminate()
        self._process.wait(timeout=30)

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise NotSeen("the web server: it has ended by itself")
        with socket.socket() as asking:
            asking.settimeout(0.2)
            return asking.connect_ex((HOST, self._port)) == 0


class WebPage(HTMLParser):
    """What a browser finds in a page: its words, its forms' hidden fields, its links and images."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.address = answer.url
        self.html = answer.text
        self.images: list[str] = []
        self.links: list[str] = []
        self._said: list[str] = []
        self._forms: dict[str, dict[str, str]] = {}
        self._form = ""
        self._is_silent = False
        self.feed(self.html)

    @property
    def words(self) -> str:
        """Every word of the page."""
        return " ".join(" ".join(self._said).split())

    def hidden(self, action: str) -> dict[str, str]:
        """Return what a form carries by itself; raises NotSeen."""
        if action not in self._forms:
            raise NotSeen(f"a form that goes to {action} on the web page")
        return dict(self._forms[action])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, fields, links and images."""
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._form = given.get("action", "")
                self._forms[self._form] = {}
            case "input" if given.get("type") == "hidden":
                self._forms.setdefault(self._form, {})[given.get("name", "")] = given.get("value", "")
            case "img" if "src" in given:
                self.images.append(given["src"])
            case "a" if "href" in given:
                self.links.append(given["href"])
            case "script" | "style":
                self._is_silent = True

    def handle_endtag(self, tag: str) -> None:
        """Listen again after a script."""
        self._is_silent = self._is_silent and tag not in {"script", "style"}

    def handle_data(self, data: str) -> None:
        """Note the words."""
        if not self._is_silent:
            self._said.append(data)


class Browser:
    """Somebody's browser, with its own cookies."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy stands between this machine and itself

    def open(self, address: str) -> WebPage:
        """Open an address as a link does."""
        return WebPage(self._session.get(urljoin(self._home, address), timeout=ANSWER_S))

    def peek(self, address: str) -> int:
        """Look at an address as a mail scanner does; return the status."""
        return self._session.head(urljoin(self._home, address), timeout=ANSWER_S).status_code

    def send(self, page: WebPage, action: str, **typed: str) -> WebPage:
        """Fill in a form of a page, press its button, and follow where that leads."""
        fields = page.hidden(action) | typed
        address = urljoin(page.address, action)
        headers = {"Origin": self._home.rstrip("/"), "Referer": page.address}
        return WebPage(self._session.post(address, data=fields, headers=headers, timeout=ANSWER_S))

    def fetch(self, address: str) -> bytes:
        """Return a file; raises NotSeen for any answer but 200."""
        answer = self._session.get(urljoin(self._home, address), timeout=ANSWER_S)
        if answer.status_code != requests.codes.ok:
            raise NotSeen(f"{address.partition('?')[0]} over the web: {answer.status_code}")
        return answer.content

    def close(self) -> None:
        """Close the browser."""
        self._session.close()
