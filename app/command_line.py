"""The verbs that need no window: bring files in, set the clinic up, enrol, keys, backup, migration, the audit."""

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from app.backup import back_up, restore
from app.errors import N_, Conflict, Invalid, NotFound
from app.migration import migrate, server_role
from app.outside.keys import rotate_encryption_key
from app.outside.logs import start_logging
from app.portal import Acting, Portal, open_portal
from app.settings import MachineSettings
from app.views.clinic import FirstStart
from app.words import Words

_ = Words()


def run_import(
    settings: MachineSettings, paths: Sequence[Path], identifier: str | None, *, is_practice: bool
) -> int:
    """Bring files in; return 1 when nothing came in."""
    portal = _opened(settings, is_practice=is_practice)
    try:
        here = portal.acting(portal.command_line())
        patient_id = None
        if identifier is not None:
            found = here.patients.by_identifier(identifier)
            if len(found) != 1:
                raise NotFound(
                    "identifier_unknown",
                    N_("There is no patient, or more than one, with the identifier {identifier}."),
                    identifier=identifier,
                )
            patient_id = found[0].id
        survey = here.imports.survey(tuple(str(path) for path in paths), patient_id, _show_progress)
        imported = here.imports.take(survey.id, patient_id)
    finally:
        portal.close()
    for broken in imported.broken:
        print(f"{broken.name}: {_(broken.problem)}")
    print(
        _(
            "{files} images came in, {already} were there already, {broken} could not be read, {unmatched} exams wait"
            " on the To do list.",
            files=imported.files,
            already=imported.already_there,
            broken=len(imported.broken),
            unmatched=imported.unmatched,
        )
    )
    return 0 if imported.files or imported.already_there else 1


def run_admin(settings: MachineSettings, options: argparse.Namespace) -> int:
    """Do one of the admin verbs."""
    owner_url = os.environ.get("PORTAL_OWNER_URL", "")
    if options.admin_verb == "restore":
        start_logging(settings.log_folder, "command_line")
        print(_("{count} image files came back.", count=restore(settings, options.folder, owner_url)))
        if owner_url:
            _say_migrated(settings, owner_url)
        return 0
    if options.admin_verb == "migrate":
        start_logging(settings.log_folder, "command_line")
        _say_migrated(settings, owner_url)
        return 0
    if options.admin_verb == "database":
        return _check_roles(settings)
    if options.admin_verb == "rotate-key":
        rotate_encryption_key(settings.key_file)
        print(
            _(
                "The new key is in {file}. Restart every program that uses it, then back it up.",
                file=settings.key_file,
            )
        )
        return 0
    portal = _opened(settings, is_practice=options.practice)
    try:
        return _verb(portal, portal.acting(portal.command_line()), options)
    finally:
        portal.close()


def _opened(settings: MachineSettings, *, is_practice: bool) -> Portal:
    start_logging(settings.log_folder, "command_line")
    if not is_practice:
        return open_portal(settings)
    from app.practice import open_practice

    return open_practice(settings, _show_progress)


def _verb(portal: Portal, here: Acting, options: argparse.Namespace) -> int:
    match options.admin_verb:
        case "first-manager":
            if portal.is_set_up():
                raise Conflict(
                    "already_set_up", N_("This clinic has been set up already. A manager can add employees.")
                )
            _begin(portal)
            print(_("The clinic is set up. Start the staff application and sign in."))
        case "enrol-station":
            print(here.stations.enrol(_site(here, options.site), options.name, options.kind).key)
        case "station-code":
            made = here.stations.expect(_site(here, options.site), options.name, options.kind)
            print(made.code)
        case "stations":
            _list_stations(here)
        case "backup":
            print(_("{count} image files were copied.", count=back_up(portal, options.folder)))
            print(
                _(
                    "Keep the key file {file} in another place: without it the backup cannot be used.",
                    file=portal.parts.settings.key_file,
                )
            )
        case "audit" if options.audit_verb == "verify":
            return _verify(here, options.head)
        case "audit":
            print(here.audit.head())
    return 0


def _list_stations(here: Acting) -> None:
    for station in here.stations.all():
        state = _("Switched off") if station.revoked_at else _("In use")
        print(station.id, station.kind, state, station.site_name, station.name, sep="\t")


