"""The first start: a clinic, its first site and its first manager, where there was nothing."""

from app import journal
from app.callers import Standing
from app.choices import check_chosen_password, chosen_user_name
from app.clinic import checked_clinic
from app.database_trouble import in_plain_words
from app.errors import N_, Conflict
from app.ids import new_id
from app.parts import Parts, clinic_document
from app.rules.access import CallerKind, Role
from app.rules.passwords import user_name_key
from app.sites import new_site
from app.typed import required
from app.views.clinic import Clinic, FirstStart
from db.models import ClinicRecord, Staff, StaffRole, StaffSite
from db.queries import clinic as queries


def is_set_up(parts: Parts) -> bool:
    """Tell whether there is a clinic in this database."""
    with in_plain_words(), parts.database.reading() as session:
        return queries.document(session) is not None


def begin(parts: Parts, first: FirstStart) -> None:
    """Set a clinic up; raises Invalid for what cannot be used, Conflict when it is set up already."""
    with in_plain_words():
        _refuse_second(parts)
        clinic = checked_clinic(
            Clinic(
                first.clinic_name,
                first.email,
                first.public_address,
                country=first.country,
                practice=first.practice,
            )
        )
        site = new_site(first.site_name, first.site_address, first.site_phone, first.time_zone)
        user_name = chosen_user_name(first.user_name, clinic)
        check_chosen_password(parts, clinic, first.password, user_name)
        manager = Staff(
            id=new_id(),
            user_name=user_name,
            user_name_key=user_name_key(user_name),
            full_name=required(first.full_name, "full_name", 120),
            password_hash=parts.passwords.hash(first.password),
            must_change_password=False,
            created_at=parts.clock(),
        )
        with parts.database.writing() as session:
            # Of two at once, the database's one row lets one through.
            session.add_all(
                [ClinicRecord(document=clinic_document.dump_json(clinic).decode()), site, manager]
            )
            session.flush()
            session.add_all(
                [
                    StaffRole(staff_id=manager.id, role=Role.MANAGER.value),
                    StaffSite(staff_id=manager.id, site_id=site.id),
                ]
            )
            entry = journal.Entry("clinic.begin", site_id=site.id, staff_id=manager.id)
            who = Standing(CallerKind.COMMAND_LINE, frozenset({Role.COMMAND_LINE}))
            journal.write(session, who, parts.clock(), [entry], [])


def _refuse_second(parts: Parts) -> None:
    with parts.database.reading() as session:
        if queries.document(session) is not None:
            raise Conflict("already_set_up", N_("This clinic has been set up already. Please sign in."))
