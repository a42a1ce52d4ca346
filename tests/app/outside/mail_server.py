"""A real SMTP server for tests, which refuses, stalls, drops and dies at the moment that it is told to."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Accepted:
    """One mail whose final dot has arrived."""

    mail_from: str | None
    rcpt_tos: list[str]
    content: bytes
    encrypted: bool
    signed_in: bool


@dataclass
class MailServer:
    """What the server shall do: for each command an answer, or one of stall, drop."""

    answers: dict[str, str] = field(default_factory=dict)
    moments: dict[str, Callable[[], None]] = field(default_factory=dict)  # done once, when DATA or DOT comes
    user: str = ""
    password: str = ""
    accepted: list[Accepted] = field(default_factory=list)

    def start(
        self, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, auth: bool = False
    ) -> "Running":
        running = Running(
            self,
            hostname="127.0.0.1",
            port=0,
            ssl_context=tls,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=self._check if auth else None,
            auth_required=auth,
            auth_require_tls=starttls is not None,
        )
        running.start()
        return running

    def come(self, command: str) -> None:
        """Do what was to be done at the moment when a command comes."""
        moment = self.moments.pop(command, None)
        if moment is not None:
            moment()

    def _check(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(
            self.user.encode(), self.password.encode()
        )
        return AuthResult(success=right, handled=False)


class Running(Controller):
    """The server while it runs."""

    def __init__(self, plan: MailServer, **settings: Any) -> None:
        self.plan = plan
        super().__init__(None, **settings)

    def factory(self) -> SMTP:
        return _Server(self.plan, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        # aiosmtpd connects to the port it was asked for, and 0 is none; begin() has already bound a real one.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd's own is untyped

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.stop()


class _Server(SMTP):
    def __init__(self, plan: MailServer, **settings: Any) -> None:
        super().__init__(_Accepting(plan), **settings)
        self.plan = plan

    def abort(self) -> None:
        """Break the connection without a word."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()

    def is_encrypted(self) -> bool:
        assert self.transport is not None
        return self.transport.get_extra_info("sslcontext") is not None

    async def _planned(self, command: str) -> bool:
        """Do what is planned for a command; tell whether there was anything."""
        answer = self.plan.answers.get(command)
        if answer is None:
            return False
        if answer == "drop":
            self.abort()
        elif answer == "stall":
            await asyncio.sleep(3600)  # until the client gives up and the connection's task is cancelled
        else:
            await self.push(answer)
        return True

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd's names
        if not await self._planned("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        if not await self._planned("EHLO"):
            await super().smtp_HELO(hostname)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        if not await self._planned("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        if not await self._planned("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        self.plan.come("DATA")
        if await self._planned("DATA"):
            return
        if self.plan.answers.get("TEXT") == "drop":
            await self.push("354 go on")
            self.abort()
            return
        await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if not await self._planned("QUIT"):
            await super().smtp_QUIT(arg)


class _Accepting:
    def __init__(self, plan: MailServer) -> None:
        self.plan = plan

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called when the final dot has arrived."""
        answer = self.plan.answers.get("DOT", "250 OK")
        if answer in {"drop", "stall"} or answer.startswith("250"):
            assert envelope.original_content is not None
            self.plan.accepted.append(
                Accepted(
                    envelope.mail_from,
                    envelope.rcpt_tos,
                    envelope.original_content,
                    encrypted=server.is_encrypted(),
                    signed_in=bool(session.authenticated),
                )
            )
        self.plan.come("DOT")
        if answer == "drop":
            server.abort()
        elif answer == "stall":
            await asyncio.sleep(3600)
        return answer