def _verify(here: Acting, head: str) -> int:
    """Check the audit chain; return 1 where it is broken."""
    report = here.audit.verify(head)
    for number in report.broken:
        print(_("Audit event {number} does not follow from the one before.", number=number))
    if report.head_is_known is False:
        print(_("The head that you gave does not stand in this chain: its end was cut or replaced."))
    print(_("{events} audit events were checked.", events=report.events))
    return 1 if report.broken or report.head_is_known is False else 0


def _say_migrated(settings: MachineSettings, owner_url: str) -> None:
    done = migrate(settings, owner_url)
    if done.before == done.after:
        print(_("The database is ready: its tables are those of this version, {after}.", after=done.after))
    else:
        print(
            _(
                "The database is ready: its tables went from {before} to {after}.",
                before=done.before or _(N_("nothing")),
                after=done.after,
            )
        )
    if done.server_role:
        print(_("The server's role {role} has the rights that it needs.", role=done.server_role))


# What db/roles.py calls a right that the server should not have.
_TOO_MUCH = {
    "everything": N_("It may do everything, or give itself every right. Take these rights away from it."),
    "tables": N_(
        "It may change tables. Let another role own them, and run main.py admin migrate as that one."
    ),
    "audit": N_(
        "It may change or delete what the audit trail holds. Run main.py admin migrate as the owner."
    ),
}


def _check_roles(settings: MachineSettings) -> int:
    """Say what the server's role may do; return 1 when that is more than it should."""
    start_logging(settings.log_folder, "command_line")
    role, too_much = server_role(settings)
    if not role:
        print(_("An embedded database has no roles: whoever may write its file may do everything."))
        return 0
    print(_("The server opens the database as {role}.", role=role))
    for what in sorted(too_much):
        print(_(_TOO_MUCH[what]))
    if not too_much:
        print(_("It may work with rows, change no table, and only add to the audit trail."))
    return 1 if too_much else 0


def _site(here: Acting, name: str | None) -> UUID:
    sites = [site for site in here.sites.all() if name in {None, site.name}]
    if len(sites) != 1:
        raise Invalid(
            "site_needed",
            N_("Give the name of a site with --site. The sites are: {names}."),
            names=", ".join(site.name for site in here.sites.all()),
        )
    return sites[0].id


def _begin(portal: Portal) -> None:
    """Set the clinic up; whoever types at a terminal keeps what they typed when something of it cannot be used."""
    typed: dict[str, str] = {}
    while True:
        try:
            portal.begin(_ask_first_start(typed))
        except Invalid as error:
            if not sys.stdin.isatty() or error.kind == "no_answer":
                raise
            print(_.error(error))
            print(_("Nothing was changed. Press Enter to keep an answer, or type another."))
        else:
            return


def _ask_first_start(typed: dict[str, str]) -> FirstStart:
    """Ask at the terminal; passwords are typed unseen, or come as a line of standard input in a script."""

    def ask(name: str, question: str) -> str:
        before = typed.get(name, "")
        typed[name] = _ask(f"{question} [{before}]" if before else question) or before
        return typed[name]

    return FirstStart(
        clinic_name=ask("clinic_name", _("Name of the clinic")),
        email=ask("email", _("E-mail address for patients")),
        public_address=ask(
            "public_address", _("Address of the web portal, such as https://portal.example.org")
        ),
        site_name=ask("site_name", _("Name of the first site")),
        site_address=tuple(
            line.strip() for line in ask("address", _("Its address, lines separated by ;")).split(";")
        ),
        site_phone=ask("phone", _("Its phone number")),
        time_zone=ask("time_zone", _("Its time zone, such as Australia/Sydney")),
        full_name=ask("full_name", _("Full name of the first manager")),
        user_name=ask("user_name", _("User name of the first manager")),
        password=_ask(_("Password of the first manager"), is_secret=True),
    )


def _ask(question: str, *, is_secret: bool = False) -> str:
    try:
        if is_secret and sys.stdin.isatty():
            return getpass.getpass(f"{question}: ")
        return input(f"{question}: ").strip()
    except EOFError:
        raise Invalid("no_answer", N_("An answer is missing. Nothing was changed.")) from None


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr, flush=True)
