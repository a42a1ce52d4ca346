"""What is slow, and what breaks off: pages go on, nothing is left behind."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from app.portal import Portal
from app.ports import ImageArchive
from tests.web.conftest import CODE, NUMBER, Web, hidden, serving
from web.lanes import Lane

WEBP = "image/avif,image/webp,image/apng,*/*;q=0.8"


class Piecemeal:
    """Pieces without an end, that notes when somebody closes it."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def pieces(self, *_: object, **__: object) -> Iterator[bytes]:
        try:
            while True:
                yield bytes(1 << 16)
        finally:
            self.closed.set()


def test_a_connection_that_breaks_ends_the_making_and_leaves_nothing(
    served: tuple[Web, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    web, address = served
    endless = Piecemeal()
    monkeypatch.setattr("app.images.zip_pieces", endless.pieces)
    visit = entered(web, address)
    answer = visit.get(f"{address}/visit/download/all_zip", stream=True, timeout=60)
    assert answer.status_code == 200
    pieces = answer.iter_content(1 << 16)  # kept: given up, it would break the connection by itself
    assert next(pieces)
    assert not endless.closed.is_set()
    answer.close()
    visit.close()
    assert endless.closed.wait(60)
    assert not list(web.portal.parts.settings.data_folder.glob("web/*"))


def test_a_stream_that_is_given_up_is_closed() -> None:
    endless = Piecemeal()

    async def give_up() -> None:
        pieces = endless.pieces()
        stream = Lane(1).stream(pieces, pieces.close)  # type: ignore[attr-defined]  # a generator's own
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]  # the same

    asyncio.run(give_up())
    assert endless.closed.is_set()


# Waiting


class HeldArchive:
    """An archive that gives nothing until it is let go, and counts who waits for it."""

    def __init__(self, archive: ImageArchive) -> None:
        self._archive = archive
        self.came = threading.Semaphore(0)
        self.let_go = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        self.came.release()
        assert self.let_go.wait(100)
        with self._archive.local_path(key) as path:
            yield path


class OneForAll(Lane):
    """The control: pictures take the threads that answer pages."""

    async def run(self, work: Any) -> Any:
        from anyio import to_thread

        return await to_thread.run_sync(work)


@contextmanager
def everybody_looks(web: Web, came: int) -> Iterator[str]:
    """A server whose archive does not answer, with more requests for images than there are threads."""
    archive = HeldArchive(web.portal.parts.archive)
    portal = Portal(replace(web.portal.parts, archive=archive))
    with serving(portal) as address:
        visit = entered(web, address)
        page = visit.get(f"{address}/visit", timeout=60).text
        links = re.findall(r'href="(/visit/image/[^"]+)"', page)
        wanted = [
            (f"{address}{link}?side={side}", {"Accept": form})
            for link in links
            for side in (512, 1024, 2048, 4096)
            for form in (WEBP, "image/jpeg")
        ]
        assert len(wanted) > 60, "each another picture: those who want the same wait for one"
        cookies = visit.cookies.get_dict()
        waiting = [
            threading.Thread(
                target=lambda link=link, headers=headers: requests.get(
                    link, headers=headers, cookies=cookies, timeout=110
                )
            )
            for link, headers in wanted
        ]
        try:
            for thread in waiting:
                thread.start()
            for _ in range(came):
                assert archive.came.acquire(timeout=60)
            yield address
        finally:
            archive.let_go.set()
            for thread in waiting:
                thread.join()


@pytest.mark.slow
def test_an_archive_that_does_not_answer_keeps_nobody_from_the_pages(served: tuple[Web, str]) -> None:
    web, _ = served
    with everybody_looks(web, came=8) as address:
        assert requests.get(f"{address}/open", timeout=60).status_code == 200
        another = entered(web, address)
        assert another.get(f"{address}/visit", timeout=60).status_code == 200


@pytest.mark.slow
def test_control_with_the_pages_own_threads_nobody_would_be_answered(
    served: tuple[Web, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    web, _ = served
    monkeypatch.setattr("web.pages.Lane", OneForAll)
    with everybody_looks(web, came=40) as address, pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{address}/open", timeout=3)


def entered(web: Web, address: str) -> requests.Session:
    """A visit in a browser of its own."""
    if not web.invitations():
        web.invitation()
    browser = requests.Session()
    fields = hidden(browser.get(f"{address}/open", timeout=60).text) | {"number": NUMBER, "code": CODE}
    answer = browser.post(f"{address}/open", data=fields, headers={"Origin": address}, timeout=60)
    assert answer.status_code == 200
    return browser
