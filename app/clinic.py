"""The clinic's settings and its month page."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from app.activation_codes import WAYS
from app.contact import calling_code, read_email
from app.errors import N_, Conflict, Invalid
from app.parts import clinic_document
from app.rules.access import Role
from app.rules.calendar import add_months, end_of_local_day
from app.sites import no_site
from app.typed import optional, required
from app.use_case import Effect, Noun, Work, use_case
from app.views.clinic import Clinic
from app.views.work import MonthPage
from db.queries import clinic as queries
from db.queries import month as month_queries

ANYBODY = frozenset(Role)
MANAGER = frozenset({Role.MANAGER})

_FIRST_YEAR, _LAST_YEAR = 2000, 9990


class ClinicOffice(Noun):
    """The clinic's settings and its month page."""

    noun = "clinic"

    @use_case(ANYBODY, is_activity=False, while_locked=True)
    def settings(self, work: Work[None]) -> Clinic:
        """Return the clinic's settings."""
        return work.clinic

    @use_case(MANAGER, Effect.WRITES)
    def change(self, work: Work[None], clinic: Clinic) -> Clinic:
        """Store other settings; promises already made keep theirs (D3). Raises Conflict when somebody was faster."""
        checked = checked_clinic(replace(clinic, practice=work.clinic.practice))
        stored = replace(checked, version=clinic.version + 1)
        text = clinic_document.dump_json(stored).decode()
        if not queries.replace_document(work.session, text, clinic.version):
            raise Conflict(
                "settings_changed", N_("Somebody else has just changed the settings. Look at them again.")
            )
        work.about(changed=_differences(work.clinic, stored))
        for site in queries.sites(work.session):
            work.changed("clinic", site.id, site_id=site.id)
        return stored

    @use_case(MANAGER)
    def month(self, work: Work[None], year: int, month: int, site_id: UUID | None = None) -> MonthPage:
        """Return a month's numbers, without names, of one site or of all."""
        try:
            first = date(year, month, 1)
        except (ValueError, OverflowError):
            first = date.min
        if not _FIRST_YEAR <= first.year <= _LAST_YEAR:
            raise Invalid("no_such_month", N_("There is no such month."), field="month")
        sites = queries.sites(work.session)
        found = [site for site in sites if site.id == site_id] if site_id else sites
        if not found:
            raise no_site()
        zone = found[0].time_zone
        last = add_months(first, 1) - timedelta(days=1)
        since = end_of_local_day(first - timedelta(days=1), zone)
        kept_since = end_of_local_day(add_months(last, -12 * work.clinic.rules.retention_years), zone)
        numbers = month_queries.numbers(
            work.session, since, end_of_local_day(last, zone), kept_since, site_id
        )
        return MonthPage(
            year=year,
            month=month,
            accounts_created=numbers.accounts_created,
            accounts_activated=numbers.accounts_activated,
            sms_sent=numbers.sms_sent,
            sms_failed=numbers.sms_failed,
            invitations=numbers.invitations,
            invitations_opened=numbers.invitations_opened,
            exams_past_retention=numbers.exams_past_retention,
        )


def month_csv(page: MonthPage, translated: Callable[[str], str] = N_) -> str:
    """Return the month page as CSV (RFC 4180), without names."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow((translated(N_("What")), f"{page.year:04}-{page.month:02}"))
    lines.writerows(
        (
            (translated(N_("Accounts created")), page.accounts_created),
            (translated(N_("Accounts activated")), page.accounts_activated),
            (translated(N_("SMS sent")), page.sms_sent),
            (translated(N_("SMS failed")), page.sms_failed),
            (translated(N_("Invitations")), page.invitations),
            (translated(N_("Invitations opened")), page.invitations_opened),
            (translated(N_("Exams past their retention period")), page.exams_past_retention),
        )
    )
    return written.getvalue()


def checked_clinic(clinic: Clinic) -> Clinic:
    """Return the settings as they are kept; raises Invalid."""
    address = required(clinic.public_address, "public_address", 200).rstrip("/")
    parts = urlsplit(address)
    is_local = parts.hostname in {"localhost", "127.0.0.1"}
    if not parts.hostname or parts.scheme not in ({"https", "http"} if is_local else {"https"}):
        raise Invalid(
            "public_address_unreadable",
            N_("Write the web portal's address as in https://portal.clinic.example."),
            field="public_address",
        )
    if parts.query or parts.fragment or parts.username:
        raise Invalid(
            "public_address_too_much",
            N_("The web portal's address ends with its name or a folder: leave out the rest."),
            field="public_address",
        )
    email = read_email(required(clinic.email, "email", 254))
    head_email = read_email(clinic.audit_head_email, "audit_head_email")
    if set(clinic.codes_may_go_by) - set(WAYS):
        raise Invalid("way_unknown", N_("Codes go by post, SMS or e-mail."), field="codes_may_go_by")
    if clinic.swipe_direction not in {"follow", "literal"}:
        raise Invalid("swipe_unknown", N_("Choose one of the two directions."), field="swipe_direction")
    if calling_code(clinic.country) == "0":
        raise Invalid("country_unknown", N_("Write the country as two letters, such as AU."), field="country")
    return replace(
        clinic,
        name=required(clinic.name, "name", 120),
        email=email,
        audit_head_email=head_email,
        public_address=address,
        notice_version=required(clinic.notice_version, "notice_version", 40),
        notice=optional(clinic.notice, "notice", 20_000),
        help_text=optional(clinic.help_text, "help_text", 20_000),
    )


def _differences(before: Clinic, after: Clinic) -> list[str]:
    names = [name for name in vars(before) if getattr(before, name) != getattr(after, name)]
    return sorted(set(names) - {"version"})
