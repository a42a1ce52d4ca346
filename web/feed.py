"""The change feed as stations follow it: a question waits here, without a thread or a database, until there is news."""

import asyncio
import logging
from collections.abc import Sequence
from contextvars import Context
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.callers import Caller
from app.changes import ChangeFeed, News, follow_together, news, whose_stay_is_over
from app.errors import PortalError
from app.outside.logs import report_bug
from app.parts import Parts
from app.served import USUAL_SIZE
from app.transport import passage_of
from app.views.work import Changes
from web.api_caller import Asking, read_body
from web.lanes import Lane, Together

router = APIRouter()

LOOK_EVERY_S = 0.25
STAYS_EVERY = 8  # looks: a stay that is over is noticed within two seconds
AFTER_TROUBLE_S = 1.0
_AT_ONCE = 250  # look in one transaction, of less than a tenth of a second
# Less than the minute after which proxies hang up, and after which stations do.
ANSWER_AFTER_S = 45.0
_THREADS = 4
_NAME = "changes.follow"


class _Follower:
    """One question that waits."""

    def __init__(self, caller: Caller, noun: ChangeFeed, epoch: UUID | None, number: int) -> None:
        self.caller = caller
        self.noun = noun
        self.epoch = epoch
        self.number = number  # after which nothing has been found yet
        self.woken = asyncio.Event()


class Feed:
    """Looks for news once for all who wait in this process, while anybody does, and wakes whom it concerns.

    Whoever has come or was woken looks, by the rights of that moment: all who want to at one time in one transaction.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._passage = passage_of(ChangeFeed.follow)
        self._together = Together(self._look_together, _AT_ONCE)
        self._reading = Lane(_THREADS)
        self._looking = Lane(1)
        self._waiting: set[_Follower] = set()
        self._watch: asyncio.Task[None] | None = None
        self._is_over = False

    @property
    def followers(self) -> int:
        """How many questions wait now."""
        return len(self._waiting)

    def end(self) -> None:
        """Answer everybody who waits: the server is about to stop."""
        self._is_over = True
        self._wake(self._waiting)

    async def answer(self, request: Request, caller: Caller, sent: bytes) -> bytes:
        """Return the answer once there is news for this caller, or after a while; raises what changes.follow raises."""
        asked = self._passage.read_arguments(sent)
        noun = ChangeFeed(self._parts, caller)
        follower = _Follower(caller, noun, asked.get("epoch"), asked.get("number", 0))
        ends_at = asyncio.get_running_loop().time() + ANSWER_AFTER_S
        self._waiting.add(follower)  # before the first look: what comes meanwhile wakes it
        gone = asyncio.create_task(_hangs_up(request))
        try:
            self._watch_on()
            while True:
                follower.woken.clear()
                found = await self._look_of(follower)
                left = ends_at - asyncio.get_running_loop().time()
                is_news = found.rows or found.epoch != follower.epoch
                if is_news or left <= 0 or self._is_over or gone.done():
                    return self._passage.write_answer(found)
                # What others have changed need not be gone over again.
                follower.number = found.number
                await _woken_or_gone(follower, gone, left)
        finally:
            self._waiting.discard(follower)
            gone.cancel()

    def _watch_on(self) -> None:
        watch, loop = self._watch, asyncio.get_running_loop()
        if watch is None or watch.done() or watch.get_loop() is not loop:
            # For all who wait, so not in the context of the request that came first.
            self._watch = loop.create_task(self._look_again_and_again(), context=Context())

    async def _look_again_and_again(self) -> None:
        before: News | None = None
        looks = 0
        while self._waiting:
            try:
                looks += 1
                before = await self._look(before, with_stays=looks % STAYS_EVERY == 0)
                pause = LOOK_EVERY_S
            except PortalError as error:
                # Whoever waits goes on waiting: a database that is away comes back.
                logging.getLogger(__name__).warning("the change feed waits", exc_info=error)
                pause = AFTER_TROUBLE_S
            except Exception as error:  # noqa: BLE001 - followers depend on it, whatever goes wrong once
                report_bug(error)
                pause = AFTER_TROUBLE_S
            await asyncio.sleep(pause)

    async def _look(self, before: News | None, *, with_stays: bool) -> News:
        found = await self._looking.run(lambda: news(self._parts, before))
        if found.rows is None or found.rows:
            self._wake({one for one in self._waiting if found.concerns(one.noun.scope)})
        if with_stays:
            callers = frozenset(one.caller for one in self._waiting)
            over = await self._looking.run(lambda: whose_stay_is_over(self._parts, callers))
            self._wake({one for one in self._waiting if one.caller in over})
        return found

    async def _look_of(self, follower: _Follower) -> Changes:
        found = await self._together.ask(follower)
        if found is None:
            found = await self._reading.run(lambda: follower.noun.follow(follower.epoch, follower.number))
        return found

    async def _look_together(self, followers: Sequence[_Follower]) -> Sequence[Changes | None]:
        asked = [(one.noun, one.epoch, one.number) for one in followers]
        try:
            return await self._reading.run(partial(follow_together, self._parts, asked))
        except PortalError:
            raise
        except Exception as error:  # noqa: BLE001 - what goes wrong with one must not keep the news from the others
            report_bug(error)
            return [None] * len(followers)

    @staticmethod
    def _wake(followers: set[_Follower]) -> None:
        for one in followers:
            one.woken.set()


async def _body(request: Request, _caller: Asking) -> bytes:
    """Read what is asked, once it is known who asks."""
    return await read_body(request, USUAL_SIZE)


@router.post(f"/{_NAME}")
async def follow(request: Request, caller: Asking, sent: Annotated[bytes, Depends(_body)]) -> Response:
    """Tell a station what changed, as soon as something has."""
    feed: Feed = request.app.state.feed
    return Response(await feed.answer(request, caller, sent), media_type="application/json")


async def _hangs_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _woken_or_gone(follower: _Follower, gone: asyncio.Task[None], seconds: float) -> None:
    woken = asyncio.create_task(follower.woken.wait())
    either: list[asyncio.Task[Any]] = [woken, gone]
    try:
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        woken.cancel()
