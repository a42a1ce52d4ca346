"""Which station this machine is: the key in its settings or, for the embedded portal, one it enrols by itself."""

from pathlib import Path

from filelock import FileLock

from app.callers import Caller
from app.errors import N_, NotAllowed, Unavailable
from app.outside.durable import make_folder, write_whole
from app.portal import Portal


def own_station(portal: Portal, kind: str) -> Caller:
    """Return the caller of this machine as a desk or kiosk.

    With the database on this machine its owner is at the keyboard, and the first start enrols a station at the
    first site. Raises NotAllowed where the key is unknown or revoked.
    """
    settings = portal.parts.settings
    if settings.station.key:
        return portal.station(settings.station.key)
    if not settings.portal_url.startswith("sqlite:"):
        return portal.station("")
    file = settings.data_folder / "stations" / f"{kind}.key"
    try:
        make_folder(file.parent)
        # Two windows that are opened at once are one station.
        with FileLock(file.with_suffix(".lock")):
            key = file.read_text(encoding="ascii").strip() if file.exists() else _enrol(portal, kind, file)
    except (OSError, UnicodeDecodeError):
        raise Unavailable(
            "station_key_unusable",
            N_("The station's key in {file} cannot be read or written. Check the folder and its rights."),
            file=str(file),
        ) from None
    return portal.station(key)


def _enrol(portal: Portal, kind: str, file: Path) -> str:
    here = portal.acting(portal.command_line())
    site = next(iter(here.sites.all()), None)
    if site is None:
        raise NotAllowed(
            "not_set_up", N_("This clinic has not been set up yet. Open the staff application to begin.")
        )
    taken = {station.name for station in here.stations.all()}
    first = {"desk": "Desk 1", "kiosk": "Kiosk 1"}[kind]
    name = next(n for n in (first, *(f"{first[:-1]}{i}" for i in range(2, 1000))) if n not in taken)
    enrolled = here.stations.enrol(site.id, name, kind)
    write_whole(file, enrolled.key.encode("ascii"))
    return enrolled.key
