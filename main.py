"""The patient portal's command line: reads the arguments and hands over to the room that does the work."""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import PortalError
from app.words import Words

if TYPE_CHECKING:
    from app.settings import MachineSettings

_ = Words()
PRACTICE = Path(__file__).resolve().parent / "practice"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return the exit status: 0 done, 1 not done (said why), 2 wrong words."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except PortalError as error:
        print(_.error(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - a traceback with its message could show a name in the terminal
        print(_unexpected(error), file=sys.stderr)
        return 1
    return status


def _unexpected(error: Exception) -> str:
    """Log what nobody expected; return what to say."""
    from app.outside.logs import log_to_terminal, report_bug

    log_to_terminal()
    return _("Something went wrong. The log says more under {reference}.", reference=report_bug(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="Patient portal for radiology clinics")
    verbs = parser.add_subparsers(required=True, metavar="verb")

    for name, about, run in (
        ("staff", "open the reception desk", _staff),
        ("kiosk", "open the patient kiosk", _kiosk),
        ("server", "serve the web view and send what waits", _server),
    ):
        verb = verbs.add_parser(name, help=about)
        _add_where(verb)
        verb.set_defaults(run=run)

    tour = verbs.add_parser("tour", help="walk the whole main job in the real windows, offscreen")
    tour.add_argument("--out", type=Path, required=True, help="folder for pictures, letters and tour.json")
    tour.add_argument("--import", dest="imported", type=Path, metavar="PATH", help="DICOM files to use")
    tour.set_defaults(run=_tour)

    bring = verbs.add_parser("import", help="bring DICOM files, folders, ZIP files or discs in")
    bring.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    bring.add_argument(
        "--patient", metavar="IDENTIFIER", help="whose they are; else by exact identifier and birth date"
    )
    _add_where(bring)
    bring.set_defaults(run=_import)

    render = verbs.add_parser("render", help="draw one frame of a DICOM file")
    render.add_argument("file", type=Path, help="DICOM file")
    render.add_argument("out", type=Path, help="PNG file to write")
    render.add_argument("--frame", type=int, default=0, metavar="N", help="which, from 0")
    render.set_defaults(run=_render)

    enrol = verbs.add_parser("enrol", help="make this computer a desk or kiosk of the clinic's server")
    enrol.add_argument("--server", required=True, metavar="URL", help="https address of the clinic's server")
    enrol.add_argument(
        "--code", required=True, help="one-time code from a manager or the server's command line"
    )
    enrol.add_argument("--settings", type=Path, required=True, help="settings file to write")
    enrol.add_argument(
        "--ca-file", type=Path, help="certificate authority of the server, where it is not a public one"
    )
    enrol.set_defaults(run=_enrol)

    _admin(verbs.add_parser("admin", help="first manager, stations, keys, backup, restore, audit"))
    return parser


def _admin(admin: argparse.ArgumentParser) -> None:
    admin.set_defaults(run=_run_admin, settings=None, practice=False)
    # Understood before and after the second verb, wherever somebody thinks of it.
    where = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_where(where)
    _add_where(admin)
    verbs = admin.add_subparsers(required=True, dest="admin_verb", metavar="verb")

    def add(name: str, about: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=about, parents=[where])

    add("first-manager", "set the clinic up: asks for its name, site and first manager")
    enrol = add("enrol-station", "enrol a desk or kiosk and print its key")
    enrol.add_argument("name")
    enrol.add_argument("--kind", choices=("desk", "kiosk"), required=True)
    enrol.add_argument("--site", help="name of the site; needed where there are several")
    code = add("station-code", "put a desk or kiosk on the list and print the one-time code for its computer")
    code.add_argument("name")
    code.add_argument("--kind", choices=("desk", "kiosk"), required=True)
    code.add_argument("--site", help="name of the site; needed where there are several")
    add("stations", "list desks and kiosks: id as the log has it, kind, whether in use, site, name")
    backup = add("backup", "write database and archive to a new folder (keys go elsewhere)")
    backup.add_argument("folder", type=Path)
    restore = add("restore", "bring a backup back into an empty place")
    restore.add_argument("folder", type=Path)
    add("migrate", "make the database ready for this version, as its owner (PORTAL_OWNER_URL)")
    database = add("database", "what the server may do in the database")
    looks = database.add_subparsers(required=True, dest="database_verb", metavar="verb")
    looks.add_parser(
        "roles", help="say which role the server has, and which rights it should not", parents=[where]
    )
    audit = add("audit", "check the audit chain, or note its head")
    checks = audit.add_subparsers(required=True, dest="audit_verb", metavar="verb")
    verify = checks.add_parser("verify", help="check the audit chain", parents=[where])
    verify.add_argument("--head", default="", help="a head noted earlier, NUMBER:HASH")
    checks.add_parser("head", help="print the head of the audit chain, to be kept elsewhere", parents=[where])
    add("rotate-key", "put a new encryption key first; what older ones encrypted can still be read")


def _add_where(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--settings", type=Path, help="this machine's settings file (TOML)")
    verb.add_argument("--practice", action="store_true", help="sample people and exams, own database")


def _settings(options: argparse.Namespace) -> "MachineSettings":
    from app.settings import practice_settings, read_settings

    if options.practice:
        return practice_settings(Path(os.environ.get("PORTAL_PRACTICE", PRACTICE)))
    return read_settings(options.settings, os.environ)


def _staff(options: argparse.Namespace) -> int:
    if _has_no_display():
        print(
            _(
                "There is no display here. Instead of the window, this is the tour: it walks through everything."
            )
        )
        return _tour(argparse.Namespace(out=Path("out"), imported=None))
    from ui.desktop import run_staff

    return run_staff(partial(_settings, options), is_practice=options.practice)


def _kiosk(options: argparse.Namespace) -> int:
    if _has_no_display():
        print(_("There is no display here, so the kiosk cannot open."), file=sys.stderr)
        return 1
    from ui.desktop import run_kiosk

    return run_kiosk(partial(_settings, options), is_practice=options.practice)


def _server(options: argparse.Namespace) -> int:
    from web.server import run_server

    return run_server(_settings(options), is_practice=options.practice)


def _tour(options: argparse.Namespace) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.tour import run_tour

    return run_tour(options.out, options.imported)


def _import(options: argparse.Namespace) -> int:
    from app.command_line import run_import

    return run_import(_settings(options), options.paths, options.patient, is_practice=options.practice)


def _render(options: argparse.Namespace) -> int:
    from app.imaging.picture_file import write_frame

    write_frame(options.file, options.frame, options.out)
    return 0


def _enrol(options: argparse.Namespace) -> int:
    from app.enrolment import enrol

    made = enrol(options.server, options.code, options.settings, options.ca_file)
    print(
        _(
            "This computer is {name} from now on. Start it with --settings {file}, and keep that file to yourself: it"
            " holds the key.",
            name=made.name,
            file=str(options.settings),
        )
    )
    return 0


def _run_admin(options: argparse.Namespace) -> int:
    from app.command_line import run_admin

    return run_admin(_settings(options), options)


def _has_no_display() -> bool:
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
