"""Makes the central database ready for this version of the program: by its owner, before the server starts."""

from dataclasses import dataclass

from app.database_trouble import in_plain_words
from app.errors import N_, Invalid
from app.outside.durable import make_folder
from app.settings import MachineSettings
from db import roles, schema
from db.database import Database


@dataclass(frozen=True)
class Migrated:
    """What became of the database's tables, and which role was given rights; "" where there are no roles."""

    before: str
    after: str
    server_role: str


def migrate(settings: MachineSettings, owner_url: str) -> Migrated:
    """Bring the tables to this version as their owner and give the server's role what it needs, no more.

    owner_url: the same database with its owner's name and password; "" where the server itself is the owner. Of several that run at once one works and the others wait. Raises Unavailable or Invalid in plain words.
    """
    _refuse_remote(settings)
    if owner_url and settings.portal_url.startswith("sqlite:"):
        raise Invalid(
            "owner_without_server",
            N_(
                "PORTAL_OWNER_URL names a central database, and the settings name an embedded one. Give the server's"
                " settings file with --settings. Nothing was changed."
            ),
            field="portal_url",
        )
    with in_plain_words():
        make_folder(settings.data_folder)
        owner = Database(owner_url or settings.portal_url)
        try:
            before, after = schema.upgrade(owner)
            return Migrated(before, after, _grant(owner, settings) if owner_url else "")
        finally:
            owner.close()


def _grant(owner: Database, settings: MachineSettings) -> str:
    server = Database(settings.portal_url)
    try:
        role = roles.current(server)
    finally:
        server.close()
    if role == roles.current(owner):
        raise Invalid(
            "roles_are_one",
            N_(
                "The server signs in to the database as its owner, {role}. Give it a role of its own in portal_url."
            ),
            role=role,
        )
    roles.grant(owner, role)
    return role


def server_role(settings: MachineSettings) -> tuple[str, frozenset[str]]:
    """Return by which role the server opens the database, and what that may do that it should not (db/roles.py)."""
    _refuse_remote(settings)
    with in_plain_words():
        server = Database(settings.portal_url)
        try:
            if server.file is not None:
                return "", frozenset()
            role = roles.current(server)
            return role, roles.excess(server, role)
        finally:
            server.close()


def _refuse_remote(settings: MachineSettings) -> None:
    if settings.portal_url.startswith("https:"):
        raise Invalid(
            "migrates_at_server",
            N_("This is done at the server, where portal_url is the database's own address."),
            field="portal_url",
        )
