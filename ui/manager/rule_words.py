"""What the clinic's durations and limits are called, in the order a manager reads them."""

from app.errors import N_
from app.words import Words

GROUPS: dict[str, tuple[str, ...]] = {
    N_("Accounts and letters"): (
        "activation_months",
        "letter_memory_minutes",
        "print_request_minutes",
        "wrong_birth_dates_kill",
        "account_months",
        "expiry_notice_days",
        "code_notice_days",
        "majority_years",
        "retention_years",
    ),
    N_("User names and passwords"): (
        "user_name_min",
        "user_name_max",
        "password_min",
        "password_max",
        "reset_minutes",
        "one_time_password_hours",
    ),
    N_("Reports"): ("report_hours", "receipt_hours"),
    N_("Invitations"): (
        "share_days",
        "max_accesses",
        "shared_until_max_months",
        "visit_idle_minutes",
        "visit_hours",
        "wrong_codes_lock",
        "lock_minutes",
        "wrong_codes_stop",
    ),
    N_("Sessions and downloads"): (
        "kiosk_idle_seconds",
        "kiosk_warning_seconds",
        "kiosk_minutes",
        "key_repeat_ms",
        "web_idle_minutes",
        "web_hours",
        "staff_idle_minutes",
        "staff_hours",
        "download_minutes",
    ),
    N_("Behind the scenes"): ("secret_replay_minutes", "replay_days", "message_secret_hours"),
}


def rule_words(words: Words) -> dict[str, str]:
    """Return the words for each duration and limit, with its unit."""
    _ = words
    return {
        "activation_months": _("An activation code works for (months)"),
        "letter_memory_minutes": _("A letter can be printed from memory for (minutes)"),
        "print_request_minutes": _("What a kiosk asks to print waits for (minutes)"),
        "wrong_birth_dates_kill": _("Wrong birth dates that kill a code"),
        "account_months": _("An account expires when not used for (months)"),
        "expiry_notice_days": _("The e-mail about that goes out before (days)"),
        "code_notice_days": _("A code counts as about to expire before (days)"),
        "majority_years": _("Age at which a minor's access passes to the minor (years)"),
        "retention_years": _("Exams and their records are kept for at least (years)"),
        "user_name_min": _("Shortest user name (characters)"),
        "user_name_max": _("Longest user name (characters)"),
        "password_min": _("Shortest password (characters)"),
        "password_max": _("Longest password (characters)"),
        "reset_minutes": _("A password link or slip works for (minutes)"),
        "one_time_password_hours": _("An employee's one-time password works for (hours)"),
        "report_hours": _("A report opens after Report Complete by (hours)"),
        "receipt_hours": _("An SMS without a receipt is unclear after (hours)"),
        "share_days": _("An invitation works for (days)"),
        "max_accesses": _("An invitation can be opened (times)"),
        "shared_until_max_months": _("Shared Until can be moved to at most (months)"),
        "visit_idle_minutes": _("A guest's visit ends when nothing happens for (minutes)"),
        "visit_hours": _("A guest's visit lasts at most (hours)"),
        "wrong_codes_lock": _("Wrong codes that lock an invitation for a while"),
        "lock_minutes": _("That lock lasts (minutes)"),
        "wrong_codes_stop": _("Wrong codes that lock it until somebody unlocks it"),
        "kiosk_idle_seconds": _("A kiosk warns when nobody touches it for (seconds)"),
        "kiosk_warning_seconds": _("The kiosk's warning lasts (seconds)"),
        "kiosk_minutes": _("A stay at the kiosk lasts (minutes)"),
        "key_repeat_ms": _("A second tap on the same key counts after (milliseconds)"),
        "web_idle_minutes": _("The web portal signs out when idle for (minutes)"),
        "web_hours": _("A stay in the web portal lasts at most (hours)"),
        "staff_idle_minutes": _("The desk locks when idle for (minutes)"),
        "staff_hours": _("A stay at the desk lasts at most (hours)"),
        "download_minutes": _("A download for a phone waits for (minutes)"),
        "secret_replay_minutes": _("A repeated request shows its code again for (minutes)"),
        "replay_days": _("Repeated requests are recognised for (days)"),
        "message_secret_hours": _("A queued message keeps its code for (hours)"),
    }
