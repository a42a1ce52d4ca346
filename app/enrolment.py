"""A new station's first step: its one-time code becomes a key of its own, in a settings file that only it may read."""

import json
from pathlib import Path

from app.errors import N_, Conflict, Unavailable
from app.outside.clock import system_clock
from app.outside.durable import make_folder, write_whole
from app.remote import RemoteServer
from app.stations import Stations
from app.views.people import EnrolledStation


def enrol(server_url: str, code: str, file: Path, ca_file: Path | None) -> EnrolledStation:
    """Enrol this computer at the clinic's server and write its settings to a file that is not there yet.

    Raises Conflict when the file is there, Invalid for an address in clear, Refused for a code that is not good,
    Unavailable when the server or the disk does not answer. The code is spent only after the file could be written.
    """
    if file.exists():
        raise Conflict(
            "settings_exist",
            N_("{file} is there already. Give a file that does not exist, or delete it first."),
            file=str(file),
        )
    _write(file, b"")  # tried before the code is spent
    try:
        server = RemoteServer(server_url, str(ca_file) if ca_file else None, system_clock)
        try:
            made: EnrolledStation = server.enrol(Stations.enrol_with_code, code)
        finally:
            server.close()
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    _write(file, _settings(server_url, made, ca_file))
    return made


def _settings(server_url: str, made: EnrolledStation, ca_file: Path | None) -> bytes:
    # JSON's strings are TOML's basic strings.
    lines = [
        f"portal_url = {json.dumps(server_url)}",
        "",
        "[station]",
        f"name = {json.dumps(made.name)}",
        f"key = {json.dumps(made.key)}",
    ]
    if ca_file:
        lines.append(f"ca_file = {json.dumps(str(ca_file.absolute()))}")
    return ("\n".join(lines) + "\n").encode()


def _write(file: Path, content: bytes) -> None:
    try:
        make_folder(file.absolute().parent)
        write_whole(file, content)
    except OSError:
        raise Unavailable(
            "settings_unwritable",
            N_("{file} cannot be written. Choose another place, or ask for the right to write there."),
            file=str(file),
        ) from None
