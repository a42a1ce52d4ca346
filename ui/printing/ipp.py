"""Asks a CUPS server by the Internet Printing Protocol (RFC 8010, RFC 8011) how its printers and jobs are."""

import socket
import struct
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

CANCEL_JOB = 0x0008
GET_JOB_ATTRIBUTES = 0x0009
CUPS_GET_DEFAULT = 0x4001
CUPS_GET_PRINTERS = 0x4002

_VERSION = b"\x02\x00"
_OPERATION, _END = 0x01, 0x03
_GROUPS_END = 0x0F
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_KEYWORD, _URI, _CHARSET, _LANGUAGE, _NAME = 0x44, 0x45, 0x47, 0x48, 0x42
_OK_UNTIL = 0x00FF
_TIMEOUT = 10.0  # seconds

Value = int | bool | str
Attributes = dict[str, list[Value]]


class ServerSilent(Exception):  # noqa: N818 - reads as what happened
    """The print server does not answer, or not in IPP."""


@dataclass(frozen=True)
class Answer:
    """A status and the groups of attributes that came with it, without the operation's own."""

    status: int
    groups: tuple[Attributes, ...]

    @property
    def is_ok(self) -> bool:
        """Tell whether the server did what it was asked."""
        return self.status <= _OK_UNTIL


def ask(server: str, operation: int, attributes: list[tuple[int, str, Value]], user: str) -> Answer:
    """Ask the server at a socket's path or host[:port]; raises ServerSilent.

    attributes: tag (RFC 8010 3.5.2), name and value of each attribute of the operation.
    """
    request = [
        (_CHARSET, "attributes-charset", "utf-8"),
        (_LANGUAGE, "attributes-natural-language", "en"),
        *attributes,
        (_NAME, "requesting-user-name", user),
    ]
    body = (
        _VERSION
        + struct.pack(">HIB", operation, 1, _OPERATION)
        + b"".join(_encoded(*attribute) for attribute in request)
        + bytes([_END])
    )
    connection = (
        _SocketConnection(server) if server.startswith("/") else HTTPConnection(server, timeout=_TIMEOUT)
    )
    try:
        connection.request("POST", "/", body, {"Content-Type": "application/ipp"})
        answer = connection.getresponse().read()
        return _decoded(answer)
    except (OSError, HTTPException, struct.error, UnicodeDecodeError, IndexError) as error:
        raise ServerSilent from error
    finally:
        connection.close()


def job(number: int) -> tuple[int, str, Value]:
    """Name the job that is asked about."""
    return (_URI, "job-uri", f"ipp://localhost/jobs/{number}")


def with_its_files() -> tuple[int, str, Value]:
    """Ask for the job's files and history to go too: CUPS keeps both for a day; its own cancel -x leaves them."""
    return (_BOOLEAN, "purge-job", True)


class _SocketConnection(HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_TIMEOUT)
        self.sock.connect(self._path)


def _encoded(tag: int, name: str, value: Value) -> bytes:
    if isinstance(value, bool):
        content = bytes([value])
    elif isinstance(value, int):
        content = struct.pack(">i", value)
    else:
        content = value.encode()
    label = name.encode()
    return struct.pack(f">BH{len(label)}sH", tag, len(label), label, len(content)) + content


def _decoded(answer: bytes) -> Answer:
    status = int(struct.unpack_from(">H", answer, 2)[0])
    groups: list[Attributes] = []
    place, name = 8, ""
    while answer[place] != _END:
        tag = answer[place]
        if tag <= _GROUPS_END:
            groups.append({})
            place += 1
            continue
        (length,) = struct.unpack_from(">H", answer, place + 1)
        name = (
            answer[place + 3 : place + 3 + length].decode() or name
        )  # an empty name adds a value to the last
        place += 3 + length
        (length,) = struct.unpack_from(">H", answer, place)
        groups[-1].setdefault(name, []).append(_value(tag, answer[place + 2 : place + 2 + length]))
        place += 2 + length
    return Answer(status, tuple(groups[1:]))


def _value(tag: int, content: bytes) -> Value:
    if tag in {_INTEGER, _ENUM}:
        return int(struct.unpack(">i", content)[0])
    if tag == _BOOLEAN:
        return content != b"\x00"
    return content.decode(errors="replace")
