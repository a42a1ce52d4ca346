"""What the portal is built of at a station that has no database: the clinic's server takes its place."""

from typing import Any

from app.imaging import DecodePool
from app.offline.desk_file import DeskPlace
from app.offline.desk_server import DeskServer
from app.outside.not_set_up import NoMailer, NoTextSender
from app.parts import Parts
from app.ports import Clock, KeyRing, Passwords
from app.remote import RemoteServer
from app.remote_files import RemoteArchive
from app.settings import MachineSettings


class _NotHere:
    """Stands where a station has nothing: what reaches for it belongs to the server."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name}: a station has no database, no keys and no passwords")


def remote_parts(
    settings: MachineSettings, own_clock: Clock, imaging: DecodePool, key_ring: KeyRing, passwords: Passwords
) -> Parts:
    """Return a station's parts; raises Invalid for an address that is not https."""
    ca_file = settings.station.ca_file
    remote = RemoteServer(settings.portal_url, str(ca_file) if ca_file else None, own_clock)
    archive = RemoteArchive(remote.files)
    place = DeskPlace(settings, key_ring, passwords, imaging, archive)
    server = DeskServer(remote, place)
    nothing: Any = _NotHere()
    return Parts(
        settings=settings,
        database=nothing,
        clock=remote.clock,
        keys=nothing,
        passwords=nothing,
        common_passwords=(),
        archive=archive,
        imaging=imaging,
        mailer=NoMailer(),
        texts=NoTextSender(),
        server=server,
    )
